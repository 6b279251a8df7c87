// A window in a separate process, so that a test can kill it: `cutWindow.ts TASK` with a `WindowTask` in
// JSON. Prints `open`, waits for a line of input, performs the task, and prints `done` or the kind of its
// failure.
import { once } from 'node:events';
import { join } from 'node:path';
import { failureOf } from '../../../src/teleport/process/failure.ts';
import { isRequestId } from '../../../src/access/untrusted/untrusted.ts';
import { DemoWindow, type DemoWindowCluster } from '../state/demoElevations.ts';
import { watchdogPrograms } from '../state/watchdogPrograms.ts';

/** The task of a window in a separate process. */
export interface WindowTask {
  readonly what: 'assume' | 'continue' | 'drop';
  readonly cluster: DemoWindowCluster['cluster'];
  /** The folder with the runtime folder and the storage of all windows. */
  readonly folder: string;
  readonly mainLogin: string;
  readonly request: string;
  /** The existing private home that `continue` renews. */
  readonly home?: string;
  /** The watchdog program and its grace in ms. Absent when the window starts no watchdog. */
  readonly watchdog?: { readonly program: string; readonly grace: number };
}

async function main(task: WindowTask): Promise<void> {
  const { what, cluster, mainLogin, request: id, home = '', watchdog } = task;
  const at = (...parts: readonly string[]): string => join(task.folder, ...parts);
  const createApprovedRequest = (): Promise<string> => Promise.reject(new Error('not here'));
  const watchdogs = watchdog && watchdogPrograms(cluster, at, watchdog);
  const window = await DemoWindow.openWith(
    { cluster, createApprovedRequest },
    { at },
    { mainLogin, ...(watchdogs ? { watchdogs } : {}) },
  );
  if (!isRequestId(id)) throw new Error(id);
  const request = await window.show(id);
  process.stdout.write('open\n');
  await once(process.stdin, 'data');
  if (what === 'assume') await window.elevate(request);
  else if (what === 'continue') await window.renewal.renew(home, request);
  else {
    const [elevation] = window.store.snapshot.elevations;
    if (elevation) await window.elevationDrops.drop(elevation);
  }
}

// With this handler a write beyond the file size limit fails like one on a full disk. Without it the signal
// ends this program.
process.on('SIGXFSZ', () => undefined);
try {
  await main(JSON.parse(process.argv[2] ?? '') as WindowTask);
  process.stdout.write('done\n');
} catch (error) {
  process.stdout.write(`${failureOf(error)?.kind ?? String(error)}\n`);
}
process.exit();
