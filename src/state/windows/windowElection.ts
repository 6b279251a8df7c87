import { createConnection, type Server, type Socket } from 'node:net';
import { listenBeside, placeBeside } from '../../teleport/lock/localSocket.ts';
import { takeLock, type ProcessLock } from '../../teleport/lock/processLock.ts';
import type { WindowHeartbeat } from './windowHeartbeat.ts';
import { Channel } from './jsonLineSocket.ts';

/** How soon a window looks again for the one that leads, in ms. */
const again = 200;

export interface WindowElectionParts {
  /** Names the seat of the window that leads: see `leadersSeat`. */
  readonly seat: () => Promise<string>;
  readonly heartbeat: WindowHeartbeat;
  /** An error that is one of ours. */
  readonly report: (error: unknown) => void;
}

/**
 * The windows of a person. One leads: it asks, for all. It has a seat that ends with its process, and only while
 * somebody can see it; the others are connected to it. Until a window leads or follows it decides nothing.
 */
export class WindowElection {
  readonly #parts: WindowElectionParts;
  readonly #followers = new Set<Channel>();
  readonly #listeners = new Set<() => void>();
  #heard: (word: unknown, from: Channel) => Promise<void> | void = () => undefined;
  #joined: (follower: Channel) => void = () => undefined;
  #leads = false;
  #following = false;
  /** To the window that leads, or where one might. */
  #line: Channel | undefined;
  #leader: Channel | undefined;
  #leave = new AbortController();
  #stopped = false;

  constructor(parts: WindowElectionParts) {
    this.#parts = parts;
  }

  /** Whether this window asks for all, tells and watches the main login's folder. */
  get leads(): boolean {
    return this.#leads;
  }

  /** The window that leads, where that is another and it has spoken. */
  get leader(): Channel | undefined {
    return this.#leader;
  }

  /** The windows connected to this one, while it leads. */
  get followers(): readonly Channel[] {
    return [...this.#followers];
  }

  /** Calls back when this window begins or ceases to lead or to follow, or a follower has left. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** Calls back for whatever another window says. */
  onWord(listener: (word: unknown, from: Channel) => Promise<void> | void): void {
    this.#heard = listener;
  }

  /** Calls back for a window that follows from now on; it must be told something, or it does not know that it does. */
  onFollower(listener: (follower: Channel) => void): void {
    this.#joined = listener;
  }

  /** Says something to whoever is connected: to those that follow, or to the one that leads. */
  say(word: unknown, except?: Channel): void {
    for (const wire of this.#leads ? this.#followers : [this.#leader]) if (wire !== except) wire?.send(word);
  }

  /** Resolves once this window leads or follows, at the latest after so many ms. */
  async decided(ms: number): Promise<void> {
    if (this.#leads || this.#leader) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, ms);
      const listeners = this.#listeners;
      function done(): void {
        clearTimeout(timer);
        listeners.delete(done);
        resolve();
      }
      listeners.add(done);
    });
  }

  /** From now on it leads or follows. */
  start(): void {
    const { heartbeat: heartbeat, report } = this.#parts;
    heartbeat.onChange((answers) => {
      if (!answers) this.#leave.abort();
    });
    heartbeat.start();
    this.#live().catch(report);
  }

  /** Others go on without this window. */
  stop(): void {
    this.#stopped = true;
    this.#parts.heartbeat.stop();
    this.#leave.abort();
    this.#line?.end();
  }

  async #live(): Promise<void> {
    const path = await this.#parts.seat().catch(() => undefined);
    if (path !== undefined) void this.#follow(path);
    while (!this.#stopped) {
      await this.#answers();
      this.#leave = new AbortController();
      // Nothing must be lost for want of a lock: where there can be none, each window is on its own.
      const seat = path === undefined ? undefined : await this.#seat(path, this.#leave.signal);
      if (!this.#leave.signal.aborted) await this.#lead(path, this.#leave.signal);
      seat?.release();
    }
  }

  /** Resolves once a person can see this window, or it stops. */
  #answers(): Promise<void> {
    const { heartbeat: heartbeat } = this.#parts;
    if (heartbeat.alive || this.#stopped) return Promise.resolve();
    return new Promise((resolve) => {
      const off = heartbeat.onChange(() => {
        off();
        resolve();
      });
    });
  }

  #seat(path: string, signal: AbortSignal): Promise<ProcessLock | undefined> {
    return takeLock(path, { signal }).catch(() => undefined);
  }

  async #lead(path: string | undefined, signal: AbortSignal): Promise<void> {
    const server =
      path === undefined
        ? undefined
        : await listenBeside(path, (socket) => this.#welcome(socket)).catch(() => undefined);
    if (!signal.aborted) {
      this.#leads = true;
      this.#line?.end();
      this.#changed();
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      this.#leads = false;
    }
    this.#dismiss(server);
    this.#changed();
    if (path !== undefined) void this.#follow(path);
  }

  /** Before the seat is free: closing takes the file away, which is the next one's then. */
  #dismiss(server: Server | undefined): void {
    server?.close();
    for (const follower of this.#followers) follower.end();
    this.#followers.clear();
  }

  #welcome(socket: Socket): void {
    const follower: Channel = new Channel(socket, (word, from) => this.#hear(word, from));
    this.#followers.add(follower);
    void follower.ended.then(() => {
      this.#followers.delete(follower);
      this.#changed();
    });
    this.#joined(follower);
  }

  /** Is connected to the window that leads, whichever that is, until this one does. */
  async #follow(path: string): Promise<void> {
    if (this.#following) return;
    this.#following = true;
    while (!this.#leads && !this.#stopped) {
      const place = await placeBeside(path);
      if (place !== undefined) await this.#listenTo(createConnection(place));
      await new Promise((resolve) => setTimeout(resolve, again));
    }
    this.#following = false;
  }

  async #listenTo(socket: Socket): Promise<void> {
    // A connection alone says little: one that hangs is connected to as well.
    const line = new Channel(socket, (word, from) => {
      if (this.#line !== from || this.#leads) return undefined;
      if (!this.#leader) {
        this.#leader = from;
        this.#changed();
      }
      return this.#hear(word, from);
    });
    this.#line = line;
    await line.ended;
    this.#line = undefined;
    if (!this.#leader) return;
    this.#leader = undefined;
    this.#changed();
  }

  /** What another window says breaks nothing here. */
  async #hear(word: unknown, from: Channel): Promise<void> {
    try {
      await this.#heard(word, from);
    } catch (error) {
      this.#parts.report(error);
    }
  }

  #changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
