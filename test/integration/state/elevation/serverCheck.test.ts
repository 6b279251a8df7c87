import assert from 'node:assert/strict';
import type { Elevation } from '../../../../src/access/elevation.ts';
import { untrusted, type RequestId } from '../../../../src/access/text/untrusted.ts';
import { ServerCheck, type ServerStatus } from '../../../../src/state/elevation/serverCheck.ts';
import { folderContents } from '../../../support/folderContents.ts';
import { DemoFixture, minute } from '../../../support/demo/demoCluster.ts';
import { TemporaryFolder, until } from '../../../support/temporaryFolder.ts';
import { DemoWindow } from '../../../support/state/demoElevations.ts';

/** What is due, and when a test lets it be. */
class Due {
  #next: { readonly ms: number; readonly task: () => void } | undefined;

  readonly later = (ms: number, task: () => void): (() => void) => {
    const next = { ms, task };
    this.#next = next;
    return () => {
      if (this.#next === next) this.#next = undefined;
    };
  };

  /** In how many ms; undefined when nothing is. */
  get in(): number | undefined {
    return this.#next?.ms;
  }

  ring(): void {
    const { task } = this.#next ?? assert.fail('nothing is due');
    this.#next = undefined;
    task();
  }
}

/** A clock that only a test moves. */
class Hands {
  at: number;
  constructor(at: number) {
    this.at = at;
  }
  now(): number {
    return this.at;
  }
}

const half = 30_000;

describe('whether an elevation still stands on the server', function () {
  this.timeout(20_000);
  let demo: DemoFixture;
  let folder: TemporaryFolder;
  let desk: DemoWindow;
  let clock: Hands;
  let due: Due;
  let watch: ServerCheck;
  let found: [RequestId, ServerStatus][];
  before(async () => {
    // There one person may lock, deny and delete.
    demo = await DemoFixture.open('community');
  });
  after(() => demo.close());
  beforeEach(async () => {
    folder = await TemporaryFolder.open();
    desk = await DemoWindow.openSignedIn(demo, folder);
    [clock, due, found] = [new Hands(desk.clock.now()), new Due(), []];
    watch = new ServerCheck({
      tsh: desk.tsh,
      mainLogin: desk.mainLogin,
      elevations: desk.elevations,
      clock,
      root: folder.at('run', 'jit-access'),
      later: due.later,
      elevationsToCheck: () => desk.store.snapshot.elevations,
      onStatus: (elevation, standing) => {
        found.push([elevation.requestId, standing]);
        return Promise.resolve();
      },
    });
  });
  afterEach(async () => {
    watch.dispose();
    await demo.setFaults();
    await folder.close();
  });

  /** Half a minute passes. @returns what was found in it, once the next question is set */
  async function pass(): Promise<[RequestId, ServerStatus][]> {
    found = [];
    clock.at += due.in ?? assert.fail('nothing is due');
    due.ring();
    await until(() => due.in !== undefined);
    return found;
  }
  const elevated = async (): Promise<Elevation> => {
    const elevation = await desk.elevate(await desk.newApprovedRequest());
    watch.schedule();
    return elevation;
  };
  /** The same access in the main login. */
  const wholly = async (): Promise<Elevation> => {
    const request = await desk.newApprovedRequest();
    await desk.elevations.updateMainLogin(await desk.tsh.assume(desk.mainLogin, request.id), request.id);
    watch.schedule();
    return desk.store.snapshot.elevations[0] ?? assert.fail('not elevated');
  };
  const ana = async (...args: readonly string[]): Promise<string> => {
    const { exit, stdout, stderr } = await demo.tctl('ana', ...args);
    assert.equal(exit, 0, stderr);
    return stdout;
  };
  /** @returns the lock's name */
  const lock = async (id: RequestId): Promise<string> => {
    const said = await ana('lock', `--access-request=${id}`, '--message=incident 42', '--ttl=1h');
    return /name "([^"]+)"/.exec(said)?.[1] ?? assert.fail(said);
  };

  it('is asked every half minute, and not before, nor when nothing is elevated', async () => {
    watch.schedule();
    assert.equal(due.in, undefined);
    const { requestId } = await elevated();
    assert.equal(due.in, half);
    for (let times = 0; times < 3; times += 1) {
      assert.deepEqual(await pass(), [[requestId, { kind: 'stands' }]]);
      assert.equal(due.in, half);
    }
  });

  it('looking again in between asks no sooner', async () => {
    await elevated();
    clock.at += 20_000;
    watch.schedule();
    assert.equal(due.in, 10_000);
  });

  it('of two, each is asked at its own half minute', async () => {
    const one = await elevated();
    clock.at += 10_000;
    const other = await elevated();
    assert.deepEqual(await pass(), [[one.requestId, { kind: 'stands' }]]);
    assert.equal(due.in, 10_000);
    assert.deepEqual(await pass(), [[other.requestId, { kind: 'stands' }]]);
  });

