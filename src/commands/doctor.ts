import type { Tools } from './tools.ts';

/** Says what works here and what does not, as a document that can be copied. */
export function doctor(tools: Tools): Promise<void> {
  tools.log.show();
  return Promise.resolve();
}
