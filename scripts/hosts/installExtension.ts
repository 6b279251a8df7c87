import { existsSync } from 'node:fs';
import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../build.ts';

/**
 * Returns the files that .vscodeignore allows: its first line `**` excludes all, and the lines with `!` allow
 * some.
 */
async function packagedFiles(): Promise<readonly string[]> {
  const lines = (await readFile(join(root, '.vscodeignore'), 'utf8')).split(/\r?\n/);
  return lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1).replace(/\/\*\*$/, ''));
}

/** Installs the built extension into an extensions folder, in the same way as VS Code does from a package. */
export async function installExtension(extensions: string): Promise<void> {
  const manifest = await readFile(join(root, 'package.json'), 'utf8');
  const { publisher, name, version } = JSON.parse(manifest) as Record<string, string>;
  const folder = join(extensions, `${publisher}.${name}-${version}`);
  for (const part of await packagedFiles())
    if (existsSync(join(root, part))) await cp(join(root, part), join(folder, part), { recursive: true });
}
