import { createHash } from 'node:crypto';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as v from 'valibot';
import type { Run } from '../process/outcome.ts';
import { ensureOwnFolder, folderOfUser, runtimeFolder, sessionFolder } from '../process/ownFolder.ts';
import { stampAtStart, stampOf, startedAt } from '../process/processId.ts';
import { endProcesses, homeProcesses } from '../process/processes.ts';
import type { HeldLock } from './homeQueue.ts';
import { fitsSocketPath, takeLock, type LockOptions } from './processLock.ts';
import type { Environment } from '../environment/environment.ts';

/**
 * The tsh process of a lock's holder, stored beside the lock: its process id, its start stamp (empty where that
 * takes a program of its own, see `stampOfRecorded`), and the folder with which its TELEPORT_HOME begins.
 */
const childSchema = v.object({
  pid: v.pipe(v.number(), v.integer(), v.minValue(2)),
  stamp: v.string(),
  home: v.pipe(v.string(), v.minLength(2)),
});

/** The locks on homes, shared by all windows of this user on this machine. */
export class HomeLocks {
  readonly #env: Environment;
  readonly #loadRun: () => Promise<Run>;

  /** @param loadRun loads the bundle that runs programs */
  constructor(env: Environment, loadRun: () => Promise<Run>) {
    this.#env = env;
    this.#loadRun = loadRun;
  }

  /**
   * Waits for the lock on a home, then ends a process that a killed window left running on it.
   * @param root the folder that identifies the home; links to it share the lock
   * @throws the signal's reason when it is aborted; TeleportFailure `untrustedHome` or the system's error
   *   when no socket can be created in a folder that only this user may enter
   */
  async take(root: string, options: LockOptions): Promise<HeldLock> {
    const real = await realpath(root).catch(() => root);
    const path = join(await locksFolder(this.#env), hashOf(real));
    const lock = await takeLock(path, options);
    const childFile = `${path}.child`;
    await this.#endLeftOver(childFile).catch(() => undefined);
    return {
      recordProcess: (pid) => writeChildRecord(childFile, root, pid),
      release: () => lock.release(),
    };
  }

  /**
   * Ends the recorded process of an earlier holder. Only the holder runs tsh on the home, so the process was
   * left over.
   */
  async #endLeftOver(childFile: string): Promise<void> {
    const child = readChildRecord(childFile);
    if (!child) return;
    const stamp = child.stamp || (await stampOfRecorded(child.pid, childFile));
    // Process ids are reused, so the start stamp and the home of the process must match as well.
    if (stamp) {
      const processes = await homeProcesses(child.home, [], this.#loadRun);
      await endProcesses(processes.filter((each) => each.pid === child.pid && each.stamp === stamp));
    }
    rmSync(childFile, { force: true });
  }
}

/** Changes with the messages between windows: windows that do not understand each other each have a leader. */
const windowProtocol = '2';

/**
 * The path of the lock that the leading window holds. Windows with the same storage and the same main login's
 * folder share it. It lies beside the locks on homes.
 * @throws TeleportFailure `untrustedHome`, and the system's error when the folder cannot be created
 */
export async function leaderLockPath(env: Environment, storage: string, mainLogin: string): Promise<string> {
  const paths = await Promise.all([storage, mainLogin].map(resolveLinks));
  return join(await locksFolder(env), `w${hashOf([...paths, windowProtocol].join('\n'))}`);
}

/** A path without links. The last parts of the path may be missing. */
async function resolveLinks(path: string): Promise<string> {
  const parent = dirname(path);
  return realpath(path).catch(async () =>
    parent === path ? path : join(await resolveLinks(parent), basename(path)),
  );
}

/**
 * The folder of the locks, created if it is missing. All windows of this user must find the same one, and their
 * environments differ: a Makefile or a Nix shell sets TMPDIR for the VS Code that is started from it. So TMPDIR
 * counts only where /tmp cannot be used.
 * @throws TeleportFailure `untrustedHome`, and the system's error when the folder cannot be created
 */
export async function locksFolder(env: Environment): Promise<string> {
  const session = sessionFolder(env);
  if (process.platform === 'win32') return locksIn(runtimeFolder(env));
  if (session !== undefined) return locksIn(session);
  return locksIn(folderOfUser('/tmp')).catch(() => locksIn(runtimeFolder(env)));
}

/**
 * The folder of the sockets of private homes, created if it is missing. It depends on the place of the home only,
 * so that every window finds the watchdog of a home.
 * @param root the folder of private homes in which the home lies
 * @throws as `locksFolder`
 */
export const locksIn = async (root: string): Promise<string> => {
  // A socket's path must be short.
  const isShort = process.platform === 'win32' || fitsSocketPath(join(root, 'locks', hashOf('')));
  const parent = isShort ? root : folderOfUser('/tmp');
  await ensureOwnFolder(parent);
  const folder = join(parent, 'locks');
  await ensureOwnFolder(folder);
  return folder;
};

/** A short name for a path that does not reveal the path. */
const hashOf = (path: string): string => createHash('sha256').update(path).digest('hex').slice(0, 12);

/**
 * Stores the process that the holder runs, or removes the record when there is no process. Synchronous,
 * because a window can be killed right after it started tsh. Ignores errors, so that the call goes on.
 */
function writeChildRecord(file: string, home: string, pid: number | undefined): void {
  try {
    rmSync(file, { force: true });
    if (pid === undefined) return;
    const text = JSON.stringify({ pid, stamp: stampAtStart(pid), home });
    writeFileSync(file, text, { mode: 0o600, flag: 'wx' });
  } catch {
    // Without the record the tsh of a killed window ends later by itself.
  }
}

/** How long after its start a process is recorded at the latest, in ms. `ps` counts whole seconds. */
const recordedWithin = 2_000;

/**
 * The stamp of a recorded process where none could be stored: the process with the number counts if it was
 * started when the record was written.
 */
async function stampOfRecorded(pid: number, file: string): Promise<string | undefined> {
  const stamp = await stampOf(pid);
  const start = stamp === undefined ? undefined : startedAt({ pid, stamp });
  const recorded = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  if (start === undefined || recorded === undefined) return undefined;
  return Math.abs(recorded - start) < recordedWithin ? stamp : undefined;
}

function readChildRecord(file: string): v.InferOutput<typeof childSchema> | undefined {
  try {
    const result = v.safeParse(childSchema, JSON.parse(readFileSync(file, 'utf8')));
    return result.success ? result.output : undefined;
  } catch {
    return undefined;
  }
}
