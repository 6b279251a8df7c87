import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { demoCluster, freshFolder, removeFolder, settle } from '../../scripts/hosts/people.ts';
import { Room } from '../support/state/windowGroup.ts';
import { until } from '../support/temporaryFolder.ts';
import { Other } from '../support/processes/otherProcess.ts';
import { type Figure, median, timed } from '../support/bench/figure.ts';
import {
  approvedRequest,
  elevatedEnvironment,
  endWatchdogs,
  homeOf,
  partsFor,
  startShell,
  watchdogsFor,
} from '../support/bench/parts.ts';

const rounds = 5;
/** How long the watchdogs here wait, in ms; shorter than the real 30 s. */
const grace = 2_000;

const inSeconds = (name: string, times: readonly number[], note: string, aim?: number): Figure => {
  const seconds = times.map((ms) => ms / 1000);
  const all = `median of ${seconds.map((time) => time.toFixed(2)).join(', ')}; ${note}`;
  return { name, value: median(seconds), unit: 's', note: all, ...(aim === undefined ? {} : { aim }) };
};

/** How long after the last window was cut off, and the grace passed, nothing of an elevation is left. */
async function givenBackAlone(): Promise<Figure> {
  const folder = await freshFolder();
  const storage = join(folder, 'storage');
  try {
    const demo = await demoCluster(folder);
    const [alice, rita] = [await settle(folder, demo, 'alice'), await settle(folder, demo, 'rita')];
    const id = await approvedRequest(demo, alice, rita);
    const mine = partsFor(demo, 'alice', alice.env, storage);
    const login = await mine.tsh.status(mine.mainLogin);
    if (login.kind !== 'signedIn') throw new Error('alice is not signed in');
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const request = await mine.tsh.show(mine.mainLogin, id);
      const elevation = await mine.elevations.assumePrivately(request, login.profile);
      const home = join(mine.elevations.homeOf(elevation).folder, '..');
      const shell = await startShell(elevatedEnvironment(demo, alice, home));
      await mine.elevations.addShell(homeOf(elevation), shell.pid ?? 0);
      const watchdogs = watchdogsFor(demo, alice, storage, grace);
      await watchdogs.keep(homeOf(elevation));
      const gone = await timed(() => {
        watchdogs.dispose();
        return until(() => shell.exitCode !== null || shell.signalCode !== null).then(() =>
          until(() => !existsSync(home)),
        );
      });
      times.push(gone - grace);
      await mine.elevations.load();
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

/** How long after the window that leads was killed another one does. */
async function nextLeader(): Promise<Figure> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const room = await Room.open();
    const first = new Other('leadingWindow.ts', room.seat);
    try {
      await first.says('leads');
      await room.enter(3);
      times.push(
        await timed(async () => {
          await first.kill();
          await until(() => room.leader !== undefined);
        }),
      );
    } finally {
      await first.kill();
      await room.close();
    }
  }
  return inSeconds('leading window killed → another leads', times, 'three others', 5);
}

/** What follows when a window is killed. */
export async function killed(): Promise<readonly Figure[]> {
  return [await givenBackAlone(), await nextLeader()];
}
