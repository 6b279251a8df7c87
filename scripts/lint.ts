import { main as test } from './test.ts';

/** `npm run lint`: checks types, format, lint rules, imports between folders, and code that nothing uses. */
export async function main(): Promise<number> {
  return test(['types', 'format', 'lint', 'imports', 'unused']);
}
