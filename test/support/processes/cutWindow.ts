// A window in a process of its own, so that it can be killed: `cutWindow.ts TASK`, a `WindowTask` in JSON. Prints `open`,
// waits for a line of input, does its task, and prints `done` or as what it failed.
import { once } from 'node:events';
import { join } from 'node:path';
import { WatchdogClient, type WatchdogTask } from '../../../src/state/elevation/watchdogClient.ts';
import { cleanEnvironment } from '../../../src/teleport/process/environment.ts';
import { failureOf } from '../../../src/teleport/process/failure.ts';
import { startDetached } from '../../../src/teleport/process/runProcess.ts';
import { isRequestId } from '../../../src/access/text/untrusted.ts';
import { DemoWindow, type DemoWindowCluster } from '../state/demoElevations.ts';

export interface WindowTask {
  readonly what: 'assume' | 'continue' | 'giveBack';
  readonly cluster: DemoWindowCluster['cluster'];
  /** The folder of all windows. */
  readonly folder: string;
  readonly mainLogin: string;
  readonly request: string;
  /** The private home, where there is one already. */
  readonly home?: string;
  /** The watchdog program, where the window starts one, and how long that waits, in ms. */
  readonly watchdog?: { readonly program: string; readonly grace: number };
}

async function main(task: WindowTask): Promise<void> {
  const { what, cluster, mainLogin, request: id, home = '', watchdog } = task;
  const at = (...parts: readonly string[]): string => join(task.folder, ...parts);
  const createApprovedRequest = (): Promise<string> => Promise.reject(new Error('not here'));
  const watchdogs = watchdog && watchdogsOf(task, at, watchdog);
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

function watchdogsOf(
  { cluster, mainLogin }: WindowTask,
  at: (name: string) => string,
  { program, grace }: NonNullable<WindowTask['watchdog']>,
): WatchdogClient {
  const { tsh, clock } = cluster;
  return new WatchdogClient({
    socketOf: (home) => Promise.resolve(at(`w.${home.slice(0, 12)}`)),
    start: async (home, socket) => {
      const watchdogTask: WatchdogTask = { storage: at('storage'), home, socket, tsh, grace, clock };
      const env = { ...cleanEnvironment(process.env), XDG_RUNTIME_DIR: at('run') };
      await startDetached(process.execPath, [program, JSON.stringify(watchdogTask)], { env, cwd: mainLogin });
    },
    reportFailure: (what) => process.stderr.write(`${what}\n`),
  });
}

// A limit of file sizes then is an error, as a full disk is; execa would end this program.
process.on('SIGXFSZ', () => undefined);
try {
  await main(JSON.parse(process.argv[2] ?? '') as WindowTask);
  process.stdout.write('done\n');
} catch (error) {
  process.stdout.write(`${failureOf(error)?.kind ?? String(error)}\n`);
}
process.exit();
