import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, rm, symlink } from 'node:fs/promises';
import { failureOf } from '../../../../src/teleport/process/failure.ts';
import { limits } from '../../../../src/teleport/commands/tsh.ts';
import { contents } from '../../../support/folderContents.ts';
import { Demo, minutes } from '../../../support/demo/demoCluster.ts';
import { Folder, until } from '../../../support/temporaryFolder.ts';
import { assumeCuts, brief, usual } from '../../../support/state/assumeFaults.ts';
import { Desk } from '../../../support/state/demoElevations.ts';

describe('elevating in a private home', function () {
  this.timeout(20_000);
  let demo: Demo;
  let folder: Folder;
  let desk: Desk;
  let mainLogin: Record<string, string>;
  before(async () => {
    demo = await Demo.open();
  });
  after(() => demo.close());
  beforeEach(async () => {
    folder = await Folder.open();
    desk = await Desk.open(demo, folder);
    mainLogin = await contents(desk.mainLogin.folder);
  });
  afterEach(async () => {
    Object.assign(limits, usual);
    await demo.faults();
    await folder.close();
  });

  const nothingIsLeft = async (): Promise<void> => {
    assert.deepEqual(await desk.homes(), []);
    assert.deepEqual(desk.store.snapshot.elevations, []);
    assert.ok(desk.elevations.records.every(({ state }) => state === 'removed'));
    assert.deepEqual(await contents(desk.mainLogin.folder), mainLogin);
  };
  const failsAs = (promise: Promise<unknown>, kind: string): Promise<void> =>
    assert.rejects(promise, (error) => {
      assert.equal(failureOf(error)?.kind, kind);
      return true;
    });

  it('leaves the main login as it is, and says when it ends', async () => {
    const before = await contents(desk.mainLogin.folder);
    const elevation = await desk.elevate();
    assert.deepEqual(await contents(desk.mainLogin.folder), before);
    assert.deepEqual(desk.store.snapshot.elevations, [elevation]);
    assert.ok(elevation.here);
    const left = elevation.certificateEnds - (elevation.since ?? 0);
    assert.ok(left > 59 * minutes && left <= 60 * minutes, 'an hour, as the role says');
    assert.equal(elevation.loginEnds, (await desk.profile()).validUntil);
    assert.equal((await desk.homes()).length, 1);
  });

  for (const [where, faults, kind] of assumeCuts) {
    it(`${where}: nothing of ours is left, nothing is elevated`, async () => {
      const request = await desk.approved();
      await demo.faults(...faults);
      if (kind === 'timedOut') Object.assign(limits, brief);
      await failsAs(desk.elevate(request), kind);
      Object.assign(limits, usual);
      await demo.faults();
      await nothingIsLeft();
    });
  }

  it('cancelled while tsh hangs: nothing of ours is left', async () => {
    const request = await desk.approved();
    const stop = new AbortController();
    await demo.faults({ match: 'login', do: 'hang' });
    const elevating = desk.elevate(request, stop.signal);
    await until(async () => (await desk.homes()).length > 0);
    stop.abort();
    await assert.rejects(elevating);
    await nothingIsLeft();
  });

  it('a request that was denied meanwhile is not assumed', async () => {
    const id = await demo.ask('alice');
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
    await demo.copy('alice', 'whole');
    const whole = await Desk.open(demo, folder, demo.home('whole'));
    const [one, other] = [await desk.granted(), await desk.approved()];
    await whole.tsh.assume(whole.mainLogin, one.id);
    const elevation = await whole.elevate(other);
    const login = await whole.tsh.status(whole.elevations.homeOf(elevation));
    assert.deepEqual('profile' in login && login.profile.assumed, [other.id]);
    assert.deepEqual((await whole.profile()).assumed, [one.id]);
  });

  it('a window that was cut off in the middle leaves a trace that the next one finds', async () => {
    const request = await desk.approved();
    const stop = new AbortController();
    await demo.faults({ match: 'login', do: 'hang' });
    const elevating = desk.elevate(request, stop.signal);
    elevating.catch(() => undefined);
    await until(async () =>
      existsSync(folder.at('run', 'jit-access', (await desk.homes())[0] ?? '', 'current')),
    );
    const next = await Desk.open(demo, folder);
    const [trace] = next.elevations.records;
    assert.equal(trace?.state, 'filling');
    assert.deepEqual(next.store.snapshot.elevations, []);
    await next.giveBack.dropLeftBehind(trace);
    assert.deepEqual(await next.homes(), []);
    stop.abort();
    await assert.rejects(elevating);
    assert.deepEqual(await next.homes(), []);
  });

  it('is found again after a reload, and by another window', async () => {
    const elevation = await desk.elevate();
    const next = await Desk.open(demo, folder);
    assert.deepEqual(next.store.snapshot.elevations, [elevation]);
    assert.ok(next.elevations.folderOf(elevation.where.kind === 'private' ? elevation.where.home : ''));
  });

  it('what re-appears where a home was is swept, and forgotten after a day', async () => {
    const elevation = await desk.elevate();
    const lies = desk.folderOf(elevation);
    await desk.giveBack.drop(elevation);
    await mkdir(lies, { mode: 0o700 });
    await desk.elevations.sweep();
    assert.deepEqual(await desk.homes(), []);
    assert.equal(desk.elevations.records.length, 1);
    await demo.moveClock(25 * 60 * minutes);
    await until(async () => {
      await desk.elevations.sweep();
      return desk.elevations.records.length === 0;
    });
  });
});
