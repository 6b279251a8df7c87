import { createHmac, randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { connectToLock, openLockFile, LockConnection, LockServer } from './localSocket.ts';
import { lastingSecret } from '../process/ownFolder.ts';
import { isSystemError } from '../process/systemError.ts';

/*
 * A lock that one process of a user can hold at a time. The holder listens on a local socket, so the lock
 * ends with its process, and the end of the connection wakes the waiting processes. The lock needs no timeout
 * and no clean-up first.
 *
 * Unix: every process that wants the lock `lock` first listens on its own file `lock.<random id>`, then
 * connects to the files of the others. File names are never reused, so a file that a killed process left can
 * be removed without affecting a live process, and nobody can create a file in advance where a socket will
 * be. A process that holds the lock answers that it holds it; a process that still looks at the others does
 * not answer until it knows. A process yields to every lower id. For a higher id it waits for the answer,
 * because that process may have looked before the lower id existed. So two processes never hold the lock at
 * once, and never wait for each other.
 *
 * Example: A has the lower id, B the higher one. Both have created their files and look at the other's file.
 * - B finds the lower id of A, removes its own file and waits until A releases the lock.
 * - A finds the higher id of B and asks B. B does not hold the lock, so A takes it. If B had taken the lock
 *   before the file of A existed, B would answer that it holds it, and A would wait for B.
 *
 * Windows: a named pipe has one first owner and vanishes with it, so its name is the lock. Every user of the
 * machine can make a pipe with any name, so the name comes from a secret in the folder of the locks.
 */

/**
 * The longest path of a socket file, in bytes. The limit is 104 on macOS, with the final zero byte, and 108
 * on Linux.
 */
const maxSocketPathBytes = 100;
/** The random id: one digit for the priority and 12 hexadecimal digits. */
const idLength = 13;

/** How to wait for a lock. */
export interface LockOptions {
  /** Stops waiting. A lock that is already held is kept. */
  readonly signal?: AbortSignal | undefined;
  /** Asks the holder to release the lock soon, and goes before waiting processes that are not urgent. */
  readonly urgent?: boolean;
  /**
   * Called when another process needs the lock urgently; may be called several times while the lock is held.
   */
  readonly onUrgentWaiter?: (() => void) | undefined;
}

/** A lock that this process holds until it is released or the process ends. */
export interface ProcessLock {
  release(): void;
}

/**
 * Waits for a lock and takes it.
 * @param path names the lock; on Unix its socket files also lie there, in a folder that only this user may
 *   enter
 * @throws RangeError when the path is too long for a socket (see `fitsSocketPath`), the signal's reason when
 *   it is aborted, and the system's error when no socket can be created
 */
export function takeLock(path: string, options: LockOptions = {}): Promise<ProcessLock> {
  if (process.platform === 'win32') return pipeOf(path).then((name) => takeNamedPipe(name, options));
  if (!fitsSocketPath(path)) return Promise.reject(new RangeError('The path of a local socket is too long.'));
  return takeLockFile(path, options);
}

/** Whether the socket files of a lock at this path have paths that are short enough. */
export const fitsSocketPath = (path: string): boolean =>
  Buffer.byteLength(path) + 1 + idLength < maxSocketPathBytes;

/**
 * The named pipe for a path on Windows. Only who may read the folder of the path can know it.
 * @throws the system's error when the secret cannot be read or written
 */
export async function pipeOf(path: string): Promise<string> {
  return pipeName(path, await lastingSecret(dirname(path), 'pipes'));
}

/** The name of a pipe: paths that differ only in case or slashes get the same one. */
export function pipeName(path: string, secret: string): string {
  const folded = path.replaceAll('/', '\\').toLowerCase();
  const name = createHmac('sha256', secret).update(folded).digest('hex').slice(0, 32);
  return `\\\\.\\pipe\\jit-access-${name}`;
}

async function takeLockFile(
  path: string,
  { signal, urgent = false, onUrgentWaiter }: LockOptions,
): Promise<ProcessLock> {
  for (;;) {
    signal?.throwIfAborted();
    const name = `${basename(path)}.${urgent ? '0' : '1'}${randomBytes(6).toString('hex')}`;
    const own = await openLockFile(join(dirname(path), name), onUrgentWaiter);
    let blocker: LockConnection | undefined;
    try {
      blocker = await findBlocker(path, name, signal);
      if (!blocker && !signal?.aborted) {
        own.markHeld();
        return own;
      }
    } catch (error) {
      own.release();
      throw error;
    }
    own.release();
    await blocker?.waitForClose(urgent);
  }
}

/**
 * The connection to a process that holds the lock or goes first; undefined when this process may take the
 * lock.
 */
async function findBlocker(
  path: string,
  own: string,
  signal?: AbortSignal,
): Promise<LockConnection | undefined> {
  const folder = dirname(path);
  const prefix = `${basename(path)}.`;
  const entries = await readdir(folder, { withFileTypes: true });
  // Other kinds of files do not belong to this lock.
  const sockets = entries.filter(
    (entry) => entry.isSocket() && entry.name.startsWith(prefix) && entry.name !== own,
  );
  for (const { name } of sockets.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const other = await connectToLock(join(folder, name), signal);
    if (other === 'stale') await rm(join(folder, name), { force: true });
    else if (other && (name < own || (await other.holdsLock))) return other;
  }
  return undefined;
}

/**
 * Waits for a lock and takes it where a socket name is exclusive and ends with its process: a Windows pipe or
 * a Linux abstract socket.
 * @throws the signal's reason when it is aborted, the system's error, and Error when the name stays unusable
 */
export async function takeNamedPipe(
  name: string,
  { signal, urgent = false, onUrgentWaiter }: LockOptions,
): Promise<ProcessLock> {
  // While its process ends, a name is for a moment neither free nor answered; so the attempts are limited.
  for (let failures = 0; failures < 100;) {
    signal?.throwIfAborted();
    const own = await LockServer.open(name, onUrgentWaiter).catch((error: unknown) => {
      if (isSystemError(error, 'EADDRINUSE')) return undefined;
      throw error;
    });
    if (own) {
      own.markHeld();
      return own;
    }
    const holder = await connectToLock(name, signal);
    if (holder instanceof LockConnection) await holder.waitForClose(urgent);
    else failures += 1;
  }
  throw new Error('The local socket is neither free nor answers.');
}
