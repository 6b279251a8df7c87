import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dropResultWords } from '../../../../src/text/dropResult.ts';
import { failureOf } from '../../../../src/teleport/process/failure.ts';
import { limits } from '../../../../src/teleport/commands/tsh.ts';
import { DemoFixture, minute } from '../../../support/demo/demoCluster.ts';
import { TemporaryFolder, gate, until } from '../../../support/temporaryFolder.ts';
import { DemoWindow, isPidRunning } from '../../../support/state/demoElevations.ts';

describe('giving back', function () {
  this.timeout(20_000);
  let demo: DemoFixture;
  let folder: TemporaryFolder;
  let desk: DemoWindow;
  before(async () => {
    demo = await DemoFixture.open();
  });
  after(() => demo.close());
  beforeEach(async () => {
    folder = await TemporaryFolder.open();
    desk = await DemoWindow.open(demo, folder);
  });
  afterEach(async () => {
    await demo.setFaults();
    await folder.close();
  });

  /** A desk whose main login may be changed. */
  async function wholeDesk(): Promise<DemoWindow> {
    await demo.copyHome('alice', 'whole');
    return DemoWindow.open(demo, folder, demo.home('whole'));
  }

  it('ends what runs, then tells the cluster, then removes every file', async () => {
    const elevation = await desk.elevate();
    const { shell, program } = await desk.startShell(elevation, folder);
    let order = '';
    desk.tsh.beforeDrop = async () => {
      order = `${(await isPidRunning(shell)) || (await isPidRunning(program)) ? 'runs' : 'ended'}, `;
      order += existsSync(desk.folderOf(elevation)) ? 'files there' : 'files gone';
    };
    const given = await desk.elevationDrops.drop(elevation);
    assert.equal(order, 'ended, files there');
    assert.deepEqual(await desk.homes(), []);
    assert.deepEqual(desk.store.snapshot.elevations, []);
    assert.equal(given?.dropFailure, undefined);
    assert.equal(given?.openUntil, elevation.certificateEnds);
    assert.equal(given.reusableUntil, elevation.grantEnds);
    assert.equal(desk.store.snapshot.ended[0]?.kind, 'givenBack');
    assert.equal(desk.store.snapshot.busy.size, 0);
  });

  it('asks about what still runs, by name; who says no keeps everything', async () => {
    const elevation = await desk.elevate();
    const { shell, program } = await desk.startShell(elevation, folder);
    let named: readonly string[] = [];
    const kept = await desk.elevationDrops.drop(elevation, (programs) => {
      named = programs;
      return Promise.resolve(false);
    });
    assert.deepEqual(named, ['sleep']);
    assert.equal(kept, undefined);
    assert.ok((await isPidRunning(shell)) && (await isPidRunning(program)));
    assert.deepEqual(desk.store.snapshot.elevations, [{ ...elevation }]);
    assert.equal(desk.tsh.drops, 0);
    const given = await desk.elevationDrops.drop(elevation, () => Promise.resolve(true));
    assert.ok(given);
    assert.ok(!(await isPidRunning(shell)) && !(await isPidRunning(program)));
  });

  it('given back without a question, other windows are told before a shell ends: they ask nothing about it', async () => {
    const elevation = await desk.elevate();
    const home = elevation.where.kind === 'private' ? elevation.where.home : '';
    assert.equal((await desk.records.read(home))?.leaving, undefined);
    let leaving: boolean | undefined;
    desk.tsh.beforeDrop = async () => {
      leaving = (await desk.records.read(home))?.leaving;
    };
    assert.ok(await desk.elevationDrops.drop(elevation));
    assert.equal(leaving, true);
  });

  it('asks nothing when only the shell itself runs', async () => {
    const elevation = await desk.elevate();
    assert.ok(await desk.elevationDrops.drop(elevation, () => assert.fail('asked')));
  });

  it('asks nothing about a call of our own that is under way', async () => {
    const elevation = await desk.elevate();
    await demo.setFaults({ match: 'status', do: 'hang', times: 1 });
    const call = desk.tsh.status(desk.elevations.homeOf(elevation)).catch(() => undefined);
    await until(() => readFileSync(join(demo.cluster.dir, 'faults.json'), 'utf8').includes('"times":0'));
    assert.ok(await desk.elevationDrops.drop(elevation, () => assert.fail('asked')));
    await call;
  });

  it('offline: the files are gone, and it is said that the cluster was not told', async () => {
    const elevation = await desk.elevate();
    await demo.setFaults({ match: 'request drop', do: 'offline' });
    const given = await desk.elevationDrops.drop(elevation);
    assert.equal(given?.dropFailure?.kind, 'unreachable');
    assert.deepEqual(await desk.homes(), []);
    assert.match(
      dropResultWords(given, given.at),
      /the cluster could not be told, but the keys here are gone/,
    );
  });

  it('a tsh that hangs keeps nothing alive for longer than 5 s', async () => {
    const elevation = await desk.elevate();
    await demo.setFaults({ match: 'request drop', do: 'hang' });
    assert.equal(limits.drop, 5_000);
    limits.drop = 300;
    const given = await desk.elevationDrops.drop(elevation).finally(() => {
      limits.drop = 5_000;
    });
    assert.equal(given?.dropFailure?.kind, 'timedOut');
    assert.deepEqual(await desk.homes(), []);
  });

  it('a turn that another window holds does not keep the keys here', async () => {
    const elevation = await desk.elevate();
    const other = await DemoWindow.open(demo, folder);
    const [begun, end] = [gate(), gate()];
    const held = other.elevations.homeOf(elevation).queue.write(() => {
      begun.open();
      return end.opened;
    });
    await begun.opened;
    limits.drop = 300;
    const given = await desk.elevationDrops.drop(elevation).finally(() => {
      limits.drop = 5_000;
    });
    assert.equal(given?.dropFailure?.kind, 'timedOut');
    assert.deepEqual(await desk.homes(), []);
    end.open();
    await held;
    // What was left waiting for the turn does nothing when it comes.
    await desk.elevations.homeOf(elevation).queue.write(() => Promise.resolve());
    assert.deepEqual(await desk.homes(), []);
  });

  it('an approval that was withdrawn cannot be used again, and that is not said', async () => {
    const elevation = await desk.elevate();
    const request = await desk.show(elevation.requestId);
    desk.store.applyRequest({ ...request, state: 'denied' }, request.created);
    assert.equal((await desk.elevationDrops.drop(elevation))?.reusableUntil, undefined);
  });

  it('asked for twice at the same time it happens once, and is said once', async () => {
    const elevation = await desk.elevate();
    const given = await Promise.all([desk.elevationDrops.drop(elevation), desk.elevationDrops.drop(elevation)]);
    assert.equal(desk.tsh.drops, 1);
    assert.equal(given.filter((one) => one !== undefined).length, 1);
    assert.equal(await desk.elevationDrops.drop(elevation), undefined);
    assert.equal(desk.tsh.drops, 1);
  });

  it('of two terminals one goes, the other stays', async () => {
    const [one, other] = [await desk.elevate(), await desk.elevate(await desk.newApprovedRequest())];
    await desk.elevationDrops.drop(one);
    assert.deepEqual(desk.store.snapshot.elevations, [other]);
    const login = await desk.tsh.status(desk.elevations.homeOf(other));
    assert.deepEqual('profile' in login && login.profile.assumed, [other.requestId]);
  });

  it('what a closed window left is given back by the next', async () => {
    const elevation = await desk.elevate();
    const next = await DemoWindow.open(demo, folder);
    const [record] = next.elevations.records;
    assert.ok(record);
    const given = await next.elevationDrops.dropAbandoned(record);
    assert.equal(given?.requestId, elevation.requestId);
    assert.equal(next.tsh.drops, 1);
    assert.deepEqual(await next.homes(), []);
  });

  it('a main login is dropped, and its end stays cut', async () => {
    desk = await wholeDesk();
    const request = await desk.sharedApprovedRequest();
    const elevated = await desk.tsh.assume(desk.mainLogin, request.id);
    await desk.elevations.updateMainLogin(elevated, request.id);
    const [elevation] = desk.store.snapshot.elevations;
    assert.ok(elevation?.where.kind === 'mainLogin');
    const given = await desk.elevationDrops.drop(elevation);
    assert.equal(given?.where, 'mainLogin');
    assert.equal(given.loginEnds, elevated.validUntil);
    assert.deepEqual(desk.store.snapshot.elevations, []);
    assert.deepEqual((await desk.profile()).assumed, []);
  });

  it('a main login that could not be dropped is still shown as elevated', async () => {
    desk = await wholeDesk();
    const request = await desk.sharedApprovedRequest();
    await desk.elevations.updateMainLogin(await desk.tsh.assume(desk.mainLogin, request.id));
    const [elevation] = desk.store.snapshot.elevations;
    assert.ok(elevation);
    await demo.setFaults({ match: 'request drop', do: 'offline' });
    await assert.rejects(desk.elevationDrops.drop(elevation), (error) => failureOf(error)?.kind === 'unreachable');
    assert.deepEqual(desk.store.snapshot.elevations, [elevation]);
    assert.equal(desk.store.snapshot.busy.size, 0);
  });

  // The last one: it moves the cluster's clock.
  it('after the end nothing is dropped, only removed, and nothing can be open any more', async () => {
    const elevation = await desk.elevate();
    await demo.moveClock(2 * 60 * minute);
    const later = await DemoWindow.open(demo, folder);
    const given = await later.elevationDrops.drop(elevation);
    assert.equal(later.tsh.drops, 0);
    assert.deepEqual(await later.homes(), []);
    assert.deepEqual([given?.dropFailure, given?.openUntil], [undefined, undefined]);
    assert.equal(given?.reusableUntil, elevation.grantEnds);
  });
});
