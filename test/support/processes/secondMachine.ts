// A window on another machine that shares the storage: `secondMachine.ts TASK` with a `SecondMachineTask` in JSON.
// It does what a window does at its start, then drops all that it may, and prints what it found as JSON.
import { join } from 'node:path';
import { rawText } from '../../../src/access/untrusted/untrusted.ts';
import { sweepThrowawayHomes } from '../../../src/teleport/home/throwawayHome.ts';
import { runtimeFolder } from '../../../src/teleport/process/ownFolder.ts';
import { DemoWindow, type DemoWindowCluster } from '../state/demoElevations.ts';

/** The task of the window. */
export interface SecondMachineTask {
  readonly cluster: DemoWindowCluster['cluster'];
  /** The folder with the storage of all windows. */
  readonly folder: string;
  /** XDG_RUNTIME_DIR of this machine. */
  readonly runtime: string;
  readonly mainLogin: string;
}

/** What the window found. */
export interface SecondMachineFindings {
  readonly elevated: number;
  readonly elsewhere: readonly { readonly at: string; readonly host: string }[];
  /** The names and owners of the homes that this window may act on. */
  readonly homes: readonly (readonly [name: string, owner: string])[];
  readonly dropped: number;
}

const task = JSON.parse(process.argv[2] ?? '') as SecondMachineTask;
const { cluster, folder, runtime, mainLogin } = task;
const createApprovedRequest = (): Promise<string> => Promise.reject(new Error('not here'));
const window = await DemoWindow.openWith(
  { cluster, createApprovedRequest },
  { at: (...parts) => join(folder, ...parts) },
  { mainLogin, runtime },
);
const { elevations, elevationDrops, store } = window;
const homes = await Promise.all(
  elevations.records.map(async (record) => [record.name, await elevations.owners.ownerOf(record)] as const),
);
let dropped = 0;
for (const record of elevations.records)
  if (record.state !== 'removed' && (await elevationDrops.dropAbandoned(record))) dropped += 1;
for (const elevation of store.snapshot.elevations) await elevationDrops.drop(elevation);
await elevations.sweep();
await sweepThrowawayHomes(runtimeFolder({ XDG_RUNTIME_DIR: runtime }), window.clock.now());
const findings: SecondMachineFindings = {
  elevated: store.snapshot.elevations.length,
  elsewhere: store.snapshot.elsewhere.map(({ at, host }) => ({ at, host: rawText(host) })),
  homes,
  dropped,
};
process.stdout.write(JSON.stringify(findings));
process.exit();
