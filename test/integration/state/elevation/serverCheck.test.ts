import assert from 'node:assert/strict';
import type { Elevation } from '../../../../src/access/elevation.ts';
import { untrusted, type RequestId } from '../../../../src/access/untrusted/untrusted.ts';
import { ServerCheck, type ServerStatus } from '../../../../src/state/elevation/serverCheck.ts';
import { minute } from '../../../support/demo/demoCluster.ts';
import { until } from '../../../support/temporaryFolder.ts';
import { ElevationSuite } from '../../../support/state/elevationSuite.ts';

/** A timer for one task, which the test fires. */
class ManualTimer {
  #next: { readonly ms: number; readonly task: () => void } | undefined;

  readonly later = (ms: number, task: () => void): (() => void) => {
    const next = { ms, task };
    this.#next = next;
    return () => {
      if (this.#next === next) this.#next = undefined;
    };
  };

  /** The delay of the task in ms, undefined without a task. */
  get remaining(): number | undefined {
    return this.#next?.ms;
  }

  fire(): void {
    const { task } = this.#next ?? assert.fail('nothing is due');
    this.#next = undefined;
    task();
  }
}

/** A clock that only the test moves. */
class ManualClock {
  at: number;
  constructor(at: number) {
    this.at = at;
  }
  now(): number {
    return this.at;
  }
}

const interval = 30_000;

describe('whether an elevation still stands on the server', () => {
  // In the Community edition one person may lock, deny and delete.
  const suite = new ElevationSuite('community');
  const { folder } = suite;
  let clock: ManualClock;
  let timer: ManualTimer;
  let serverCheck: ServerCheck;
  let statuses: [RequestId, ServerStatus][];
  beforeEach(() => {
    [clock, timer, statuses] = [new ManualClock(suite.window.clock.now()), new ManualTimer(), []];
    serverCheck = new ServerCheck({
      tsh: suite.window.tsh,
      mainLogin: suite.window.mainLogin,
      elevations: suite.window.elevations,
      clock,
      root: folder.at('run', 'jit-access'),
      later: timer.later,
      elevationsToCheck: () => suite.window.store.snapshot.elevations,
      onStatus: (elevation, status) => {
        statuses.push([elevation.requestId, status]);
        return Promise.resolve();
      },
    });
  });
  afterEach(() => serverCheck.dispose());

  /** Lets the time pass to the next check. @returns the statuses it reported, once the timer is set again */
  async function passInterval(): Promise<[RequestId, ServerStatus][]> {
    statuses = [];
    clock.at += timer.remaining ?? assert.fail('nothing is due');
    timer.fire();
    await until(() => timer.remaining !== undefined);
    return statuses;
  }
  const elevatePrivately = async (): Promise<Elevation> => {
    const elevation = await suite.window.elevate(await suite.window.newApprovedRequest());
    serverCheck.schedule();
    return elevation;
  };
  /** Assumes a request in the main login. */
  const elevateMainLogin = async (): Promise<Elevation> => {
    const elevation = await suite.window.elevateMainLogin(await suite.window.newApprovedRequest());
    serverCheck.schedule();
    return elevation;
  };
  const runAsAna = async (...args: readonly string[]): Promise<string> => {
    const { exit, stdout, stderr } = await suite.demo.tctl('ana', ...args);
    assert.equal(exit, 0, stderr);
    return stdout;
  };
  /** Locks a request. @returns the name of the lock */
  const lock = async (id: RequestId): Promise<string> => {
    const output = await runAsAna('lock', `--access-request=${id}`, '--message=incident 42', '--ttl=1h');
    return /name "([^"]+)"/.exec(output)?.[1] ?? assert.fail(output);
  };

  it('is asked every half minute, and not before, nor when nothing is elevated', async () => {
    serverCheck.schedule();
    assert.equal(timer.remaining, undefined);
    const { requestId } = await elevatePrivately();
    assert.equal(timer.remaining, interval);
    for (let times = 0; times < 3; times += 1) {
      assert.deepEqual(await passInterval(), [[requestId, { kind: 'stands' }]]);
      assert.equal(timer.remaining, interval);
    }
  });

  it('looking again in between asks no sooner', async () => {
    await elevatePrivately();
    clock.at += 20_000;
    serverCheck.schedule();
    assert.equal(timer.remaining, 10_000);
  });

  it('of two, each is asked at its own half minute', async () => {
    const first = await elevatePrivately();
    clock.at += 10_000;
    const second = await elevatePrivately();
    assert.deepEqual(await passInterval(), [[first.requestId, { kind: 'stands' }]]);
    assert.equal(timer.remaining, 10_000);
    assert.deepEqual(await passInterval(), [[second.requestId, { kind: 'stands' }]]);
  });

