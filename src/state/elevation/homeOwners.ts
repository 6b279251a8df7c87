import { join } from 'node:path';
import type { ElevationElsewhere } from '../../access/elevation.ts';
import { holdsLogin } from '../../teleport/home/privateHome.ts';
import { isRunning, stampOf, stillSame, type ProcessId } from '../../teleport/process/processId.ts';
import { processExists } from '../../teleport/process/signals.ts';
import {
  hasEndedFor,
  relationOf,
  type ProcessSpace,
  type SpaceRelation,
} from '../../teleport/process/processSpace.ts';
import type { HomeRecord, Owner } from './homeRecords.ts';

/** A process that a file of the storage names, and where it runs. Older versions stored no space. */
interface StoredProcess {
  readonly window: ProcessId;
  readonly space?: ProcessSpace | undefined;
}

/** Finds out which window owns a private home, by process, machine, account and boot. */
export class HomeOwners {
  readonly #space: () => Promise<ProcessSpace>;
  readonly #isWatched: (home: string) => Promise<boolean>;
  #thisProcess: Promise<ProcessId> | undefined;
  /** The windows that were seen running. */
  readonly #seen = new Set<string>();
  /** The homes that this process watches. */
  readonly #watched = new Set<string>();

  /**
   * @param space the space of this process
   * @param isWatched whether the watchdog of a home answers on this machine
   */
  constructor(space: () => Promise<ProcessSpace>, isWatched: (home: string) => Promise<boolean>) {
    this.#space = space;
    this.#isWatched = isWatched;
  }

  /** The process id and stamp of this extension host. */
  thisProcess(): Promise<ProcessId> {
    return (this.#thisProcess ??= stampOf(process.pid).then((stamp) => ({
      pid: process.pid,
      stamp: stamp ?? '',
    })));
  }

  /**
   * Says that this process is the watchdog of a home. A window of this machine started it, so the home is here,
   * also when the id of the machine was read in another way since then.
   */
  watch(home: string): void {
    this.#watched.add(home);
  }

  /** What a record stores of this process. `boot` is for older versions, which compare it as a whole. */
  async thisWindow(): Promise<Pick<HomeRecord, 'window' | 'boot'> & { readonly space: ProcessSpace }> {
    const space = await this.#space();
    return { window: await this.thisProcess(), boot: `${space.host} ${space.boot}`, space };
  }

  /** Whether the processes of a record are of this boot and can be seen here. If not, none is one of ours. */
  async isOfThisBoot(record: HomeRecord): Promise<boolean> {
    return (await this.#relationOf(record)) === 'same';
  }

  /** The window that owns a home within reach. */
  async ownerOf(record: HomeRecord): Promise<Owner> {
    if (await this.#isThisProcess(record.window)) return 'here';
    return (await this.isOfThisBoot(record)) && (await this.#isRunning(record.window)) ? 'elsewhere' : 'gone';
  }

  /**
   * Where a home is that this window must leave alone; undefined when it is on this machine and of this account.
   * The own process wins over everything else that the record says.
   */
  async outOfReach(record: HomeRecord): Promise<ElevationElsewhere['at'] | undefined> {
    if (this.#watched.has(record.name) || (await this.#isThisProcess(record.window))) return undefined;
    const relation = await this.#relationOf(record);
    if (relation === 'otherMachine' || relation === 'otherUser') return relation;
    if (relation === 'same' || record.state === 'removed') return undefined;
    // Machines of one image or template may have one id. What lies here is of this one.
    const { root, name } = record;
    const isHere = await holdsLogin(join(root, name));
    if (relation === 'earlier')
      return isHere || record.space?.host === (await this.#space()).host ? undefined : 'otherMachine';
    // Its processes cannot be seen, but its watchdog answers as long as its window runs.
    return isHere && !(await this.#isWatched(name)) ? undefined : 'otherMachine';
  }

  async #isThisProcess({ pid, stamp }: ProcessId): Promise<boolean> {
    return pid === process.pid && stamp === (await this.thisProcess()).stamp;
  }

  /**
   * Whether a window runs. The answer is needed at each refresh, and off Linux it takes a program. So there a
   * window that was seen counts until nothing has its number: then it is given back later, not sooner.
   */
  async #isRunning(window: ProcessId): Promise<boolean> {
    const key = `${String(window.pid)} ${window.stamp}`;
    if (process.platform !== 'linux' && this.#seen.has(key)) return processExists(window.pid);
    const isThere = await isRunning(window);
    if (isThere) this.#seen.add(key);
    return isThere;
  }

  /** Whether a stored process has certainly ended. Of another machine or account that is not known. */
  async hasEnded({ window, space }: StoredProcess): Promise<boolean> {
    return hasEndedFor(space ? relationOf(space, await this.#space()) : 'same', window);
  }

  async #relationOf(record: HomeRecord): Promise<SpaceRelation> {
    const here = await this.#space();
    return record.space ? relationOf(record.space, here) : this.#relationOfOldRecord(record, here);
  }

  /**
   * Older versions stored `<host name> <boot>` only, which proves nothing. That a recorded process runs, or that the
   * home lies here, shows that the record is of this machine.
   */
  async #relationOfOldRecord(record: HomeRecord, here: ProcessSpace): Promise<SpaceRelation> {
    const { boot, window, shells, root, name } = record;
    const isOfThisBoot = here.boot === '' || boot.endsWith(` ${here.boot}`);
    if (isOfThisBoot && (await stillSame([window, ...shells])).length > 0) return 'same';
    if (!(await holdsLogin(join(root, name)))) return 'otherMachine';
    if (!isOfThisBoot) return 'earlier';
    // Off Linux the home cannot be another container's.
    return here.boot === '' || boot === `${here.host} ${here.boot}` ? 'same' : 'otherPids';
  }
}
