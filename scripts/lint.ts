import { main as test } from './test.ts';

/** `npm run lint`: types, format and lint rules. */
export async function main(): Promise<number> {
  return test(['types', 'format', 'lint']);
}
