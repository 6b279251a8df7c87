import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { renameSync, rmSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { isSystemError } from '../process/systemError.ts';

/**
 * The only message on these sockets. From the holder it means that it holds the lock; to the holder it means
 * that the sender needs the lock urgently.
 */
const signalByte = '.';

/**
 * Creates the socket file of this process for a lock. The server listens under a hidden name first and is
 * renamed afterwards, so a visible file either answers or belongs to a process that has ended.
 */
export async function openLockFile(path: string, onUrgentWaiter?: () => void): Promise<LockServer> {
  const hidden = join(dirname(path), `~${basename(path).slice(1)}`);
  const server = await LockServer.open(hidden, onUrgentWaiter);
  try {
    renameSync(hidden, path);
  } catch (error) {
    server.release();
    throw error;
  }
  server.publishedPath = path;
  return server;
}

/** The socket on which this process listens for a lock. Processes that wait for the lock connect to it. */
export class LockServer {
  readonly #server: Server;
  readonly #waiting = new Set<Socket>();
  #held = false;
  /** The visible path of the socket file, if it differs from the path the server listens on. */
  publishedPath: string | undefined;

  private constructor(onUrgentWaiter: () => void) {
    this.#server = createServer((socket) => {
      this.#waiting.add(socket);
      socket.on('close', () => this.#waiting.delete(socket));
      // A waiting process may be killed at any time.
      socket.on('error', () => undefined);
      socket.on('data', onUrgentWaiter);
      if (this.#held) socket.write(signalByte);
    });
    // A client that is not accepted tries again. Without this listener an error would end this process.
    this.#server.on('error', () => undefined);
  }

  /**
   * @param onUrgentWaiter called when a waiting process needs the lock urgently; may be called several times
   */
  static async open(path: string, onUrgentWaiter: () => void = () => undefined): Promise<LockServer> {
    const lockServer = new LockServer(onUrgentWaiter);
    lockServer.#server.listen(path);
    await once(lockServer.#server, 'listening');
    return lockServer;
  }

  /** Tells all connected and future clients that this process holds the lock. */
  markHeld(): void {
    this.#held = true;
    for (const socket of this.#waiting) socket.write(signalByte);
  }

  /** Removes the socket file and wakes the waiting processes. */
  release(): void {
    // The file goes first, so that a woken process does not find it again.
    if (this.publishedPath !== undefined) rmSync(this.publishedPath, { force: true });
    this.#server.close();
    for (const socket of this.#waiting) socket.destroy();
  }
}

/** A connection to another process that holds the lock or also wants it. */
export class LockConnection {
  readonly #socket: Socket;
  readonly #closed: Promise<void>;
  /** True once the other process holds the lock; false if it closed the connection without holding it. */
  readonly holdsLock: Promise<boolean>;

  constructor(socket: Socket) {
    this.#socket = socket;
    // The connection may end with an error; `close` follows in both cases.
    socket.on('error', () => undefined);
    this.#closed = new Promise((resolve) => socket.once('close', () => resolve()));
    this.holdsLock = Promise.race([
      new Promise<boolean>((resolve) => socket.once('data', () => resolve(true))),
      this.#closed.then(() => false),
    ]);
    // Node reports the end of a socket only if its data is read.
    socket.resume();
  }

  /**
   * Waits until the other process closes the connection.
   * @param urgent tells the other process that this one needs the lock urgently
   */
  waitForClose(urgent: boolean): Promise<void> {
    if (urgent) this.#socket.write(signalByte);
    return this.#closed;
  }
}

/**
 * Connects to the process that listens on a socket file.
 * @param signal ends the connection, also after it was made
 * @returns `stale` for a file whose process has ended; undefined when the file is missing or was removed
 *   meanwhile
 */
export async function connectToLock(
  path: string,
  signal?: AbortSignal,
): Promise<LockConnection | 'stale' | undefined> {
  const socket = createConnection({ path, ...(signal ? { signal } : {}) });
  try {
    await once(socket, 'connect');
    return new LockConnection(socket);
  } catch (error) {
    if (isSystemError(error, 'ECONNREFUSED')) return 'stale';
    if (signal?.aborted || isSystemError(error, 'ENOENT', 'ECONNRESET', 'EPIPE')) return undefined;
    throw error;
  }
}

const holderSocketPath = (path: string): string => `${path}~`;

/**
 * Listens where other processes find the holder of a lock. Only the holder may call this, so an existing file
 * was left by a process that was killed. Only this user may enter the folder. On Windows any user can create
 * a pipe with any name, so the pipe gets a random name, which is written to a file in that folder.
 */
export async function listenAsHolder(path: string, onConnection: (socket: Socket) => void): Promise<Server> {
  const server = createServer(onConnection);
  const address = process.platform === 'win32' ? randomPipeName() : holderSocketPath(path);
  await rm(holderSocketPath(path), { force: true });
  server.listen(address);
  await once(server, 'listening');
  // A client that is not accepted tries again. Without this listener an error would end this process.
  server.on('error', () => undefined);
  if (process.platform === 'win32') await writeFile(holderSocketPath(path), address, { mode: 0o600 });
  return server;
}

const randomPipeName = (): string => `\\\\.\\pipe\\jit-access-${randomBytes(16).toString('hex')}`;

/** The address on which the holder of a lock listens; undefined on Windows when no holder has written it. */
export async function holderAddress(path: string): Promise<string | undefined> {
  if (process.platform !== 'win32') return holderSocketPath(path);
  return readFile(holderSocketPath(path), 'utf8').catch(() => undefined);
}
