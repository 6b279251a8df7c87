import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { demoCluster, freshFolder, removeFolder, settle } from '../../scripts/hosts/people.ts';
import { runtimeFolder } from '../../src/teleport/home/privateHome.ts';
import { run } from '../../src/teleport/process/runProcess.ts';
import { ShellEnvironmentCheck } from '../../src/teleport/shell/shellEnvironmentCheck.ts';
import type { Figure } from '../support/bench/figure.ts';
import {
  approvedRequest,
  bareTsh,
  elevatedEnvironment,
  endWatchdogs,
  homeOf,
  ownShell,
  partsFor,
  startShell,
  watchdogsFor,
} from '../support/bench/parts.ts';
import { ratio } from '../support/bench/ratio.ts';

const calls = 'show, copy, status, login --request-id, status, kube ls, kube login, a shell';

/** From Open Elevated Terminal pressed to its shell doing what it is told, without VS Code around it. */
export async function shell(): Promise<readonly Figure[]> {
  const folder = await freshFolder();
  const storage = join(folder, 'storage');
  try {
    const demo = await demoCluster(folder);
    const [alice, rita] = [await settle(folder, demo, 'alice'), await settle(folder, demo, 'rita')];
    const id = await approvedRequest(demo, alice, rita);
    const shellCheck = new ShellEnvironmentCheck({
      loadRun: () => Promise.resolve(run),
      root: runtimeFolder(alice.env),
    });
    // What the last press left, to be cleared away before the next one.
    let left: () => unknown = () => undefined;

    /** As the command does it: `ready`, `elevate` and `planTerminal`. */
    const press = (mine: ReturnType<typeof partsFor>, checks: boolean) => async (): Promise<void> => {
      const login = mine.store.snapshot.login;
      if (login.kind !== 'signedIn') throw new Error('alice is not signed in');
      shellCheck.forget();
      const environment = (home: string) => elevatedEnvironment(demo, alice, home);
      const request = await mine.tsh.show(mine.mainLogin, id);
      const verdict = checks && shellCheck.verdict({ path: ownShell, args: [], environment });
      const elevation = await mine.elevations.assumePrivately(request, login.profile);
      const home = mine.elevations.homeOf(elevation);
      const [cluster] = await mine.kube.list(home);
      await mine.kube.login(home, cluster!.name);
      await mine.elevations.setKubeCluster(homeOf(elevation), cluster!.name);
      await verdict;
      const started = await startShell(environment(join(home.folder, '..')));
      left = async () => {
        started.kill('SIGKILL');
        await mine.giveBack.drop(elevation);
      };
    };

    let copies = 0;
    const bareWay = async (): Promise<void> => {
      const copy = join(folder, `copy-${(copies += 1)}`);
      const current = join(copy, 'current');
      await bareTsh(demo, alice.env, demo.homes['alice']!)('request', 'show', '--format=json', '--', id);
      await mkdir(copy, { mode: 0o700 });
      await cp(demo.homes['alice']!, current, { recursive: true });
      const env = elevatedEnvironment(demo, alice, copy);
      const tsh = bareTsh(demo, alice.env, current, { KUBECONFIG: env['KUBECONFIG']! });
      await tsh('status', '--format=json');
      await tsh('login', `--request-id=${id}`);
      await tsh('status', '--format=json');
      const [cluster] = JSON.parse(await tsh('kube', 'ls', '--format=json')) as {
        kube_cluster_name: string;
      }[];
      await tsh('kube', 'login', '--', cluster!.kube_cluster_name);
      const started = await startShell(env);
      left = () => started.kill('SIGKILL');
    };

    const figures: Figure[] = [];
    for (const whole of [true, false]) {
      const watchdogs = whole ? watchdogsFor(demo, alice, storage, 30_000) : undefined;
      const mine = partsFor(demo, 'alice', alice.env, storage, watchdogs);
      const login = await mine.tsh.status(mine.mainLogin);
      mine.store.update({ login });
      const name = whole ? 'press → shell' : 'press → shell, no watchdog, shell not read back';
      const beside = whole ? '; beside it the watchdog starts and the shell is read back' : '';
      const around = { after: () => Promise.resolve(left()) };
      figures.push(await ratio(name, calls + beside, press(mine, whole), bareWay, 1.1, around));
    }
    return figures;
  } finally {
    await endWatchdogs(storage);
    await removeFolder(folder);
  }
}
