import { isRunning, stampOf, stillSame } from '../../teleport/process/processId.ts';
import type { HomeOwners } from './homeOwners.ts';
import type { HomeRecord } from './homeRecords.ts';

/** The part of the private homes that their shells need. */
interface ShellHomes {
  readonly inUse: readonly HomeRecord[];
  readonly owners: HomeOwners;
  record(name: string): HomeRecord | undefined;
  change(name: string, changes: Partial<HomeRecord>): Promise<unknown>;
}

/** The shells in the records of private homes, by number and start: a number alone may be another process soon. */
export class HomeShells {
  readonly #homes: ShellHomes;

  constructor(homes: ShellHomes) {
    this.#homes = homes;
  }

  /** Records that a shell runs in a private home. Shells that have ended leave the record. */
  async add(home: string, pid: number): Promise<void> {
    const stamp = await stampOf(pid);
    if (stamp === undefined) return;
    const recorded = this.#recorded(home);
    // One whose start is not known counts as running.
    const running = await Promise.all(recorded.map(isRunning));
    const ended = recorded.filter((_, index) => !running[index]);
    // Another shell may have been recorded meanwhile.
    const others = this.#recorded(home).filter((shell) => shell.pid !== pid && !ended.includes(shell));
    await this.#homes.change(home, { shells: [...others, { pid, stamp }] });
  }

  /** Records that a shell has ended. */
  async remove(home: string, pid: number): Promise<void> {
    const shells = this.#recorded(home);
    const others = shells.filter((shell) => shell.pid !== pid);
    if (others.length < shells.length) await this.#homes.change(home, { shells: others });
  }

  /**
   * The home in which a running process is a shell: the process has the recorded number and the recorded start.
   * @returns undefined for every other process, also one that got the number of a shell that has ended
   */
  async homeOf(pid: number): Promise<string | undefined> {
    for (const record of this.#homes.inUse) {
      const same = await stillSame(record.shells.filter((shell) => shell.pid === pid));
      if (same.length > 0 && (await this.#homes.owners.isOfThisBoot(record))) return record.name;
    }
    return undefined;
  }

  #recorded(home: string): readonly { readonly pid: number; readonly stamp: string }[] {
    return this.#homes.record(home)?.shells ?? [];
  }
}
