import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Home } from './home.ts';
import { currentOf, fillHome, makeHome, removeHome } from './privateHome.ts';
import { isRunning, stampOf } from '../process/processes.ts';

/** Names the process that owns a copy, so that copies of a killed window are found. */
const ownerFile = 'owner';

/**
 * Runs a task with an empty private folder and removes the folder afterwards in any case.
 * @param root the folder of private homes
 * @throws TeleportFailure `untrustedHome`, and the task's error
 */
export async function withOwnFolder<T>(root: string, task: (folder: string) => Promise<T>): Promise<T> {
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
 * Runs a task with a copy of a login and removes the copy afterwards in any case.
 * @param root the folder of private homes
 * @param inQueue whether the caller already runs in the queue of the login
 * @throws TeleportFailure as `fillHome`, and the task's error
 */
export function withThrowawayHome<T>(
  root: string,
  mainLogin: Home,
  task: (copy: Home) => Promise<T>,
  inQueue = false,
): Promise<T> {
  return withOwnFolder(root, async (folder) => {
    const fill = (): Promise<void> => fillHome(folder, mainLogin.folder);
    await (inQueue ? fill() : mainLogin.queue.write(fill));
    return task(new Home(currentOf(folder), mainLogin.folder));
  });
}

/** Removes throwaway copies whose window has ended. Other private homes have no owner file and are kept. */
export async function sweepThrowawayHomes(root: string): Promise<void> {
  const names = await readdir(root).catch(() => []);
  for (const name of names.filter((entry) => /^[0-9a-f]{32}$/.test(entry))) {
    const owner = await readFile(join(root, name, ownerFile), 'utf8').catch(() => undefined);
    const [pid, stamp = ''] = owner?.split(' ') ?? [];
    if (pid !== undefined && !(await isRunning({ pid: Number(pid), stamp }))) await removeHome(root, name);
  }
}
