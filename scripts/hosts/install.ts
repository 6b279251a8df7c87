import { existsSync } from 'node:fs';
import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../build.ts';

/** What .vscodeignore lets into the package: the lines that take back its first one, which is `**`. */
async function packaged(): Promise<readonly string[]> {
  const lines = (await readFile(join(root, '.vscodeignore'), 'utf8')).split(/\r?\n/);
  return lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1).replace(/\/\*\*$/, ''));
}

/** Installs the built extension into a folder of extensions, as VS Code does from a package. */
export async function installExtension(extensions: string): Promise<void> {
  const manifest = await readFile(join(root, 'package.json'), 'utf8');
  const { publisher, name, version } = JSON.parse(manifest) as Record<string, string>;
  const folder = join(extensions, `${publisher}.${name}-${version}`);
  for (const part of await packaged())
    if (existsSync(join(root, part))) await cp(join(root, part), join(folder, part), { recursive: true });
}
