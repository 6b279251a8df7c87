import { isRunning, stampOf, type ProcessId } from '../../teleport/process/processes.ts';
import type { HomeRecord, Owner } from './homeRecords.ts';

/** Finds out which window owns a private home, by process and boot. */
export class HomeOwners {
  readonly #boot: () => Promise<string>;
  #thisProcess: Promise<ProcessId> | undefined;

  /** @param boot the id of this machine and boot */
  constructor(boot: () => Promise<string>) {
    this.#boot = boot;
  }

  /** The process id and stamp of this extension host. */
  thisProcess(): Promise<ProcessId> {
    return (this.#thisProcess ??= stampOf(process.pid).then((stamp) => ({
      pid: process.pid,
      stamp: stamp ?? '',
    })));
  }

  /** Whether a record is of this boot. If not, none of its processes can be running. */
  async isOfThisBoot(record: HomeRecord): Promise<boolean> {
    return record.boot === (await this.#boot());
  }

  /** Whether the window that owns a home is this one, another running one, or gone. */
  async ownerOf(record: HomeRecord): Promise<Owner> {
    if (!(await this.isOfThisBoot(record))) return 'gone';
    return record.window.pid === process.pid
      ? 'here'
      : (await isRunning(record.window))
        ? 'elsewhere'
        : 'gone';
  }
}
