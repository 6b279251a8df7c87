// Watchdogs that are programs of their own, as the extension starts them.
import { WatchdogClient, type WatchdogTask } from '../../../src/state/elevation/watchdogClient.ts';
import { cleanEnvironment } from '../../../src/teleport/environment/environment.ts';
import { startDetached } from '../../../src/teleport/process/runProcess.ts';
import type { DemoWindowCluster } from './demoElevations.ts';

/**
 * A window's client that starts watchdog programs on a demo cluster.
 * @param at returns a path in the folder with the runtime folder and the storage
 * @param watchdog the file of the program, and its grace in ms
 * @param onStart called when a program is started
 */
export const watchdogPrograms = (
  { tsh, clock }: DemoWindowCluster['cluster'],
  at: (name: string) => string,
  { program, grace }: { readonly program: string; readonly grace: number },
  onStart: () => void = () => undefined,
): WatchdogClient =>
  new WatchdogClient({
    socketOf: (home) => Promise.resolve(at(`w.${home.slice(0, 12)}`)),
    start: async (home, socket) => {
      onStart();
      const task: WatchdogTask = { storage: at('storage'), home, socket, tsh, grace, clock };
      const env = { ...(await cleanEnvironment(process.env, [])), XDG_RUNTIME_DIR: at('run') };
      await startDetached(process.execPath, [program, JSON.stringify(task)], { env, cwd: '/' });
    },
    reportFailure: (what) => process.stderr.write(`${what}\n`),
  });
