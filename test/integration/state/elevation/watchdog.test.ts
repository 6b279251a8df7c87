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
import { WatchdogClient, type WatchdogTask } from '../../../../src/state/elevation/watchdogClient.ts';
import { runWatchdog, type WatchdogTimers } from '../../../../src/state/elevation/watchdogLoop.ts';
import { cleanEnvironment } from '../../../../src/teleport/process/environment.ts';
import { startDetached } from '../../../../src/teleport/process/runProcess.ts';
import { isRunning } from '../../../../src/teleport/process/processes.ts';
import { folderContents } from '../../../support/folderContents.ts';
import { DemoFixture, minute } from '../../../support/demo/demoCluster.ts';
import { TemporaryFolder, until } from '../../../support/temporaryFolder.ts';
import { DemoWindow, isPidRunning } from '../../../support/state/demoElevations.ts';
import { HandTimers } from '../../../support/state/handClock.ts';

const hour = 60 * minute;

describe('the watchdog of a private home', () => {
  let demo: DemoFixture;
  let folder: TemporaryFolder;
  let demoWindow: DemoWindow;
  /** The clock of the watchdog. */
  let watchdogClock: Clock;
  const stop = new AbortController();
  before(async () => {
    demo = await DemoFixture.open();
  });
  after(async () => {
    stop.abort();
    await demo.close();
  });
  beforeEach(async () => {
    folder = await TemporaryFolder.open();
    demoWindow = await DemoWindow.openSignedIn(demo, folder);
  });
  afterEach(async () => {
    await demo.setFaults();
    await folder.close();
  });

  const homeName = ({ where }: Elevation): string => (where.kind === 'private' ? where.home : '');
  const untilRemoved = (elevation: Elevation): Promise<void> =>
    until(() => !existsSync(demoWindow.folderOf(elevation)));
  const watchdogDropOf = async (elevation: Elevation): Promise<WatchdogDrop | undefined> => {
    await until(async () => (await demoWindow.records.watchdogDrop(homeName(elevation))) !== undefined);
    return demoWindow.records.watchdogDrop(homeName(elevation));
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
    const watchdogWindow = await DemoWindow.open(demo, folder, demo.home('fresh'));
    const { records, elevations, elevationDrops: drops, clock } = watchdogWindow;
    watchdogClock = clock;
    await new Promise<void>((ready) => {
      watchdogEnd = runWatchdog(
        { home: homeName(elevation), socket, grace },
        {
          records,
          elevations,
          drops,
          clock,
          onReady: ready,
          stop: stop.signal,
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
    await demo.moveClock(ms);
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
    const elevation = await demoWindow.elevate();
    const { shell, program } = await demoWindow.startShell(elevation, folder);
    const mainLogin = await folderContents(demoWindow.mainLogin.folder);
    await startWatchdog(elevation, 0);
    const watchdogDrop = await watchdogDropOf(elevation);
    assert.ok(!(await isPidRunning(shell)) && !(await isPidRunning(program)));
    assert.deepEqual(await demoWindow.homes(), []);
    assert.equal(watchdogDrop?.why, 'abandoned');
    assert.equal(watchdogDrop.dropFailed, false);
    assert.equal(watchdogDrop.openUntil, elevation.certificateEnds);
    assert.deepEqual(await folderContents(demoWindow.mainLogin.folder), mainLogin);
  });

  it('gives nothing back while a window is there, and when that is gone, it does', async () => {
    const elevation = await demoWindow.elevate();
    const timers = new HandTimers();
    const window = connectTo(await startWatchdog(elevation, hour, timers));
    assert.ok(timers.graceTask, 'nobody is there');
    await window.attach(homeName(elevation));
    await until(() => timers.graceTask === undefined);
    window.dispose();
    await until(() => timers.graceTask !== undefined);
    assert.ok(existsSync(demoWindow.folderOf(elevation)));
    timers.runGraceTask();
    await untilRemoved(elevation);
  });

  it('a window that comes back in time keeps everything', async () => {
    const elevation = await demoWindow.elevate();
    const timers = new HandTimers();
    const socket = await startWatchdog(elevation, hour, timers);
    const first = connectTo(socket);
    await first.attach(homeName(elevation));
    await until(() => timers.graceTask === undefined);
    first.dispose();
    await until(() => timers.graceTask !== undefined);
    const next = connectTo(socket);
    await next.attach(homeName(elevation));
    await until(() => timers.graceTask === undefined);
    assert.ok(existsSync(demoWindow.folderOf(elevation)));
    next.dispose();
  });

  it('a window that connected while a busy machine let the watchdog wait keeps everything', async () => {
    const elevation = await demoWindow.elevate();
    const timers = new HandTimers();
    const path = await startWatchdog(elevation, hour, timers);
    // From here on this runs where Node runs timers, before it accepts connections.
    await pause(1);
    const window = createConnection({ path });
    timers.runGraceTask();
    window.destroy();
    await until(() => timers.graceTask !== undefined);
    assert.ok(existsSync(demoWindow.folderOf(elevation)));
  });

  it('of two, since two windows started one each, the later leaves the windows to the first', async () => {
    const elevation = await demoWindow.elevate();
    const timers = new HandTimers();
    const window = connectTo(await startWatchdog(elevation, hour, timers));
    await window.attach(homeName(elevation));
    await until(() => timers.graceTask === undefined);
    await startWatchdog(elevation, 0);
    assert.ok(existsSync(demoWindow.folderOf(elevation)));
    window.dispose();
    await until(() => timers.graceTask !== undefined);
    timers.runGraceTask();
    await untilRemoved(elevation);
  });

  it('one whose place another took, since both began at once, gives nothing back', async () => {
    const elevation = await demoWindow.elevate();
    const first = new HandTimers();
    await rm(await startWatchdog(elevation, hour, first));
    const firstWatchdogEnd = watchdogEnd;
    const window = connectTo(await startWatchdog(elevation, hour, new HandTimers()));
    await window.attach(homeName(elevation));
    first.runGraceTask();
    await firstWatchdogEnd;
    assert.ok(existsSync(demoWindow.folderOf(elevation)));
    window.dispose();
  });

  it('a window that nobody sees any more counts as gone, and one that is seen again does not', async () => {
    const elevation = await demoWindow.elevate();
    const socket = await startWatchdog(elevation, 1_000);
    const window = connectTo(socket);
    await window.attach(homeName(elevation));
    window.setVisible(false);
    window.setVisible(true);
    await window.attach(homeName(elevation));
    window.setVisible(false);
    assert.equal((await watchdogDropOf(elevation))?.why, 'abandoned');
    assert.deepEqual(await demoWindow.homes(), []);
  });

  it('of two windows either keeps it', async () => {
    const elevation = await demoWindow.elevate();
    const timers = new HandTimers();
    const socket = await startWatchdog(elevation, hour, timers);
    const [first, second] = [connectTo(socket), connectTo(socket)];
    await first.attach(homeName(elevation));
    await second.attach(homeName(elevation));
    await until(() => timers.graceTask === undefined);
    first.dispose();
    second.dispose();
    await until(() => timers.graceTask !== undefined);
    timers.runGraceTask();
    await untilRemoved(elevation);
  });

  it('at the end of the certificate it gives back also when a window is there that does nothing', async () => {
    const elevation = await demoWindow.elevate();
    const window = connectTo(await startWatchdog(elevation, hour));
    await window.attach(homeName(elevation));
    await demo.moveClock(61 * minute);
    const watchdogDrop = await watchdogDropOf(elevation);
    assert.equal(watchdogDrop?.why, 'ended');
    assert.equal(watchdogDrop.openUntil, undefined, 'it has ended');
    assert.deepEqual(await demoWindow.homes(), []);
    window.dispose();
  });

  it('continued meanwhile, it is the new end that counts', async () => {
    const request = await demoWindow.newApprovedRequest();
    const elevation = await demoWindow.elevate(request);
    const timers = new HandTimers();
    await startWatchdog(elevation, hour, timers);
    const { endCheck: firstCheck } = timers;
    assert.ok(firstCheck && firstCheck.instant > elevation.certificateEnds);
    await passTime(50 * minute);
    const renewal = await demoWindow.renewal.renew(homeName(elevation), request);
    assert.ok(renewal);
    await passTime(20 * minute);
    firstCheck.look();
    await until(() => timers.endCheck !== firstCheck);
    assert.ok(timers.endCheck && timers.endCheck.instant > renewal.elevation.certificateEnds);
    assert.ok(existsSync(demoWindow.folderOf(elevation)), 'the first end has passed');
    await passTime(45 * minute);
    timers.endCheck.look();
    assert.equal((await watchdogDropOf(elevation))?.why, 'ended');
  });

  it('the clock set back by an hour keeps nothing alive longer than real time says', async () => {
    const elevation = await demoWindow.elevate();
    await startWatchdog(elevation, 500);
    await demo.moveClock(-hour);
    await untilRemoved(elevation);
    await demo.moveClock(hour);
  });

  it('what tools re-create where the home was is removed', async () => {
    const elevation = await demoWindow.elevate();
    await startWatchdog(elevation, 0);
    await untilRemoved(elevation);
    await watchdogDropOf(elevation);
    await mkdir(join(demoWindow.folderOf(elevation), 'current'), { recursive: true });
    await writeFile(join(demoWindow.folderOf(elevation), 'current', 'key'), 'fresh login');
    await untilRemoved(elevation);
  });

  it('offline it removes all the same, and says that the cluster was not told', async () => {
    const elevation = await demoWindow.elevate();
    await demo.setFaults({ match: 'request drop', do: 'offline' });
    await startWatchdog(elevation, 0);
    assert.equal((await watchdogDropOf(elevation))?.dropFailed, true);
    assert.deepEqual(await demoWindow.homes(), []);
  });

  describe('as the program that ships', () => {
    let program: string;
    before(async () => {
      program = await buildWatchdog(await TemporaryFolder.open().then(({ path }) => path));
    });

    /** A client that starts real watchdog programs and counts them. */
    function programClient(grace: number): { readonly window: WatchdogClient; started: number } {
      const state = { window: undefined as unknown as WatchdogClient, started: 0 };
      state.window = new WatchdogClient({
        socketOf: (home) => Promise.resolve(folder.at(`w.${home.slice(0, 12)}`)),
        start: async (home, socket) => {
          state.started += 1;
          const { tsh, clock } = demo.cluster;
          const task: WatchdogTask = { storage: folder.at('storage'), home, socket, tsh, grace, clock };
          const env = { ...cleanEnvironment(process.env), XDG_RUNTIME_DIR: folder.at('run') };
          await startDetached(process.execPath, [program, JSON.stringify(task)], { env, cwd: '/' });
        },
        reportFailure: (what) => assert.fail(what),
      });
      return state;
    }

    it('is started by the window, outlives it, and gives back', async () => {
      const elevation = await demoWindow.elevate();
      const { shell } = await demoWindow.startShell(elevation, folder);
      const { window } = programClient(200);
      await window.attach(homeName(elevation));
      assert.ok(existsSync(demoWindow.folderOf(elevation)));
      window.dispose();
      assert.equal((await watchdogDropOf(elevation))?.why, 'abandoned');
      assert.equal(await isPidRunning(shell), false);
      assert.deepEqual(await demoWindow.homes(), []);
    });

    it('one that is killed is replaced', async () => {
      const elevation = await demoWindow.elevate();
      const state = programClient(hour);
      await state.window.attach(homeName(elevation));
      const [pid] = await pidsOf(homeName(elevation));
      assert.ok(pid);
      process.kill(pid, 'SIGKILL');
      await until(async () => {
        const pids = await pidsOf(homeName(elevation));
        return pids.length === 1 && pids[0] !== pid;
      });
      assert.equal(state.started, 2);
      await demoWindow.elevationDrops.drop(elevation);
      state.window.stopWatching(homeName(elevation));
      const [second = 0] = await pidsOf(homeName(elevation));
      process.kill(second, 'SIGTERM');
      await until(async () => !(await isRunning({ pid: second, stamp: '' })));
    });

    it('ends soon after its home was given back by a window, and its names are no secrets', async () => {
      const elevation = await demoWindow.elevate();
      const { window } = programClient(hour);
      await window.attach(homeName(elevation));
      const [pid = 0] = await pidsOf(homeName(elevation));
      if (process.platform === 'linux') {
        const environment = await readFile(`/proc/${String(pid)}/environ`, 'utf8');
        assert.doesNotMatch(environment, /TELEPORT_|NODE_OPTIONS/);
        assert.ok(!environment.includes(homeName(elevation)), 'else it would count as one of its programs');
      }
      await demoWindow.elevationDrops.drop(elevation);
      window.stopWatching(homeName(elevation));
      // The watchdog would sweep for a minute before it ends. SIGTERM ends it at once.
      process.kill(pid, 'SIGTERM');
      await until(async () => !(await isRunning({ pid, stamp: '' })));
    });

    it('SIGTERM, as at the end of a machine, gives back at once', async () => {
      const elevation = await demoWindow.elevate();
      const { window } = programClient(hour);
      await window.attach(homeName(elevation));
      const [pid = 0] = await pidsOf(homeName(elevation));
      process.kill(pid, 'SIGTERM');
      await until(async () => !(await isRunning({ pid, stamp: '' })));
      assert.equal((await watchdogDropOf(elevation))?.why, 'shutdown');
      assert.deepEqual(await demoWindow.homes(), []);
      window.dispose();
    });
  });
});

/** The pids of the watchdogs of a home, found by the home in their arguments. */
async function pidsOf(home: string): Promise<number[]> {
  const { stdout } = await execa('pgrep', ['-f', `watchdog.*"home":"${home}"`], { reject: false });
  return stdout.split('\n').filter(Boolean).map(Number);
}
