import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, rm, symlink } from 'node:fs/promises';
import { limits } from '../../../../src/teleport/commands/tshCalls.ts';
import { minute } from '../../../support/demo/demoCluster.ts';
import { until } from '../../../support/temporaryFolder.ts';
import { assumeFaults, shortLimits } from '../../../support/state/assumeFaults.ts';
import { ElevationSuite } from '../../../support/state/elevationSuite.ts';
import { failsWith } from '../../../support/failsWith.ts';
import { homeOf } from '../../../support/state/demoElevations.ts';

describe('elevating in a private home', () => {
  const suite = new ElevationSuite();
  const { folder } = suite;
  let mainLogin: Record<string, string>;
  beforeEach(async () => {
    mainLogin = await suite.window.mainLoginFiles();
  });

  const nothingIsLeft = async (): Promise<void> => {
    await suite.window.nothingIsLeft(mainLogin);
    assert.ok(suite.window.elevations.records.every(({ state }) => state === 'removed'));
  };

  it('leaves the main login as it is, and says when it ends', async () => {
    const elevation = await suite.window.elevate();
    assert.deepEqual(await suite.window.mainLoginFiles(), mainLogin);
    assert.deepEqual(suite.window.store.snapshot.elevations, [elevation]);
    assert.ok(elevation.here);
    const remaining = elevation.certificateEnds - (elevation.since ?? 0);
    assert.ok(remaining > 59 * minute && remaining <= 60 * minute, 'an hour, as the role says');
    assert.equal(elevation.loginEnds, (await suite.window.profile()).validUntil);
    assert.equal((await suite.window.homes()).length, 1);
  });

  for (const [where, faults, kind] of assumeFaults) {
    it(`${where}: nothing of ours is left, nothing is elevated`, async () => {
      const request = await suite.window.sharedApprovedRequest();
      await suite.demo.setFaults(...faults);
      if (kind === 'timedOut') Object.assign(limits, shortLimits);
      await failsWith(suite.window.elevate(request), kind);
      await suite.endFaults();
      await nothingIsLeft();
    });
  }

  it('cancelled while tsh hangs: nothing of ours is left', async () => {
    const request = await suite.window.sharedApprovedRequest();
    const stop = new AbortController();
    await suite.demo.setFaults({ match: 'login', do: 'hang' });
    const elevating = suite.window.elevate(request, stop.signal);
    await until(async () => (await suite.window.homes()).length > 0);
    stop.abort();
    await assert.rejects(elevating);
    await nothingIsLeft();
  });

  it('a request that was denied meanwhile is not assumed', async () => {
    const id = await suite.demo.createRequest('alice');
    await suite.demo.tsh('rita', ['request', 'review', '--deny', '--reason=no', id]);
    await failsWith(suite.window.elevate(await suite.window.show(id as never)), 'denied');
    await nothingIsLeft();
  });

  it('a planted link in place of the runtime folder is refused', async () => {
    await mkdir(folder.at('theirs'));
    await rm(folder.at('run', 'jit-access'), { recursive: true });
    await symlink(folder.at('theirs'), folder.at('run', 'jit-access'));
    await failsWith(suite.window.elevate(), 'untrustedHome');
    assert.deepEqual(suite.window.store.snapshot.elevations, []);
  });

  it('what was assumed in the main login does not come along', async () => {
    const [assumedRequest, request] = [
      await suite.window.newApprovedRequest(),
      await suite.window.sharedApprovedRequest(),
    ];
    await suite.window.elevateMainLogin(assumedRequest);
    const elevation = await suite.window.elevate(request);
    assert.deepEqual((await suite.window.loginOf(elevation)).assumed, [request.id]);
    assert.deepEqual((await suite.window.profile()).assumed, [assumedRequest.id]);
  });

  it('a window that was cut off in the middle leaves a trace that the next one finds', async () => {
    const request = await suite.window.sharedApprovedRequest();
    const stop = new AbortController();
    await suite.demo.setFaults({ match: 'login', do: 'hang' });
    const elevating = suite.window.elevate(request, stop.signal);
    elevating.catch(() => undefined);
    await until(async () =>
      existsSync(folder.at('run', 'jit-access', (await suite.window.homes())[0] ?? '', 'current')),
    );
    const nextWindow = await suite.openWindow();
    const [trace] = nextWindow.elevations.records;
    assert.equal(trace?.state, 'filling');
    assert.deepEqual(nextWindow.store.snapshot.elevations, []);
    await nextWindow.elevationDrops.dropAbandoned(trace);
    assert.deepEqual(await nextWindow.homes(), []);
    stop.abort();
    await assert.rejects(elevating);
    assert.deepEqual(await nextWindow.homes(), []);
  });

  it('is found again after a reload, and by another window', async () => {
    const elevation = await suite.window.elevate();
    const nextWindow = await suite.openWindow();
    assert.deepEqual(nextWindow.store.snapshot.elevations, [elevation]);
    assert.ok(nextWindow.elevations.folderOf(homeOf(elevation)));
  });

  it('what re-appears where a home was is swept, and forgotten after a day', async () => {
    const elevation = await suite.window.elevate();
    const homeFolder = suite.window.folderOf(elevation);
    await suite.window.elevationDrops.drop(elevation);
    await mkdir(homeFolder, { mode: 0o700 });
    await suite.window.elevations.sweep();
    assert.deepEqual(await suite.window.homes(), []);
    assert.equal(suite.window.elevations.records.length, 1);
    await suite.demo.moveClock(25 * 60 * minute);
    await until(async () => {
      await suite.window.elevations.sweep();
      return suite.window.elevations.records.length === 0;
    });
  });
});
