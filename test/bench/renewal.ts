import { cp, mkdir, rename, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { createDemoCluster, freshFolder, removeFolder, setUpPerson } from '../../scripts/hosts/people.ts';
import { moveClock } from '../../demo/createCluster.ts';
import type { Figure } from '../support/bench/figure.ts';
import {
  approvedRequest,
  bareTsh,
  elevatedEnvironment,
  homeIdOf,
  servicesFor,
  startShell,
} from '../support/bench/parts.ts';
import { ratio } from '../support/bench/ratio.ts';

const swaps = 20;
/**
 * The time by which the clock advances before each renewal, in ms, because a new certificate must end later.
 */
const clockStep = 2 * 60_000;

/**
 * Returns a shell loop that repeats a command and prints whether it works. It runs while access is renewed.
 */
const endlessLoop = (command: string): string =>
  `while :; do if out=$(${command} 2>&1); then echo ok; else echo "failed: $out"; fi; done`;

/**
 * Compares a renewal with the calls that it makes, and counts failures of commands in an open shell during
 * renewals.
 */
export async function renewal(): Promise<readonly Figure[]> {
  const folder = await freshFolder();
  try {
    const demo = await createDemoCluster(folder);
    const [alice, rita] = [await setUpPerson(folder, demo, 'alice'), await setUpPerson(folder, demo, 'rita')];
    const id = await approvedRequest(demo, alice, rita, 5);
    const services = servicesFor(demo, 'alice', alice.env, join(folder, 'storage'));
    const login = await services.tsh.status(services.mainLogin);
    if (login.kind !== 'signedIn') throw new Error('alice is not signed in');
    const request = await services.tsh.show(services.mainLogin, id);
    const elevation = await services.elevations.assumePrivately(request, login.profile);
    const renew = async (): Promise<void> => {
      if (!(await services.renewal.renew(homeIdOf(elevation), request)))
        throw new Error('Nothing was gained.');
    };

    const bareHome = join(folder, 'bare');
    await mkdir(bareHome, { mode: 0o700 });
    let copies = 0;
    const figures = [
      await ratio(
        'continue in place',
        'copy, status, login --request-id, status, rename',
        renew,
        async () => {
          const copy = join(bareHome, String((copies += 1)));
          await cp(demo.homes['alice']!, copy, { recursive: true });
          const tsh = bareTsh(demo, alice.env, copy);
          await tsh('status', '--format=json');
          await tsh('login', `--request-id=${id}`);
          await tsh('status', '--format=json');
          await symlink(copy, join(bareHome, 'next'));
          await rename(join(bareHome, 'next'), join(bareHome, 'current'));
        },
        1.1,
        { before: () => moveClock(demo.dir, clockStep) },
      ),
    ];

    const home = services.elevations.homeOf(elevation);
    const [cluster] = await services.kube.list(home);
    await services.kube.login(home, cluster!.name);
    for (const command of ['tsh status', 'kubectl get pods']) {
      const output: string[] = [];
      const env = await elevatedEnvironment(demo, alice, join(home.folder, '..'));
      const shell = await startShell(env, endlessLoop(command));
      shell.stdout.setEncoding('utf8').on('data', (text: string) => output.push(text));
      for (let swap = 0; swap < swaps; swap++) {
        await moveClock(demo.dir, clockStep);
        await renew();
      }
      process.kill(-shell.pid!, 'SIGKILL');
      const runs = output
        .join('')
        .split('\n')
        .filter((line) => /^(ok$|failed)/.test(line));
      const failed = runs.filter((line) => line !== 'ok');
      figures.push({
        name: `${command} in the open shell: failures in ${swaps} swaps`,
        value: failed.length,
        unit: '',
        target: 0,
        note: [`of ${runs.length} runs`, ...new Set(failed)].join('; '),
      });
    }
    await services.drops.drop(elevation);
    return figures;
  } finally {
    await removeFolder(folder);
  }
}
