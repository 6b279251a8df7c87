import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../build.ts';

/** The folder for downloads that the tests need; git ignores it. */
const cacheFolder = join(root, '.vscode-test');

/**
 * Returns the folder `name` of the cache, and lets `fill` create it where it does not exist. `fill` writes to
 * a temporary folder, which is then renamed. So an incomplete folder never counts, and where two processes
 * fill at the same time, both use the folder of the first one.
 */
export async function cached(name: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(cacheFolder, name);
  if (existsSync(folder)) return folder;
  await mkdir(cacheFolder, { recursive: true });
  console.error(`Fetching ${name} (once; kept in .vscode-test)`);
  const temporary = await mkdtemp(join(cacheFolder, '.making-'));
  try {
    await fill(temporary);
    await rename(temporary, folder);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}
