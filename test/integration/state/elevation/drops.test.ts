import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dropResultWords } from '../../../../src/text/dropResult.ts';
import { failureOf } from '../../../../src/teleport/process/failure.ts';
import { limits } from '../../../../src/teleport/commands/tsh.ts';
import { Demo, minutes } from '../../../support/demo/demoCluster.ts';
import { Folder, gate, until } from '../../../support/temporaryFolder.ts';
import { Desk, runs } from '../../../support/state/demoElevations.ts';

describe('giving back', function () {
  this.timeout(20_000);
  let demo: Demo;
  let folder: Folder;
  let desk: Desk;
  before(async () => {
    demo = await Demo.open();
  });
  after(() => demo.close());
  beforeEach(async () => {
    folder = await Folder.open();
    desk = await Desk.open(demo, folder);
  });
  afterEach(async () => {
    await demo.faults();
    await folder.close();
  });

  /** A desk whose main login may be changed. */
  async function wholeDesk(): Promise<Desk> {
    await demo.copy('alice', 'whole');
    return Desk.open(demo, folder, demo.home('whole'));
  }

  it('ends what runs, then tells the cluster, then removes every file', async () => {
    const elevation = await desk.elevate();
    const { shell, program } = await desk.shell(elevation, folder);
    let order = '';
    desk.tsh.beforeDrop = async () => {
      order = `${(await runs(shell)) || (await runs(program)) ? 'runs' : 'ended'}, `;
      order += existsSync(desk.folderOf(elevation)) ? 'files there' : 'files gone';
    };
    const given = await desk.giveBack.drop(elevation);
    assert.equal(order, 'ended, files there');
    assert.deepEqual(await desk.homes(), []);
    assert.deepEqual(desk.store.snapshot.elevations, []);
    assert.equal(given?.notTold, undefined);
    assert.equal(given?.openUntil, elevation.certificateEnds);
    assert.equal(given.reusableUntil, elevation.grantEnds);
    assert.equal(desk.store.snapshot.ended[0]?.kind, 'givenBack');
    assert.equal(desk.store.snapshot.busy.size, 0);
  });

  it('asks about what still runs, by name; who says no keeps everything', async () => {
    const elevation = await desk.elevate();
    const { shell, program } = await desk.shell(elevation, folder);
    let named: readonly string[] = [];
    const kept = await desk.giveBack.drop(elevation, (programs) => {
      named = programs;
      return Promise.resolve(false);
    });
    assert.deepEqual(named, ['sleep']);
    assert.equal(kept, undefined);
    assert.ok((await runs(shell)) && (await runs(program)));
    assert.deepEqual(desk.store.snapshot.elevations, [{ ...elevation }]);
    assert.equal(desk.tsh.drops, 0);
    const given = await desk.giveBack.drop(elevation, () => Promise.resolve(true));
    assert.ok(given);
    assert.ok(!(await runs(shell)) && !(await runs(program)));
  });

  it('given back without a question, other windows are told before a shell ends: they ask nothing about it', async () => {
    const elevation = await desk.elevate();
    const home = elevation.where.kind === 'private' ? elevation.where.home : '';
    assert.equal((await desk.records.one(home))?.leaving, undefined);
    let leaving: boolean | undefined;
    desk.tsh.beforeDrop = async () => {
      leaving = (await desk.records.one(home))?.leaving;
    };
    assert.ok(await desk.giveBack.drop(elevation));
    assert.equal(leaving, true);
  });

  it('asks nothing when only the shell itself runs', async () => {
    const elevation = await desk.elevate();
    assert.ok(await desk.giveBack.drop(elevation, () => assert.fail('asked')));
  });

  it('asks nothing about a call of our own that is under way', async () => {
    const elevation = await desk.elevate();
    await demo.faults({ match: 'status', do: 'hang', times: 1 });
    const call = desk.tsh.status(desk.elevations.homeOf(elevation)).catch(() => undefined);
    await until(() => readFileSync(join(demo.cluster.dir, 'faults.json'), 'utf8').includes('"times":0'));
    assert.ok(await desk.giveBack.drop(elevation, () => assert.fail('asked')));
    await call;
  });

  it('offline: the files are gone, and it is said that the cluster was not told', async () => {
    const elevation = await desk.elevate();
    await demo.faults({ match: 'request drop', do: 'offline' });
    const given = await desk.giveBack.drop(elevation);
    assert.equal(given?.notTold?.kind, 'unreachable');
    assert.deepEqual(await desk.homes(), []);
    assert.match(
      dropResultWords(given, given.at),
      /the cluster could not be told, but the keys here are gone/,
    );
  });

  it('a tsh that hangs keeps nothing alive for longer than 5 s', async () => {
    const elevation = await desk.elevate();
    await demo.faults({ match: 'request drop', do: 'hang' });
    assert.equal(limits.givingBack, 5_000);
    limits.givingBack = 300;
    const given = await desk.giveBack.drop(elevation).finally(() => {
      limits.givingBack = 5_000;
    });
    assert.equal(given?.notTold?.kind, 'timedOut');
    assert.deepEqual(await desk.homes(), []);
  });

  it('a turn that another window holds does not keep the keys here', async () => {
    const elevation = await desk.elevate();
    const other = await Desk.open(demo, folder);
    const [begun, end] = [gate(), gate()];
    const held = other.elevations.homeOf(elevation).queue.write(() => {
      begun.open();
      return end.opened;
    });
    await begun.opened;
    limits.givingBack = 300;
    const given = await desk.giveBack.drop(elevation).finally(() => {
      limits.givingBack = 5_000;
    });
    assert.equal(given?.notTold?.kind, 'timedOut');
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
    desk.store.learned({ ...request, state: 'denied' }, request.created);
    assert.equal((await desk.giveBack.drop(elevation))?.reusableUntil, undefined);
  });

  it('asked for twice at the same time it happens once, and is said once', async () => {
    const elevation = await desk.elevate();
    const given = await Promise.all([desk.giveBack.drop(elevation), desk.giveBack.drop(elevation)]);
    assert.equal(desk.tsh.drops, 1);
    assert.equal(given.filter((one) => one !== undefined).length, 1);
    assert.equal(await desk.giveBack.drop(elevation), undefined);
    assert.equal(desk.tsh.drops, 1);
  });

  it('of two terminals one goes, the other stays', async () => {
    const [one, other] = [await desk.elevate(), await desk.elevate(await desk.granted())];
    await desk.giveBack.drop(one);
    assert.deepEqual(desk.store.snapshot.elevations, [other]);
    const login = await desk.tsh.status(desk.elevations.homeOf(other));
    assert.deepEqual('profile' in login && login.profile.assumed, [other.requestId]);
  });

  it('what a closed window left is given back by the next', async () => {
    const elevation = await desk.elevate();
    const next = await Desk.open(demo, folder);
    const [record] = next.elevations.records;
    assert.ok(record);
    const given = await next.giveBack.dropLeftBehind(record);
    assert.equal(given?.requestId, elevation.requestId);
    assert.equal(next.tsh.drops, 1);
    assert.deepEqual(await next.homes(), []);
  });

  it('a main login is dropped, and its end stays cut', async () => {
    desk = await wholeDesk();
    const request = await desk.approved();
    const elevated = await desk.tsh.assume(desk.mainLogin, request.id);
    await desk.elevations.sawMainLogin(elevated, request.id);
    const [elevation] = desk.store.snapshot.elevations;
    assert.ok(elevation?.where.kind === 'mainLogin');
    const given = await desk.giveBack.drop(elevation);
    assert.equal(given?.where, 'mainLogin');
    assert.equal(given.loginEnds, elevated.validUntil);
    assert.deepEqual(desk.store.snapshot.elevations, []);
    assert.deepEqual((await desk.profile()).assumed, []);
  });

  it('a main login that could not be dropped is still shown as elevated', async () => {
    desk = await wholeDesk();
    const request = await desk.approved();
    await desk.elevations.sawMainLogin(await desk.tsh.assume(desk.mainLogin, request.id));
    const [elevation] = desk.store.snapshot.elevations;
    assert.ok(elevation);
    await demo.faults({ match: 'request drop', do: 'offline' });
    await assert.rejects(desk.giveBack.drop(elevation), (error) => failureOf(error)?.kind === 'unreachable');
    assert.deepEqual(desk.store.snapshot.elevations, [elevation]);
    assert.equal(desk.store.snapshot.busy.size, 0);
  });

  // The last one: it moves the cluster's clock.
  it('after the end nothing is dropped, only removed, and nothing can be open any more', async () => {
    const elevation = await desk.elevate();
    await demo.moveClock(2 * 60 * minutes);
    const later = await Desk.open(demo, folder);
    const given = await later.giveBack.drop(elevation);
    assert.equal(later.tsh.drops, 0);
    assert.deepEqual(await later.homes(), []);
    assert.deepEqual([given?.notTold, given?.openUntil], [undefined, undefined]);
    assert.equal(given?.reusableUntil, elevation.grantEnds);
  });
});
