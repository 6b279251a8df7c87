import { execa } from 'execa';
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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

describe('the watchdog of a private home', function () {
  this.timeout(30_000);
  let demo: DemoFixture;
  let folder: TemporaryFolder;
  let desk: DemoWindow;
  /** The watchdog's own view of the time. */
  let theirs: Clock;
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
    desk = await DemoWindow.openSignedIn(demo, folder);
  });
  afterEach(async () => {
    await demo.setFaults();
    await folder.close();
  });

  const nameOf = ({ where }: Elevation): string => (where.kind === 'private' ? where.home : '');
  const gone = (elevation: Elevation): Promise<void> => until(() => !existsSync(desk.folderOf(elevation)));
  const accounted = async (elevation: Elevation): Promise<WatchdogDrop | undefined> => {
    await until(async () => (await desk.records.watchdogDrop(nameOf(elevation))) !== undefined);
    return desk.records.watchdogDrop(nameOf(elevation));
  };

  /** Settles when the watchdog that was started last is through. */
  let over: Promise<void>;

  /** One in this process; resolves once windows can connect. */
  async function watch(elevation: Elevation, grace: number, timers?: WatchdogTimers): Promise<string> {
    const socket = folder.at('w');
    const other = await DemoWindow.open(demo, folder, demo.home('fresh'));
    const { records, elevations, elevationDrops: giveBack, clock } = other;
    theirs = clock;
    await new Promise<void>((ready) => {
      over = runWatchdog(
        { home: nameOf(elevation), socket, grace },
        { records, elevations, drops: giveBack, clock, onReady: ready, stop: stop.signal, ...(timers ? { timers } : {}) },
      );
    });
    return socket;
  }

  /** Moves the clock; resolves once the watchdog has seen it. */
  async function pass(ms: number): Promise<void> {
    const wanted = theirs.now() + ms;
    await demo.moveClock(ms);
    await until(() => theirs.now() >= wanted);
  }

  /** This window's end of one that listens there. */
  const connectTo = (socket: string): WatchdogClient =>
    new WatchdogClient({
      socketOf: () => Promise.resolve(socket),
      start: () => Promise.reject(new Error('It is there.')),
      reportFailure: () => undefined,
    });

  it('gives back when no window comes: shells ended, cluster told, every file gone, and it says what that means', async () => {
    const elevation = await desk.elevate();
    const { shell, program } = await desk.startShell(elevation, folder);
    const mainLogin = await folderContents(desk.mainLogin.folder);
    await watch(elevation, 0);
    const account = await accounted(elevation);
    assert.ok(!(await isPidRunning(shell)) && !(await isPidRunning(program)));
    assert.deepEqual(await desk.homes(), []);
    assert.equal(account?.why, 'alone');
    assert.equal(account.notTold, false);
    assert.equal(account.openUntil, elevation.certificateEnds);
    assert.deepEqual(await folderContents(desk.mainLogin.folder), mainLogin);
  });

  it('gives nothing back while a window is there, and when that is gone, it does', async () => {
    const elevation = await desk.elevate();
    const timers = new HandTimers();
    const window = connectTo(await watch(elevation, hour, timers));
    assert.ok(timers.aloneTask, 'nobody is there');
    await window.attach(nameOf(elevation));
    await until(() => timers.aloneTask === undefined);
    window.dispose();
    await until(() => timers.aloneTask !== undefined);
    assert.ok(existsSync(desk.folderOf(elevation)));
    timers.runAloneTask();
    await gone(elevation);
  });

  it('a window that comes back in time keeps everything', async () => {
    const elevation = await desk.elevate();
    const timers = new HandTimers();
    const socket = await watch(elevation, hour, timers);
    const first = connectTo(socket);
    await first.attach(nameOf(elevation));
    await until(() => timers.aloneTask === undefined);
    first.dispose();
    await until(() => timers.aloneTask !== undefined);
    const next = connectTo(socket);
    await next.attach(nameOf(elevation));
    await until(() => timers.aloneTask === undefined);
    assert.ok(existsSync(desk.folderOf(elevation)));
    next.dispose();
  });

  it('one whose place another took, since two windows started one each, gives nothing back', async () => {
    const elevation = await desk.elevate();
    const first = new HandTimers();
    await watch(elevation, hour, first);
    const ended = over;
    const window = connectTo(await watch(elevation, hour, new HandTimers()));
    await window.attach(nameOf(elevation));
    first.runAloneTask();
    await ended;
    assert.ok(existsSync(desk.folderOf(elevation)));
    window.dispose();
  });

  it('a window that nobody sees any more counts as gone, and one that is seen again does not', async () => {
    const elevation = await desk.elevate();
    const socket = await watch(elevation, 1_000);
    const window = connectTo(socket);
    await window.attach(nameOf(elevation));
    window.windowAlive(false);
    window.windowAlive(true);
    await window.attach(nameOf(elevation));
    window.windowAlive(false);
    assert.equal((await accounted(elevation))?.why, 'alone');
    assert.deepEqual(await desk.homes(), []);
  });

  it('of two windows either keeps it', async () => {
    const elevation = await desk.elevate();
    const timers = new HandTimers();
    const socket = await watch(elevation, hour, timers);
    const [one, other] = [connectTo(socket), connectTo(socket)];
    await one.attach(nameOf(elevation));
    await other.attach(nameOf(elevation));
    await until(() => timers.aloneTask === undefined);
    one.dispose();
    other.dispose();
    await until(() => timers.aloneTask !== undefined);
    timers.runAloneTask();
    await gone(elevation);
  });

  it('at the end of the certificate it gives back also when a window is there that does nothing', async () => {
    const elevation = await desk.elevate();
    const window = connectTo(await watch(elevation, hour));
    await window.attach(nameOf(elevation));
    await demo.moveClock(61 * minute);
    const account = await accounted(elevation);
    assert.equal(account?.why, 'ended');
    assert.equal(account.openUntil, undefined, 'it has ended');
    assert.deepEqual(await desk.homes(), []);
    window.dispose();
  });

  it('continued meanwhile, it is the new end that counts', async () => {
    const request = await desk.newApprovedRequest();
    const elevation = await desk.elevate(request);
    const timers = new HandTimers();
    await watch(elevation, hour, timers);
    const { endCheck: first } = timers;
    assert.ok(first && first.instant > elevation.certificateEnds);
    await pass(50 * minute);
    const done = await desk.renewal.renew(nameOf(elevation), request);
    assert.ok(done);
    await pass(20 * minute);
    first.look();
    await until(() => timers.endCheck !== first);
    assert.ok(timers.endCheck && timers.endCheck.instant > done.elevation.certificateEnds);
    assert.ok(existsSync(desk.folderOf(elevation)), 'the first end has passed');
    await pass(45 * minute);
    timers.endCheck.look();
    assert.equal((await accounted(elevation))?.why, 'ended');
  });

  it('the clock set back by an hour keeps nothing alive longer than real time says', async () => {
    const elevation = await desk.elevate();
    await watch(elevation, 500);
    await demo.moveClock(-hour);
    await gone(elevation);
    await demo.moveClock(hour);
  });

  it('what tools re-create where the home was is removed', async () => {
    const elevation = await desk.elevate();
    await watch(elevation, 0);
    await gone(elevation);
    await accounted(elevation);
    await mkdir(join(desk.folderOf(elevation), 'current'), { recursive: true });
    await writeFile(join(desk.folderOf(elevation), 'current', 'key'), 'fresh login');
    await gone(elevation);
  });

  it('offline it removes all the same, and says that the cluster was not told', async () => {
    const elevation = await desk.elevate();
    await demo.setFaults({ match: 'request drop', do: 'offline' });
    await watch(elevation, 0);
    assert.equal((await accounted(elevation))?.notTold, true);
    assert.deepEqual(await desk.homes(), []);
  });

  describe('as the program that ships', () => {
    let program: string;
    before(async () => {
      program = await buildWatchdog(await TemporaryFolder.open().then(({ path }) => path));
    });

    /** This window's end, with real programs. */
    function watchdogs(grace: number): { readonly window: WatchdogClient; started: number } {
      const state = { window: undefined as unknown as WatchdogClient, started: 0 };
      state.window = new WatchdogClient({
        socketOf: (home) => Promise.resolve(folder.at(`w.${home.slice(0, 12)}`)),
        start: async (home, socket) => {
          state.started += 1;
          const { tsh, clock } = demo.cluster;
          const told: WatchdogTask = { storage: folder.at('storage'), home, socket, tsh, grace, clock };
          const env = { ...cleanEnvironment(process.env), XDG_RUNTIME_DIR: folder.at('run') };
          await startDetached(process.execPath, [program, JSON.stringify(told)], { env, cwd: '/' });
        },
        reportFailure: (what) => assert.fail(what),
      });
      return state;
    }

    it('is started by the window, outlives it, and gives back', async () => {
      const elevation = await desk.elevate();
      const { shell } = await desk.startShell(elevation, folder);
      const { window } = watchdogs(200);
      await window.attach(nameOf(elevation));
      assert.ok(existsSync(desk.folderOf(elevation)));
      window.dispose();
      assert.equal((await accounted(elevation))?.why, 'alone');
      assert.equal(await isPidRunning(shell), false);
      assert.deepEqual(await desk.homes(), []);
    });

    it('one that is killed is replaced', async () => {
      const elevation = await desk.elevate();
      const state = watchdogs(hour);
      await state.window.attach(nameOf(elevation));
      const [pid] = await pidsOf(nameOf(elevation));
      assert.ok(pid);
      process.kill(pid, 'SIGKILL');
      await until(async () => {
        const now = await pidsOf(nameOf(elevation));
        return now.length === 1 && now[0] !== pid;
      });
      assert.equal(state.started, 2);
      await desk.elevationDrops.drop(elevation);
      state.window.stopWatching(nameOf(elevation));
      const [second = 0] = await pidsOf(nameOf(elevation));
      process.kill(second, 'SIGTERM');
      await until(async () => !(await isRunning({ pid: second, stamp: '' })));
    });

    it('ends soon after its home was given back by a window, and its names are no secrets', async () => {
      const elevation = await desk.elevate();
      const { window } = watchdogs(hour);
      await window.attach(nameOf(elevation));
      const [pid = 0] = await pidsOf(nameOf(elevation));
      if (process.platform === 'linux') {
        const environment = await readFile(`/proc/${String(pid)}/environ`, 'utf8');
        assert.doesNotMatch(environment, /TELEPORT_|NODE_OPTIONS/);
        assert.ok(!environment.includes(nameOf(elevation)), 'else it would count as one of its programs');
      }
      await desk.elevationDrops.drop(elevation);
      window.stopWatching(nameOf(elevation));
      // It sweeps for a minute, then it is gone; SIGTERM ends that.
      process.kill(pid, 'SIGTERM');
      await until(async () => !(await isRunning({ pid, stamp: '' })));
    });

    it('SIGTERM, as at the end of a machine, gives back at once', async () => {
      const elevation = await desk.elevate();
      const { window } = watchdogs(hour);
      await window.attach(nameOf(elevation));
      const [pid = 0] = await pidsOf(nameOf(elevation));
      process.kill(pid, 'SIGTERM');
      await until(async () => !(await isRunning({ pid, stamp: '' })));
      assert.deepEqual(await desk.homes(), []);
      window.dispose();
    });
  });
});

/** The watchdogs of a home, by the name they were told. */
async function pidsOf(home: string): Promise<number[]> {
  const { stdout } = await execa('pgrep', ['-f', `watchdog.*"home":"${home}"`], { reject: false });
  return stdout.split('\n').filter(Boolean).map(Number);
}