  it('is asked no more after the end, nor after it was given back', async () => {
    const elevation = await elevatePrivately();
    const { at } = clock;
    clock.at = elevation.certificateEnds;
    serverCheck.schedule();
    assert.equal(timer.remaining, undefined);
    clock.at = at;
    serverCheck.schedule();
    assert.equal(timer.remaining, interval);
    await suite.window.elevationDrops.drop(elevation);
    serverCheck.schedule();
    assert.equal(timer.remaining, undefined);
  });

  for (const [how, jump] of [
    ['forward by half an hour', 30],
    ['back by an hour', -60],
  ] as const) {
    it(`goes on when the clock jumps ${how}`, async () => {
      const { requestId } = await elevatePrivately();
      await passInterval();
      clock.at += jump * minute;
      serverCheck.schedule();
      assert.ok(timer.remaining !== undefined && timer.remaining <= interval);
      assert.deepEqual(await passInterval(), [[requestId, { kind: 'stands' }]]);
      assert.deepEqual(await passInterval(), [[requestId, { kind: 'stands' }]]);
    });
  }

  it('locked: in its own home it is felt, and the words of the lock are had; the login stays as it is', async () => {
    const { requestId } = await elevatePrivately();
    await lock(requestId);
    const mainLogin = await suite.window.mainLoginFiles();
    assert.deepEqual(await passInterval(), [
      [requestId, { kind: 'locked', words: untrusted('incident 42') }],
    ]);
    assert.deepEqual(await suite.window.mainLoginFiles(), mainLogin);
    assert.equal((await suite.window.homes()).length, 1, 'nothing is left of asking');
    assert.deepEqual((await suite.window.profile()).assumed, []);
  });

  it('locked in the main login: that is said, without words, and nothing is changed', async () => {
    const { requestId } = await elevateMainLogin();
    await lock(requestId);
    const mainLogin = await suite.window.mainLoginFiles();
    assert.deepEqual(await passInterval(), [[requestId, { kind: 'locked', words: undefined }]]);
    assert.deepEqual(await suite.window.mainLoginFiles(), mainLogin);
    assert.deepEqual(await suite.window.homes(), []);
  });

  it('locked, and the lock undone: it stands again', async () => {
    const { requestId } = await elevatePrivately();
    const name = await lock(requestId);
    assert.equal((await passInterval())[0]?.[1].kind, 'locked');
    await runAsAna('rm', `lock/${name}`);
    assert.equal((await passInterval())[0]?.[1].kind, 'stands');
  });

  for (const [where, elevate] of [
    ['a private home', elevatePrivately],
    ['the main login', elevateMainLogin],
  ] as const) {
    it(`denied after it was approved, in ${where}: withdrawn, and nothing of it is changed`, async () => {
      const { requestId } = await elevate();
      await runAsAna('requests', 'deny', requestId);
      const mainLogin = await suite.window.mainLoginFiles();
      assert.deepEqual(await passInterval(), [[requestId, { kind: 'withdrawn', as: 'denied' }]]);
      assert.deepEqual(await suite.window.mainLoginFiles(), mainLogin);
    });

    it(`deleted, in ${where}: withdrawn, and nothing of it is changed`, async () => {
      const { requestId } = await elevate();
      await runAsAna('requests', 'rm', '--force', requestId);
      const mainLogin = await suite.window.mainLoginFiles();
      assert.deepEqual(await passInterval(), [[requestId, { kind: 'withdrawn', as: 'deleted' }]]);
      assert.deepEqual(await suite.window.mainLoginFiles(), mainLogin);
    });
  }

  it('signed out in its own terminal: that is found; the login stays', async () => {
    const elevation = await elevatePrivately();
    const { requestId } = elevation;
    await suite.window.tsh.logout(suite.window.elevations.homeOf(elevation));
    const mainLogin = await suite.window.mainLoginFiles();
    assert.deepEqual(await passInterval(), [[requestId, { kind: 'signedOut' }]]);
    assert.deepEqual(await suite.window.mainLoginFiles(), mainLogin);
  });

  for (const fault of ['offline', 'fail', 'garbage', 'half', 'killed', 'stop-before'] as const) {
    it(`${fault} while it is asked: nothing is concluded, and it is asked again`, async () => {
      const { requestId } = await elevatePrivately();
      await suite.demo.setFaults({ match: 'request show', do: fault });
      assert.deepEqual(await passInterval(), []);
      await suite.demo.setFaults();
      assert.deepEqual(await passInterval(), [[requestId, { kind: 'stands' }]]);
    });
  }

  it('signed out of the main login is for the login check to find, not for this', async () => {
    await elevateMainLogin();
    await suite.window.tsh.logout(suite.window.mainLogin);
    assert.deepEqual(await passInterval(), []);
  });

  it('asks nothing after it was stopped', async () => {
    await elevatePrivately();
    serverCheck.dispose();
    assert.equal(timer.remaining, undefined);
    serverCheck.schedule();
    assert.equal(timer.remaining, undefined);
  });
});
