import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../../../scripts/build.ts';
import type { Demo, Person } from '../../../scripts/hosts/people.ts';
import type { Elevation } from '../../../src/access/elevation.ts';
import type { RequestId } from '../../../src/access/text/untrusted.ts';
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
import { Client } from '../../../src/teleport/commands/client.ts';
import {
  cleanEnvironment,
  shellEnvironment,
  tshEnvironment,
} from '../../../src/teleport/process/environment.ts';
import { Home, neutralFolder } from '../../../src/teleport/home/home.ts';
import { TshKube } from '../../../src/teleport/commands/tshKube.ts';
import { kubeconfigOf } from '../../../src/teleport/home/privateHome.ts';
import { run, startDetached } from '../../../src/teleport/process/runProcess.ts';
import { bootId } from '../../../src/teleport/process/processes.ts';
import { Tsh } from '../../../src/teleport/commands/tsh.ts';
import { HomeLocks } from '../../../src/teleport/lock/homeLocks.ts';

type Environment = Readonly<Record<string, string>>;

/** The working parts below VS Code, for one person of a demo cluster; built as core.ts builds them. */
export function partsFor(
  demo: Demo,
  name: string,
  env: Environment,
  storage: string,
  watchdogs?: WatchdogClient,
) {
  const loadRun = () => Promise.resolve(run);
  const mainLogin = new Home(demo.homes[name]!, undefined, new HomeLocks(env, loadRun));
  const client = new Client({
    loadRun,
    env,
    places: (program) => ({ setting: demo[program], env, without: [] }),
    log: () => undefined,
    elapsed: () => performance.now(),
  });
  const [tsh, kube] = [new Tsh(client), new TshKube(client)];
  const [store, clock] = [new Store(), offsetClock(demo.clock)];
  const files = new StorageFiles(storage, () => undefined);
  const journal = new Journal(files, store, clock);
  const boot = (): Promise<string> => bootId((ms) => clock.now() - ms);
  const records = new HomeRecords(files);
  const around = { tsh, mainLogin, store, journal, clock, loadRun };
  const elevations = new Elevations({ ...around, records, env, boot, ...(watchdogs && { watchdogs }) });
  const giveBack = new ElevationDrops({ ...around, elevations });
  const continuing = new Renewal({ ...around, elevations });
  return { client, tsh, kube, mainLogin, store, clock, files, journal, elevations, giveBack, continuing };
}

/** A window's end of its watchdogs, which are the program that ships; as core.ts starts them. */
export function watchdogsFor(demo: Demo, { env }: Person, storage: string, grace: number): WatchdogClient {
  return new WatchdogClient({
    socketOf: (home) => watchdogSocket(env, home),
    start: async (home, socket) => {
      const watch: WatchdogTask = { storage, home, socket, tsh: demo.tsh, grace, clock: demo.clock };
      const program = join(root, 'dist', 'watchdog.mjs');
      await startDetached(process.execPath, [program, JSON.stringify(watch)], {
        env: cleanEnvironment(env),
        cwd: neutralFolder(),
      });
    },
    report: (what) => console.error(what),
  });
}

/** Ends the watchdogs of this storage: they stay a minute after their home is gone. */
export async function endWatchdogs(storage: string): Promise<void> {
  const { stdout } = await execute('pgrep', ['-f', `watchdog.mjs .*${storage}"`]).catch(() => ({
    stdout: '',
  }));
  for (const pid of stdout.split('\n').filter(Boolean)) process.kill(Number(pid));
}

const execute = promisify(execFile);

/** The same program with the same environment, run by plain Node: what our layer is compared with. */
export function bareTsh(demo: Demo, env: Environment, home: string, more: Environment = {}) {
  const options = { env: { ...tshEnvironment(env, home, home), ...more }, cwd: tmpdir() };
  return async (...args: readonly string[]): Promise<string> =>
    (await execute(demo.tsh, args, options)).stdout;
}

export const idIn = (printed: string): RequestId => /^Request ID:\s+(\S+)/m.exec(printed)?.[1] as RequestId;

/** A request of alice's for so many hours, approved by rita. */
export async function approvedRequest(
  demo: Demo,
  alice: Person,
  rita: Person,
  hours = 1,
): Promise<RequestId> {
  const [hers, mine] = [rita, alice].map(({ name, env }) => bareTsh(demo, env, demo.homes[name]!));
  const asked = ['request', 'create', '--roles=kube-admin', '--reason=measuring', '--nowait'];
  const id = idIn(await mine!(...asked, `--max-duration=${hours}h`));
  await hers!('request', 'review', '--approve', '--', id);
  return id;
}

/** The shell that a person logs in with. */
export const ownShell = userInfo().shell ?? '/bin/sh';

/** What an elevated terminal has in its environment. */
export function elevatedEnvironment(demo: Demo, { env }: Person, folder: string): Record<string, string> {
  const [current, kubeconfig] = [join(folder, 'current'), kubeconfigOf(folder)];
  return shellEnvironment(env, { folder: current, kubeconfig, tsh: demo.tsh, without: [] });
}

/** Starts an interactive shell, with no terminal around it; resolves once it does what it is told. */
export async function startShell(env: Environment, line = 'echo ready') {
  const child = spawn(ownShell, ['-i'], {
    env,
    cwd: tmpdir(),
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.write(`${line}\n`);
  await once(child.stdout, 'data');
  return child;
}

export const homeOf = ({ where }: Elevation): string => (where.kind === 'private' ? where.home : '');
