import type { AccessRequest } from '../../access/request.ts';
import { assumedInLogin, type Elevation, type ElevationElsewhere } from '../../access/elevation.ts';
import type { RequestId } from '../../access/untrusted/untrusted.ts';
import { assumeInCopy } from '../../teleport/commands/assumeInCopy.ts';
import { TeleportFailure } from '../../teleport/process/failure.ts';
import { Home } from '../../teleport/home/home.ts';
import {
  currentOf,
  fillHome,
  makeHome,
  removeHome,
  removeSpareGenerations,
} from '../../teleport/home/privateHome.ts';
import { runtimeFolder } from '../../teleport/process/ownFolder.ts';
import type { ProcessSpace } from '../../teleport/process/processSpace.ts';
import type { Profile } from '../../teleport/output/loginSchema.ts';
import type { Tsh } from '../../teleport/commands/tsh.ts';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import { elevationOf, newHomeRecord, type HomeRecord, type HomeRecords } from './homeRecords.ts';
import { isStillThere, mergeRecords, readRecords } from './readRecords.ts';
import type { Journal } from '../memory/journal.ts';
import { KubeContextWatch } from './kubeContextWatch.ts';
import type { Store } from '../store.ts';
import type { WatchdogClient } from './watchdogClient.ts';
import { Emitter } from '../emitter.ts';
import { HomeOwners } from './homeOwners.ts';
import { HomeShells } from './homeShells.ts';
import type { Environment } from '../../teleport/environment/environment.ts';

/** The parts that `core.ts` and `watchdog.ts` pass. A watchdog itself passes no `watchdogs`. */
export interface ElevationParts {
  readonly tsh: Tsh;
  readonly mainLogin: Home;
  readonly records: HomeRecords;
  readonly store: Store;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly env: Environment;
  /** The machine, account, boot and process ids of this process. */
  readonly space: () => Promise<ProcessSpace>;
  /** The watchdogs, which drop elevations when no window is left. */
  readonly watchdogs?: Pick<WatchdogClient, 'attach' | 'stopWatching' | 'answers'>;
}

/**
 * The private homes of the user and the elevations in them and in the main login. A record is written before
 * a home is filled, so that the next start finds the home even when this process is killed in between.
 */
export class Elevations {
  readonly #parts: ElevationParts;
  readonly #homes = new Map<string, Home>();
  readonly #kubeContexts = new KubeContextWatch(() => void this.#publish());
  /** The records of this machine and account only, so that nothing can act on those of others. */
  #records = new Map<string, HomeRecord>();
  #elsewhere: readonly ElevationElsewhere[] = [];
  #disbelieved: ReadonlySet<string> = new Set();
  #mainLogin: readonly Elevation[] = [];
  /** The windows that own the homes. */
  readonly owners: HomeOwners;
  /** The shells in the homes. */
  readonly shells = new HomeShells(this);
  readonly #homeRemoved = new Emitter();
  /** Fires after a private home was removed, so that files that tools create there again can be swept. */
  readonly onDidRemoveHome = this.#homeRemoved.event;

  constructor(parts: ElevationParts) {
    this.#parts = parts;
    this.owners = new HomeOwners(
      parts.space,
      async (home) => (await parts.watchdogs?.answers(home)) ?? false,
    );
  }