  it('is asked no more after the end, nor after it was given back', async () => {
    const elevation = await elevated();
    const { at } = clock;
    clock.at = elevation.certificateEnds;
    watch.schedule();
    assert.equal(due.in, undefined);
    clock.at = at;
    watch.schedule();
    assert.equal(due.in, half);
    await desk.elevationDrops.drop(elevation);
    watch.schedule();
    assert.equal(due.in, undefined);
  });

  for (const [how, jump] of [
    ['forward by half an hour', 30],
    ['back by an hour', -60],
  ] as const) {
    it(`goes on when the clock jumps ${how}`, async () => {
      const { requestId } = await elevated();
      await pass();
      clock.at += jump * minute;
      watch.schedule();
      assert.ok(due.in !== undefined && due.in <= half);
      assert.deepEqual(await pass(), [[requestId, { kind: 'stands' }]]);
      assert.deepEqual(await pass(), [[requestId, { kind: 'stands' }]]);
    });
  }

  it('locked: in its own home it is felt, and the words of the lock are had; the login stays as it is', async () => {
    const { requestId } = await elevated();
    await lock(requestId);
    const mainLogin = await folderContents(desk.mainLogin.folder);
    assert.deepEqual(await pass(), [[requestId, { kind: 'locked', words: untrusted('incident 42') }]]);
    assert.deepEqual(await folderContents(desk.mainLogin.folder), mainLogin);
    assert.equal((await desk.homes()).length, 1, 'nothing is left of asking');
    assert.deepEqual((await desk.profile()).assumed, []);
  });

  it('locked in the main login: that is said, without words, and nothing is changed', async () => {
    const { requestId } = await wholly();
    await lock(requestId);
    const mainLogin = await folderContents(desk.mainLogin.folder);
    assert.deepEqual(await pass(), [[requestId, { kind: 'locked', words: undefined }]]);
    assert.deepEqual(await folderContents(desk.mainLogin.folder), mainLogin);
    assert.deepEqual(await desk.homes(), []);
  });

  it('locked, and the lock undone: it stands again', async () => {
    const { requestId } = await elevated();
    const name = await lock(requestId);
    assert.equal((await pass())[0]?.[1].kind, 'locked');
    await ana('rm', `lock/${name}`);
    assert.equal((await pass())[0]?.[1].kind, 'stands');
  });

  for (const [where, elevate] of [
    ['a private home', elevated],
    ['the main login', wholly],
  ] as const) {
    it(`denied after it was approved, in ${where}: withdrawn, and nothing of it is changed`, async () => {
      const { requestId } = await elevate();
      await ana('requests', 'deny', requestId);
      const mainLogin = await folderContents(desk.mainLogin.folder);
      assert.deepEqual(await pass(), [[requestId, { kind: 'withdrawn', as: 'denied' }]]);
      assert.deepEqual(await folderContents(desk.mainLogin.folder), mainLogin);
    });

    it(`deleted, in ${where}: withdrawn, and nothing of it is changed`, async () => {
      const { requestId } = await elevate();
      await ana('requests', 'rm', '--force', requestId);
      const mainLogin = await folderContents(desk.mainLogin.folder);
      assert.deepEqual(await pass(), [[requestId, { kind: 'withdrawn', as: 'deleted' }]]);
      assert.deepEqual(await folderContents(desk.mainLogin.folder), mainLogin);
    });
  }

  it('signed out in its own terminal: that is found; the login stays', async () => {
    const elevation = await elevated();
    const { requestId } = elevation;
    await desk.tsh.logout(desk.elevations.homeOf(elevation));
    const mainLogin = await folderContents(desk.mainLogin.folder);
    assert.deepEqual(await pass(), [[requestId, { kind: 'signedOut' }]]);
    assert.deepEqual(await folderContents(desk.mainLogin.folder), mainLogin);
  });

  for (const fault of ['offline', 'fail', 'garbage', 'half', 'killed', 'stop-before'] as const) {
    it(`${fault} while it is asked: nothing is concluded, and it is asked again`, async () => {
      const { requestId } = await elevated();
      await demo.setFaults({ match: 'request show', do: fault });
      assert.deepEqual(await pass(), []);
      await demo.setFaults();
      assert.deepEqual(await pass(), [[requestId, { kind: 'stands' }]]);
    });
  }

  it('signed out of the main login is for the login check to find, not for this', async () => {
    await wholly();
    await desk.tsh.logout(desk.mainLogin);
    assert.deepEqual(await pass(), []);
  });

  it('asks nothing after it was stopped', async () => {
    await elevated();
    watch.dispose();
    assert.equal(due.in, undefined);
    watch.schedule();
    assert.equal(due.in, undefined);
  });
});
