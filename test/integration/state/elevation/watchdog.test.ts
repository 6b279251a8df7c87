import { execa } from 'execa';
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { buildWatchdog } from '../../../../scripts/build.ts';
import type { Elevation } from '../../../../src/access/elevation.ts';
import type { Clock } from '../../../../src/state/clock.ts';
import type { WatchdogDrop } from '../../../../src/state/elevation/homeRecords.ts';
import { WatchdogClient } from '../../../../src/state/elevation/watchdogClient.ts';
import { runWatchdog, type WatchdogTimers } from '../../../../src/state/elevation/watchdogLoop.ts';
import { isRunning } from '../../../../src/teleport/process/processId.ts';
import { minute } from '../../../support/demo/demoCluster.ts';
import { TemporaryFolder, until } from '../../../support/temporaryFolder.ts';
import { DemoWindow, isPidRunning, homeOf } from '../../../support/state/demoElevations.ts';
import { HandTimers } from '../../../support/state/handClock.ts';
import { watchdogPrograms } from '../../../support/state/watchdogPrograms.ts';
import { ElevationSuite } from '../../../support/state/elevationSuite.ts';

const hour = 60 * minute;

describe('the watchdog of a private home', () => {
  const suite = new ElevationSuite();
  const { folder } = suite;
  /** The clock of the watchdog. */
  let watchdogClock: Clock;
  const stop = new AbortController();
  after(() => stop.abort());

  const untilRemoved = (elevation: Elevation): Promise<void> =>
    until(() => !existsSync(suite.window.folderOf(elevation)));
  const watchdogDropOf = async (elevation: Elevation): Promise<WatchdogDrop | undefined> => {
    await until(async () => (await suite.window.records.watchdogDrop(homeOf(elevation))) !== undefined);
    return suite.window.records.watchdogDrop(homeOf(elevation));
  };

  /** Settles when the watchdog that was started last has ended. */
  let watchdogEnd: Promise<void>;

  /**
   * Starts a watchdog in this process. Resolves to its socket once windows can connect, or once it has ended.
   */
  async function startWatchdog(
    elevation: Elevation,
    grace: number,
    timers?: WatchdogTimers,
  ): Promise<string> {
    const socket = folder.at('w');
    const { records, elevations, elevationDrops: drops, clock } = await suite.openWindow();
    watchdogClock = clock;
    await new Promise<void>((ready) => {
      watchdogEnd = runWatchdog(
        { home: homeOf(elevation), socket, grace },
        {
          ...{ records, elevations, drops, clock, onReady: ready, stop: stop.signal },
          ...(timers ? { timers } : {}),
        },
      );
      void watchdogEnd.then(ready);
    });
    return socket;
  }

  /** Moves the clock of the cluster. Resolves once the clock of the watchdog follows. */
  async function passTime(ms: number): Promise<void> {
    const target = watchdogClock.now() + ms;
    await suite.demo.moveClock(ms);
    await until(() => watchdogClock.now() >= target);
  }

  /** A client of the watchdog that listens on the socket. It starts no watchdog itself. */
  const connectTo = (socket: string): WatchdogClient =>
    new WatchdogClient({
      socketOf: () => Promise.resolve(socket),
      start: () => Promise.reject(new Error('It is there.')),
      reportFailure: () => undefined,
    });

  it('gives back when no window comes: shells ended, cluster told, every file gone, and it says what that means', async () => {
    const elevation = await suite.window.elevate();
    const { shell, program } = await suite.window.startShell(elevation, folder);
    const mainLogin = await suite.window.mainLoginFiles();
    await startWatchdog(elevation, 0);
    const watchdogDrop = await watchdogDropOf(elevation);
    assert.ok(!(await isPidRunning(shell)) && !(await isPidRunning(program)));
    assert.deepEqual(await suite.window.homes(), []);
    assert.equal(watchdogDrop?.why, 'abandoned');
    assert.equal(watchdogDrop.result.dropFailure, undefined);
    assert.equal(watchdogDrop.result.openUntil, elevation.certificateEnds);
    assert.deepEqual(await suite.window.mainLoginFiles(), mainLogin);
  });

  it('gives nothing back while one of two windows is there, and when both are gone, it does', async () => {
    const elevation = await suite.window.elevate();
    const timers = new HandTimers();
    const socket = await startWatchdog(elevation, hour, timers);
    assert.ok(timers.graceTask, 'nobody is there');
    const windows = [connectTo(socket), connectTo(socket)];
    for (const window of windows) await window.attach(homeOf(elevation));
    await until(() => timers.graceTask === undefined);
    for (const window of windows) window.dispose();
    await until(() => timers.graceTask !== undefined);
    assert.ok(existsSync(suite.window.folderOf(elevation)));
    timers.runGraceTask();
    await untilRemoved(elevation);
  });

  it('a window that comes back in time keeps everything', async () => {
    const elevation = await suite.window.elevate();
    const timers = new HandTimers();
    const socket = await startWatchdog(elevation, hour, timers);
    const first = connectTo(socket);
    await first.attach(homeOf(elevation));
    await until(() => timers.graceTask === undefined);
    first.dispose();
    await until(() => timers.graceTask !== undefined);
    const next = connectTo(socket);
    await next.attach(homeOf(elevation));
    await until(() => timers.graceTask === undefined);
    assert.ok(existsSync(suite.window.folderOf(elevation)));
    next.dispose();
  });

  it('a window that connected while a busy machine let the watchdog wait keeps everything', async () => {
    const elevation = await suite.window.elevate();
    const timers = new HandTimers();
    const path = await startWatchdog(elevation, hour, timers);
    // From here on this runs where Node runs timers, before it accepts connections.
    await pause(1);
    const window = createConnection({ path });
    timers.runGraceTask();
    window.destroy();
    await until(() => timers.graceTask !== undefined);
    assert.ok(existsSync(suite.window.folderOf(elevation)));
  });

  it('of two, since two windows started one each, the later leaves the windows to the first', async () => {
    const elevation = await suite.window.elevate();
    const timers = new HandTimers();
    const window = connectTo(await startWatchdog(elevation, hour, timers));
    await window.attach(homeOf(elevation));
    await until(() => timers.graceTask === undefined);
    await startWatchdog(elevation, 0);
    assert.ok(existsSync(suite.window.folderOf(elevation)));
    window.dispose();
    await until(() => timers.graceTask !== undefined);
    timers.runGraceTask();
    await untilRemoved(elevation);
  });

  it('one whose place another took, since both began at once, gives nothing back', async () => {
    const elevation = await suite.window.elevate();
    const first = new HandTimers();
    await rm(await startWatchdog(elevation, hour, first));
    const firstWatchdogEnd = watchdogEnd;
    const window = connectTo(await startWatchdog(elevation, hour, new HandTimers()));
    await window.attach(homeOf(elevation));
    first.runGraceTask();
    await firstWatchdogEnd;
    assert.ok(existsSync(suite.window.folderOf(elevation)));
    window.dispose();
  });

  it('a window that nobody sees any more counts as gone, and one that is seen again does not', async () => {
    const elevation = await suite.window.elevate();
    const socket = await startWatchdog(elevation, 1_000);
    const window = connectTo(socket);
    await window.attach(homeOf(elevation));
    window.setVisible(false);
    window.setVisible(true);
    await window.attach(homeOf(elevation));
    window.setVisible(false);
    assert.equal((await watchdogDropOf(elevation))?.why, 'abandoned');
    assert.deepEqual(await suite.window.homes(), []);
  });

  it('at the end of the certificate it gives back also when a window is there that does nothing', async () => {
    const elevation = await suite.window.elevate();
    const window = connectTo(await startWatchdog(elevation, hour));
    await window.attach(homeOf(elevation));
    await suite.demo.moveClock(61 * minute);
    const watchdogDrop = await watchdogDropOf(elevation);
    assert.equal(watchdogDrop?.why, 'ended');
    assert.equal(watchdogDrop.result.openUntil, undefined, 'it has ended');
    assert.deepEqual(await suite.window.homes(), []);
    window.dispose();
  });

  it('continued meanwhile, it is the new end that counts', async () => {
    const request = await suite.window.newApprovedRequest();
    const elevation = await suite.window.elevate(request);
    const timers = new HandTimers();
    await startWatchdog(elevation, hour, timers);
    const { endCheck: firstCheck } = timers;
    assert.ok(firstCheck && firstCheck.instant > elevation.certificateEnds);
    await passTime(50 * minute);
    const renewal = await suite.window.renewal.renew(homeOf(elevation), request);
    assert.ok(renewal);
    await passTime(20 * minute);
    firstCheck.look();
    await until(() => timers.endCheck !== firstCheck);
    assert.ok(timers.endCheck && timers.endCheck.instant > renewal.elevation.certificateEnds);
    assert.ok(existsSync(suite.window.folderOf(elevation)), 'the first end has passed');
    await passTime(45 * minute);
    timers.endCheck.look();
    assert.equal((await watchdogDropOf(elevation))?.why, 'ended');
  });

  it('the clock set back by an hour keeps nothing alive longer than real time says', async () => {
    const elevation = await suite.window.elevate();
    await startWatchdog(elevation, 500);
    await suite.demo.moveClock(-hour);
    await untilRemoved(elevation);
    await suite.demo.moveClock(hour);
  });

  it('what tools re-create where the home was is removed', async () => {
    const elevation = await suite.window.elevate();
    await startWatchdog(elevation, 0);
    await untilRemoved(elevation);
    await watchdogDropOf(elevation);
    await mkdir(join(suite.window.folderOf(elevation), 'current'), { recursive: true });
    await writeFile(join(suite.window.folderOf(elevation), 'current', 'key'), 'fresh login');
    await untilRemoved(elevation);
  });

  it('what tools re-create after a window gave back is removed too, also when that window is closed at once', async () => {
    const client = new WatchdogClient({
      socketOf: () => Promise.resolve(folder.at('w')),
      start: () => Promise.resolve(),
      reportFailure: () => undefined,
    });
    const window = await DemoWindow.openWith(suite.demo, folder, {
      mainLogin: suite.window.mainLogin.folder,
      watchdogs: client,
    });
    const elevation = await window.elevate();
    const timers = new HandTimers();
    await startWatchdog(elevation, hour, timers);
    await until(() => timers.graceTask === undefined);
    assert.ok(await window.elevationDrops.drop(elevation));
    client.dispose();
    const again = join(window.folderOf(elevation), 'current');
    await mkdir(again, { recursive: true });
    await writeFile(join(again, 'key'), 'fresh login');
    await untilRemoved(elevation);
    assert.equal(timers.graceTask, undefined, 'it sweeps at once, not after its grace');
  });

  it('offline it removes all the same, and says that the cluster was not told', async () => {
    const elevation = await suite.window.elevate();
    await suite.demo.setFaults({ match: 'request drop', do: 'offline' });
    await startWatchdog(elevation, 0);
    assert.equal((await watchdogDropOf(elevation))?.result.dropFailure?.kind, 'unreachable');
    assert.deepEqual(await suite.window.homes(), []);
  });

  describe('as the program that ships', () => {
    let program: string;
    before(async () => {
      program = await buildWatchdog(await TemporaryFolder.open().then(({ path }) => path));
    });

    const programClient = (grace: number, onStart?: () => void): WatchdogClient =>
      watchdogPrograms(suite.demo.cluster, (name) => folder.at(name), { program, grace }, onStart);

    it('is started by the window, outlives it, and gives back', async () => {
      const elevation = await suite.window.elevate();
      const { shell } = await suite.window.startShell(elevation, folder);
      const window = programClient(200);
      await window.attach(homeOf(elevation));
      assert.ok(existsSync(suite.window.folderOf(elevation)));
      window.dispose();
      assert.equal((await watchdogDropOf(elevation))?.why, 'abandoned');
      assert.equal(await isPidRunning(shell), false);
      assert.deepEqual(await suite.window.homes(), []);
    });

    it('one that is killed is replaced', async () => {
      const elevation = await suite.window.elevate();
      let started = 0;
      const window = programClient(hour, () => (started += 1));
      await window.attach(homeOf(elevation));
      const [pid] = await pidsOf(homeOf(elevation));
      assert.ok(pid);
      process.kill(pid, 'SIGKILL');
      await until(async () => {
        const pids = await pidsOf(homeOf(elevation));
        return pids.length === 1 && pids[0] !== pid;
      });
      assert.equal(started, 2);
      await suite.window.elevationDrops.drop(elevation);
      window.stopWatching(homeOf(elevation));
      const [second = 0] = await pidsOf(homeOf(elevation));
      process.kill(second, 'SIGTERM');
      await until(async () => !(await isRunning({ pid: second, stamp: '' })));
    });

    it('ends soon after its home was given back by a window, and its names are no secrets', async () => {
      const elevation = await suite.window.elevate();
      const window = programClient(hour);
      await window.attach(homeOf(elevation));
      const [pid = 0] = await pidsOf(homeOf(elevation));
      if (process.platform === 'linux') {
        const environment = await readFile(`/proc/${String(pid)}/environ`, 'utf8');
        assert.doesNotMatch(environment, /TELEPORT_|NODE_OPTIONS/);
        assert.ok(!environment.includes(homeOf(elevation)), 'else it would count as one of its programs');
      }
      await suite.window.elevationDrops.drop(elevation);
      window.stopWatching(homeOf(elevation));
      // The watchdog would sweep for a minute before it ends. SIGTERM ends it at once.
      process.kill(pid, 'SIGTERM');
      await until(async () => !(await isRunning({ pid, stamp: '' })));
    });

    it('SIGTERM, as at the end of a machine, gives back at once', async () => {
      const elevation = await suite.window.elevate();
      const window = programClient(hour);
      await window.attach(homeOf(elevation));
      const [pid = 0] = await pidsOf(homeOf(elevation));
      process.kill(pid, 'SIGTERM');
      await until(async () => !(await isRunning({ pid, stamp: '' })));
      assert.equal((await watchdogDropOf(elevation))?.why, 'shutdown');
      assert.deepEqual(await suite.window.homes(), []);
      window.dispose();
    });
  });
});

/** The pids of the watchdogs of a home, found by the home in their arguments. */
async function pidsOf(home: string): Promise<number[]> {
  const { stdout } = await execa('pgrep', ['-f', `watchdog.*"home":"${home}"`], { reject: false });
  return stdout.split('\n').filter(Boolean).map(Number);
}
