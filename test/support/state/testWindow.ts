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
import { Refresh, type LeaderWindow } from '../../../src/state/refresh/refresh.ts';
import { WindowSync } from '../../../src/state/windows/windowSync.ts';
import { Store } from '../../../src/state/store.ts';
import { claimAnnouncement } from '../../../src/state/refresh/claimAnnouncement.ts';
import { WatchedRequests } from '../../../src/state/memory/watchedRequests.ts';
import { WindowElection } from '../../../src/state/windows/windowElection.ts';
import type { Client } from '../../../src/teleport/commands/client.ts';
import { TeleportFailure, type FailureKind } from '../../../src/teleport/process/failure.ts';
import { Home } from '../../../src/teleport/home/home.ts';
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

  constructor() {
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- no call reaches the client
    super({} as Client);
  }

  #answer<T>(call: string, answer: () => T): Promise<T> {
    this.calls.push(call);
    const kind = this.failures[call.split(' ')[0] ?? ''];
    return kind ? Promise.reject(new TeleportFailure({ kind })) : Promise.resolve().then(answer);
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

/** Stands for the leader when there is only a single window: the window calls tsh itself. */
const onlyWindow: LeaderWindow = {
  isThisWindow: true,
  requestRefresh: () => Promise.resolve(false),
  loginMayHaveChanged: () => undefined,
};

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
  readonly store = new Store();
  readonly announced: RequestChange[] = [];
  readonly watched: WatchedRequests;
  readonly elevations: Elevations;
  readonly refresh: Refresh;
  readonly heartbeat = new WindowHeartbeat(() => until(() => this.isVisible), fastHeartbeat);
  readonly windows: WindowElection;
  readonly windowSync: WindowSync;
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
    const boot = (): Promise<string> => Promise.resolve('boot');
    this.elevations = new Elevations({ tsh, mainLogin, records, store, journal, clock: time, env: {}, boot });
    const { watched, elevations } = this;
    const reportError = (error: unknown): never => {
      throw error;
    };
    const announceHere = async (change: RequestChange): Promise<boolean> => {
      const unclaimed = await claimAnnouncement(files, change);
      if (unclaimed) this.announced.push(unclaimed);
      return unclaimed !== undefined;
    };
    this.windows = new WindowElection({
      lockPath: () => Promise.resolve(lockPath ?? ''),
      heartbeat: this.heartbeat,
      reportError,
    });
    const { windows, heartbeat } = this;
    const shared = {
      windows,
      heartbeat,
      store,
      elevations,
      watched,
      journal,
      clock: time,
      announceHere,
      patience,
    };
    this.windowSync = new WindowSync(shared);
    const announce = (change: RequestChange) =>
      lockPath === undefined
        ? this.isVisible
          ? announceHere(change)
          : Promise.resolve(undefined)
        : this.windowSync.announce(change);
    this.refresh = new Refresh({
      client,
      tsh,
      mainLogin,
      store,
      watched,
      elevations,
      lastLogin: new LastLogin(files),
      clock: time,
      later: time.later,
      journal,
      leaderWindow: lockPath === undefined ? onlyWindow : this.windowSync,
      announce,
      notifyReviewers: () => this.notifyReviewers,
      reportError,
    });
    this.windowSync.start(this.refresh);
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

  /** Adds a pending request of the user, whose decision the window then waits for. */
  async addRequest(request: AccessRequest): Promise<void> {
    this.tsh.requests.push(request);
    this.store.applyRequest(request, this.clock.now());
    await this.watched.startWaiting(profile(), request.id, this.clock.now());
    this.refresh.schedule();
    await settle();
  }
}
