import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { renameSync, rmSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { basename, dirname, join } from 'node:path';

/** All there is to say: from the one who has the seat that it has it, to that one that somebody cannot wait. */
const word = '.';

/** Listens first and shows itself under its name then: a name that is seen answers, or its process has ended. */
export async function openFile(path: string, onHurry?: () => void): Promise<HolderSocket> {
  const hidden = join(dirname(path), `~${basename(path).slice(1)}`);
  const post = await HolderSocket.open(hidden, onHurry);
  try {
    renameSync(hidden, path);
  } catch (error) {
    post.release();
    throw error;
  }
  post.file = path;
  return post;
}

/** Our end: those who wait are connected to it. */
export class HolderSocket {
  readonly #server: Server;
  readonly #waiting = new Set<Socket>();
  #held = false;
  /** Where it shows itself, if that is not the path it listens on. */
  file: string | undefined;

  private constructor(onHurry: () => void) {
    this.#server = createServer((socket) => {
      this.#waiting.add(socket);
      socket.on('close', () => this.#waiting.delete(socket));
      // Whoever waited may be killed at any time.
      socket.on('error', () => undefined);
      socket.on('data', onHurry);
      if (this.#held) socket.write(word);
    });
    // Who cannot be accepted tries again; an error nobody hears would end this process.
    this.#server.on('error', () => undefined);
  }

  /** @param onHurry one of those who wait cannot wait; may be called several times */
  static async open(path: string, onHurry: () => void = () => undefined): Promise<HolderSocket> {
    const post = new HolderSocket(onHurry);
    post.#server.listen(path);
    await once(post.#server, 'listening');
    return post;
  }

  /** Answers those who ask: the seat is ours. */
  hold(): void {
    this.#held = true;
    for (const socket of this.#waiting) socket.write(word);
  }

  release(): void {
    // Nobody is to find it any more before those who wait are woken.
    if (this.file !== undefined) rmSync(this.file, { force: true });
    this.#server.close();
    for (const socket of this.#waiting) socket.destroy();
  }
}

/** Somebody else's end, seen from ours. */
export class Peer {
  readonly #socket: Socket;
  readonly #gone: Promise<void>;
  /** Whether it has the seat; false when it went away without. */
  readonly held: Promise<boolean>;

  constructor(socket: Socket) {
    this.#socket = socket;
    // Its end may come as an error; both mean that it is gone.
    socket.on('error', () => undefined);
    this.#gone = new Promise((resolve) => socket.once('close', () => resolve()));
    this.held = Promise.race([
      new Promise<boolean>((resolve) => socket.once('data', () => resolve(true))),
      this.#gone.then(() => false),
    ]);
    // Left unread, its end would not be seen.
    socket.resume();
  }

  /** Waits until it is gone, and says so if that cannot wait. */
  outwait(hurry: boolean): Promise<void> {
    if (hurry) this.#socket.write(word);
    return this.#gone;
  }
}

/**
 * Connects to whoever listens there.
 * @param signal ends the connection, also later
 * @returns `nobody` for a file whose process has ended; undefined when the name is gone, or went just now
 */
export async function connectPeer(path: string, signal?: AbortSignal): Promise<Peer | 'nobody' | undefined> {
  const socket = createConnection({ path, ...(signal ? { signal } : {}) });
  try {
    await once(socket, 'connect');
    return new Peer(socket);
  } catch (error) {
    if (isSystemError(error, 'ECONNREFUSED')) return 'nobody';
    if (signal?.aborted || isSystemError(error, 'ENOENT', 'ECONNRESET', 'EPIPE')) return undefined;
    throw error;
  }
}

const beside = (path: string): string => `${path}~`;

/**
 * Listens where those who do not have a seat find the one who has it: nobody else may call this, so what lies there
 * was left by a process that was killed. The folder is ours alone. On Windows, where anybody may make a pipe of any
 * name, it is one that nobody can guess, told by a file in that folder.
 */
export async function listenBeside(path: string, welcome: (socket: Socket) => void): Promise<Server> {
  const server = createServer(welcome);
  const place = process.platform === 'win32' ? guarded() : beside(path);
  await rm(beside(path), { force: true });
  server.listen(place);
  await once(server, 'listening');
  // Who cannot be accepted tries again; an error nobody hears would end this process.
  server.on('error', () => undefined);
  if (process.platform === 'win32') await writeFile(beside(path), place, { mode: 0o600 });
  return server;
}

const guarded = (): string => `\\\\.\\pipe\\jit-access-${randomBytes(16).toString('hex')}`;

/** Where the one who has a seat listens, if anybody does. */
export async function placeBeside(path: string): Promise<string | undefined> {
  if (process.platform !== 'win32') return beside(path);
  return readFile(beside(path), 'utf8').catch(() => undefined);
}

/** Whether the system said one of these. */
export const isSystemError = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof Error && 'code' in error && codes.some((code) => code === error.code);
