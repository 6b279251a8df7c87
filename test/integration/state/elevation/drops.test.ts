import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dropResultWords } from '../../../../src/text/dropResult.ts';
import { failureOf } from '../../../../src/teleport/process/failure.ts';
import { limits } from '../../../../src/teleport/commands/tshCalls.ts';
import { DemoFixture, minute } from '../../../support/demo/demoCluster.ts';
import { TemporaryFolder, gate, until } from '../../../support/temporaryFolder.ts';
import { DemoWindow, isPidRunning } from '../../../support/state/demoElevations.ts';

describe('giving back', () => {
  let demo: DemoFixture;
  let folder: TemporaryFolder;
  let demoWindow: DemoWindow;
  before(async () => {
    demo = await DemoFixture.open();
  });
  after(() => demo.close());
  beforeEach(async () => {
    folder = await TemporaryFolder.open();
    demoWindow = await DemoWindow.open(demo, folder);
  });
  afterEach(async () => {
    await demo.setFaults();
    await folder.close();
  });

  /** Opens a window on its own copy of the main login, which the test may change. */
  async function openWithOwnLogin(): Promise<DemoWindow> {
    await demo.copyHome('alice', 'whole');
    return DemoWindow.open(demo, folder, demo.home('whole'));
  }

  it('ends what runs, then tells the cluster, then removes every file', async () => {
    const elevation = await demoWindow.elevate();
    const { shell, program } = await demoWindow.startShell(elevation, folder);
    let order = '';
    demoWindow.tsh.beforeDrop = async () => {
      order = `${(await isPidRunning(shell)) || (await isPidRunning(program)) ? 'runs' : 'ended'}, `;
      order += existsSync(demoWindow.folderOf(elevation)) ? 'files there' : 'files gone';
    };
    const dropResult = await demoWindow.elevationDrops.drop(elevation);
    assert.equal(order, 'ended, files there');
    assert.deepEqual(await demoWindow.homes(), []);
    assert.deepEqual(demoWindow.store.snapshot.elevations, []);
    assert.equal(dropResult?.dropFailure, undefined);
    assert.equal(dropResult?.openUntil, elevation.certificateEnds);
    assert.equal(dropResult.reusableUntil, elevation.grantEnds);
    assert.equal(demoWindow.store.snapshot.ended[0]?.kind, 'dropped');
    assert.equal(demoWindow.store.snapshot.busy.size, 0);
  });

  it('asks about what still runs, by name; who says no keeps everything', async () => {
    const elevation = await demoWindow.elevate();
    const { shell, program } = await demoWindow.startShell(elevation, folder);
    let programNames: readonly string[] = [];
    const declined = await demoWindow.elevationDrops.drop(elevation, (programs) => {
      programNames = programs;
      return Promise.resolve(false);
    });
    assert.deepEqual(programNames, ['sleep']);
    assert.equal(declined, undefined);
    assert.ok((await isPidRunning(shell)) && (await isPidRunning(program)));
    assert.deepEqual(demoWindow.store.snapshot.elevations, [{ ...elevation }]);
    assert.equal(demoWindow.tsh.drops, 0);
    const dropResult = await demoWindow.elevationDrops.drop(elevation, () => Promise.resolve(true));
    assert.ok(dropResult);
    assert.ok(!(await isPidRunning(shell)) && !(await isPidRunning(program)));
  });

  it('given back without a question, other windows are told before a shell ends: they ask nothing about it', async () => {
    const elevation = await demoWindow.elevate();
    const home = elevation.where.kind === 'private' ? elevation.where.home : '';
    assert.equal((await demoWindow.records.read(home))?.dropStarted, undefined);
    let dropStarted: boolean | undefined;
    demoWindow.tsh.beforeDrop = async () => {
      dropStarted = (await demoWindow.records.read(home))?.dropStarted;
    };
    assert.ok(await demoWindow.elevationDrops.drop(elevation));
    assert.equal(dropStarted, true);
  });

  it('asks nothing when only the shell itself runs', async () => {
    const elevation = await demoWindow.elevate();
    assert.ok(await demoWindow.elevationDrops.drop(elevation, () => assert.fail('asked')));
  });

  it('asks nothing about a call of our own that is under way', async () => {
    const elevation = await demoWindow.elevate();
    await demo.setFaults({ match: 'status', do: 'hang', times: 1 });
    const call = demoWindow.tsh.status(demoWindow.elevations.homeOf(elevation)).catch(() => undefined);
    await until(() => readFileSync(join(demo.cluster.dir, 'faults.json'), 'utf8').includes('"times":0'));
    assert.ok(await demoWindow.elevationDrops.drop(elevation, () => assert.fail('asked')));
    await call;
  });

  it('offline: the files are gone, and it is said that the cluster was not told', async () => {
    const elevation = await demoWindow.elevate();
    await demo.setFaults({ match: 'request drop', do: 'offline' });
    const dropResult = await demoWindow.elevationDrops.drop(elevation);
    assert.equal(dropResult?.dropFailure?.kind, 'unreachable');
    assert.deepEqual(await demoWindow.homes(), []);
    assert.match(
      dropResultWords(dropResult, dropResult.at),
      /the cluster could not be told, but the keys here are gone/,
    );
  });

  it('a tsh that hangs keeps nothing alive for longer than 5 s', async () => {
    const elevation = await demoWindow.elevate();
    await demo.setFaults({ match: 'request drop', do: 'hang' });
    assert.equal(limits.drop, 5_000);
    limits.drop = 300;
    const dropResult = await demoWindow.elevationDrops.drop(elevation).finally(() => {
      limits.drop = 5_000;
    });
    assert.equal(dropResult?.dropFailure?.kind, 'timedOut');
    assert.deepEqual(await demoWindow.homes(), []);
  });

  it('a turn that another window holds does not keep the keys here', async () => {
    const elevation = await demoWindow.elevate();
    const other = await DemoWindow.open(demo, folder);
    const [begun, end] = [gate(), gate()];
    const heldLock = other.elevations.homeOf(elevation).queue.write(() => {
      begun.open();
      return end.opened;
    });
    await begun.opened;
    limits.drop = 300;
    const dropResult = await demoWindow.elevationDrops.drop(elevation).finally(() => {
      limits.drop = 5_000;
    });
    assert.equal(dropResult?.dropFailure?.kind, 'timedOut');
    assert.deepEqual(await demoWindow.homes(), []);
    end.open();
    await heldLock;
    // The drop that still waits in the queue does nothing when it gets the lock.
    await demoWindow.elevations.homeOf(elevation).queue.write(() => Promise.resolve());
    assert.deepEqual(await demoWindow.homes(), []);
  });

  it('an approval that was withdrawn cannot be used again, and that is not said', async () => {
    const elevation = await demoWindow.elevate();
    const request = await demoWindow.show(elevation.requestId);
    demoWindow.store.applyRequest({ ...request, state: 'denied' }, request.created);
    assert.equal((await demoWindow.elevationDrops.drop(elevation))?.reusableUntil, undefined);
  });

  it('asked for twice at the same time it happens once, and is said once', async () => {
    const elevation = await demoWindow.elevate();
    const dropResults = await Promise.all([
      demoWindow.elevationDrops.drop(elevation),
      demoWindow.elevationDrops.drop(elevation),
    ]);
    assert.equal(demoWindow.tsh.drops, 1);
    assert.equal(dropResults.filter((result) => result !== undefined).length, 1);
    assert.equal(await demoWindow.elevationDrops.drop(elevation), undefined);
    assert.equal(demoWindow.tsh.drops, 1);
  });

  it('of two terminals one goes, the other stays', async () => {
    const [one, other] = [
      await demoWindow.elevate(),
      await demoWindow.elevate(await demoWindow.newApprovedRequest()),
    ];
    await demoWindow.elevationDrops.drop(one);
    assert.deepEqual(demoWindow.store.snapshot.elevations, [other]);
    const login = await demoWindow.tsh.status(demoWindow.elevations.homeOf(other));
    assert.deepEqual('profile' in login && login.profile.assumed, [other.requestId]);
  });

  it('what a closed window left is given back by the next', async () => {
    const elevation = await demoWindow.elevate();
    const next = await DemoWindow.open(demo, folder);
    const [record] = next.elevations.records;
    assert.ok(record);
    const dropResult = await next.elevationDrops.dropAbandoned(record);
    assert.equal(dropResult?.requestId, elevation.requestId);
    assert.equal(next.tsh.drops, 1);
    assert.deepEqual(await next.homes(), []);
  });

  it('a main login is dropped, and its end stays cut', async () => {
    demoWindow = await openWithOwnLogin();
    const request = await demoWindow.sharedApprovedRequest();
    const elevated = await demoWindow.tsh.assume(demoWindow.mainLogin, request.id);
    await demoWindow.elevations.updateMainLogin(elevated, request.id);
    const [elevation] = demoWindow.store.snapshot.elevations;
    assert.ok(elevation?.where.kind === 'mainLogin');
    const dropResult = await demoWindow.elevationDrops.drop(elevation);
    assert.equal(dropResult?.where, 'mainLogin');
    assert.equal(dropResult.loginEnds, elevated.validUntil);
    assert.deepEqual(demoWindow.store.snapshot.elevations, []);
    assert.deepEqual((await demoWindow.profile()).assumed, []);
  });

  it('a main login that could not be dropped is still shown as elevated', async () => {
    demoWindow = await openWithOwnLogin();
    const request = await demoWindow.sharedApprovedRequest();
    await demoWindow.elevations.updateMainLogin(
      await demoWindow.tsh.assume(demoWindow.mainLogin, request.id),
    );
    const [elevation] = demoWindow.store.snapshot.elevations;
    assert.ok(elevation);
    await demo.setFaults({ match: 'request drop', do: 'offline' });
    await assert.rejects(
      demoWindow.elevationDrops.drop(elevation),
      (error) => failureOf(error)?.kind === 'unreachable',
    );
    assert.deepEqual(demoWindow.store.snapshot.elevations, [elevation]);
    assert.equal(demoWindow.store.snapshot.busy.size, 0);
  });

  // This test is the last one, because it moves the clock of the cluster.
  it('after the end nothing is dropped, only removed, and nothing can be open any more', async () => {
    const elevation = await demoWindow.elevate();
    await demo.moveClock(2 * 60 * minute);
    const laterWindow = await DemoWindow.open(demo, folder);
    const dropResult = await laterWindow.elevationDrops.drop(elevation);
    assert.equal(laterWindow.tsh.drops, 0);
    assert.deepEqual(await laterWindow.homes(), []);
    assert.deepEqual([dropResult?.dropFailure, dropResult?.openUntil], [undefined, undefined]);
    assert.equal(dropResult?.reusableUntil, elevation.grantEnds);
  });
});
