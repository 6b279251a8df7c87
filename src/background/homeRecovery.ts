import { sweeping, type HomeRecord } from '../state/elevation/homeRecords.ts';
import { isRunning, type ProcessId } from '../teleport/process/processId.ts';
import { warnOfTypedText } from '../commands/elevate/elevatedTerminal.ts';
import { runWithRecovery } from '../commands/login/runWithRecovery.ts';
import { dropAbandonedHome, showWatchdogDrop } from '../commands/elevate/automaticDrop.ts';
import { resumeSending } from '../commands/request/sendRequest.ts';
import type { BackgroundServices } from './services.ts';

/**
 * How often to check whether a closing window has ended, in ms. VS Code gives a reloading window 5 s to
 * end.
 */
const exitCheckEvery = 4_000;
/**
 * How long a window that the user can see may take to answer, in ms. A window that starts on a busy machine
 * answers late, and a shorter time would leave its message out.
 */
const answerTimeout = 10 * 60_000;

/**
 * Recovers private homes after a reload or the end of a window: it adopts those whose terminals are in this
 * window again, and drops those that no window owns any more.
 */
export class HomeRecovery {
  readonly #services: BackgroundServices;
  readonly #timers = new Set<NodeJS.Timeout>();

  /** Homes whose drop by a watchdog was shown. */
  readonly #shownDrops = new Set<string>();
  #terminalSubscription: { dispose(): void } | undefined;

  constructor(services: BackgroundServices) {
    this.#services = services;
  }

  /** Reads the stored state, adopts homes with running shells, and drops homes that no window owns. */
  async start(): Promise<void> {
    const { journal, watched, elevations, windows } = this.#services;
    await Promise.all([journal.load(), watched.load(), elevations.start()]);
    windows.start();
    void this.#dropDisbelieved();
    this.#adoptWithTerminals(await this.#findAwaited());
    this.#schedule(exitCheckEvery, () => void this.#dropUnfinished());
    void elevations.sweep();
    // It waits for a user interface that answers; a request that was cut off while it was sent does not.
    void runWithRecovery(this.#services, () => this.#showWatchdogDrops());
    await resumeSending(this.#services);
  }

  /** Called when another window has changed a record of a home. */
  async onRecordsChanged(): Promise<void> {
    const { elevations, terminals } = this.#services;
    await elevations.load();
    for (const record of elevations.records) if (record.state === 'removed') terminals.close(record.name);
    await this.#dropDisbelieved();
    await this.#showWatchdogDrops();
  }

  /** Drops what a record calls removed although it is still there: it would be elevated unseen and unwatched. */
  async #dropDisbelieved(): Promise<void> {
    for (const record of this.#services.elevations.disbelieved) {
      await runWithRecovery(this.#services, () => dropAbandonedHome(this.#services, record, 'misrecorded'));
    }
  }

  /** Shows each drop by a watchdog once, in the first window that finds it. */
  async #showWatchdogDrops(): Promise<void> {
    const { elevations, records, heartbeat, files } = this.#services;
    for (const record of elevations.records) {
      if (record.state !== 'removed' || this.#shownDrops.has(record.name)) continue;
      const watchdogDrop = await records.watchdogDrop(record.name);
      // The user would miss a message in an invisible window.
      if (!watchdogDrop || this.#shownDrops.has(record.name) || !(await heartbeat.checkNow(answerTimeout)))
        continue;
      this.#shownDrops.add(record.name);
      if (await files.claim(`watchdogDropShown-${record.name}`))
        showWatchdogDrop(this.#services, record, watchdogDrop);
    }
  }

  /** Drops the elevations of logins that were signed out or now belong to another user. */
  async dropForLostLogins(records: readonly HomeRecord[]): Promise<void> {
    for (const record of records)
      await runWithRecovery(this.#services, () => dropAbandonedHome(this.#services, record, 'loginGone'));
  }

  /** Removes files that tools create again in a home that was just removed, for one minute. */
  sweepForOneMinute(roundsLeft = sweeping.times): void {
    if (roundsLeft === 0) return;
    this.#schedule(sweeping.every, () => {
      void this.#services.elevations.sweep();
      this.sweepForOneMinute(roundsLeft - 1);
    });
  }

  /**
   * Checks the homes that this window does not own. If the owner is gone, homes without a running shell or
   * with an expired certificate are dropped at once.
   * @returns the other homes with a running shell, whose terminals may still appear in this window
   */
  async #findAwaited(): Promise<HomeRecord[]> {
    const { elevations, watchdogs, clock } = this.#services;
    const awaited: HomeRecord[] = [];
    for (const record of elevations.records) {
      if (record.state === 'removed' || elevations.disbelieved.includes(record)) continue;
      const owner = await elevations.owners.ownerOf(record);
      if (owner === 'here') continue;
      const hasRunningShell =
        (await elevations.owners.isOfThisBoot(record)) && (await anyRunning(record.shells));
      // A reloading window may still own the home while it ends, so the owner does not matter here.
      if (hasRunningShell && record.certificateEnds > clock.now()) awaited.push(record);
      else if (owner === 'gone') void this.#drop(record);
    }
    for (const { name } of awaited) void watchdogs.ensureRunning(name);
    return awaited;
  }

  /**
   * Drops the homes without shells of a closing window as soon as that window has ended. This is faster than
   * waiting for the watchdog.
   */
  async #dropUnfinished(checksLeft = 6): Promise<void> {
    const { elevations } = this.#services;
    await elevations.load();
    let pending = false;
    for (const record of elevations.records) {
      if (record.state === 'removed' || (await anyRunning(record.shells))) continue;
      const owner = await elevations.owners.ownerOf(record);
      if (owner === 'gone') void this.#drop(record);
      pending ||= owner === 'elsewhere';
    }
    if (pending && checksLeft > 1)
      this.#schedule(exitCheckEvery, () => void this.#dropUnfinished(checksLeft - 1));
  }

  /**
   * Adopts the homes whose terminals are in this window again. After a reload VS Code restores terminals 1.5
   * to 3 s after activation, on a busy machine later. Homes without one are dropped by their watchdogs.
   */
  #adoptWithTerminals(awaited: readonly HomeRecord[]): void {
    const { terminals, elevations } = this.#services;
    const names = new Set(awaited.map(({ name }) => name));
    if (names.size === 0) return;
    const homeOf = async (pid: number): Promise<string | undefined> => {
      const home = await elevations.shells.homeOf(pid);
      return home !== undefined && names.has(home) ? home : undefined;
    };
    this.#terminalSubscription = terminals.find(homeOf, (home) => {
      void warnOfTypedText();
      return elevations.adopt(home);
    });
  }

  #drop(record: HomeRecord): Promise<void> {
    return runWithRecovery(this.#services, () => dropAbandonedHome(this.#services, record));
  }

  #schedule(ms: number, task: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      task();
    }, ms);
    this.#timers.add(timer);
  }

  dispose(): void {
    this.#terminalSubscription?.dispose();
    for (const timer of this.#timers) clearTimeout(timer);
  }
}

const anyRunning = async (shells: readonly ProcessId[]): Promise<boolean> =>
  (await Promise.all(shells.map(isRunning))).includes(true);
