import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { join } from 'node:path';
import { isSystemError } from '../../teleport/lock/localSocket.ts';
import { pipeName } from '../../teleport/lock/processLock.ts';
import { locksFolder } from '../../teleport/lock/homeLocks.ts';

/** What a watchdog is told: names and paths only, since anybody can read them in the process list. */
export interface WatchdogTask {
  /** The extension's own storage, where the record of the home lies. */
  readonly storage: string;
  /** The private home. */
  readonly home: string;
  /** Where windows connect. */
  readonly socket: string;
  /** The program to give back with. */
  readonly tsh: string;
  /** How long it waits for a window, in ms. */
  readonly grace: number;
  /** The file that moves the clock, in tests and with a demo cluster. */
  readonly clock?: string;
}

/** Where the watchdog of a home listens: a short path in a folder that only this person may enter. */
export async function watchdogSocket(
  env: Readonly<Record<string, string | undefined>>,
  home: string,
): Promise<string> {
  const path = join(await locksFolder(env), `w.${home.slice(0, 12)}`);
  return process.platform === 'win32' ? pipeName(path) : path;
}

export interface WatchdogClientParts {
  /** Where the watchdog of a home listens. */
  readonly socketOf: (home: string) => Promise<string>;
  /** Starts one; it goes on when this program ends. */
  readonly start: (home: string, socket: string) => Promise<void>;
  /** Told when a home has none. */
  readonly report: (what: string) => void;
}

/** How long a watchdog that was started may take to listen, in looks and the ms between them. */
const [looks, between] = [150, 100];

/**
 * This window's end of the watchdogs: one small program for each private home gives it back when no window is connected
 * any more. One that is killed is replaced.
 */
export class WatchdogClient {
  readonly #parts: WatchdogClientParts;
  /** Homes this window looks after, with the connection once there is one. */
  readonly #kept = new Map<string, Socket | undefined>();
  #away = false;

  constructor(parts: WatchdogClientParts) {
    this.#parts = parts;
  }

  /** Keeps a home's watchdog quiet while this window lives; starts one where there is none. */
  async keep(home: string): Promise<void> {
    if (this.#kept.has(home)) return;
    this.#kept.set(home, undefined);
    if (!this.#away) await this.#hold(home);
  }

  /**
   * Nobody sees this window any more (its browser was killed): its watchdogs are left as if it were gone.
   * Or somebody sees it again.
   */
  windowAlive(seen: boolean): void {
    this.#away = !seen;
    for (const [home, socket] of this.#kept) {
      if (!seen) {
        this.#kept.set(home, undefined);
        socket?.destroy();
      } else if (!socket) void this.#hold(home);
    }
  }

  async #hold(home: string): Promise<void> {
    const wanted = (): boolean => this.#kept.has(home) && !this.#away;
    const socket = await this.#reach(home, wanted);
    if (!socket) {
      // Given back meanwhile: nothing is missing.
      if (wanted() && this.#kept.delete(home)) this.#parts.report('a watchdog does not start');
      return;
    }
    // Asked twice meanwhile: one connection is enough.
    if (!wanted() || this.#kept.get(home)) {
      socket.destroy();
      return;
    }
    this.#kept.set(home, socket);
    socket.once('close', () => {
      // Killed, while its home is still ours: another one.
      if (this.#kept.get(home) !== socket) return;
      this.#kept.set(home, undefined);
      void this.#hold(home);
    });
  }

  /** Makes sure that a home whose window is gone has a watchdog, which then gives it back. */
  async ensure(home: string): Promise<void> {
    if (this.#kept.has(home)) return;
    (await this.#reach(home, () => true))?.destroy();
  }

  /** The home is given back: its watchdog ends. */
  stopWatching(home: string): void {
    const socket = this.#kept.get(home);
    this.#kept.delete(home);
    socket?.destroy();
  }

  /** This window ends; the watchdogs wait for the next one. */
  dispose(): void {
    for (const home of [...this.#kept.keys()]) this.stopWatching(home);
  }

  async #reach(home: string, wanted: () => boolean): Promise<Socket | undefined> {
    try {
      const path = await this.#parts.socketOf(home);
      const there = await connect(path);
      if (there) return there;
      await this.#parts.start(home, path);
      for (let look = 0; look < looks && wanted(); look += 1) {
        await pause(between);
        const started = await connect(path);
        if (started) return started;
      }
    } catch {
      // Said by whoever asked: without one the next start gives back.
    }
    return undefined;
  }
}

/** A connection to whoever listens there; undefined when nobody does. */
async function connect(path: string): Promise<Socket | undefined> {
  const socket = createConnection({ path });
  try {
    await once(socket, 'connect');
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE')) return undefined;
    throw error;
  }
  socket.on('error', () => undefined);
  // Left unread, its end would not be seen.
  socket.resume();
  socket.unref();
  return socket;
}
