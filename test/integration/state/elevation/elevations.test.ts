import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, rm, symlink } from 'node:fs/promises';
import { failureOf } from '../../../../src/teleport/process/failure.ts';
import { limits } from '../../../../src/teleport/commands/tsh.ts';
import { folderContents } from '../../../support/folderContents.ts';
import { DemoFixture, minute } from '../../../support/demo/demoCluster.ts';
import { TemporaryFolder, until } from '../../../support/temporaryFolder.ts';
import { assumeFaults, shortLimits, shippedLimits } from '../../../support/state/assumeFaults.ts';
import { DemoWindow } from '../../../support/state/demoElevations.ts';

describe('elevating in a private home', function () {
  this.timeout(20_000);
  let demo: DemoFixture;
  let folder: TemporaryFolder;
  let desk: DemoWindow;
  let mainLogin: Record<string, string>;
  before(async () => {
    demo = await DemoFixture.open();
  });
  after(() => demo.close());
  beforeEach(async () => {
    folder = await TemporaryFolder.open();
    desk = await DemoWindow.open(demo, folder);
    mainLogin = await folderContents(desk.mainLogin.folder);
  });
  afterEach(async () => {
    Object.assign(limits, shippedLimits);
    await demo.setFaults();
    await folder.close();
  });

  const nothingIsLeft = async (): Promise<void> => {
    assert.deepEqual(await desk.homes(), []);
    assert.deepEqual(desk.store.snapshot.elevations, []);
    assert.ok(desk.elevations.records.every(({ state }) => state === 'removed'));
    assert.deepEqual(await folderContents(desk.mainLogin.folder), mainLogin);
  };
  const failsAs = (promise: Promise<unknown>, kind: string): Promise<void> =>
    assert.rejects(promise, (error) => {
      assert.equal(failureOf(error)?.kind, kind);
      return true;
    });

  it('leaves the main login as it is, and says when it ends', async () => {
    const before = await folderContents(desk.mainLogin.folder);
    const elevation = await desk.elevate();
    assert.deepEqual(await folderContents(desk.mainLogin.folder), before);
    assert.deepEqual(desk.store.snapshot.elevations, [elevation]);
    assert.ok(elevation.here);
    const left = elevation.certificateEnds - (elevation.since ?? 0);
    assert.ok(left > 59 * minute && left <= 60 * minute, 'an hour, as the role says');
    assert.equal(elevation.loginEnds, (await desk.profile()).validUntil);
    assert.equal((await desk.homes()).length, 1);
  });

  for (const [where, faults, kind] of assumeFaults) {
    it(`${where}: nothing of ours is left, nothing is elevated`, async () => {
      const request = await desk.sharedApprovedRequest();
      await demo.setFaults(...faults);
      if (kind === 'timedOut') Object.assign(limits, shortLimits);
      await failsAs(desk.elevate(request), kind);
      Object.assign(limits, shippedLimits);
      await demo.setFaults();
      await nothingIsLeft();
    });
  }

  it('cancelled while tsh hangs: nothing of ours is left', async () => {
    const request = await desk.sharedApprovedRequest();
    const stop = new AbortController();
    await demo.setFaults({ match: 'login', do: 'hang' });
    const elevating = desk.elevate(request, stop.signal);
    await until(async () => (await desk.homes()).length > 0);
    stop.abort();
    await assert.rejects(elevating);
    await nothingIsLeft();
  });

  it('a request that was denied meanwhile is not assumed', async () => {
    const id = await demo.createRequest('alice');
    await demo.tsh('rita', ['request', 'review', '--deny', '--reason=no', id]);
    await failsAs(desk.elevate(await desk.show(id as never)), 'denied');
    await nothingIsLeft();
  });

  it('a planted link in place of the runtime folder is refused', async () => {
    await mkdir(folder.at('theirs'));
    await rm(folder.at('run', 'jit-access'), { recursive: true });
    await symlink(folder.at('theirs'), folder.at('run', 'jit-access'));
    await failsAs(desk.elevate(), 'untrustedHome');
    assert.deepEqual(desk.store.snapshot.elevations, []);
  });

  it('what was assumed in the main login does not come along', async () => {
    await demo.copyHome('alice', 'whole');
    const whole = await DemoWindow.open(demo, folder, demo.home('whole'));
    const [one, other] = [await desk.newApprovedRequest(), await desk.sharedApprovedRequest()];
    await whole.tsh.assume(whole.mainLogin, one.id);
    const elevation = await whole.elevate(other);
    const login = await whole.tsh.status(whole.elevations.homeOf(elevation));
    assert.deepEqual('profile' in login && login.profile.assumed, [other.id]);
    assert.deepEqual((await whole.profile()).assumed, [one.id]);
  });

  it('a window that was cut off in the middle leaves a trace that the next one finds', async () => {
    const request = await desk.sharedApprovedRequest();
    const stop = new AbortController();
    await demo.setFaults({ match: 'login', do: 'hang' });
    const elevating = desk.elevate(request, stop.signal);
    elevating.catch(() => undefined);
    await until(async () =>
      existsSync(folder.at('run', 'jit-access', (await desk.homes())[0] ?? '', 'current')),
    );
    const next = await DemoWindow.open(demo, folder);
    const [trace] = next.elevations.records;
    assert.equal(trace?.state, 'filling');
    assert.deepEqual(next.store.snapshot.elevations, []);
    await next.elevationDrops.dropAbandoned(trace);
    assert.deepEqual(await next.homes(), []);
    stop.abort();
    await assert.rejects(elevating);
    assert.deepEqual(await next.homes(), []);
  });

  it('is found again after a reload, and by another window', async () => {
    const elevation = await desk.elevate();
    const next = await DemoWindow.open(demo, folder);
    assert.deepEqual(next.store.snapshot.elevations, [elevation]);
    assert.ok(next.elevations.folderOf(elevation.where.kind === 'private' ? elevation.where.home : ''));
  });

  it('what re-appears where a home was is swept, and forgotten after a day', async () => {
    const elevation = await desk.elevate();
    const lies = desk.folderOf(elevation);
    await desk.elevationDrops.drop(elevation);
    await mkdir(lies, { mode: 0o700 });
    await desk.elevations.sweep();
    assert.deepEqual(await desk.homes(), []);
    assert.equal(desk.elevations.records.length, 1);
    await demo.moveClock(25 * 60 * minute);
    await until(async () => {
      await desk.elevations.sweep();
      return desk.elevations.records.length === 0;
    });
  });
});
