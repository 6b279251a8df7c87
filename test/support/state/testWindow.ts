// What is true, asked of a tsh that answers as told: no disk, no process, no time but the test's.
import type * as v from 'valibot';
import { safeParse } from 'valibot';
import type { RequestChange } from '../../../src/access/requestChanges.ts';
import type { AccessRequest } from '../../../src/access/request.ts';
import type { RequestId } from '../../../src/access/text/untrusted.ts';
import { Elevations } from '../../../src/state/elevation/elevations.ts';
import { StorageFiles } from '../../../src/state/storageFiles.ts';
import { HomeRecords } from '../../../src/state/elevation/homeRecords.ts';
import { Journal } from '../../../src/state/memory/journal.ts';
import { LastLogin } from '../../../src/state/memory/lastLogin.ts';
import { WindowHeartbeat } from '../../../src/state/windows/windowHeartbeat.ts';
import { Refresh, type Asker } from '../../../src/state/refresh/refresh.ts';
import { WindowSync } from '../../../src/state/windows/windowSync.ts';
import { Store } from '../../../src/state/store.ts';
import { claimAnnouncement } from '../../../src/state/refresh/claimAnnouncement.ts';
import { WatchedRequests } from '../../../src/state/memory/watchedRequests.ts';
import { WindowElection } from '../../../src/state/windows/windowElection.ts';
import type { Client } from '../../../src/teleport/commands/client.ts';
import { TeleportFailure, type FailureKind } from '../../../src/teleport/process/failure.ts';
import { Home } from '../../../src/teleport/home/home.ts';
import { Tsh, type AssumedLogin } from '../../../src/teleport/commands/tsh.ts';
import { profile } from '../samples.ts';
import { until } from '../temporaryFolder.ts';
import { settle, Time } from './handClock.ts';

/** Files that are only remembered. Two windows share one. */
export class RememberedFiles extends StorageFiles {
  readonly kept: Map<string, string>;

  constructor(kept = new Map<string, string>()) {
    super('/nowhere', () => undefined);
    this.kept = kept;
  }

  override read<T extends v.GenericSchema>(name: string, schema: T): Promise<v.InferOutput<T> | undefined> {
    const text = this.kept.get(name);
    const result = text === undefined ? undefined : safeParse(schema, JSON.parse(text));
    return Promise.resolve(result?.success ? result.output : undefined);
  }

  override write(name: string, value: unknown): Promise<void> {
    this.kept.set(name, JSON.stringify(value));
    return Promise.resolve();
  }

  override append(name: string, value: unknown): Promise<void> {
    this.kept.set(name, `${this.kept.get(name) ?? ''}${JSON.stringify(value)}\n`);
    return Promise.resolve();
  }

  override names(): Promise<string[]> {
    return Promise.resolve([]);
  }

  override claim(name: string): Promise<boolean> {
    const free = !this.kept.has(name);
    this.kept.set(name, '');
    return Promise.resolve(free);
  }
}

/** A tsh that answers as the test says, and notes what it was asked. */
export class ToldTsh extends Tsh {
  asked: string[] = [];
  login: AssumedLogin = { kind: 'signedIn', profile: profile() };
  requests: AccessRequest[] = [];
  /** What lists say while they lag behind `show`. */
  lagging: AccessRequest[] | undefined;
  /** What every question fails with, by its first word. */
  failing: Partial<Record<string, FailureKind>> = {};
  installed = '17.0.0';

  constructor() {
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- no question reaches it
    super({} as Client);
  }

  #answer<T>(question: string, answer: () => T): Promise<T> {
    this.asked.push(question);
    const kind = this.failing[question.split(' ')[0] ?? ''];
    return kind ? Promise.reject(new TeleportFailure({ kind })) : Promise.resolve().then(answer);
  }

  override version(): Promise<string> {
    return this.#answer('version', () => this.installed);
  }

  override status(): Promise<AssumedLogin> {
    return this.#answer('status', () => this.login);
  }

  override list(): Promise<{ requests: AccessRequest[]; unreadable: number }> {
    return this.#answer('list', () => ({ requests: this.lagging ?? this.requests, unreadable: 0 }));
  }

  override show(_home: Home, id: RequestId): Promise<AccessRequest> {
    return this.#answer(`show ${id.slice(-1)}`, () => {
      const request = this.requests.find((one) => one.id === id);
      if (!request) throw new TeleportFailure({ kind: 'gone' });
      return request;
    });
  }

  /** What was asked since the last time. */
  taken(): string[] {
    const taken = this.asked;
    this.asked = [];
    return taken;
  }
}

