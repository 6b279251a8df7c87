import { createHash, randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { connectPeer, openFile, Peer, HolderSocket, isSystemError } from './localSocket.ts';

/*
 * A seat that one process of a person can take at a time. Who has it listens on a local socket, so it ends with its
 * process, and who waits is woken by the connection's end: there is no clock and nothing to clean up first.
 *
 * Unix: everyone who wants the seat `seat` first listens on a file of its own, `seat.<random id>`, then looks at the
 * others. Names are never used twice, so what a killed process left can be removed without hitting a live one, and
 * nobody can plant something where a socket will be. Whoever is there is asked: one that has the seat says so, one that
 * is still looking says nothing until it knows. The lower id goes first; the higher one is waited for, because it may
 * have looked before the lower one was there. So two never sit at once, and never wait for each other.
 *
 * Windows: a named pipe has one first owner and vanishes with it; its name is the seat.
 */

/** The longest path of a socket file, in bytes: 104 on macOS with its end, 108 on Linux. */
const longest = 100;
const idLength = 13;

export interface LockOptions {
  /** Leaves while waiting. A seat already taken is kept. */
  readonly signal?: AbortSignal | undefined;
  /** Tells whoever has the seat that somebody cannot wait, and goes before those who can. */
  readonly hurry?: boolean;
  /** Somebody else cannot wait. May be called several times while the seat is held. */
  readonly onHurry?: (() => void) | undefined;
}

/** A seat that is ours until it is released or this process ends. */
export interface ProcessLock {
  release(): void;
}

/**
 * Waits for a seat and takes it.
 * @param path names the seat; on Unix also where its files lie, a folder that only this person may enter
 * @throws RangeError when the path is too long for a socket (see `fits`), the signal's reason when it was left,
 *   and what the system says when there can be no socket
 */
export function takeLock(path: string, wanting: LockOptions = {}): Promise<ProcessLock> {
  if (process.platform === 'win32') return takeNamedPipe(pipeName(path), wanting);
  if (!fits(path)) return Promise.reject(new RangeError('The path of a local socket is too long.'));
  return takeFile(path, wanting);
}

/** Whether a seat of this path can have socket files. */
export const fits = (path: string): boolean => Buffer.byteLength(path) + 1 + idLength < longest;

/** The named pipe of a seat on Windows: one name for one path, however it is spelled. */
export function pipeName(path: string): string {
  const folded = path.replaceAll('/', '\\').toLowerCase();
  return `\\\\.\\pipe\\jit-access-${createHash('sha256').update(folded).digest('hex').slice(0, 32)}`;
}

async function takeFile(path: string, { signal, hurry = false, onHurry }: LockOptions): Promise<ProcessLock> {
  for (;;) {
    signal?.throwIfAborted();
    const name = `${basename(path)}.${hurry ? '0' : '1'}${randomBytes(6).toString('hex')}`;
    const own = await openFile(join(dirname(path), name), onHurry);
    let rival: Peer | undefined;
    try {
      rival = await firstRival(path, name, signal);
      if (!rival && !signal?.aborted) {
        own.hold();
        return own;
      }
    } catch (error) {
      own.release();
      throw error;
    }
    own.release();
    await rival?.outwait(hurry);
  }
}

/** Who has the seat or goes before us; undefined when it is ours. */
async function firstRival(path: string, own: string, signal?: AbortSignal): Promise<Peer | undefined> {
  const folder = dirname(path);
  const start = `${basename(path)}.`;
  const found = await readdir(folder, { withFileTypes: true });
  // Anything but a socket is not one of us.
  const sockets = found.filter((one) => one.isSocket() && one.name.startsWith(start) && one.name !== own);
  for (const { name } of sockets.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const peer = await connectPeer(join(folder, name), signal);
    if (peer === 'nobody') await rm(join(folder, name), { force: true });
    else if (peer && (name < own || (await peer.held))) return peer;
  }
  return undefined;
}

/** The same where names are exclusive and end with their process: Windows' pipes, and Linux' abstract sockets. */
export async function takeNamedPipe(
  name: string,
  { signal, hurry = false, onHurry }: LockOptions,
): Promise<ProcessLock> {
  // A name can be neither free nor answer only for a moment, while it ends.
  for (let missed = 0; missed < 100;) {
    signal?.throwIfAborted();
    const own = await HolderSocket.open(name, onHurry).catch((error: unknown) => {
      if (isSystemError(error, 'EADDRINUSE')) return undefined;
      throw error;
    });
    if (own) {
      own.hold();
      return own;
    }
    const rival = await connectPeer(name, signal);
    if (rival instanceof Peer) await rival.outwait(hurry);
    else missed += 1;
  }
  throw new Error('The local socket is neither free nor answers.');
}
