// A window with a scripted tsh, files in memory and the test's clock. It uses neither the disk nor processes.
import type * as v from 'valibot';
import { safeParse } from 'valibot';
import type { RequestChange } from '../../../src/access/requestChanges.ts';
import type { AccessRequest } from '../../../src/access/request.ts';
import type { RequestId } from '../../../src/access/untrusted/untrusted.ts';
import { Elevations } from '../../../src/state/elevation/elevations.ts';
import { StorageFiles } from '../../../src/state/storageFiles.ts';
import { HomeRecords } from '../../../src/state/elevation/homeRecords.ts';
import { Journal } from '../../../src/state/memory/journal.ts';
import { LastLogin } from '../../../src/state/memory/lastLogin.ts';
import { WindowHeartbeat } from '../../../src/state/windows/windowHeartbeat.ts';
import { Refresh } from '../../../src/state/refresh/refresh.ts';
import { SharedRefresh } from '../../../src/state/windows/sharedRefresh.ts';
import { Store, type Snapshot } from '../../../src/state/store.ts';
import { Announcements } from '../../../src/background/announcements.ts';
import { WatchedRequests } from '../../../src/state/memory/watchedRequests.ts';
import { WindowElection } from '../../../src/state/windows/windowElection.ts';
import type { Client } from '../../../src/teleport/commands/client.ts';
import { TeleportFailure, type FailureKind } from '../../../src/teleport/process/failure.ts';
import { Home } from '../../../src/teleport/home/home.ts';
import { processSpace } from '../../../src/teleport/process/processSpace.ts';
import { Tsh } from '../../../src/teleport/commands/tsh.ts';
import type { HomeLogin } from '../../../src/teleport/output/loginSchema.ts';
import { profile } from '../samples.ts';
import { until } from '../temporaryFolder.ts';
import { settle, HandClock } from './handClock.ts';

/** Storage files in memory. Windows share files by sharing `texts`. */
export class MemoryFiles extends StorageFiles {
  readonly texts: Map<string, string>;

  constructor(kept = new Map<string, string>()) {
    super('/nowhere', () => undefined);
    this.texts = kept;
  }

  override read<T extends v.GenericSchema>(name: string, schema: T): Promise<v.InferOutput<T> | undefined> {
    const text = this.texts.get(name);
    const result = text === undefined ? undefined : safeParse(schema, JSON.parse(text));
    return Promise.resolve(result?.success ? result.output : undefined);
  }

  override write(name: string, value: unknown): Promise<void> {
    this.texts.set(name, JSON.stringify(value));
    return Promise.resolve();
  }

  override append(name: string, value: unknown): Promise<void> {
    this.texts.set(name, `${this.texts.get(name) ?? ''}${JSON.stringify(value)}\n`);
    return Promise.resolve();
  }

  override names(): Promise<string[]> {
    return Promise.resolve([]);
  }

  override claim(name: string): Promise<boolean> {
    const free = !this.texts.has(name);
    this.texts.set(name, '');
    return Promise.resolve(free);
  }
}

/** A store that records what its window writes itself of the parts that a follower gets from the leader. */
class ObservedStore extends Store {
  readonly ownWrites: string[] = [];
  isFollower = (): boolean => false;
  #isLeaderState = false;

  override update(patch: Partial<Snapshot>): void {
    const written = (['login', 'requests', 'asOf', 'stale'] as const).filter((part) => part in patch);
    if (this.isFollower() && !this.#isLeaderState) this.ownWrites.push(...written);
    super.update(patch);
  }

  override applyLeaderState(...state: Parameters<Store['applyLeaderState']>): void {
    this.#isLeaderState = true;
    super.applyLeaderState(...state);
    this.#isLeaderState = false;
  }
}

/** A tsh that gives the answers that the test sets, and records the calls. */
export class ScriptedTsh extends Tsh {
  calls: string[] = [];
  login: HomeLogin = { kind: 'signedIn', profile: profile() };
  requests: AccessRequest[] = [];
  /** The requests in lists while they lag behind `show`. */
  laggingList: AccessRequest[] | undefined;
  /** The kind of failure for a call, by the call's first word. */
  failures: Partial<Record<string, FailureKind>> = {};
  installedVersion = '17.0.0';
  /** What the answers to a call wait for, by the call's first word. They say what was true at the call. */
  held: Partial<Record<string, Promise<void>>> = {};

  constructor() {
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- no call reaches the client
    super({} as Client);
  }

  #answer<T>(call: string, answer: () => T): Promise<T> {
    this.calls.push(call);
    const [word = ''] = call.split(' ');
    const kind = this.failures[word];
    const answered = new Promise<T>((resolve, reject) => {
      if (kind) reject(new TeleportFailure({ kind }));
      else resolve(answer());
    });
    answered.catch(() => undefined);
    return Promise.resolve(this.held[word]).then(() => answered);
  }

  override version(): Promise<string> {
    return this.#answer('version', () => this.installedVersion);
  }

  override status(): Promise<HomeLogin> {
    return this.#answer('status', () => this.login);
  }

