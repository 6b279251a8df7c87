import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../../../scripts/build.ts';
import type { DemoTestCluster, TestPerson } from '../../../scripts/hosts/people.ts';
import type { Elevation } from '../../../src/access/elevation.ts';
import type { RequestId } from '../../../src/access/untrusted/untrusted.ts';
import { offsetClock } from '../../../src/state/clock.ts';
import { Renewal } from '../../../src/state/elevation/renewal.ts';
import { Elevations } from '../../../src/state/elevation/elevations.ts';
import { StorageFiles } from '../../../src/state/storageFiles.ts';
import { ElevationDrops } from '../../../src/state/elevation/drops.ts';
import { HomeRecords } from '../../../src/state/elevation/homeRecords.ts';
import { Journal } from '../../../src/state/memory/journal.ts';
import { Store } from '../../../src/state/store.ts';
import {
  WatchdogClient,
  watchdogSocket,
  type WatchdogTask,
} from '../../../src/state/elevation/watchdogClient.ts';
import {
  cleanEnvironment,
  shellEnvironment,
  tshEnvironment,
} from '../../../src/teleport/environment/environment.ts';
import { Home } from '../../../src/teleport/home/home.ts';
import { neutralFolder, runtimeFolder } from '../../../src/teleport/process/ownFolder.ts';
import { TshKube } from '../../../src/teleport/commands/tshKube.ts';
import { kubeconfigOf } from '../../../src/teleport/home/privateHome.ts';
import { startDetached } from '../../../src/teleport/process/runProcess.ts';
import { processSpace } from '../../../src/teleport/process/processSpace.ts';
import { Tsh } from '../../../src/teleport/commands/tsh.ts';
import { HomeLocks } from '../../../src/teleport/lock/homeLocks.ts';
import { loadRun, testClient } from '../testClient.ts';

type Environment = Readonly<Record<string, string>>;

/** Makes the services that do not need VS Code, for a person on a demo cluster, as core.ts makes them. */
export function servicesFor(
  demo: DemoTestCluster,
  name: string,
  env: Environment,
  storage: string,
  watchdogs?: WatchdogClient,
) {
  const mainLogin = new Home(demo.homes[name]!, undefined, new HomeLocks(env, loadRun));
  const client = testClient(demo, { env });
  const [tsh, kube] = [new Tsh(client), new TshKube(client)];
  const [store, clock] = [new Store(), offsetClock(demo.clock)];
  const files = new StorageFiles(storage, () => undefined);
  const journal = new Journal(files, store, clock);
  const space = () => processSpace(env);
  const records = new HomeRecords(files);
  const shared = { tsh, mainLogin, store, journal, files, clock, loadRun };
  const elevations = new Elevations({ ...shared, records, env, space, ...(watchdogs && { watchdogs }) });
  const drops = new ElevationDrops({ ...shared, elevations, readLogin: () => Promise.resolve() });
  const renewal = new Renewal({ ...shared, elevations });
  return { client, tsh, kube, mainLogin, store, clock, files, journal, elevations, drops, renewal };
}

/**
 * Makes a window's watchdog client, which starts the shipped watchdog program as core.ts does. `grace` is in
 * ms.
 */
export function watchdogsFor(
  demo: DemoTestCluster,
  { env }: TestPerson,
  storage: string,
  grace: number,
): WatchdogClient {
  return new WatchdogClient({
    socketOf: (home) => watchdogSocket(runtimeFolder(env), home),
    start: async (home, socket) => {
      const task: WatchdogTask = { storage, home, socket, tsh: demo.tsh, grace, clock: demo.clock };
      const program = join(root, 'dist', 'watchdog.mjs');
      await startDetached(process.execPath, [program, JSON.stringify(task)], {
        env: await cleanEnvironment(env, []),
        cwd: neutralFolder(),
      });
    },
    reportFailure: (what) => console.error(what),
  });
}

/** Ends the watchdogs of this storage, which would run for another minute after their home is removed. */
export async function endWatchdogs(storage: string): Promise<void> {
  const { stdout } = await execute('pgrep', ['-f', `watchdog.mjs .*${storage}"`]).catch(() => ({
    stdout: '',
  }));
  for (const pid of stdout.split('\n').filter(Boolean)) process.kill(Number(pid));
}

const execute = promisify(execFile);

/**
 * Returns a function that runs tsh directly by Node in the same environment. The extension is compared with
 * it.
 */
export function bareTsh(demo: DemoTestCluster, env: Environment, home: string, extra: Environment = {}) {
  const ours = tshEnvironment(env, home, home, []);
  return async (...args: readonly string[]): Promise<string> =>
    (await execute(demo.tsh, args, { env: { ...(await ours), ...extra }, cwd: tmpdir() })).stdout;
}

/** Returns the request id that `tsh request create` printed. */
export const requestIdIn = (printed: string): RequestId =>
  /^Request ID:\s+(\S+)/m.exec(printed)?.[1] as RequestId;

/** Creates a request of alice's for this many hours and approves it as rita. */
export async function approvedRequest(
  demo: DemoTestCluster,
  alice: TestPerson,
  rita: TestPerson,
  hours = 1,
): Promise<RequestId> {
  const [ritasTsh, alicesTsh] = [rita, alice].map(({ name, env }) => bareTsh(demo, env, demo.homes[name]!));
  const createArguments = ['request', 'create', '--roles=kube-admin', '--reason=measuring', '--nowait'];
  const id = requestIdIn(await alicesTsh!(...createArguments, `--max-duration=${hours}h`));
  await ritasTsh!('request', 'review', '--approve', '--', id);
  return id;
}

/** The login shell of the person who runs the benchmark. */
export const loginShell = userInfo().shell ?? '/bin/sh';

/** Returns the environment of an elevated terminal. */
export function elevatedEnvironment(
  demo: DemoTestCluster,
  { env }: TestPerson,
  folder: string,
): Promise<Record<string, string>> {
  const [current, kubeconfig] = [join(folder, 'current'), kubeconfigOf(folder)];
  return shellEnvironment(env, { folder: current, kubeconfig, tsh: demo.tsh, workspace: [] });
}

/** Starts an interactive shell without a terminal. Resolves when it has run `line` and printed its output. */
export async function startShell(env: Environment, line = 'echo ready') {
  const child = spawn(loginShell, ['-i'], {
    env,
    cwd: tmpdir(),
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.write(`${line}\n`);
  await once(child.stdout, 'data');
  return child;
}

/** Returns the id of an elevation's private home. */
export const homeIdOf = ({ where }: Elevation): string => (where.kind === 'private' ? where.home : '');
