import { createConnection, type Server, type Socket } from 'node:net';
import { listenAsHolder, holderAddress } from '../../teleport/lock/localSocket.ts';
import { takeLock, type ProcessLock } from '../../teleport/lock/processLock.ts';
import type { WindowHeartbeat } from './windowHeartbeat.ts';
import { Channel, type ReceivedMessage } from './jsonLineSocket.ts';
import { Emitter } from '../emitter.ts';

/** The pause between two attempts to connect to the leader, in ms. */
const retryAfter = 200;

/** The parts that `core.ts` passes. */
export interface WindowElectionParts {
  /** The path of the lock that the leader holds: see `leaderLockPath`. */
  readonly lockPath: () => Promise<string>;
  readonly heartbeat: WindowHeartbeat;
  /** Reports an error that is a bug of this extension. */
  readonly reportError: (error: unknown) => void;
}

/**
 * Elects one window of a user as the leader, which calls tsh for all windows. The leader holds a lock that
 * ends with its process, and gives it up when no user can see its window any more. The other windows are
 * followers and keep a connection to the leader. A window that is neither leader nor follower yet sends no
 * messages and reads no lists. A refresh that a command needs waits for the election, see `decided`.
 */
export class WindowElection {
  readonly #parts: WindowElectionParts;
  readonly #followers = new Set<Channel>();
  readonly #roleChanged = new Emitter();
  readonly #received = new Emitter<ReceivedMessage>();
  readonly #followerConnected = new Emitter<Channel>();
  /** Fires when this window becomes or stops being leader or follower, and when a follower disconnects. */
  readonly onDidChangeRole = this.#roleChanged.event;
  /** Fires for each message and question of another window, see `Channel`. */
  readonly onDidReceive = this.#received.event;
  /**
   * Fires for each new follower. A listener must send a message, because a window becomes a follower only
   * when it receives a message.
   */
  readonly onDidConnectFollower = this.#followerConnected.event;
  #leads = false;
  #isConnecting = false;
  /** The connection to the window that holds the lock, also before it has sent a message. */
  #connection: Channel | undefined;
  #leader: Channel | undefined;
  #leave = new AbortController();
  #stopped = false;

  constructor(parts: WindowElectionParts) {
    this.#parts = parts;
  }

  /** Whether this window is the leader: it calls tsh, announces, and watches the folder of the main login. */
  get leads(): boolean {
    return this.#leads;
  }

  /** The connection to the leader; undefined in the leader, and before the first message of the leader. */
  get leader(): Channel | undefined {
    return this.#leader;
  }

  /** The connections of the followers, while this window is the leader. */
  get followers(): readonly Channel[] {
    return [...this.#followers];
  }

  /**
   * Sends a message to all followers, or from a follower to the leader.
   * @param except a connection that does not get the message
   */
  send(message: unknown, except?: Channel): void {
    for (const channel of this.#leads ? this.#followers : [this.#leader])
      if (channel !== except) channel?.send(message);
  }

  /** Resolves when this window is leader or follower, at the latest after `ms`. */
  async decided(ms: number): Promise<void> {
    if (this.#leads || this.#leader) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, ms);
      const listening = this.onDidChangeRole(done);
      function done(): void {
        clearTimeout(timer);
        listening.dispose();
        resolve();
      }
    });
  }

  /** Starts the heartbeat and takes part in the election. */
  start(): void {
    const { heartbeat, reportError } = this.#parts;
    heartbeat.onDidChange((alive) => {
      if (!alive) this.#leave.abort();
    });
    heartbeat.start();
    this.#run().catch(reportError);
  }

  /** Leaves the election, so that another window becomes the leader. */
  dispose(): void {
    this.#stopped = true;
    this.#parts.heartbeat.dispose();
    this.#leave.abort();
    this.#connection?.end();
  }

  async #run(): Promise<void> {
    const path = await this.#parts.lockPath().catch(() => undefined);
    if (path !== undefined) void this.#follow(path);
    while (!this.#stopped) {
      await this.#waitUntilAlive();
      this.#leave = new AbortController();
      // Without a lock each window leads itself, so that the extension works where no lock can be created.
      const lock = path === undefined ? undefined : await this.#takeLock(path, this.#leave.signal);
      if (!this.#leave.signal.aborted) await this.#lead(path, this.#leave.signal);
      lock?.release();
    }
  }

  /** Resolves when the window answers its heartbeat, or is disposed. */
  #waitUntilAlive(): Promise<void> {
    const { heartbeat } = this.#parts;
    if (heartbeat.alive || this.#stopped) return Promise.resolve();
    return new Promise((resolve) => {
      const listening = heartbeat.onDidChange(() => {
        listening.dispose();
        resolve();
      });
    });
  }

  #takeLock(path: string, signal: AbortSignal): Promise<ProcessLock | undefined> {
    return takeLock(path, { signal }).catch(() => undefined);
  }

  async #lead(path: string | undefined, signal: AbortSignal): Promise<void> {
    const server =
      path === undefined
        ? undefined
        : await listenAsHolder(path, (socket) => this.#addFollower(socket)).catch(() => undefined);
    if (!signal.aborted) {
      this.#leads = true;
      this.#connection?.end();
      this.#roleChanged.fire();
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      this.#leads = false;
    }
    this.#disconnectFollowers(server);
    this.#roleChanged.fire();
    if (path !== undefined) void this.#follow(path);
  }

  /**
   * Must run before the lock is released: closing removes the socket file, which then belongs to the next
   * leader.
   */
  #disconnectFollowers(server: Server | undefined): void {
    server?.close();
    for (const follower of this.#followers) follower.end();
    this.#followers.clear();
  }

  #addFollower(socket: Socket): void {
    const follower = new Channel(socket, (received) => this.#receive(received));
    this.#followers.add(follower);
    void follower.ended.then(() => {
      this.#followers.delete(follower);
      this.#roleChanged.fire();
    });
    this.#followerConnected.fire(follower);
  }

  /** Keeps a connection to the current leader until this window becomes the leader. */
  async #follow(path: string): Promise<void> {
    if (this.#isConnecting) return;
    this.#isConnecting = true;
    while (!this.#leads && !this.#stopped) {
      const address = await holderAddress(path);
      if (address !== undefined) await this.#listenTo(createConnection(address));
      await new Promise((resolve) => setTimeout(resolve, retryAfter));
    }
    this.#isConnecting = false;
  }

  async #listenTo(socket: Socket): Promise<void> {
    // Only a message proves that the leader works: a process that hangs also accepts connections.
    const connection = new Channel(socket, async (received) => {
      if (this.#connection !== received.from || this.#leads) return;
      if (!this.#leader) {
        this.#leader = received.from;
        this.#roleChanged.fire();
      }
      await this.#receive(received);
    });
    this.#connection = connection;
    await connection.ended;
    this.#connection = undefined;
    if (!this.#leader) return;
    this.#leader = undefined;
    this.#roleChanged.fire();
  }

  /** Hands a message to the listeners. An error of a listener is reported and does not end the connection. */
  async #receive(received: ReceivedMessage): Promise<void> {
    try {
      await this.#received.fireAndWait(received);
    } catch (error) {
      this.#parts.reportError(error);
    }
  }
}
