import { lstat, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import type { Instant } from '../../access/untrusted/untrusted.ts';
import { Home } from './home.ts';
import { currentOf, fillHome, holdsLogin, isHomeName, makeHome, removeHome } from './privateHome.ts';
import { stampOf, type ProcessId } from '../process/processId.ts';
import {
  hasEndedFor,
  processSpace,
  processSpaceSchema,
  relationOf,
  type ProcessSpace,
} from '../process/processSpace.ts';

/** Names the process that owns a copy, so that copies of a killed window are found. */
const ownerFile = 'owner';

const ownerSchema = v.object({ pid: v.number(), stamp: v.string(), space: processSpaceSchema });

/** No folder is being filled, and no copy in use, for this long, in ms. */
const longestTask = 60 * 60_000;

/**
 * Runs a task with an empty private folder and removes the folder afterwards in any case.
 * @param root the folder of private homes
 * @throws TeleportFailure `untrustedHome`, and the task's error
 */
export async function withOwnFolder<T>(root: string, task: (folder: string) => Promise<T>): Promise<T> {
  const space = await processSpace(process.env);
  const owner = { pid: process.pid, stamp: (await stampOf(process.pid)) ?? '', space };
  const { name, folder } = await makeHome(root);
  try {
    await writeFile(join(folder, ownerFile), JSON.stringify(owner), { mode: 0o600, flag: 'wx' });
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

/**
 * Removes throwaway copies whose process has ended, and folders that a killed process had only begun to fill.
 * Private homes have no owner file but a complete login, and are kept.
 * @param now the time of this machine
 */
export async function sweepThrowawayHomes(root: string, now: Instant): Promise<void> {
  for (const name of (await readdir(root).catch(() => [])).filter(isHomeName)) {
    const folder = join(root, name);
    const owner = await readFile(join(folder, ownerFile), 'utf8').catch(() => undefined);
    const isLeftOver =
      owner === undefined
        ? await isHalfMade(folder, now)
        : await hasEnded(readOwner(owner), await isOlderThanAnyTask(folder, now));
    // One that cannot be removed must not keep the others.
    if (isLeftOver) await removeHome(root, name).catch(() => undefined);
  }
}

/** Whether a folder was never filled: it has no complete login, and nothing was made in it for an hour. */
async function isHalfMade(folder: string, now: Instant): Promise<boolean> {
  return !(await holdsLogin(folder)) && (await isOlderThanAnyTask(folder, now));
}

/** Whether nothing was made in a folder for so long that no task can still use it. */
async function isOlderThanAnyTask(folder: string, now: Instant): Promise<boolean> {
  const { mtimeMs } = await lstat(folder).catch(() => ({ mtimeMs: Infinity }));
  return now - mtimeMs > longestTask;
}

/**
 * Whether the owner of a copy has certainly ended. Of another machine that is not known.
 * @param isOld decides where the process cannot be seen: a container that was started again, or one beside it
 */
async function hasEnded(
  owner: (ProcessId & { readonly space?: ProcessSpace }) | undefined,
  isOld: boolean,
): Promise<boolean> {
  if (!owner) return true;
  const relation = owner.space ? relationOf(owner.space, await processSpace(process.env)) : 'same';
  return relation === 'otherPids' ? isOld : hasEndedFor(relation, owner);
}

/** Reads an owner file; undefined when it was only half written. Older versions wrote `<pid> <stamp>`. */
function readOwner(text: string): (ProcessId & { readonly space?: ProcessSpace }) | undefined {
  const [, pid, stamp = ''] = /^(\d+) (\d*)$/.exec(text) ?? [];
  if (pid !== undefined) return { pid: Number(pid), stamp };
  try {
    return v.parse(ownerSchema, JSON.parse(text));
  } catch {
    return undefined;
  }
}
