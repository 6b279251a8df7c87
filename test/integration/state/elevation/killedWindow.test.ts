import assert from 'node:assert/strict';
import { join } from 'node:path';
import { buildWatchdog } from '../../../../scripts/build.ts';
import type { AccessRequest } from '../../../../src/access/request.ts';
import type { Fault } from '../../../../demo/client/faults.ts';
import { runWatchdog } from '../../../../src/state/elevation/watchdogLoop.ts';
import { Home } from '../../../../src/teleport/home/home.ts';
import { currentOf } from '../../../../src/teleport/home/privateHome.ts';
import { homeProcesses } from '../../../../src/teleport/process/processes.ts';
import { minute } from '../../../support/demo/demoCluster.ts';
import { TemporaryFolder, until } from '../../../support/temporaryFolder.ts';
import type { DemoWindow } from '../../../support/state/demoElevations.ts';
import { isPidRunning, homeOf } from '../../../support/state/demoElevations.ts';
import type { WindowTask } from '../../../support/processes/cutWindow.ts';
import { OtherWindow } from '../../../support/processes/otherWindow.ts';
import { ElevationSuite } from '../../../support/state/elevationSuite.ts';
import { loadRun } from '../../../support/testClient.ts';

const passThrough = (match: string): Fault => ({ match, do: 'slow', ms: 0, times: 1 });

/** The task of the window, and the step at which tsh hangs. */
const steps: readonly (readonly [
  WindowTask['what'],
  step: string,
  match: string,
  before: readonly Fault[],
])[] = [
  ['assume', 'while it looks at the copy', 'status', []],
  ['assume', 'while it assumes', 'login', []],
  ['assume', 'while it verifies', 'status', [passThrough('status')]],
  ['continue', 'while it looks at the new copy', 'status', []],
  ['continue', 'while it assumes', 'login', []],
  ['continue', 'while it verifies', 'status', [passThrough('status')]],
  ['drop', 'while it tells the cluster', 'request drop', []],
  ['drop', 'while it verifies', 'status', []],
];

describe('a window that is killed', () => {
  const suite = new ElevationSuite();
  const { folder } = suite;
  let request: AccessRequest;
  beforeEach(async () => {
    request = await suite.window.newApprovedRequest();
  });

  /** Starts a task in a window in another process. Where the task needs a private home, a shell runs in it. */
  async function beginTask(
    what: WindowTask['what'],
    faults: readonly Fault[],
    more: Partial<WindowTask> = {},
  ): Promise<{ window: OtherWindow; shell?: number }> {
    const elevation = what === 'assume' ? undefined : await suite.window.elevate(request);
    const shell = elevation && (await suite.window.startShell(elevation, folder)).shell;
    // A renewal right after the elevation would not move the end.
    if (what === 'continue') await suite.demo.moveClock(10 * minute);
    const window = await OtherWindow.open({
      what,
      cluster: suite.demo.cluster,
      folder: folder.path,
      mainLogin: suite.window.mainLogin.folder,
      request: request.id,
      ...(elevation ? { home: homeOf(elevation) } : {}),
      ...more,
    });
    await suite.demo.setFaults(...faults);
    window.begin();
    return { window, ...(shell === undefined ? {} : { shell }) };
  }

  const processesInHomes = () => homeProcesses(folder.at('run', 'jit-access'), [], loadRun);

  /** Waits until tsh hangs at the step in a private home. Fails when the window finishes its task. */
  async function untilStopped(window: OtherWindow): Promise<void> {
    await until(() => {
      assert.equal(window.outcome, '', 'the window was through before it could be killed');
      return suite.faultsAreOver();
    });
    assert.ok((await processesInHomes()).length > 0);
  }

  /** Runs a watchdog for each home that the killed window left. */
  async function runWatchdogs(): Promise<void> {
    const { records, elevations, elevationDrops: drops, clock } = await suite.openWindow();
    const stop = new AbortController();
    await Promise.all(
      (await records.readAll()).map(async ({ name: home }) => {
        const socket = folder.at(`watch.${home.slice(0, 8)}`);
        const watchdog = runWatchdog(
          { home, socket, grace: 0 },
          { records, elevations, drops, clock, stop: stop.signal },
        );
        await until(async () => (await records.read(home))?.state === 'removed');
        stop.abort();
        await watchdog;
      }),
    );
  }

  /** Opens the next window, which drops the abandoned elevations. */
  async function startNextWindow(): Promise<DemoWindow> {
    const nextWindow = await suite.openWindow();
    for (const record of nextWindow.elevations.records)
      if (record.state !== 'removed' && record.window.pid !== process.pid)
        await nextWindow.elevationDrops.dropAbandoned(record);
    return nextWindow;
  }

  async function nothingIsLeft(mainLogin: Record<string, string>, shell?: number): Promise<void> {
    const nextWindow = await suite.openWindow();
    await nextWindow.nothingIsLeft(mainLogin);
    assert.ok(nextWindow.elevations.records.length > 0, 'it left a trace');
    assert.deepEqual(await processesInHomes(), []);
    assert.ok(shell === undefined || !(await isPidRunning(shell)));
  }

  for (const [what, step, match, before] of steps) {
    it(`${what}, ${step}: the watchdog gives everything back, and the next start finds nothing`, async () => {
      const mainLogin = await suite.window.mainLoginFiles();
      const { window, shell } = await beginTask(what, [...before, { match, do: 'hang', times: 1 }]);
      await untilStopped(window);
      await window.kill();
      await runWatchdogs();
      await nothingIsLeft(mainLogin, shell);
    });
  }

  it('a tsh that goes on after its window was killed elevates nothing that stays', async () => {
    const mainLogin = await suite.window.mainLoginFiles();
    const { window } = await beginTask('assume', [{ match: 'login', do: 'slow', ms: 400, times: 1 }]);
    await untilStopped(window);
    await window.kill();
    // tsh assumes the request after its window is gone.
    await until(async () => (await processesInHomes()).length === 0);
    const [record] = await suite.window.records.readAll();
    assert.ok(record);
    const copy = await suite.window.tsh.status(new Home(currentOf(join(record.root, record.name))));
    assert.deepEqual('profile' in copy && copy.profile.assumed, [request.id]);
    const nextWindow = await startNextWindow();
    assert.equal(nextWindow.tsh.drops, 1);
    await nothingIsLeft(mainLogin);
  });

  it('the watchdog that it had started itself gives back what it was about to assume', async () => {
    const programFolder = await TemporaryFolder.open();
    const program = await buildWatchdog(programFolder.path);
    const mainLogin = await suite.window.mainLoginFiles();
    const { window } = await beginTask('assume', [{ match: 'login', do: 'hang', times: 1 }], {
      watchdog: { program, grace: 300 },
    });
    await untilStopped(window);
    await window.kill();
    await until(async () => (await suite.window.homes()).length === 0);
    await until(async () => (await suite.window.records.readAll()).every(({ state }) => state === 'removed'));
    await nothingIsLeft(mainLogin);
    await programFolder.close();
  });
});
