import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rawText, untrusted, type Untrusted, type RequestId } from '../../access/text/untrusted.ts';
import { failureOf } from '../process/failure.ts';
import { Home } from './home.ts';
import { currentOf, fillHome, makeHome, removeHome } from './privateHome.ts';
import { isRunning, stampOf } from '../process/processes.ts';
import type { Tsh } from '../commands/tsh.ts';

/** Says whose copy it is, so that one that a killed window left is found. */
const ownerFile = 'owner';

/**
 * Runs a task on an empty folder of ours that is removed at once afterwards, whatever came of it.
 * @param root where private homes lie
 * @throws whatever the task throws
 */
export async function inOwnFolder<T>(root: string, task: (folder: string) => Promise<T>): Promise<T> {
  const { name, folder } = await makeHome(root);
  try {
    const owner = `${String(process.pid)} ${(await stampOf(process.pid)) ?? ''}`;
    await writeFile(join(folder, ownerFile), owner, { mode: 0o600, flag: 'wx' });
    return await task(folder);
  } finally {
    await removeHome(root, name);
  }
}

/**
 * Runs a task on a copy of a login that is removed at once afterwards, whatever came of it.
 * @param root where private homes lie
 * @param held whether the caller has the turn of the login already
 * @throws TeleportFailure as `fillHome`, and whatever the task throws
 */
export function inThrowawayHome<T>(
  root: string,
  mainLogin: Home,
  task: (copy: Home) => Promise<T>,
  held = false,
): Promise<T> {
  return inOwnFolder(root, async (folder) => {
    const fill = (): Promise<void> => fillHome(folder, mainLogin.folder);
    await (held ? fill() : mainLogin.queue.write(fill));
    return task(new Home(currentOf(folder), mainLogin.folder));
  });
}

/** Removes throwaway copies whose window is gone. Other homes are none of its business. */
export async function sweepThrowawayHomes(root: string): Promise<void> {
  const names = await readdir(root).catch(() => []);
  for (const name of names.filter((one) => /^[0-9a-f]{32}$/.test(one))) {
    const owner = await readFile(join(root, name, ownerFile), 'utf8').catch(() => undefined);
    const [pid, stamp = ''] = owner?.split(' ') ?? [];
    if (pid !== undefined && !(await isRunning({ pid: Number(pid), stamp }))) await removeHome(root, name);
  }
}

/**
 * What a lock on a request says: the holder's own home gets a bare `access denied`, assuming in a fresh copy tells.
 * A copy that turns out not to be locked is dropped and removed at once: nothing is assumed behind anybody's back.
 * @returns undefined when no lock is in force, or its words cannot be had
 */
export function lockWords(
  tsh: Tsh,
  root: string,
  mainLogin: Home,
  id: RequestId,
): Promise<Untrusted | undefined> {
  return inThrowawayHome(root, mainLogin, async (copy) => {
    try {
      await tsh.assume(copy, id);
    } catch (error) {
      const said = failureOf(error)?.said;
      const words = /is in force: (.+)$/.exec(said === undefined ? '' : rawText(said))?.[1];
      return words === undefined ? undefined : untrusted(words);
    }
    await tsh.drop(copy, []);
    return undefined;
  });
}
