import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildWatchdog } from '../../../../scripts/build.ts';
import type { AccessRequest } from '../../../../src/access/request.ts';
import type { Fault } from '../../../../demo/client/faults.ts';
import { runWatchdog } from '../../../../src/state/elevation/watchdogLoop.ts';
import { Home } from '../../../../src/teleport/home/home.ts';
import { currentOf } from '../../../../src/teleport/home/privateHome.ts';
import { homeProcesses } from '../../../../src/teleport/process/processes.ts';
import { run } from '../../../../src/teleport/process/runProcess.ts';
import { folderContents } from '../../../support/folderContents.ts';
import { DemoFixture, minute } from '../../../support/demo/demoCluster.ts';
import { TemporaryFolder, until } from '../../../support/temporaryFolder.ts';
import { DemoWindow, isPidRunning } from '../../../support/state/demoElevations.ts';
import type { WindowTask } from '../../../support/processes/cutWindow.ts';
import { OtherWindow } from '../../../support/processes/otherWindow.ts';

const passing = (match: string): Fault => ({ match, do: 'slow', ms: 0, times: 1 });

/** What the window does, and at which step of it tsh stops. */
const steps: readonly (readonly [
  WindowTask['what'],
  step: string,
  match: string,
  before: readonly Fault[],
])[] = [
  ['assume', 'while it looks at the copy', 'status', []],
  ['assume', 'while it assumes', 'login', []],
  ['assume', 'while it verifies', 'status', [passing('status')]],
  ['continue', 'while it looks at the new copy', 'status', []],
  ['continue', 'while it assumes', 'login', []],
  ['continue', 'while it verifies', 'status', [passing('status')]],
  ['giveBack', 'while it tells the cluster', 'request drop', []],
  ['giveBack', 'while it verifies', 'status', []],
];

describe('a window that is killed', function () {
  this.timeout(30_000);
  let demo: DemoFixture;
  let folder: TemporaryFolder;
  let desk: DemoWindow;
  let request: AccessRequest;
  before(async () => {
    demo = await DemoFixture.open();
  });
  after(() => demo.close());
  beforeEach(async () => {
    folder = await TemporaryFolder.open();
    desk = await DemoWindow.openSignedIn(demo, folder);
    request = await desk.newApprovedRequest();
  });
  afterEach(async () => {
    await demo.setFaults();
    await folder.close();
  });

  /** A window of its own that has begun a task; where it needs a private home, one with a shell in it. */
  async function begin(
    what: WindowTask['what'],
    faults: readonly Fault[],
    more: Partial<WindowTask> = {},
  ): Promise<{ window: OtherWindow; shell?: number }> {
    const elevation = what === 'assume' ? undefined : await desk.elevate(request);
    const shell = elevation && (await desk.startShell(elevation, folder)).shell;
    // Renewed at once, nothing would be gained.
    if (what === 'continue') await demo.moveClock(10 * minute);
    const window = await OtherWindow.open({
      what,
      cluster: demo.cluster,
      folder: folder.path,
      mainLogin: desk.mainLogin.folder,
      request: request.id,
      ...(elevation?.where.kind === 'private' ? { home: elevation.where.home } : {}),
      ...more,
    });
    await demo.setFaults(...faults);
    window.begin();
    return { window, ...(shell === undefined ? {} : { shell }) };
  }

  const insideHomes = () => homeProcesses(folder.at('run', 'jit-access'), [], () => Promise.resolve(run));

  /** Until tsh has stopped at the step, in a private home; a window that got past it fails the test. */
  async function stopped(window: OtherWindow): Promise<void> {
    await until(() => {
      assert.equal(window.outcome, '', 'the window was through before it could be killed');
      const left = JSON.parse(readFileSync(join(demo.cluster.dir, 'faults.json'), 'utf8')) as Fault[];
      return left.every(({ times }) => times === 0);
    });
    assert.ok((await insideHomes()).length > 0);
  }

  /** What a watchdog does for each home that the killed window left. */
  async function watchdogs(): Promise<void> {
    const { records, elevations, elevationDrops: giveBack, clock } = await DemoWindow.open(demo, folder, desk.mainLogin.folder);
    const stop = new AbortController();
    await Promise.all(
      (await records.readAll()).map(async ({ name: home }) => {
        const socket = folder.at(`watch.${home.slice(0, 8)}`);
        const watching = runWatchdog(
          { home, socket, grace: 0 },
          { records, elevations, drops: giveBack, clock, stop: stop.signal },
        );
        await until(async () => (await records.read(home))?.state === 'removed');
        stop.abort();
        await watching;
      }),
    );
  }

  /** The next window's start: it gives back what nobody looks after. */
  async function nextStart(): Promise<DemoWindow> {
    const next = await DemoWindow.open(demo, folder, desk.mainLogin.folder);
    for (const record of next.elevations.records)
      if (record.state !== 'removed' && record.window.pid !== process.pid)
        await next.elevationDrops.dropAbandoned(record);
    return next;
  }

  async function nothingIsLeft(mainLogin: Record<string, string>, shell?: number): Promise<void> {
    const next = await DemoWindow.open(demo, folder, desk.mainLogin.folder);
    assert.deepEqual(await next.homes(), []);
    assert.deepEqual(next.store.snapshot.elevations, []);
    assert.ok(next.elevations.records.length > 0, 'it left a trace');
    assert.deepEqual(await insideHomes(), []);
    assert.ok(shell === undefined || !(await isPidRunning(shell)));
    assert.deepEqual(await folderContents(desk.mainLogin.folder), mainLogin);
  }

  for (const [what, step, match, before] of steps) {
    it(`${what}, ${step}: the watchdog gives everything back, and the next start finds nothing`, async () => {
      const mainLogin = await folderContents(desk.mainLogin.folder);
      const { window, shell } = await begin(what, [...before, { match, do: 'hang', times: 1 }]);
      await stopped(window);
      await window.kill();
      await watchdogs();
      await nothingIsLeft(mainLogin, shell);
    });
  }

  it('a tsh that goes on after its window was killed elevates nothing that stays', async () => {
    const mainLogin = await folderContents(desk.mainLogin.folder);
    const { window } = await begin('assume', [{ match: 'login', do: 'slow', ms: 400, times: 1 }]);
    await stopped(window);
    await window.kill();
    // It assumes when nobody waits for it any more.
    await until(async () => (await insideHomes()).length === 0);
    const [left] = await desk.records.readAll();
    assert.ok(left);
    const copy = await desk.tsh.status(new Home(currentOf(join(left.root, left.name))));
    assert.deepEqual('profile' in copy && copy.profile.assumed, [request.id]);
    const next = await nextStart();
    assert.equal(next.tsh.drops, 1);
    await nothingIsLeft(mainLogin);
  });

  it('the watchdog that it had started itself gives back what it was about to assume', async () => {
    const built = await TemporaryFolder.open();
    const program = await buildWatchdog(built.path);
    const mainLogin = await folderContents(desk.mainLogin.folder);
    const { window } = await begin('assume', [{ match: 'login', do: 'hang', times: 1 }], {
      watchdog: { program, grace: 300 },
    });
    await stopped(window);
    await window.kill();
    await until(async () => (await desk.homes()).length === 0);
    await until(async () => (await desk.records.readAll()).every(({ state }) => state === 'removed'));
    await nothingIsLeft(mainLogin);
    await built.close();
  });
});
