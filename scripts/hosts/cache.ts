import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../build.ts';

/** Where what the tests need and git does not hold is kept; git ignores it. */
const cacheFolder = join(root, '.vscode-test');

/**
 * The folder `name` of the cache, filled by `fill` when it is not there yet. It is filled beside its place and
 * renamed, so a half-made folder never counts, and of two processes at once one wins and both are served.
 */
export async function cached(name: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const place = join(cacheFolder, name);
  if (existsSync(place)) return place;
  await mkdir(cacheFolder, { recursive: true });
  console.error(`Fetching ${name} (once; kept in .vscode-test)`);
  const making = await mkdtemp(join(cacheFolder, '.making-'));
  try {
    await fill(making);
    await rename(making, place);
  } catch (error) {
    await rm(making, { recursive: true, force: true });
    if (!existsSync(place)) throw error;
  }
  return place;
}