/** How many of these questions begin with a word. */
export const count = (asked: readonly string[], word: string): number =>
  asked.filter((question) => question.startsWith(word)).length;

/** The only window asks for itself. */
export const alone: Asker = {
  here: true,
  ask: () => Promise.resolve(false),
  loginMayHaveChanged: () => undefined,
};

/** How often a window under test is asked for an answer, in ms. */
const brisk = { every: 20, limit: 100 };

interface StageParts {
  readonly time?: Time;
  readonly tsh?: ToldTsh;
  readonly files?: RememberedFiles;
  readonly seat?: string;
  readonly patience?: number;
}

/** One window. */
export class Stage {
  readonly time: Time;
  readonly tsh: ToldTsh;
  readonly files: RememberedFiles;
  readonly store = new Store();
  readonly told: RequestChange[] = [];
  readonly watched: WatchedRequests;
  readonly elevations: Elevations;
  readonly refresh: Refresh;
  readonly heartbeat = new WindowHeartbeat(() => until(() => this.seen), brisk);
  readonly windows: WindowElection;
  readonly sharing: WindowSync;
  program = { path: '/bin/tsh', stamp: 'a' };
  missing = false;
  /** Whether a person can see the window. */
  seen = true;
  tellReviewers = true;

  /** @param seat of the window that leads; left out where this is the only window */
  constructor({
    time = new Time(),
    tsh = new ToldTsh(),
    files = new RememberedFiles(),
    seat,
    patience = 60_000,
  }: StageParts = {}) {
    this.time = time;
    this.tsh = tsh;
    this.files = files;
    const { store } = this;
    const mainLogin = new Home('/nowhere');
    const client = {
      program: () =>
        this.missing
          ? Promise.reject(new TeleportFailure({ kind: 'notFound' }))
          : Promise.resolve(this.program),
    } as unknown as Client;
    const journal = new Journal(files, store, time);
    this.watched = new WatchedRequests(files, store);
    const records = new HomeRecords(files);
    const boot = (): Promise<string> => Promise.resolve('boot');
    this.elevations = new Elevations({ tsh, mainLogin, records, store, journal, clock: time, env: {}, boot });
    const { watched, elevations } = this;
    const report = (error: unknown): never => {
      throw error;
    };
    const tellHere = async (change: RequestChange): Promise<boolean> => {
      const left = await claimAnnouncement(files, change);
      if (left) this.told.push(left);
      return left !== undefined;
    };
    this.windows = new WindowElection({
      seat: () => Promise.resolve(seat ?? ''),
      heartbeat: this.heartbeat,
      report,
    });
    const { windows, heartbeat } = this;
    const shared = { windows, heartbeat, store, elevations, watched, journal, clock: time, tellHere, patience };
    this.sharing = new WindowSync({ ...shared, refresh: () => this.refresh });
    const tell = (change: RequestChange) =>
      seat === undefined
        ? this.seen
          ? tellHere(change)
          : Promise.resolve(undefined)
        : this.sharing.tell(change);
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
      asker: seat === undefined ? alone : this.sharing,
      tell,
      tellReviewers: () => this.tellReviewers,
      report,
    });
  }

  /** Somebody looks at the views, and what is true was just asked. */
  static async watched(parts: StageParts = {}): Promise<Stage> {
    const stage = new Stage(parts);
    stage.refresh.attend({ focused: true, viewing: true });
    // The second look at the list included.
    await stage.time.pass(3_000);
    stage.tsh.taken();
    return stage;
  }

  /** Asks for a request: from now on its decision is waited for. */
  async ask(request: AccessRequest): Promise<void> {
    this.tsh.requests.push(request);
    this.store.learned(request, this.time.now());
    await this.watched.begin(profile(), request.id, this.time.now());
    this.refresh.schedule();
    await settle();
  }
}
