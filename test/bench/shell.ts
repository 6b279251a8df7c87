import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createDemoCluster, freshFolder, removeFolder, setUpPerson } from '../../scripts/hosts/people.ts';
import { elevatedSettings } from '../../src/teleport/environment/environment.ts';
import { kubeconfigOf } from '../../src/teleport/home/privateHome.ts';
import { runtimeFolder } from '../../src/teleport/process/ownFolder.ts';
import { run } from '../../src/teleport/process/runProcess.ts';
import { ShellEnvironmentCheck } from '../../src/teleport/shell/shellEnvironmentCheck.ts';
import type { Figure } from '../support/bench/figure.ts';
import {
  approvedRequest,
  bareTsh,
  elevatedEnvironment,
  endWatchdogs,
  homeIdOf,
  loginShell,
  servicesFor,
  startShell,
  watchdogsFor,
} from '../support/bench/parts.ts';
import { ratio } from '../support/bench/ratio.ts';

const calls = 'show, copy, status, login --request-id, status, kube ls, kube login, a shell';

/** Measures the time from Open Elevated Terminal to a shell that runs commands, without VS Code. */
export async function shell(): Promise<readonly Figure[]> {
  const folder = await freshFolder();
  const storage = join(folder, 'storage');
  try {
    const demo = await createDemoCluster(folder);
    const [alice, rita] = [await setUpPerson(folder, demo, 'alice'), await setUpPerson(folder, demo, 'rita')];
    const id = await approvedRequest(demo, alice, rita);
    const shellCheck = new ShellEnvironmentCheck({
      loadRun: () => Promise.resolve(run),
      root: runtimeFolder(alice.env),
    });
    // Removes the shell and the elevation of a run before the next one.
    let cleanUp: () => unknown = () => undefined;

    /** Performs the steps of the command: `ready`, `elevate` and `planTerminal`. */
    const openTerminal =
      (services: ReturnType<typeof servicesFor>, checksShell: boolean) => async (): Promise<void> => {
        const login = services.store.snapshot.login;
        if (login.kind !== 'signedIn') throw new Error('alice is not signed in');
        shellCheck.forget();
        const example = await elevatedEnvironment(demo, alice, '/');
        const environment = (home: string) => ({
          ...example,
          ...elevatedSettings(join(home, 'current'), kubeconfigOf(home)),
        });
        const request = await services.tsh.show(services.mainLogin, id);
        const verdict =
          checksShell && shellCheck.verdict({ path: loginShell, args: [], environment, workspace: [] });
        const elevation = await services.elevations.assumePrivately(request, login.profile);
        const home = services.elevations.homeOf(elevation);
        const [cluster] = await services.kube.list(home);
        await services.kube.login(home, cluster!.name);
        await services.elevations.change(homeIdOf(elevation), { kube: cluster!.name });
        await verdict;
        const started = await startShell(environment(join(home.folder, '..')));
        cleanUp = async () => {
          started.kill('SIGKILL');
          await services.drops.drop(elevation);
        };
      };

    let copies = 0;
    const openBareTerminal = async (): Promise<void> => {
      const copy = join(folder, `copy-${(copies += 1)}`);
      const current = join(copy, 'current');
      await bareTsh(demo, alice.env, demo.homes['alice']!)('request', 'show', '--format=json', '--', id);
      await mkdir(copy, { mode: 0o700 });
      await cp(demo.homes['alice']!, current, { recursive: true });
      const env = await elevatedEnvironment(demo, alice, copy);
      const tsh = bareTsh(demo, alice.env, current, { KUBECONFIG: env['KUBECONFIG']! });
      await tsh('status', '--format=json');
      await tsh('login', `--request-id=${id}`);
      await tsh('status', '--format=json');
      const [cluster] = JSON.parse(await tsh('kube', 'ls', '--format=json')) as {
        kube_cluster_name: string;
      }[];
      await tsh('kube', 'login', '--', cluster!.kube_cluster_name);
      const started = await startShell(env);
      cleanUp = () => started.kill('SIGKILL');
    };

    const figures: Figure[] = [];
    for (const complete of [true, false]) {
      const watchdogs = complete ? watchdogsFor(demo, alice, storage, 30_000) : undefined;
      const services = servicesFor(demo, 'alice', alice.env, storage, watchdogs);
      const login = await services.tsh.status(services.mainLogin);
      services.store.update({ login });
      const name = complete ? 'press → shell' : 'press → shell, no watchdog, shell not read back';
      const extraCalls = complete ? '; beside it the watchdog starts and the shell is read back' : '';
      const hooks = { after: () => Promise.resolve(cleanUp()) };
      figures.push(
        await ratio(name, calls + extraCalls, openTerminal(services, complete), openBareTerminal, 1.1, hooks),
      );
    }
    return figures;
  } finally {
    await endWatchdogs(storage);
    await removeFolder(folder);
  }
}
