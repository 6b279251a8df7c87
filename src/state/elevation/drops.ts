import { join } from 'node:path';
import type { Elevation } from '../../access/elevation.ts';
import type { JournalEntry } from '../../access/journalEntry.ts';
import type { Instant, RequestId } from '../../access/untrusted/untrusted.ts';
import { failureOf, type Failure } from '../../teleport/process/failure.ts';
import { checkCurrent } from '../../teleport/home/privateHome.ts';
import { endProcesses, homeProcesses } from '../../teleport/process/processes.ts';
import type { Tsh } from '../../teleport/commands/tsh.ts';
import { limits } from '../../teleport/commands/tshCalls.ts';
import type { Home } from '../../teleport/home/home.ts';
import type { Run } from '../../teleport/process/outcome.ts';
import type { Clock } from '../clock.ts';
import type { Elevations } from './elevations.ts';
import type { HomeRecord } from './homeRecords.ts';
import type { Journal } from '../memory/journal.ts';
import type { StorageFiles } from '../storageFiles.ts';
import type { Store } from '../store.ts';

/** An approval that ends within this time, in ms, does not count as usable again. */
const minReusable = 60_000;

/** The result of a drop, for the message to the user. */
export interface DropResult {
  readonly requestId: RequestId;
  readonly at: Instant;
  /** Whether the elevation was in a private home or in the main login. */
  readonly where: 'private' | 'mainLogin';
  /**
   * Why `tsh` could not drop the request on the cluster. The keys on this machine are removed all the same.
   */
  readonly dropFailure?: Failure;
  /** Connections that are already open may last until this instant. */
  readonly openUntil?: Instant;
  /** The approval can be used again until this instant. */
  readonly reusableUntil?: Instant;
  /** A VS Code window that was opened from the elevated terminal still runs. It has lost the access. */
  readonly windowStays?: true;
  /** The end of the main login, which the drop does not change. */
  readonly loginEnds?: Instant;
}

/** The parts that `core.ts` and `watchdog.ts` pass. `loadRun` loads the bundle that runs programs. */
export interface DropParts {
  readonly tsh: Tsh;
  readonly elevations: Elevations;
  readonly mainLogin: Home;
  readonly store: Store;
  readonly journal: Journal;
  readonly files: StorageFiles;
  readonly clock: Clock;
  readonly loadRun: () => Promise<Run>;
  /** Reads the main login into the store, after a drop in it. A watchdog drops nothing there. */
  readonly readLogin: () => Promise<void>;
}

/** Whether programs may be ended: the user said so, did not answer in time, or keeps the elevation. */
export type EndAnswer = 'end' | 'unanswered' | 'keep';

/**
 * Asks the user whether the running programs may be ended. The program names are untrusted text.
 * @param hasWindow whether a VS Code window that was opened from the elevated terminal is among them
 */
export type ConfirmEnd = (programs: readonly string[], hasWindow: boolean) => Promise<EndAnswer>;

type DroppedGrant = Pick<Elevation, 'requestId' | 'roles' | 'certificateEnds' | 'grantEnds'>;

const journalEntryOf = (
  { requestId, roles }: DroppedGrant,
  { openUntil }: DropResult,
): Omit<JournalEntry, 'at'> => ({
  ...{ kind: 'dropped', id: requestId, roles },
  ...(openUntil === undefined ? {} : { openUntil }),
});

/** Drops elevations. Parallel drops of the same elevation run once. */
export class ElevationDrops {
  readonly #parts: DropParts;
  readonly #running = new Map<string, Promise<DropResult | undefined>>();

  constructor(parts: DropParts) {
    this.#parts = parts;
  }

  /**
   * Drops an elevation: it ends the programs that still run in the private home, drops the request on the
   * cluster if it can be reached, and removes all files of the private home.
   * A VS Code window is ended only when the user says so, because it may hold unsaved work. Without the home it has
   * no access either.
   * @param confirmEnd asks before programs are ended; left out when no user can answer or the elevation has
   *   ended
   * @returns undefined when the user keeps the elevation, or when another caller, window or watchdog drops it
   *   and shows the result
   * @throws TeleportFailure only for the main login, when the drop failed and it is still elevated
   */
  drop(elevation: Elevation, confirmEnd?: ConfirmEnd): Promise<DropResult | undefined> {
    const { where, requestId } = elevation;
    if (where.kind === 'mainLogin')
      return this.#once(requestId, requestId, () => this.#dropMainLogin(elevation));
    const record = this.#parts.elevations.record(where.home);
    if (!record || record.state === 'removed') return Promise.resolve(undefined);
    return this.#once(where.home, requestId, () => this.#dropPrivateHome(record, confirmEnd));
  }

  /** Drops the elevation of a closed or killed window, also when its home is only partly filled. */
  dropAbandoned(record: HomeRecord): Promise<DropResult | undefined> {
    return this.#once(record.name, record.requestId, () => this.#dropPrivateHome(record));
  }

