import type { AccessRequest } from '../../access/request.ts';
import { assumedInLogin, type Elevation } from '../../access/elevation.ts';
import type { Untrusted, RequestId } from '../../access/text/untrusted.ts';
import { assumeInCopy } from '../../teleport/commands/assumeInCopy.ts';
import { TeleportFailure } from '../../teleport/process/failure.ts';
import { Home } from '../../teleport/home/home.ts';
import {
  currentOf,
  fillHome,
  makeHome,
  removeHome,
  removeSpareGenerations,
  runtimeFolder,
} from '../../teleport/home/privateHome.ts';
import { isRunning, stampOf, type ProcessId } from '../../teleport/process/processes.ts';
import type { Profile } from '../../teleport/output/requestSchema.ts';
import type { Tsh } from '../../teleport/commands/tsh.ts';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import { elevationOf, type HomeRecord, type HomeRecords, type Owner } from './homeRecords.ts';
import type { Journal } from '../memory/journal.ts';
import { KubeContextWatch } from './kubeContextWatch.ts';
import type { Store } from '../store.ts';
import type { WatchdogClient } from './watchdogClient.ts';

/** What elevations need from around them. */
export interface ElevationParts {
  readonly tsh: Tsh;
  readonly mainLogin: Home;
  readonly records: HomeRecords;
  readonly store: Store;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** This machine and boot. */
  readonly boot: () => Promise<string>;
  /** Gives back what is elevated when no window is left. */
  readonly watchdogs?: Pick<WatchdogClient, 'keep' | 'stopWatching'>;
}

/**
 * The private homes of this person and what is elevated in them. A record is written before a home is filled, so that
 * whatever cuts us off leaves a trace that the next start finds.
 */
export class Elevations {
  readonly #parts: ElevationParts;
  readonly #homes = new Map<string, Home>();
  readonly #drift = new KubeContextWatch(() => void this.show());
  #records = new Map<string, HomeRecord>();
  #mainLogin: readonly Elevation[] = [];
  #me: Promise<ProcessId> | undefined;
  #removed: () => void = () => undefined;
  #saw: (mainLogin: readonly Elevation[]) => void = () => undefined;

  constructor(parts: ElevationParts) {
    this.#parts = parts;
  }

  /** Calls back when a home was removed, so that what re-appears there can be swept. */
  onRemoved(listener: () => void): void {
    this.#removed = listener;
  }

  /** Calls back at once when this window saw what is assumed in the main login. */
  onSaw(listener: (mainLogin: readonly Elevation[]) => void): void {
    this.#saw = listener;
  }

  get records(): readonly HomeRecord[] {
    return [...this.#records.values()];
  }

  /** Private homes that are elevated now, in every window. */
  get inUse(): readonly HomeRecord[] {
    return this.records.filter(({ state }) => state === 'ready');
  }

  record(name: string): HomeRecord | undefined {
    return this.#records.get(name);
  }

  /** Where a private home lies; undefined when it is no longer there. */
  folderOf(name: string): { readonly current: string } | undefined {
    const record = this.#records.get(name);
    return record?.state === 'ready' ? { current: currentOf(join(record.root, name)) } : undefined;
  }

  /** The home of an elevation: the main login's or the private one's. */
  homeOf(elevation: Elevation): Home {
    const { where } = elevation;
    const record = where.kind === 'private' ? this.#records.get(where.home) : undefined;
    return record ? this.#home(record) : this.#parts.mainLogin;
  }

  #home(record: HomeRecord): Home {
    const known = this.#homes.get(record.name);
    if (known) return known;
    const home = new Home(
      currentOf(join(record.root, record.name)),
      record.mainLogin,
      this.#parts.mainLogin.locks,
    );
    this.#homes.set(record.name, home);
    return home;
  }

  /** Reads what is kept, at start. */
  async start(): Promise<void> {
    this.#mainLogin = await this.#parts.records.mainLogin();
    await this.load();
  }

