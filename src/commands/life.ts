import { endOf } from '../access/elevation.ts';
import type { Instant } from '../access/text.ts';
import { onTerminalOpened } from '../editor/terminals.ts';
import type { HomeRecord } from '../state/homes.ts';
import { isRunning } from '../teleport/processes.ts';
import { attempt } from './attempt.ts';
import { endReached, giveBackLeft } from './givingBack.ts';
import { resumeSending } from './sendRequest.ts';
import type { Tools } from './tools.ts';

/** After a reload terminals come back 1.5 to 3 s after activation; what is not back by then, in ms, is left behind. */
const comesBack = 15_000;
/** What tools re-create where a home was is removed for a minute, this often, in ms. */
const sweepEvery = 5_000;
const sweeps = 12;
/** What could not be ended is tried again after so many ms. */
const tryAgain = 30_000;

/** What happens without anybody pressing anything: finding what a former window left, and ending what has ended. */
export class Life {
  readonly #tools: Tools;
  readonly #timers = new Set<NodeJS.Timeout>();
  /** When the end of an elevation was last acted on. */
  readonly #ended = new Map<string, Instant>();

  constructor(tools: Tools) {
    this.#tools = tools;
  }

  /** Reads what is kept, finds running shells again, gives back what nobody looks after any more. */
  async start(): Promise<void> {
    const { journal, waiting, elevations, windows } = this.#tools;
    await Promise.all([journal.load(), waiting.load(), elevations.start()]);
    windows.start();
    const missing = await this.#adopt(await this.#left());
    const others = elevations.records.filter(({ state }) => state !== 'removed');
    if (others.length > 0) {
      const opened = onTerminalOpened(() => void this.#adopt(missing));
      this.#later(comesBack, () => {
        opened.dispose();
        void this.#giveBackLeft();
      });
    }
    void elevations.sweep();
    await resumeSending(this.#tools);
  }

  /** Gives back what has reached its end. */
  look(now: Instant): void {
    const { store, elevations } = this.#tools;
    for (const elevation of store.snapshot.elevations) {
      const { where, requestId } = elevation;
      const key = `${where.kind === 'private' ? where.home : requestId} ${String(endOf(elevation).at)}`;
      if (endOf(elevation).at > now || Math.abs(now - (this.#ended.get(key) ?? -Infinity)) < tryAgain)
        continue;
      this.#ended.set(key, now);
      void attempt(this.#tools, async () => {
        // Another window's is that window's to end, unless it is gone.
        if (!elevation.here) await elevations.load();
        const record = where.kind === 'private' ? elevations.record(where.home) : undefined;
        if (!record || (await elevations.ownerOf(record)) !== 'elsewhere')
          await endReached(this.#tools, elevation);
      });
    }
  }

  /** Another window changed the index of homes. */
  async indexChanged(): Promise<void> {
    const { elevations, terminals } = this.#tools;
    await elevations.load();
    for (const record of elevations.records) if (record.state === 'removed') terminals.close(record.name);
  }

  /** A home was just removed: for a minute, so is what re-appears there. */
  sweepForAWhile(left = sweeps): void {
    if (left === 0) return;
    this.#later(sweepEvery, () => {
      void this.#tools.elevations.sweep();
      this.sweepForAWhile(left - 1);
    });
  }

  /** Homes that no living window looks after; the ones without a running shell are given back at once. */
  async #left(): Promise<HomeRecord[]> {
    const { elevations, clock } = this.#tools;
    const waiting: HomeRecord[] = [];
    for (const record of elevations.records) {
      if (record.state === 'removed') continue;
      const owner = await elevations.ownerOf(record);
      if (owner === 'here') continue;
      const alive = (await Promise.all(record.shells.map(isRunning))).includes(true);
      // A window that reloads may still be on its way out, so a running shell is waited for even when it is owned.
      if (alive && record.certificateEnds > clock.now()) waiting.push(record);
      else if (owner === 'gone') void this.#giveBack(record);
    }
    return waiting;
  }

  /** Looks after homes whose terminal is in this window again; returns the others. */
  async #adopt(records: readonly HomeRecord[]): Promise<readonly HomeRecord[]> {
    if (records.length === 0) return [];
    const { terminals, elevations } = this.#tools;
    const homes = new Map(
      records.flatMap(({ name, shells }) => shells.map(({ pid }) => [pid, name] as const)),
    );
    const found = await terminals.find((pid) => homes.get(pid));
    for (const name of found) await elevations.adopt(name);
    return records.filter(({ name }) => !found.includes(name));
  }

  async #giveBackLeft(): Promise<void> {
    const { elevations } = this.#tools;
    for (const record of elevations.records) {
      if (record.state !== 'removed' && (await elevations.ownerOf(record)) === 'gone')
        await this.#giveBack(record);
    }
  }

  #giveBack(record: HomeRecord): Promise<void> {
    return attempt(this.#tools, () => giveBackLeft(this.#tools, record));
  }

  #later(ms: number, task: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      task();
    }, ms);
    this.#timers.add(timer);
  }

  dispose(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }
}
