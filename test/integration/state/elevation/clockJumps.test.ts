import assert from 'node:assert/strict';
import { endOf } from '../../../../src/access/elevation.ts';
import type { AccessRequest } from '../../../../src/access/request.ts';
import { offsetClock, type Clock } from '../../../../src/state/clock.ts';
import { failureOf } from '../../../../src/teleport/process/failure.ts';
import { runWatchdog } from '../../../../src/state/elevation/watchdogLoop.ts';
import { minute } from '../../../support/demo/demoCluster.ts';
import { until } from '../../../support/temporaryFolder.ts';
import { DemoWindow, homeOf } from '../../../support/state/demoElevations.ts';
import { HandTimers } from '../../../support/state/handClock.ts';
import { ElevationSuite } from '../../../support/state/elevationSuite.ts';

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
  const suite = new ElevationSuite();
  const { folder } = suite;
  let clock: MachineClock;
  let request: AccessRequest;
  let mainLogin: Record<string, string>;
  beforeEach(async () => {
    clock = new MachineClock(suite.demo.cluster.clock);
    suite.window = await DemoWindow.openWith(suite.demo, folder, {
      mainLogin: suite.demo.home('fresh'),
      clock,
    });
    request = await suite.window.newApprovedRequest();
    mainLogin = await suite.window.mainLoginFiles();
  });

  /** Runs a task with one slow tsh call, and calls `meanwhile` while that call runs. */
  const duringSlowCall = async (
    match: string,
    task: () => Promise<unknown>,
    meanwhile: () => void,
  ): Promise<void> => {
    await suite.demo.setFaults({ match, do: 'slow', ms: 300, times: 1 });
    const running = task();
    await until(() => suite.faultsAreOver());
    meanwhile();
    await running;
  };
  const nothingIsLeft = (): Promise<void> => suite.window.nothingIsLeft(mainLogin);

  for (const [how, jump] of jumps) {
    it(`${how}, while elevated: the end stays the cluster's, and it is given back`, async () => {
      const elevation = await suite.window.elevate(request);
      clock.ahead = jump;
      assert.equal(endOf(elevation).at, (await suite.window.loginOf(elevation)).validUntil);
      const dropResult = await suite.window.elevationDrops.drop(elevation);
      assert.ok(dropResult);
      await nothingIsLeft();
    });

    it(`${how}, while it is assumed: the end is the one the cluster gave, and it is given back`, async () => {
      await duringSlowCall(
        'login',
        () => suite.window.elevate(request),
        () => {
          clock.ahead = jump;
        },
      );
      const [elevation] = suite.window.store.snapshot.elevations;
      assert.ok(elevation);
      assert.equal(elevation.certificateEnds, (await suite.window.loginOf(elevation)).validUntil);
      assert.ok(await suite.window.elevationDrops.drop(elevation));
      await nothingIsLeft();
    });

    it(`${how}, between Continue and its swap: the new end is the one the cluster gave`, async () => {
      const elevation = await suite.window.elevate(request);
      await suite.demo.moveClock(10 * minute);
      await duringSlowCall(
        'login',
        () => suite.window.renewal.renew(homeOf(elevation), request),
        () => {
          clock.ahead = jump;
        },
      );
      const [renewed] = suite.window.store.snapshot.elevations;
      assert.ok(renewed && renewed.certificateEnds > elevation.certificateEnds);
      assert.equal(renewed.certificateEnds, (await suite.window.loginOf(renewed)).validUntil);
      assert.deepEqual(await suite.window.entriesOf(renewed), ['current', 'gen-2', 'kubeconfig']);
      assert.ok(await suite.window.elevationDrops.drop(renewed));
      await nothingIsLeft();
    });
  }

  it('forward, over the old end while it is continued, and it is given back for that: nothing is elevated again', async () => {
    const elevation = await suite.window.elevate(request);
    await suite.demo.moveClock(10 * minute);
    let dropping: Promise<unknown> = Promise.resolve();
    await assert.rejects(
      duringSlowCall(
        'login',
        () => suite.window.renewal.renew(homeOf(elevation), request),
        () => {
          clock.ahead = hour;
          dropping = suite.window.elevationDrops.drop(elevation);
        },
      ),
      (error) => failureOf(error) !== undefined,
    );
    assert.ok(await dropping);
    await suite.window.elevations.sweep();
    await nothingIsLeft();
  });

  for (const [how, jump] of jumps) {
    it(`${how}: the watchdog looks at the record, and gives back at the end that stands there`, async () => {
      const elevation = await suite.window.elevate(request);
      const timers = new HandTimers();
      const { records, elevations, elevationDrops: drops } = suite.window;
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
        assert.equal((await suite.window.homes()).length, 1);
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