  /** Reads the index again: another window may have changed it. What this window writes just now is newer here. */
  async load(): Promise<void> {
    const stored = new Map((await this.#parts.records.all()).map((record) => [record.name, record]));
    for (const record of this.#records.values()) {
      const other = stored.get(record.name);
      const taken = other && (other.state === 'removed' || other.window.pid !== process.pid);
      if (record.window.pid === process.pid && !taken) stored.set(record.name, record);
    }
    this.#records = stored;
    for (const { name, state } of stored.values())
      if (state === 'removed') this.#parts.watchdogs?.stopWatching(name);
    await this.show();
  }

  /** This extension host, as a process. */
  me(): Promise<ProcessId> {
    return (this.#me ??= stampOf(process.pid).then((stamp) => ({ pid: process.pid, stamp: stamp ?? '' })));
  }

  /** Whether the processes a record names can be running at all. */
  async ofThisBoot(record: HomeRecord): Promise<boolean> {
    return record.boot === (await this.#parts.boot());
  }

  /** Whether the window that looks after this home is this one, another that lives, or gone. */
  async ownerOf(record: HomeRecord): Promise<Owner> {
    if (!(await this.ofThisBoot(record))) return 'gone';
    return record.window.pid === process.pid
      ? 'here'
      : (await isRunning(record.window))
        ? 'elsewhere'
        : 'gone';
  }

  /**
   * Assumes an approved request in a private copy of the login; the main login is only read.
   * @throws TeleportFailure as `tsh login --request-id`; `untrustedHome` when the copy cannot be made safely,
   *   `noSpace` and `cannotWrite` when it, or its record, cannot be written. Nothing of the copy is left then.
   */
  async assumePrivately(request: AccessRequest, profile: Profile, signal?: AbortSignal): Promise<Elevation> {
    const { tsh, mainLogin, records, clock, env, journal } = this.#parts;
    const root = runtimeFolder(env);
    const { name, folder } = await makeHome(root);
    const record: HomeRecord = {
      name,
      state: 'filling',
      boot: await this.#parts.boot(),
      root,
      mainLogin: mainLogin.folder,
      requestId: request.id,
      roles: [...request.roles],
      user: profile.user,
      cluster: profile.cluster,
      proxy: profile.proxy,
      since: clock.now(),
      certificateEnds: Math.min(profile.validUntil, request.grantEnds),
      grantEnds: request.grantEnds,
      loginEnds: profile.validUntil,
      window: await this.me(),
      shells: [],
    };
    this.#records.set(name, record);
    try {
      await records.save(record);
      // Without it, nobody would give back what a killed window leaves.
      if (!(await records.one(name))) throw new TeleportFailure({ kind: 'cannotWrite' });
      this.#watch(record);
      // While the copy is made nothing of ours may write the main login's folder.
      await mainLogin.queue.write(() => fillHome(folder, mainLogin.folder), signal);
      const home = this.#home(record);
      const { elevated } = await assumeInCopy(tsh, home, request.id, { signal });
      const ready: HomeRecord = {
        ...record,
        state: 'ready',
        since: clock.now(),
        certificateEnds: elevated.validUntil,
      };
      await this.#keep(ready);
      await journal.note({ kind: 'assumed', id: request.id, roles: request.roles });
      return elevationOf(ready);
    } catch (error) {
      await this.dropHome(name);
      throw error;
    }
  }

  /** Never waits for the watchdog: access at once is worth more, and the next start is there too. */
  #watch({ name }: HomeRecord): void {
    void this.#parts.watchdogs?.keep(name);
  }

  /** Notes that a shell runs in a private home. */
  async addShell(name: string, pid: number): Promise<void> {
    const stamp = await stampOf(pid);
    if (stamp === undefined) return;
    await this.change(name, ({ shells }) => ({
      shells: [...shells.filter((one) => one.pid !== pid), { pid, stamp }],
    }));
  }

  /** Notes which Kubernetes cluster kubectl in a private home was pointed at. */
  async setKubeCluster(name: string, cluster: Untrusted): Promise<void> {
    await this.change(name, () => ({ kube: cluster }));
  }

  /** This window looks after the home from now on: its terminal was found again here. */
  async adopt(name: string): Promise<void> {
    const window = await this.me();
    const record = await this.change(name, () => ({ window }));
    if (!record) return;
    this.#watch(record);
    // A window that was cut off while it continued this leaves a copy that nobody uses.
    await this.#home(record)
      .queue.write(() => removeSpareGenerations(join(record.root, name)))
      .catch(() => undefined);
  }

  /** Changes what is known of a private home in use; the record afterwards, undefined when it is not in use. */
  async change(
    name: string,
    change: (record: HomeRecord) => Partial<HomeRecord>,
  ): Promise<HomeRecord | undefined> {
    const record = this.#records.get(name);
    if (!record || record.state === 'removed') return undefined;
    const changed = { ...record, ...change(record) };
    await this.#keep(changed);
    return changed;
  }

  /** True for the first of all windows and watchdogs that asks about this. */
  claim(what: string, name: string): Promise<boolean> {
    return this.#parts.records.claim(what, name);
  }

  async #keep(record: HomeRecord): Promise<void> {
    this.#records.set(record.name, record);
    await this.#parts.records.save(record);
    await this.show();
  }

  /** Removes a home from the disk and remembers its name, so that what tools re-create there is swept. */
  async dropHome(name: string): Promise<void> {
    const record = this.#records.get(name);
    if (!record) return;
    await removeHome(record.root, name);
    this.#homes.delete(name);
    this.#parts.watchdogs?.stopWatching(name);
    await this.#keep({ ...record, state: 'removed', shells: [], since: this.#parts.clock.now() });
    this.#removed();
  }

  /**
   * Removes what re-appeared where homes were; forgets them after a day.
   * @param only this home; all of them otherwise
   */
  async sweep(only?: string): Promise<void> {
    const day = 24 * 60 * 60_000;
    for (const record of this.records.filter(({ state }) => state === 'removed')) {
      if (only !== undefined && record.name !== only) continue;
      await removeHome(record.root, record.name).catch(() => undefined);
      if (this.#parts.clock.now() - record.since > day) {
        this.#records.delete(record.name);
        await this.#parts.records.forget(record.name);
      }
    }
  }

  /**
   * What `tsh status` says is assumed in the main login.
   * @param justNow a request that was assumed just now, so that its certificate's life is known
   */
  async sawMainLogin(profile: Profile | undefined, justNow?: RequestId): Promise<void> {
    const before = this.#mainLogin;
    const { requests = [] } = this.#parts.store.snapshot;
    const now = this.#parts.clock.now();
    this.#mainLogin = profile ? assumedInLogin(profile, before, requests, now, justNow) : [];
    this.#saw(this.#mainLogin);
    if (before.length > 0 || this.#mainLogin.length > 0)
      await this.#parts.records.saveMainLogin(this.#mainLogin);
    await this.show();
  }

  /** Watches nothing any more. */
  stop(): void {
    this.#drift.stop();
  }

  /** What another window saw in the main login. */
  async takeMainLogin(mainLogin: readonly Elevation[]): Promise<void> {
    this.#mainLogin = mainLogin;
    await this.show();
  }

  /** Puts what is elevated now into the store. */
  async show(): Promise<void> {
    const owned = await Promise.all(
      this.inUse.map(async (record) => [record, await this.ownerOf(record)] as const),
    );
    this.#drift.follow(owned.flatMap(([record, owner]) => (owner === 'elsewhere' ? [] : [record])));
    const own = owned.map(([record, owner]) => elevationOf(record, owner, this.#drift.of(record)));
    this.#parts.store.update({ elevations: [...own, ...this.#mainLogin] });
  }
}
