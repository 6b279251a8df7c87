import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, rm, symlink } from 'node:fs/promises';
import { failureOf } from '../../../../src/teleport/process/failure.ts';
import { limits } from '../../../../src/teleport/commands/tshCalls.ts';
import { folderContents } from '../../../support/folderContents.ts';
import { DemoFixture, minute } from '../../../support/demo/demoCluster.ts';
import { TemporaryFolder, until } from '../../../support/temporaryFolder.ts';
import { assumeFaults, shortLimits, shippedLimits } from '../../../support/state/assumeFaults.ts';
import { DemoWindow } from '../../../support/state/demoElevations.ts';

describe('elevating in a private home', () => {
  let demo: DemoFixture;
  let folder: TemporaryFolder;
  let demoWindow: DemoWindow;
  let mainLogin: Record<string, string>;
  before(async () => {
    demo = await DemoFixture.open();
  });
  after(() => demo.close());
  beforeEach(async () => {
    folder = await TemporaryFolder.open();
    demoWindow = await DemoWindow.open(demo, folder);
    mainLogin = await folderContents(demoWindow.mainLogin.folder);
  });
  afterEach(async () => {
    Object.assign(limits, shippedLimits);
    await demo.setFaults();
    await folder.close();
  });

  const nothingIsLeft = async (): Promise<void> => {
    assert.deepEqual(await demoWindow.homes(), []);
    assert.deepEqual(demoWindow.store.snapshot.elevations, []);
    assert.ok(demoWindow.elevations.records.every(({ state }) => state === 'removed'));
    assert.deepEqual(await folderContents(demoWindow.mainLogin.folder), mainLogin);
  };
  const failsAs = (promise: Promise<unknown>, kind: string): Promise<void> =>
    assert.rejects(promise, (error) => {
      assert.equal(failureOf(error)?.kind, kind);
      return true;
    });

  it('leaves the main login as it is, and says when it ends', async () => {
    const before = await folderContents(demoWindow.mainLogin.folder);
    const elevation = await demoWindow.elevate();
    assert.deepEqual(await folderContents(demoWindow.mainLogin.folder), before);
    assert.deepEqual(demoWindow.store.snapshot.elevations, [elevation]);
    assert.ok(elevation.here);
    const remaining = elevation.certificateEnds - (elevation.since ?? 0);
    assert.ok(remaining > 59 * minute && remaining <= 60 * minute, 'an hour, as the role says');
    assert.equal(elevation.loginEnds, (await demoWindow.profile()).validUntil);
    assert.equal((await demoWindow.homes()).length, 1);
  });

  for (const [where, faults, kind] of assumeFaults) {
    it(`${where}: nothing of ours is left, nothing is elevated`, async () => {
      const request = await demoWindow.sharedApprovedRequest();
      await demo.setFaults(...faults);
      if (kind === 'timedOut') Object.assign(limits, shortLimits);
      await failsAs(demoWindow.elevate(request), kind);
      Object.assign(limits, shippedLimits);
      await demo.setFaults();
      await nothingIsLeft();
    });
  }

  it('cancelled while tsh hangs: nothing of ours is left', async () => {
    const request = await demoWindow.sharedApprovedRequest();
    const stop = new AbortController();
    await demo.setFaults({ match: 'login', do: 'hang' });
    const elevating = demoWindow.elevate(request, stop.signal);
    await until(async () => (await demoWindow.homes()).length > 0);
    stop.abort();
    await assert.rejects(elevating);
    await nothingIsLeft();
  });

  it('a request that was denied meanwhile is not assumed', async () => {
    const id = await demo.createRequest('alice');
    await demo.tsh('rita', ['request', 'review', '--deny', '--reason=no', id]);
    await failsAs(demoWindow.elevate(await demoWindow.show(id as never)), 'denied');
    await nothingIsLeft();
  });

  it('a planted link in place of the runtime folder is refused', async () => {
    await mkdir(folder.at('theirs'));
    await rm(folder.at('run', 'jit-access'), { recursive: true });
    await symlink(folder.at('theirs'), folder.at('run', 'jit-access'));
    await failsAs(demoWindow.elevate(), 'untrustedHome');
    assert.deepEqual(demoWindow.store.snapshot.elevations, []);
  });

  it('what was assumed in the main login does not come along', async () => {
    await demo.copyHome('alice', 'whole');
    const otherWindow = await DemoWindow.open(demo, folder, demo.home('whole'));
    const [assumedRequest, request] = [
      await demoWindow.newApprovedRequest(),
      await demoWindow.sharedApprovedRequest(),
    ];
    await otherWindow.tsh.assume(otherWindow.mainLogin, assumedRequest.id);
    const elevation = await otherWindow.elevate(request);
    const login = await otherWindow.tsh.status(otherWindow.elevations.homeOf(elevation));
    assert.deepEqual('profile' in login && login.profile.assumed, [request.id]);
    assert.deepEqual((await otherWindow.profile()).assumed, [assumedRequest.id]);
  });

  it('a window that was cut off in the middle leaves a trace that the next one finds', async () => {
    const request = await demoWindow.sharedApprovedRequest();
    const stop = new AbortController();
    await demo.setFaults({ match: 'login', do: 'hang' });
    const elevating = demoWindow.elevate(request, stop.signal);
    elevating.catch(() => undefined);
    await until(async () =>
      existsSync(folder.at('run', 'jit-access', (await demoWindow.homes())[0] ?? '', 'current')),
    );
    const nextWindow = await DemoWindow.open(demo, folder);
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
    const elevation = await demoWindow.elevate();
    const nextWindow = await DemoWindow.open(demo, folder);
    assert.deepEqual(nextWindow.store.snapshot.elevations, [elevation]);
    assert.ok(nextWindow.elevations.folderOf(elevation.where.kind === 'private' ? elevation.where.home : ''));
  });

  it('what re-appears where a home was is swept, and forgotten after a day', async () => {
    const elevation = await demoWindow.elevate();
    const homeFolder = demoWindow.folderOf(elevation);
    await demoWindow.elevationDrops.drop(elevation);
    await mkdir(homeFolder, { mode: 0o700 });
    await demoWindow.elevations.sweep();
    assert.deepEqual(await demoWindow.homes(), []);
    assert.equal(demoWindow.elevations.records.length, 1);
    await demo.moveClock(25 * 60 * minute);
    await until(async () => {
      await demoWindow.elevations.sweep();
      return demoWindow.elevations.records.length === 0;
    });
  });
});
