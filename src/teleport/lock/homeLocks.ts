import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { basename, dirname, join } from 'node:path';
import * as v from 'valibot';
import type { Run } from '../process/outcome.ts';
import { ownFolder, runtimeFolder } from '../home/privateHome.ts';
import { endProcesses, isRunning, homeProcesses, stampNow } from '../process/processes.ts';
import type { HeldLock } from './homeQueue.ts';
import { fits, takeLock, type LockOptions } from './processLock.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Which tsh runs, as it lies beside the turn: its number, when it started, and what its TELEPORT_HOME begins with. */
const childSchema = v.object({
  pid: v.pipe(v.number(), v.integer(), v.minValue(2)),
  stamp: v.string(),
  home: v.pipe(v.string(), v.minLength(2)),
});

/** The turns on homes, shared by every window of this person on this machine. */
export class HomeLocks {
  readonly #env: Environment;
  readonly #loadRun: () => Promise<Run>;

  /** @param loadRun loads the process layer */
  constructor(env: Environment, loadRun: () => Promise<Run>) {
    this.#env = env;
    this.#loadRun = loadRun;
  }

  /**
   * Waits for the turn on a home and ends what a killed window left running on it.
   * @param root the folder that makes it this home: links to it share the turn
   * @throws the signal's reason; whatever kept us from a socket in a folder of our own
   */
  async take(root: string, wanting: LockOptions): Promise<HeldLock> {
    const real = await realpath(root).catch(() => root);
    const path = join(await locksFolder(this.#env), nameOf(real));
    const seat = await takeLock(path, wanting);
    const child = `${path}.child`;
    await this.#endLeftOver(child).catch(() => undefined);
    return {
      note: (pid) => noteChild(child, root, pid),
      release: () => seat.release(),
    };
  }

  /** Nobody but the one who has the turn runs a tsh: what runs still was left. */
  async #endLeftOver(child: string): Promise<void> {
    const left = readChild(child);
    if (!left) return;
    // A number is used again some day: the process must be as old, and work on this home.
    if (await isRunning(left)) {
      const residents = await homeProcesses(left.home, [], this.#loadRun);
      await endProcesses(residents.filter(({ pid }) => pid === left.pid));
    }
    rmSync(child, { force: true });
  }
}

/**
 * Names the seat of the window that leads those with the same storage and the same main login's folder; it lies beside the
 * turns.
 * @throws TeleportFailure `untrustedHome`, and what the system says when there can be no folder of ours
 */
export async function leaderLockPath(env: Environment, storage: string, mainLogin: string): Promise<string> {
  const real = await Promise.all([storage, mainLogin].map(realOf));
  return join(await locksFolder(env), `w${nameOf(real.join('\n'))}`);
}

/** Without links, also where the end of the path is not there yet. */
async function realOf(path: string): Promise<string> {
  const parent = dirname(path);
  return realpath(path).catch(async () =>
    parent === path ? path : join(await realOf(parent), basename(path)),
  );
}

/** Where the turns lie: a socket's path must be short, and a runtime folder may be deep. */
export async function locksFolder(env: Environment): Promise<string> {
  const runtime = runtimeFolder(env);
  const short = `/tmp/jit-access-${String(userInfo().uid)}`;
  const parent = process.platform === 'win32' || fits(join(runtime, 'turns', nameOf(''))) ? runtime : short;
  await ownFolder(parent);
  const folder = join(parent, 'turns');
  await ownFolder(folder);
  return folder;
}

/** Which home it is, in few bytes and without its name. */
const nameOf = (real: string): string => createHash('sha256').update(real).digest('hex').slice(0, 12);

/** At once: a window can be killed the moment after it started a tsh. Never an error: the call goes on. */
function noteChild(file: string, home: string, pid: number | undefined): void {
  try {
    rmSync(file, { force: true });
    if (pid === undefined) return;
    const text = JSON.stringify({ pid, stamp: stampNow(pid), home });
    writeFileSync(file, text, { mode: 0o600, flag: 'wx' });
  } catch {
    // Without the note a killed window's tsh ends by itself, later.
  }
}

function readChild(file: string): v.InferOutput<typeof childSchema> | undefined {
  try {
    const read = v.safeParse(childSchema, JSON.parse(readFileSync(file, 'utf8')));
    return read.success ? read.output : undefined;
  } catch {
    return undefined;
  }
}
