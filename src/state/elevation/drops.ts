import { join } from 'node:path';
import type { Elevation } from '../../access/elevation.ts';
import type { JournalEntry } from '../../access/journalEntry.ts';
import type { Instant, RequestId } from '../../access/text/untrusted.ts';
import { failureOf, type Failure } from '../../teleport/process/failure.ts';
import { checkCurrent } from '../../teleport/home/privateHome.ts';
import { endProcesses, homeProcesses } from '../../teleport/process/processes.ts';
import { limits, type Tsh } from '../../teleport/commands/tsh.ts';
import type { Home } from '../../teleport/home/home.ts';
import type { Run } from '../../teleport/process/outcome.ts';
import type { Clock } from '../clock.ts';
import type { Elevations } from './elevations.ts';
import { elevationOf, type HomeRecord } from './homeRecords.ts';
import type { Journal } from '../memory/journal.ts';
import type { Store } from '../store.ts';

/** An approval that ends within this, in ms, cannot be used again in any sense that matters. */
const worthSaying = 60_000;

/** What giving back came to, for the sentence that says so. */
export interface DropResult {
  readonly requestId: RequestId;
  readonly at: Instant;
  /** Whether it was a terminal's private home, or the main login. */
  readonly where: 'private' | 'mainLogin';
  /** Why the cluster could not be told; the keys here are gone all the same. */
  readonly notTold?: Failure;
  /** Connections already open may last until then. */
  readonly openUntil?: Instant;
  /** The approval can be used again until then. */
  readonly reusableUntil?: Instant;
  /** The main login keeps this end, also after dropping. */
  readonly loginEnds?: Instant;
}

export interface DropParts {
  readonly tsh: Tsh;
  readonly elevations: Elevations;
  readonly mainLogin: Home;
  readonly store: Store;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly loadRun: () => Promise<Run>;
}

/** Asks whether what still runs may be ended; false keeps the elevation. Names of programs are foreign text. */
export type ConfirmEnd = (programs: readonly string[]) => Promise<boolean>;

type Given = Pick<Elevation, 'requestId' | 'roles' | 'certificateEnds' | 'grantEnds'>;
type OpenUntil = Pick<DropResult, 'openUntil'>;

const noteOf = ({ requestId, roles }: Given, openUntil: OpenUntil): Omit<JournalEntry, 'at'> => ({
  kind: 'givenBack',
  id: requestId,
  roles,
  ...openUntil,
});

/** Gives elevations back, each once, however many ask for it at the same time. */
export class ElevationDrops {
  readonly #parts: DropParts;
  readonly #under = new Map<string, Promise<DropResult | undefined>>();

  constructor(parts: DropParts) {
    this.#parts = parts;
  }

  /**
   * Gives an elevation back, in this order: what still runs is named and ended, the cluster is told if it can be,
   * every file of the private home is removed.
   * @param ask left out when nobody is there to answer, or the end has come
   * @returns undefined when the person chose to keep it, or somebody else gave it back and says so
   * @throws TeleportFailure only for a main login that could not be dropped: then it is still elevated
   */
  drop(elevation: Elevation, ask?: ConfirmEnd): Promise<DropResult | undefined> {
    const { where, requestId } = elevation;
    if (where.kind === 'mainLogin') return this.#once(requestId, requestId, () => this.#mainLogin(elevation));
    const record = this.#parts.elevations.record(where.home);
    if (!record || record.state === 'removed') return Promise.resolve(undefined);
    return this.#once(where.home, requestId, () => this.#privateHome(record, ask));
  }

  /** Gives back what a closed or killed window left, also a home that is only half filled. */
  dropLeftBehind(record: HomeRecord): Promise<DropResult | undefined> {
    return this.#once(record.name, record.requestId, () => this.#privateHome(record));
  }

