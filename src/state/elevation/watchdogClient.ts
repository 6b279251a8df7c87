import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { join } from 'node:path';
import { isSystemError } from '../../teleport/process/systemError.ts';
import { pipeOf } from '../../teleport/lock/processLock.ts';
import { locksIn } from '../../teleport/lock/homeLocks.ts';

/**
 * How long a private home outlives its window, in ms. A reload takes a few seconds, and so does the start of
 * a remote server.
 */
export const windowGoneGrace = 30_000;

/**
 * The argument of a watchdog. It holds only names and paths, because all users can read it in the process
 * list.
 */
export interface WatchdogTask {
  /** The folder of the extension's own storage, with the record of the home. */
  readonly storage: string;
  /** The name of the private home. */
  readonly home: string;
  /** The path of the socket that windows connect to. */
  readonly socket: string;
  /** The path of tsh. */
  readonly tsh: string;
  /** How long the watchdog waits for a window, in ms. */
  readonly grace: number;
  /** The file with the clock offset, in tests and with a demo cluster. */
  readonly clock?: string;
}

/**
 * The socket of the watchdog of a home: a short path in a folder that only this user may enter. It is the same for
 * all windows. A window that did not find the watchdog would start another, which nobody is connected to.
 * @param root the folder of private homes in which the home lies
 */
export async function watchdogSocket(root: string, home: string): Promise<string> {
  const path = join(await locksIn(root), `w.${home.slice(0, 12)}`);
  return process.platform === 'win32' ? pipeOf(path) : path;
}

/** The parts that `core.ts` passes. */
export interface WatchdogClientParts {
  /** The socket of the watchdog of a home. */
  readonly socketOf: (home: string) => Promise<string>;
  /** Starts a watchdog, which outlives this process. */
  readonly start: (home: string, socket: string) => Promise<void>;
  /** Called when the watchdog of a home does not start, or not in time. */
  readonly reportFailure: (what: string) => void;
}

/** The pause between two tries to connect to a started watchdog, in ms: first, and after the report. */
const [shortPause, longPause] = [100, 1_000];
/** After this many tries a started watchdog is reported as late. */
const triesBeforeReport = 150;

/**
 * Connects this window to the watchdogs. Each private home has one watchdog process, which drops the
 * elevation when no window is connected any more. A killed watchdog is replaced.
 */
export class WatchdogClient {
  readonly #parts: WatchdogClientParts;
  /** The homes of this window, each with its connection once it exists. */
  readonly #connections = new Map<string, Socket | undefined>();
  /** Whether the user can see this window. */
  #isVisible = true;

  constructor(parts: WatchdogClientParts) {
    this.#parts = parts;
  }

  /** Connects to the watchdog of a home, which then does not drop it. Starts the watchdog if none runs. */
  async attach(home: string): Promise<void> {
    if (this.#connections.has(home)) return;
    this.#connections.set(home, undefined);
    if (this.#isVisible) await this.#connect(home);
  }

  /**
   * Called when the window becomes invisible to the user, for example after its browser was killed, or
   * visible again. An invisible window disconnects from its watchdogs like a closed one.
   */
  setVisible(isVisible: boolean): void {
    this.#isVisible = isVisible;
    for (const [home, socket] of this.#connections) {
      if (!isVisible) {
        this.#connections.set(home, undefined);
        socket?.destroy();
      } else if (!socket) void this.#connect(home);
    }
  }

  async #connect(home: string): Promise<void> {
    // A home that was dropped in the meantime needs no watchdog.
    const isNeeded = (): boolean => this.#connections.has(home) && this.#isVisible;
    let socket: Socket | undefined;
    try {
      socket = await this.#connectOrStart(home);
      // A busy machine starts a watchdog late. It would drop what this window uses, so the window tries on.
      for (let tried = 1; !socket && isNeeded(); tried += 1) {
        await pause(tried > triesBeforeReport ? longPause : shortPause);
        // It may also have been killed before this window connected.
        socket =
          tried % triesBeforeReport === 0
            ? await this.#connectOrStart(home)
            : await connectToWatchdog(await this.#parts.socketOf(home));
        if (!socket && tried === triesBeforeReport) this.#parts.reportFailure('a watchdog starts late');
      }
    } catch {
      // Without a watchdog the next start drops the elevation.
      if (isNeeded() && this.#connections.delete(home))
        this.#parts.reportFailure('a watchdog does not start');
    }
    // A parallel call may have connected in the meantime, and one connection is enough.
    if (!socket || !isNeeded() || this.#connections.get(home)) {
      socket?.destroy();
      return;
    }
    this.#connections.set(home, socket);
    socket.once('close', () => {
      // The watchdog was killed while this window still has the home, so another one is started.
      if (this.#connections.get(home) !== socket) return;
      this.#connections.set(home, undefined);
      void this.#connect(home);
    });
  }

  /**
   * Makes sure that a home whose window is gone has a watchdog, which then drops it. The grace of a running
   * watchdog begins again.
   */
  async ensureRunning(home: string): Promise<void> {
    if (this.#connections.has(home)) return;
    // Where no watchdog can start, the next start of a window drops the elevation.
    (await this.#connectOrStart(home).catch(() => undefined))?.destroy();
  }

  /** Whether the watchdog of a home answers. */
  async answers(home: string): Promise<boolean> {
    const path = await this.#parts.socketOf(home).catch(() => undefined);
    const socket = path === undefined ? undefined : await connectToWatchdog(path).catch(() => undefined);
    socket?.destroy();
    return socket !== undefined;
  }

  /** Disconnects from the watchdog of a dropped home, so that it sweeps and ends. */
  stopWatching(home: string): void {
    const socket = this.#connections.get(home);
    this.#connections.delete(home);
    socket?.destroy();
  }

  /** Disconnects from all watchdogs. They wait for the next window. */
  dispose(): void {
    for (const home of [...this.#connections.keys()]) this.stopWatching(home);
  }

  /** Connects to the running watchdog of a home. Starts one and returns undefined where none runs. */
  async #connectOrStart(home: string): Promise<Socket | undefined> {
    const path = await this.#parts.socketOf(home);
    const running = await connectToWatchdog(path);
    if (!running) await this.#parts.start(home, path);
    return running;
  }
}

/** Connects to the watchdog on a socket; undefined when no process listens there. */
export async function connectToWatchdog(path: string): Promise<Socket | undefined> {
  const socket = createConnection({ path });
  try {
    await once(socket, 'connect');
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE')) return undefined;
    throw error;
  }
  socket.on('error', () => undefined);
  // The end of the connection is noticed only while data is read.
  socket.resume();
  socket.unref();
  return socket;
}