  override list(): Promise<{ requests: AccessRequest[]; unreadable: number }> {
    return this.#answer('list', () => ({ requests: this.laggingList ?? this.requests, unreadable: 0 }));
  }

  override show(_home: Home, id: RequestId): Promise<AccessRequest> {
    return this.#answer(`show ${id.slice(-1)}`, () => {
      const request = this.requests.find((each) => each.id === id);
      if (!request) throw new TeleportFailure({ kind: 'gone' });
      return request;
    });
  }

  /** Returns the calls since the last `takeCalls`. */
  takeCalls(): string[] {
    const { calls } = this;
    this.calls = [];
    return calls;
  }
}

/** Counts the calls that begin with a word. */
export const countCalls = (calls: readonly string[], word: string): number =>
  calls.filter((call) => call.startsWith(word)).length;

/** How long a test window may take to answer before an announcement, in ms. */
const heartbeatLimit = 2_000;
/** The interval and the time limit of a test window's heartbeat, in ms. */
const fastHeartbeat = { every: 20, limit: 100 };

interface TestWindowOptions {
  readonly clock?: HandClock;
  readonly tsh?: ScriptedTsh;
  readonly files?: MemoryFiles;
  readonly lockPath?: string;
  readonly patience?: number;
}

/** A window without VS Code: the services that keep its state up to date. */
export class TestWindow {
  readonly clock: HandClock;
  readonly tsh: ScriptedTsh;
  readonly files: MemoryFiles;
  readonly store = new ObservedStore();
  readonly announced: RequestChange[] = [];
  readonly watched: WatchedRequests;
  readonly elevations: Elevations;
  readonly refresh: Refresh | SharedRefresh;
  readonly heartbeat = new WindowHeartbeat(() => until(() => this.isVisible), fastHeartbeat);
  readonly windows: WindowElection;
  program = { path: '/bin/tsh', stamp: 'a' };
  isProgramMissing = false;
  /** Whether the window answers its heartbeat and shows announcements. */
  isVisible = true;
  notifyReviewers = true;

  /** Without `lockPath` the window is the only one and calls tsh itself. */
  constructor({
    clock: time = new HandClock(),
    tsh = new ScriptedTsh(),
    files = new MemoryFiles(),
    lockPath,
    patience = 60_000,
  }: TestWindowOptions = {}) {
    this.clock = time;
    this.tsh = tsh;
    this.files = files;
    const { store } = this;
    const mainLogin = new Home('/nowhere');
    const client = {
      program: () =>
        this.isProgramMissing
          ? Promise.reject(new TeleportFailure({ kind: 'notFound' }))
          : Promise.resolve(this.program),
    } as unknown as Client;
    const journal = new Journal(files, store, time);
    this.watched = new WatchedRequests(files, store);
    const records = new HomeRecords(files);
    const space = () => processSpace({});
    this.elevations = new Elevations({
      tsh,
      mainLogin,
      records,
      store,
      journal,
      clock: time,
      env: {},
      space,
    });
    const { watched, elevations } = this;
    const reportError = (error: unknown): never => {
      throw error;
    };
    const announcements = new Announcements({
      ...{ files, elevations, journal },
      canBeSeen: () =>
        lockPath === undefined
          ? Promise.resolve(this.isVisible)
          : Promise.resolve(this.heartbeat.alive && this.heartbeat.checkNow(heartbeatLimit)),
      show: (change) => this.announced.push(change),
    });
    const announceHere = (change: RequestChange): Promise<boolean> => announcements.announce(change);
    this.windows = new WindowElection({
      lockPath: () => Promise.resolve(lockPath ?? ''),
      heartbeat: this.heartbeat,
      reportError,
    });
    const { windows, heartbeat } = this;
    store.isFollower = () => !windows.leads && windows.leader !== undefined;
    const shared = {
      ...{ client, tsh, mainLogin, store, watched, elevations, journal, reportError },
      lastLogin: new LastLogin(files),
      clock: time,
      later: time.later,
      notifyReviewers: () => this.notifyReviewers,
    };
    if (lockPath !== undefined) {
      this.refresh = new SharedRefresh({ ...shared, windows, heartbeat, announceHere, patience });
      return;
    }
    const refresh = new Refresh({ ...shared, leads: () => true, announce: announceHere });
    watched.onDidSave(() => refresh.schedule());
    this.refresh = refresh;
  }

  /** Opens a window whose views are visible and whose first calls are answered. */
  static async openViewed(options: TestWindowOptions = {}): Promise<TestWindow> {
    const window = new TestWindow(options);
    window.refresh.setAttention({ focused: true, viewing: true });
    // The first calls include a second list after some seconds.
    await window.clock.advance(3_000);
    window.tsh.takeCalls();
    return window;
  }

  /** Adds a pending request of the user, as if this window had sent it. The window then waits for its decision. */
  async addRequest(request: AccessRequest): Promise<void> {
    this.tsh.requests.push(request);
    await this.watched.startWaiting(profile(), request.id, this.clock.now());
    await this.refresh.show(request.id);
    await settle();
  }
}