  /**
   * The records of all private homes of this machine and account as they were last read: of all windows, in every
   * state.
   */
  get records(): readonly HomeRecord[] {
    return [...this.#records.values()];
  }

  /** The private homes with an elevation now, of all windows of this machine and account. */
  get inUse(): readonly HomeRecord[] {
    return this.records.filter(({ state }) => state === 'ready');
  }

  /** The record of a private home by the name of its folder; undefined for an unknown home. */
  record(name: string): HomeRecord | undefined {
    return this.#records.get(name);
  }

  /** The value of TELEPORT_HOME for a private home; undefined when the home is not in use. */
  folderOf(name: string): string | undefined {
    const record = this.#records.get(name);
    return record?.state === 'ready' ? this.homeOfRecord(record).folder : undefined;
  }

  /** The home of an elevation: the private home or the home of the main login. */
  homeOf(elevation: Elevation): Home {
    const { where } = elevation;
    const record = where.kind === 'private' ? this.#records.get(where.home) : undefined;
    return record ? this.homeOfRecord(record) : this.#parts.mainLogin;
  }

  /** The private home of a record, also of one that is not known here. */
  homeOfRecord(record: HomeRecord): Home {
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

  /** The homes in use whose record on the disk says that they are removed, see `isStillThere`. They must be dropped. */
  get disbelieved(): readonly HomeRecord[] {
    return this.inUse.filter(({ name }) => this.#disbelieved.has(name));
  }

  /** Reads the stored elevations, at the start. */
  async start(): Promise<void> {
    this.#mainLogin = await this.#parts.records.mainLogin();
    await this.load();
  }

  /**
   * Reads the records again, because another window may have changed them. Records of this window are kept,
   * because the files may be older than a write that is still running.
   */
  async load(): Promise<void> {
    const stored = await readRecords(this.#parts.records, this.owners);
    // Off Linux it takes a program to know this process, so not where nothing was ever elevated.
    const isEmpty = stored.records.length === 0 && this.#records.size === 0;
    const own = isEmpty ? undefined : await this.owners.thisProcess();
    // From here on nothing is awaited, so that no change of this window is lost.
    this.#records = mergeRecords(stored, this.#records, own);
    this.#disbelieved = stored.disbelieved;
    this.#elsewhere = stored.elsewhere;
    for (const { name, state } of this.records)
      if (state === 'removed') this.#parts.watchdogs?.stopWatching(name);
    await this.#publish();
  }

  /** Whether the home of a record on the disk is removed, and not only said to be. */
  async isRemoved(name: string): Promise<boolean> {
    const record = await this.#parts.records.read(name);
    return record?.state === 'removed' && !(await isStillThere(record));
  }

  /**
   * Assumes an approved request in a private copy of the main login. The main login itself is only read.
   * @throws TeleportFailure as `tsh login --request-id`; `untrustedHome` when the copy cannot be made safely,
   *   `noSpace` and `cannotWrite` when the copy or its record cannot be written. The copy is removed then.
   */
  async assumePrivately(request: AccessRequest, profile: Profile, signal?: AbortSignal): Promise<Elevation> {
    const { tsh, mainLogin, records, clock, env, journal, watchdogs } = this.#parts;
    const root = runtimeFolder(env);
    const { name, folder } = await makeHome(root);
    const record = newHomeRecord(request, profile, {
      ...{ name, root, mainLogin: mainLogin.folder, since: clock.now() },
      ...(await this.owners.thisWindow()),
    });
    this.#records.set(name, record);
    try {
      await records.save(record);
      // Without the record, nothing would drop the elevation after this window is killed.
      if (!(await records.read(name))) throw new TeleportFailure({ kind: 'cannotWrite' });
      // Nobody waits for the watchdog. Fast access matters more, and without a watchdog the next start drops the
      // elevation.
      void watchdogs?.attach(name);
      // No call of this extension may write the folder of the main login while it is copied.
      await mainLogin.queue.write(() => fillHome(folder, mainLogin.folder), signal);
      const home = this.homeOfRecord(record);
      const { elevated } = await assumeInCopy(tsh, home, request.id, { signal });
      const ready: HomeRecord = {
        ...record,
        state: 'ready',
        since: clock.now(),
        certificateEnds: elevated.validUntil,
      };
      await this.#save(ready);
      await journal.note({ kind: 'assumed', id: request.id, roles: request.roles });
      return elevationOf(ready);
    } catch (error) {
      await this.removeHomeFiles(name);
      throw error;
    }
  }

  /** Makes this window the owner of a home, because the terminal of the home was restored in this window. */
  async adopt(name: string): Promise<void> {
    const record = await this.change(name, await this.owners.thisWindow());
    if (!record) return;
    void this.#parts.watchdogs?.attach(name);
    // A window that was killed during a renewal leaves an unused copy.
    await this.homeOfRecord(record)
      .queue.write(() => removeSpareGenerations(join(record.root, name)))
      .catch(() => undefined);
  }

  /**
   * Changes the record of a private home.
   * @returns the new record, undefined when the home is unknown or removed
   */
  async change(name: string, changes: Partial<HomeRecord>): Promise<HomeRecord | undefined> {
    const record = this.#records.get(name);
    if (!record || record.state === 'removed') return undefined;
    const changed = { ...record, ...changes };
    await this.#save(changed);
    return changed;
  }

  async #save(record: HomeRecord): Promise<void> {
    this.#records.set(record.name, record);
    await this.#parts.records.save(record);
    await this.#publish();
  }

  /** Removes a home from the disk and keeps its record for `sweep`, as tools may create files there again. */
  async removeHomeFiles(name: string): Promise<void> {
    const record = this.#records.get(name);
    if (!record) return;
    await removeHome(record.root, name);
    this.#homes.delete(name);
    await this.#save({ ...record, state: 'removed', shells: [], since: this.#parts.clock.now() });
    // After the record, so that the watchdog finds it and sweeps, also when this window is closed now.
    this.#parts.watchdogs?.stopWatching(name);
    this.#homeRemoved.fire();
  }

  /**
   * Removes files that tools created again in removed homes. A removed home is forgotten after a day.
   * @param only the name of one home; all removed homes when left out
   */
  async sweep(only?: string): Promise<void> {
    const day = 24 * 60 * 60_000;
    for (const record of this.records.filter(({ state }) => state === 'removed')) {
      if (only !== undefined && record.name !== only) continue;
      await removeHome(record.root, record.name).catch(() => undefined);
      if (this.#parts.clock.now() - record.since > day) {
        this.#records.delete(record.name);
        await this.#parts.records.remove(record.name);
      }
    }
  }

  /**
   * Updates the elevations of the main login from the output of `tsh status`.
   * @param profile the main login; undefined when nobody is signed in
   * @param justAssumed a request that was assumed just now, so the end of its certificate is known
   */
  async updateMainLogin(profile: Profile | undefined, justAssumed?: RequestId): Promise<void> {
    const before = this.#mainLogin;
    const { requests = [] } = this.#parts.store.snapshot;
    const now = this.#parts.clock.now();
    this.#mainLogin = profile ? assumedInLogin(profile, before, requests, now, justAssumed) : [];
    if (before.length > 0 || this.#mainLogin.length > 0)
      await this.#parts.records.saveMainLogin(this.#mainLogin);
    await this.#publish();
  }

  /** Stops watching the kubeconfigs. */
  dispose(): void {
    this.#kubeContexts.dispose();
  }

  /** Applies the elevations of the main login that the leader has read. */
  async applyMainLogin(mainLogin: readonly Elevation[]): Promise<void> {
    this.#mainLogin = mainLogin;
    await this.#publish();
  }

  /** Puts all current elevations into the store. */
  async #publish(): Promise<void> {
    const recordsWithOwner = await Promise.all(
      this.inUse.map(async (record) => [record, await this.owners.ownerOf(record)] as const),
    );
    this.#kubeContexts.watchHomes(
      recordsWithOwner.flatMap(([record, owner]) => (owner === 'elsewhere' ? [] : [record])),
    );
    const privateElevations = recordsWithOwner.map(([record, owner]) =>
      elevationOf(record, owner, this.#kubeContexts.mismatchOf(record)),
    );
    this.#parts.store.update({
      elevations: [...privateElevations, ...this.#mainLogin],
      elsewhere: this.#elsewhere,
    });
  }
}