  #once(
    key: string,
    id: RequestId,
    task: () => Promise<DropResult | undefined>,
  ): Promise<DropResult | undefined> {
    const running = this.#running.get(key);
    // Only the first caller gets the result, so that it is shown once.
    if (running) return running.then(() => undefined);
    const { store } = this.#parts;
    store.setBusy(id, 'dropping');
    const result = task().finally(() => {
      this.#running.delete(key);
      store.setBusy(id, undefined);
    });
    this.#running.set(key, result);
    return result;
  }

  async #dropPrivateHome(record: HomeRecord, confirmEnd?: ConfirmEnd): Promise<DropResult | undefined> {
    const { elevations, clock, journal, files, loadRun } = this.#parts;
    // Somebody else has said of a home that is still there that it was dropped.
    const claim = elevations.disbelieved.some(({ name }) => name === record.name)
      ? 'droppedAgain'
      : 'dropped';
    // Closing the terminals of this home must then ask no question.
    if (!confirmEnd) await elevations.change(record.name, { dropStarted: true });
    const folder = join(record.root, record.name);
    let processes = await homeProcesses(folder, record.shells, loadRun);
    const shells = new Set(record.shells.map(({ pid }) => pid));
    const programs = processes
      .filter(({ pid, isOwnCall, isWindow }) => !isOwnCall && !isWindow && !shells.has(pid))
      .map(({ name }) => name);
    const hasWindow = processes.some(({ isWindow }) => isWindow);
    let answer: EndAnswer = 'unanswered';
    if (confirmEnd && (programs.length > 0 || hasWindow)) {
      answer = await confirmEnd(programs, hasWindow);
      if (answer === 'keep') return undefined;
      processes = await homeProcesses(folder, record.shells, loadRun);
    }
    const windowStays = answer !== 'end' && processes.some(({ isWindow }) => isWindow);
    await endProcesses(windowStays ? processes.filter(({ isWindow }) => !isWindow) : processes);
    const dropFailure = record.certificateEnds > clock.now() ? await this.#dropOnCluster(record) : undefined;
    await elevations.removeHomeFiles(record.name);
    // Two windows, or a window and the watchdog, may drop the same home: only one notes and shows the result.
    if (!(await files.claim(`${claim}-${record.name}`))) return undefined;
    const result = { ...this.#resultOf(record, 'private'), ...(windowStays ? { windowStays } : {}) };
    if (record.state === 'ready') await journal.note(journalEntryOf(record, result), record);
    return { ...result, ...(dropFailure ? { dropFailure } : {}) };
  }

  /**
   * Drops all requests of a home on the cluster.
   * @returns the failure, if the drop did not succeed within 5 s
   */
  async #dropOnCluster(record: HomeRecord): Promise<Failure | undefined> {
    const { tsh, elevations } = this.#parts;
    // Never the main login, whatever is known of the record.
    const home = elevations.homeOfRecord(record);
    const stop = AbortSignal.timeout(limits.drop);
    try {
      await checkCurrent(join(record.root, record.name));
      // The race ends the wait for the lock of the home, so that a call that hangs cannot keep the home from
      // removal.
      const after = await Promise.race([
        tsh.drop(home, [], limits.drop, stop),
        new Promise<never>((_, reject) =>
          stop.addEventListener('abort', () => reject(stop.reason as Error), { once: true }),
        ),
      ]);
      return after.assumed.length > 0 ? { kind: 'refused' } : undefined;
    } catch (error) {
      return failureOf(error) ?? { kind: 'timedOut' };
    }
  }

  async #dropMainLogin(elevation: Elevation): Promise<DropResult | undefined> {
    const { tsh, mainLogin, journal, readLogin } = this.#parts;
    const { profile: after, dropped } = await tsh.dropOne(mainLogin, elevation.requestId);
    // Otherwise the next list would bring the dropped elevation back from the old profile.
    await readLogin();
    // Another window dropped it; that window notes and shows the result.
    if (!dropped) return undefined;
    const result = this.#resultOf(elevation, 'mainLogin');
    await journal.note(journalEntryOf(elevation, result));
    return { ...result, loginEnds: after.validUntil };
  }

  /** The consequences of the drop. Ends that have passed are left out. */
  #resultOf(
    { requestId, certificateEnds, grantEnds = 0 }: DroppedGrant,
    where: DropResult['where'],
  ): DropResult {
    const at = this.#parts.clock.now();
    const reusable = grantEnds > at + minReusable && this.#stillApproved(requestId);
    return {
      requestId,
      at,
      where,
      ...(certificateEnds > at ? { openUntil: certificateEnds } : {}),
      ...(reusable ? { reusableUntil: grantEnds } : {}),
    };
  }

  #stillApproved(id: RequestId): boolean {
    const request = this.#parts.store.snapshot.requests?.find((other) => other.id === id);
    return request === undefined || request.state === 'approved';
  }
}