  #once(
    key: string,
    id: RequestId,
    task: () => Promise<DropResult | undefined>,
  ): Promise<DropResult | undefined> {
    const running = this.#under.get(key);
    // Only the first who asked is told what came of it: it is said once.
    if (running) return running.then(() => undefined);
    const { store } = this.#parts;
    store.setBusy(id, 'givingBack');
    const under = task().finally(() => {
      this.#under.delete(key);
      store.setBusy(id, undefined);
    });
    this.#under.set(key, under);
    return under;
  }

  async #privateHome(record: HomeRecord, ask?: ConfirmEnd): Promise<DropResult | undefined> {
    const { elevations, clock, journal, loadRun } = this.#parts;
    if (!ask) await elevations.change(record.name, () => ({ leaving: true }));
    const folder = join(record.root, record.name);
    const residents = await homeProcesses(folder, record.shells, loadRun);
    const shells = new Set(record.shells.map(({ pid }) => pid));
    const programs = residents.filter(({ pid, ours }) => !ours && !shells.has(pid)).map(({ name }) => name);
    if (ask && programs.length > 0 && !(await ask(programs))) return undefined;
    await endProcesses(
      ask && programs.length > 0 ? await homeProcesses(folder, record.shells, loadRun) : residents,
    );
    const notTold = record.certificateEnds > clock.now() ? await this.#tell(record) : undefined;
    await elevations.dropHome(record.name);
    // Two windows, or a window and the watchdog: one notes it and says it.
    if (!(await elevations.claim('back', record.name))) return undefined;
    const { openUntil, ...given } = this.#account(record, 'private');
    if (record.state === 'ready') await journal.note(noteOf(record, openUntil), record);
    return { ...given, ...openUntil, ...(notTold ? { notTold } : {}) };
  }

  /** Drops all in that home and checks; the reason why not, if it could not be done in 5 s. */
  async #tell(record: HomeRecord): Promise<Failure | undefined> {
    const { tsh, elevations } = this.#parts;
    const home = elevations.homeOf(elevationOf(record));
    const stop = AbortSignal.timeout(limits.givingBack);
    try {
      await checkCurrent(join(record.root, record.name));
      // Removing never waits for a turn: a call that hangs there must not keep the home alive.
      const after = await Promise.race([
        tsh.drop(home, [], limits.givingBack, stop),
        new Promise<never>((_, reject) =>
          stop.addEventListener('abort', () => reject(stop.reason as Error), { once: true }),
        ),
      ]);
      return after.assumed.length > 0 ? { kind: 'refused' } : undefined;
    } catch (error) {
      return failureOf(error) ?? { kind: 'timedOut' };
    }
  }

  async #mainLogin(elevation: Elevation): Promise<DropResult | undefined> {
    const { tsh, mainLogin, elevations, store, journal } = this.#parts;
    const { profile: after, dropped } = await tsh.dropOne(mainLogin, elevation.requestId);
    // What was assumed before would come back with the next list.
    if (store.snapshot.login.kind === 'signedIn')
      store.update({ login: { kind: 'signedIn', profile: after } });
    await elevations.sawMainLogin(after);
    // Another window did it, notes it and says it.
    if (!dropped) return undefined;
    const { openUntil, ...given } = this.#account(elevation, 'mainLogin');
    await journal.note(noteOf(elevation, openUntil));
    return { ...given, ...openUntil, loginEnds: after.validUntil };
  }

  /** What it means from now on, leaving out what is not so. */
  #account(
    { requestId, certificateEnds, grantEnds = 0 }: Given,
    where: DropResult['where'],
  ): Pick<DropResult, 'requestId' | 'at' | 'where' | 'reusableUntil'> & { openUntil: OpenUntil } {
    const at = this.#parts.clock.now();
    const reusable = grantEnds > at + worthSaying && this.#stillApproved(requestId);
    return {
      requestId,
      at,
      where,
      openUntil: certificateEnds > at ? { openUntil: certificateEnds } : {},
      ...(reusable ? { reusableUntil: grantEnds } : {}),
    };
  }

  #stillApproved(id: RequestId): boolean {
    const request = this.#parts.store.snapshot.requests?.find((one) => one.id === id);
    return request === undefined || request.state === 'approved';
  }
}
