import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The path of a file or folder in test/fixtures. */
export const fixturePath = (name: string): string =>
  fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));

/** The text of a file in test/fixtures. */
export const readFixture = (name: string): string => readFileSync(fixturePath(name), 'utf8');
