import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { endOf, type Elevation } from '../../../../src/access/elevation.ts';
import type { AccessRequest } from '../../../../src/access/request.ts';
import { offsetClock, type Clock } from '../../../../src/state/clock.ts';
import { failureOf } from '../../../../src/teleport/process/failure.ts';
import { runWatchdog } from '../../../../src/state/elevation/watchdogLoop.ts';
import { folderContents } from '../../../support/folderContents.ts';
import { DemoFixture, minute } from '../../../support/demo/demoCluster.ts';
import { TemporaryFolder, until } from '../../../support/temporaryFolder.ts';
import { DemoWindow } from '../../../support/state/demoElevations.ts';
import { HandTimers } from '../../../support/state/handClock.ts';

const hour = 60 * minute;
const jumps = [
  ['forward', hour],
  ['back', -hour],
] as const;

/** The clock of this machine, which can differ from the clock of the cluster. */
class MachineClock implements Clock {
  readonly #cluster: Clock;
  ahead = 0;

  constructor(file: string) {
    this.#cluster = offsetClock(file);
  }

  now(): number {
    return this.#cluster.now() + this.ahead;
  }
}

describe('the clock of this machine jumps by an hour', () => {
  let demo: DemoFixture;
  let folder: TemporaryFolder;
  let demoWindow: DemoWindow;
  let clock: MachineClock;
  let request: AccessRequest;
  let mainLogin: Record<string, string>;
  before(async () => {
    demo = await DemoFixture.open();
  });
  after(() => demo.close());
  beforeEach(async () => {
    folder = await TemporaryFolder.open();
    await demo.signIn('alice', 'fresh');
    clock = new MachineClock(demo.cluster.clock);
    demoWindow = await DemoWindow.openWith(demo, folder, { mainLogin: demo.home('fresh'), clock });
    request = await demoWindow.newApprovedRequest();
    mainLogin = await folderContents(demoWindow.mainLogin.folder);
  });
  afterEach(async () => {
    await demo.setFaults();
    await folder.close();
  });

  const homeOf = ({ where }: Elevation): string => (where.kind === 'private' ? where.home : '');
  /** Runs a task with one slow tsh call, and calls `meanwhile` while that call runs. */
  const duringSlowCall = async (
    match: string,
    task: () => Promise<unknown>,
    meanwhile: () => void,
  ): Promise<void> => {
    await demo.setFaults({ match, do: 'slow', ms: 300, times: 1 });
    const running = task();
    await until(() => readFileSync(join(demo.cluster.dir, 'faults.json'), 'utf8').includes('"times":0'));
    meanwhile();
    await running;
  };
  const validUntil = async (elevation: Elevation): Promise<number> => {
    const login = await demoWindow.tsh.status(demoWindow.elevations.homeOf(elevation));
    return login.kind === 'signedIn' ? login.profile.validUntil : assert.fail(login.kind);
  };
  async function nothingIsLeft(): Promise<void> {
    assert.deepEqual(await demoWindow.homes(), []);
    assert.deepEqual(demoWindow.store.snapshot.elevations, []);
    assert.deepEqual(await folderContents(demoWindow.mainLogin.folder), mainLogin);
  }

  for (const [how, jump] of jumps) {
    it(`${how}, while elevated: the end stays the cluster's, and it is given back`, async () => {
      const elevation = await demoWindow.elevate(request);
      clock.ahead = jump;
      assert.equal(endOf(elevation).at, await validUntil(elevation));
      const dropResult = await demoWindow.elevationDrops.drop(elevation);
      assert.ok(dropResult);
      await nothingIsLeft();
    });

    it(`${how}, while it is assumed: the end is the one the cluster gave, and it is given back`, async () => {
      await duringSlowCall(
        'login',
        () => demoWindow.elevate(request),
        () => {
          clock.ahead = jump;
        },
      );
      const [elevation] = demoWindow.store.snapshot.elevations;
      assert.ok(elevation);
      assert.equal(elevation.certificateEnds, await validUntil(elevation));
      assert.ok(await demoWindow.elevationDrops.drop(elevation));
      await nothingIsLeft();
    });

    it(`${how}, between Continue and its swap: the new end is the one the cluster gave`, async () => {
      const elevation = await demoWindow.elevate(request);
      await demo.moveClock(10 * minute);
      await duringSlowCall(
        'login',
        () => demoWindow.renewal.renew(homeOf(elevation), request),
        () => {
          clock.ahead = jump;
        },
      );
      const [renewed] = demoWindow.store.snapshot.elevations;
      assert.ok(renewed && renewed.certificateEnds > elevation.certificateEnds);
      assert.equal(renewed.certificateEnds, await validUntil(renewed));
      assert.deepEqual((await readdir(demoWindow.folderOf(renewed))).sort(), [
        'current',
        'gen-2',
        'kubeconfig',
      ]);
      assert.ok(await demoWindow.elevationDrops.drop(renewed));
      await nothingIsLeft();
    });
  }

  it('forward, over the old end while it is continued, and it is given back for that: nothing is elevated again', async () => {
    const elevation = await demoWindow.elevate(request);
    await demo.moveClock(10 * minute);
    let dropping: Promise<unknown> = Promise.resolve();
    await assert.rejects(
      duringSlowCall(
        'login',
        () => demoWindow.renewal.renew(homeOf(elevation), request),
        () => {
          clock.ahead = hour;
          dropping = demoWindow.elevationDrops.drop(elevation);
        },
      ),
      (error) => failureOf(error) !== undefined,
    );
    assert.ok(await dropping);
    await demoWindow.elevations.sweep();
    await nothingIsLeft();
  });

  for (const [how, jump] of jumps) {
    it(`${how}: the watchdog looks at the record, and gives back at the end that stands there`, async () => {
      const elevation = await demoWindow.elevate(request);
      const timers = new HandTimers();
      const { records, elevations, elevationDrops: drops } = demoWindow;
      const stop = new AbortController();
      const socket = folder.at('w');
      const watchdog = runWatchdog(
        { home: homeOf(elevation), socket, grace: hour },
        { records, elevations, drops, clock, timers, stop: stop.signal },
      );
      await until(() => timers.endCheck !== undefined);
      const { endCheck } = timers;
      // The watchdog waits a few seconds after the end, so that a running window can drop first.
      clock.ahead = jump + minute;
      endCheck?.look();
      if (jump < 0) {
        // By this clock the end is still ahead, so the watchdog sets its timer to the same end again.
        await until(() => timers.endCheck !== endCheck);
        assert.equal(timers.endCheck?.instant, endCheck?.instant);
        assert.equal((await demoWindow.homes()).length, 1);
        clock.ahead = hour + minute;
        timers.endCheck?.look();
      }
      await until(async () => (await records.watchdogDrop(homeOf(elevation))) !== undefined);
      stop.abort();
      await watchdog;
      assert.equal((await records.watchdogDrop(homeOf(elevation)))?.why, 'ended');
      await nothingIsLeft();
    });
  }
});
