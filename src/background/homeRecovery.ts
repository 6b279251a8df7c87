import { onDidOpenTerminal } from '../editor/terminals/terminals.ts';
import { sweeping, type HomeRecord } from '../state/elevation/homeRecords.ts';
import { isRunning, type ProcessId } from '../teleport/process/processes.ts';
import { runWithRecovery } from '../commands/login/runWithRecovery.ts';
import { dropLeftBehind, showWatchdogDrop } from '../commands/elevate/dropAccess.ts';
import { resumeSending } from '../commands/request/sendRequest.ts';
import type { BackgroundServices } from './services.ts';

/** How often it is looked whether a window is still on its way out, in ms: one that reloads gets 5 s from VS Code. */
const wayOut = 4_000;
/** How long a window that somebody sees may take to answer, in ms. */
const patience = 5_000;

/** What a window does about private homes that others left: finds their terminals again, or gives them back. */
export class HomeRecovery {
  readonly #services: BackgroundServices;
  readonly #timers = new Set<NodeJS.Timeout>();

  /** Homes of which it is said what a watchdog did. */
  readonly #said = new Set<string>();
  /** Homes whose terminals may still come back to this window. */
  #missing: readonly HomeRecord[] = [];
  #opened: { dispose(): void } | undefined;

  constructor(services: BackgroundServices) {
    this.#services = services;
  }

  /** Reads what is kept, finds running shells again, gives back what nobody looks after any more. */
  async start(): Promise<void> {
    const { journal, watched: waiting, elevations, windows } = this.#services;
    await Promise.all([journal.load(), waiting.load(), elevations.start()]);
    windows.start();
    this.#missing = await this.#adopt(await this.#left());
    // After a reload terminals come back 1.5 to 3 s after activation; a watchdog gives back what does not.
    this.#opened = onDidOpenTerminal(() => void this.#adoptMissing());
    this.#later(wayOut, () => void this.#giveBackUnfinished());
    await this.#sayAccounts();
    void elevations.sweep();
    await resumeSending(this.#services);
  }

  /** Another window changed the index of homes. */
  async indexChanged(): Promise<void> {
    const { elevations, terminals } = this.#services;
    await elevations.load();
    for (const record of elevations.records) if (record.state === 'removed') terminals.close(record.name);
    await this.#sayAccounts();
  }

  /** What a watchdog gave back is said once, by the first window that sees it. */
  async #sayAccounts(): Promise<void> {
    const { elevations, records, heartbeat: heartbeat } = this.#services;
    for (const record of elevations.records) {
      if (record.state !== 'removed' || this.#said.has(record.name)) continue;
      const account = await records.watchdogDrop(record.name);
      // Said in a window that nobody sees, it would be lost.
      if (!account || this.#said.has(record.name) || !(await heartbeat.checkNow(patience))) continue;
      this.#said.add(record.name);
      if (await elevations.claim('said', record.name)) showWatchdogDrop(this.#services, record, account);
    }
  }

  /** Logins were signed out, or are somebody else's now: what was elevated from them is given back. */
  async loginsGone(records: readonly HomeRecord[]): Promise<void> {
    for (const record of records)
      await runWithRecovery(this.#services, () => dropLeftBehind(this.#services, record, 'loginGone'));
  }

  /** A home was just removed: for a minute, so is what re-appears there. */
  sweepForAWhile(left = sweeping.times): void {
    if (left === 0) return;
    this.#later(sweeping.every, () => {
      void this.#services.elevations.sweep();
      this.sweepForAWhile(left - 1);
    });
  }

  /** Homes that no living window looks after; the ones without a running shell are given back at once. */
  async #left(): Promise<HomeRecord[]> {
    const { elevations, watchdogs, clock } = this.#services;
    const waiting: HomeRecord[] = [];
    for (const record of elevations.records) {
      if (record.state === 'removed') continue;
      const owner = await elevations.ownerOf(record);
      if (owner === 'here') continue;
      const alive = (await elevations.isOfThisBoot(record)) && (await someRun(record.shells));
      // A window that reloads may still be on its way out, so a running shell is waited for even when it is owned.
      if (alive && record.certificateEnds > clock.now()) waiting.push(record);
      else if (owner === 'gone') void this.#giveBack(record);
    }
    for (const { name } of waiting) void watchdogs.ensureRunning(name);
    return waiting;
  }

  /** What a window on its way out had not finished is given back when that is gone, without waiting for the watchdog. */
  async #giveBackUnfinished(looks = 6): Promise<void> {
    const { elevations } = this.#services;
    await elevations.load();
    let pending = false;
    for (const record of elevations.records) {
      if (record.state === 'removed' || (await someRun(record.shells))) continue;
      const owner = await elevations.ownerOf(record);
      if (owner === 'gone') void this.#giveBack(record);
      pending ||= owner === 'elsewhere';
    }
    if (pending && looks > 1) this.#later(wayOut, () => void this.#giveBackUnfinished(looks - 1));
  }

  async #adoptMissing(): Promise<void> {
    this.#missing = await this.#adopt(this.#missing);
  }

  /** Looks after homes whose terminal is in this window again; returns the others. */
  async #adopt(records: readonly HomeRecord[]): Promise<readonly HomeRecord[]> {
    if (records.length === 0) return [];
    const { terminals, elevations } = this.#services;
    const homes = new Map(
      records.flatMap(({ name, shells }) => shells.map(({ pid }) => [pid, name] as const)),
    );
    const found = await terminals.find((pid) => homes.get(pid));
    for (const name of found) await elevations.adopt(name);
    return records.filter(({ name }) => !found.includes(name));
  }

  #giveBack(record: HomeRecord): Promise<void> {
    return runWithRecovery(this.#services, () => dropLeftBehind(this.#services, record));
  }

  #later(ms: number, task: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      task();
    }, ms);
    this.#timers.add(timer);
  }

  dispose(): void {
    this.#opened?.dispose();
    for (const timer of this.#timers) clearTimeout(timer);
  }
}

const someRun = async (shells: readonly ProcessId[]): Promise<boolean> =>
  (await Promise.all(shells.map(isRunning))).includes(true);
