import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createDemoCluster, freshFolder, removeFolder, setUpPerson } from '../../scripts/hosts/people.ts';
import { WindowGroup } from '../support/state/windowGroup.ts';
import { until } from '../support/temporaryFolder.ts';
import { OtherProcess } from '../support/processes/otherProcess.ts';
import { type Figure, median, timed } from '../support/bench/figure.ts';
import {
  approvedRequest,
  elevatedEnvironment,
  endWatchdogs,
  homeIdOf,
  servicesFor,
  startShell,
  watchdogsFor,
} from '../support/bench/parts.ts';

const rounds = 5;
/** The grace of the watchdogs in this benchmark, in ms; shorter than the real 30 s. */
const grace = 2_000;

const inSeconds = (name: string, times: readonly number[], note: string, target?: number): Figure => {
  const seconds = times.map((ms) => ms / 1000);
  const description = `median of ${seconds.map((time) => time.toFixed(2)).join(', ')}; ${note}`;
  return {
    name,
    value: median(seconds),
    unit: 's',
    note: description,
    ...(target === undefined ? {} : { target }),
  };
};

/**
 * Measures the time from the end of the grace after the last window disconnected until the elevation is
 * removed.
 */
async function measureDropByWatchdog(): Promise<Figure> {
  const folder = await freshFolder();
  const storage = join(folder, 'storage');
  try {
    const demo = await createDemoCluster(folder);
    const [alice, rita] = [await setUpPerson(folder, demo, 'alice'), await setUpPerson(folder, demo, 'rita')];
    const id = await approvedRequest(demo, alice, rita);
    const services = servicesFor(demo, 'alice', alice.env, storage);
    const login = await services.tsh.status(services.mainLogin);
    if (login.kind !== 'signedIn') throw new Error('alice is not signed in');
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const request = await services.tsh.show(services.mainLogin, id);
      const elevation = await services.elevations.assumePrivately(request, login.profile);
      const home = join(services.elevations.homeOf(elevation).folder, '..');
      const shell = await startShell(await elevatedEnvironment(demo, alice, home));
      await services.elevations.shells.add(homeIdOf(elevation), shell.pid ?? 0);
      const watchdogs = watchdogsFor(demo, alice, storage, grace);
      await watchdogs.attach(homeIdOf(elevation));
      const elapsed = await timed(() => {
        watchdogs.dispose();
        return until(() => shell.exitCode !== null || shell.signalCode !== null).then(() =>
          until(() => !existsSync(home)),
        );
      });
      times.push(elapsed - grace);
      await services.elevations.load();
    }
    return inSeconds(
      'window cut off → nothing left, beyond the grace',
      times,
      'by its watchdog, with a shell in it',
    );
  } finally {
    await endWatchdogs(storage);
    await removeFolder(folder);
  }
}

/** Measures the time from killing the leading window until another window leads. */
async function measureNextLeader(): Promise<Figure> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const group = await WindowGroup.open();
    const leader = new OtherProcess('leadingWindow.ts', group.lockPath);
    try {
      await leader.waitForLine('leads');
      await group.openWindows(3);
      times.push(
        await timed(async () => {
          await leader.kill();
          await until(() => group.leader !== undefined);
        }),
      );
    } finally {
      await leader.kill();
      await group.close();
    }
  }
  return inSeconds('leading window killed → another leads', times, 'three others', 5);
}

/** Measures how fast other processes take over after a window is killed. */
export async function killed(): Promise<readonly Figure[]> {
  return [await measureDropByWatchdog(), await measureNextLeader()];
}
