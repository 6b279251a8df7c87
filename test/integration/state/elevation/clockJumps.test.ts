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

/** This machine's clock, which can differ from the cluster's. */
class OwnClock implements Clock {
  readonly #cluster: Clock;
  ahead = 0;

  constructor(file: string) {
    this.#cluster = offsetClock(file);
  }

  now(): number {
    return this.#cluster.now() + this.ahead;
  }
}

describe('the clock of this machine jumps by an hour', function () {
  this.timeout(20_000);
  let demo: DemoFixture;
  let folder: TemporaryFolder;
  let desk: DemoWindow;
  let clock: OwnClock;
  let request: AccessRequest;
  let mainLogin: Record<string, string>;
  before(async () => {
    demo = await DemoFixture.open();
  });
  after(() => demo.close());
  beforeEach(async () => {
    folder = await TemporaryFolder.open();
    await demo.signIn('alice', 'fresh');
    clock = new OwnClock(demo.cluster.clock);
    desk = await DemoWindow.openWith(demo, folder, { mainLogin: demo.home('fresh'), clock });
    request = await desk.newApprovedRequest();
    mainLogin = await folderContents(desk.mainLogin.folder);
  });
  afterEach(async () => {
    await demo.setFaults();
    await folder.close();
  });

  const homeOf = ({ where }: Elevation): string => (where.kind === 'private' ? where.home : '');
  /** Until the one slow call is under way. */
  const slowly = async (
    match: string,
    task: () => Promise<unknown>,
    meanwhile: () => void,
  ): Promise<void> => {
    await demo.setFaults({ match, do: 'slow', ms: 300, times: 1 });
    const under = task();
    await until(() => readFileSync(join(demo.cluster.dir, 'faults.json'), 'utf8').includes('"times":0'));
    meanwhile();
    await under;
  };
  const validUntil = async (elevation: Elevation): Promise<number> => {
    const login = await desk.tsh.status(desk.elevations.homeOf(elevation));
    return login.kind === 'signedIn' ? login.profile.validUntil : assert.fail(login.kind);
  };
  async function nothingIsLeft(): Promise<void> {
    assert.deepEqual(await desk.homes(), []);
    assert.deepEqual(desk.store.snapshot.elevations, []);
    assert.deepEqual(await folderContents(desk.mainLogin.folder), mainLogin);
  }

  for (const [how, jump] of jumps) {
    it(`${how}, while elevated: the end stays the cluster's, and it is given back`, async () => {
      const elevation = await desk.elevate(request);
      clock.ahead = jump;
      assert.equal(endOf(elevation).at, await validUntil(elevation));
      const given = await desk.elevationDrops.drop(elevation);
      assert.ok(given);
      await nothingIsLeft();
    });

    it(`${how}, while it is assumed: the end is the one the cluster gave, and it is given back`, async () => {
      await slowly(
        'login',
        () => desk.elevate(request),
        () => {
          clock.ahead = jump;
        },
      );
      const [elevation] = desk.store.snapshot.elevations;
      assert.ok(elevation);
      assert.equal(elevation.certificateEnds, await validUntil(elevation));
      assert.ok(await desk.elevationDrops.drop(elevation));
      await nothingIsLeft();
    });

    it(`${how}, between Continue and its swap: the new end is the one the cluster gave`, async () => {
      const elevation = await desk.elevate(request);
      await demo.moveClock(10 * minute);
      await slowly(
        'login',
        () => desk.renewal.renew(homeOf(elevation), request),
        () => {
          clock.ahead = jump;
        },
      );
      const [now] = desk.store.snapshot.elevations;
      assert.ok(now && now.certificateEnds > elevation.certificateEnds);
      assert.equal(now.certificateEnds, await validUntil(now));
      assert.deepEqual((await readdir(desk.folderOf(now))).sort(), ['current', 'gen-2', 'kubeconfig']);
      assert.ok(await desk.elevationDrops.drop(now));
      await nothingIsLeft();
    });
  }

  it('forward, over the old end while it is continued, and it is given back for that: nothing is elevated again', async () => {
    const elevation = await desk.elevate(request);
    await demo.moveClock(10 * minute);
    let given: Promise<unknown> = Promise.resolve();
    await assert.rejects(
      slowly(
        'login',
        () => desk.renewal.renew(homeOf(elevation), request),
        () => {
          clock.ahead = hour;
          given = desk.elevationDrops.drop(elevation);
        },
      ),
      (error) => failureOf(error) !== undefined,
    );
    assert.ok(await given);
    await desk.elevations.sweep();
    await nothingIsLeft();
  });

  for (const [how, jump] of jumps) {
    it(`${how}: the watchdog looks at the record, and gives back at the end that stands there`, async () => {
      const elevation = await desk.elevate(request);
      const timers = new HandTimers();
      const { records, elevations, elevationDrops: giveBack } = desk;
      const stop = new AbortController();
      const socket = folder.at('w');
      const watching = runWatchdog(
        { home: homeOf(elevation), socket, grace: hour },
        { records, elevations, drops: giveBack, clock, timers, stop: stop.signal },
      );
      await until(() => timers.endCheck !== undefined);
      const { endCheck: end } = timers;
      // A window that lives gets a few seconds to say it itself.
      clock.ahead = jump + minute;
      end?.look();
      if (jump < 0) {
        // Too early by this clock: set again, to the same end.
        await until(() => timers.endCheck !== end);
        assert.equal(timers.endCheck?.instant, end?.instant);
        assert.equal((await desk.homes()).length, 1);
        clock.ahead = hour + minute;
        timers.endCheck?.look();
      }
      await until(async () => (await records.watchdogDrop(homeOf(elevation))) !== undefined);
      stop.abort();
      await watching;
      assert.equal((await records.watchdogDrop(homeOf(elevation)))?.why, 'ended');
      await nothingIsLeft();
    });
  }
});
