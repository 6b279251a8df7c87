import assert from 'node:assert/strict';
import { untrusted } from '../../../../src/access/untrusted/untrusted.ts';
import type { Elevations } from '../../../../src/state/elevation/elevations.ts';
import type { HomeRecord } from '../../../../src/state/elevation/homeRecords.ts';
import { LastLogin } from '../../../../src/state/memory/lastLogin.ts';
import { LoginCheck } from '../../../../src/state/refresh/loginCheck.ts';
import { Store } from '../../../../src/state/store.ts';
import { WatchedRequests } from '../../../../src/state/memory/watchedRequests.ts';
import type { Client } from '../../../../src/teleport/commands/client.ts';
import { Home } from '../../../../src/teleport/home/home.ts';
import type { HomeLogin } from '../../../../src/teleport/output/loginSchema.ts';
import { folderContents } from '../../../support/folderContents.ts';
import { DemoFixture } from '../../../support/demo/demoCluster.ts';
import { homeRecord, now, profile, second } from '../../../support/samples.ts';
import { TemporaryFolder } from '../../../support/temporaryFolder.ts';
import { DemoWindow } from '../../../support/state/demoElevations.ts';
import { MemoryFiles, ScriptedTsh } from '../../../support/state/testWindow.ts';
import { settle, HandClock } from '../../../support/state/handClock.ts';

const [mainLogin, elsewhere] = ['/mainLogin', '/elsewhere'];
const other = untrusted('https://other.test:443');

const client = { program: () => Promise.resolve({ path: '/bin/tsh', stamp: 'a' }) } as unknown as Client;

/** A window with these private homes, whose login check is under test. */
class CheckedWindow {
  readonly clock = new HandClock();
  readonly tsh = new ScriptedTsh();
  readonly store = new Store();
  lost: string[] = [];
  readonly #check: LoginCheck;

  constructor(inUse: readonly HomeRecord[]) {
    const { clock, tsh, store } = this;
    const files = new MemoryFiles();
    this.#check = new LoginCheck({
      client,
      tsh,
      mainLogin: new Home(mainLogin),
      store,
      watched: new WatchedRequests(files, store),
      elevations: { inUse, updateMainLogin: () => Promise.resolve() } as unknown as Elevations,
      lastLogin: new LastLogin(files),
      clock,
      later: clock.later,
    });
    this.#check.onDidLoseLogins((records) =>
      this.lost.push(...records.map(({ requestId }) => requestId.slice(-1))),
    );
  }

  /** @returns the homes whose login is lost after tsh gave these two answers, in order */
  async lostAfter(login: HomeLogin, laterLogin = login): Promise<string[]> {
    this.lost = [];
    this.tsh.login = login;
    this.#check.markDue();
    const passTime = async (): Promise<void> => {
      await this.clock.advance(second);
      this.tsh.login = laterLogin;
      await this.clock.advance(2 * second);
    };
    await Promise.all([this.#check.check(), passTime()]);
    return this.lost;
  }
}

const signedIn = (changes: Parameters<typeof profile>[1] = {}, user = 'alice'): HomeLogin => ({
  kind: 'signedIn',
  profile: profile(user, changes),
});
const signedOut: HomeLogin = { kind: 'signedOut' };

describe('a login that is gone behind our back', () => {
  it('signed out: exactly its private homes are named', async () => {
    const checkedWindow = new CheckedWindow([
      homeRecord(1),
      homeRecord(2),
      homeRecord(3, { mainLogin: elsewhere }),
    ]);
    assert.deepEqual(await checkedWindow.lostAfter(signedIn()), []);
    assert.deepEqual(await checkedWindow.lostAfter(signedOut), ['1', '2']);
  });

  it('another person: exactly the homes of the former one are named', async () => {
    const checkedWindow = new CheckedWindow([homeRecord(1), homeRecord(2, { user: untrusted('bob') })]);
    assert.deepEqual(await checkedWindow.lostAfter(signedIn({}, 'bob')), ['1']);
    assert.deepEqual(await checkedWindow.lostAfter(signedIn()), ['2']);
  });

  it('another proxy, and the former profile is no longer there', async () => {
    assert.deepEqual(await new CheckedWindow([homeRecord(1)]).lostAfter(signedIn({ proxy: other })), ['1']);
  });

  it('another proxy is selected, and the former profile is still there: not gone', async () => {
    const others = [profile()];
    const checkedWindow = new CheckedWindow([homeRecord(1), homeRecord(2, { proxy: other })]);
    assert.deepEqual(await checkedWindow.lostAfter({ ...signedIn({ proxy: other }), others }), []);
  });

  it('a profile without its keys, as tsh logout of one leaves it, is no login', async () => {
    const others = [profile('alice', { roles: [] })];
    assert.deepEqual(
      await new CheckedWindow([homeRecord(1)]).lostAfter({ ...signedIn({ proxy: other }), others }),
      ['1'],
    );
  });

  it('a leaf cluster is selected: not gone', async () => {
    const checkedWindow = new CheckedWindow([homeRecord(1)]);
    assert.deepEqual(
      await checkedWindow.lostAfter(signedIn({ cluster: untrusted('leaf.example.test') })),
      [],
    );
  });

  it('a login that has run out is still that login', async () => {
    const checkedWindow = new CheckedWindow([homeRecord(1)]);
    assert.deepEqual(
      await checkedWindow.lostAfter({ kind: 'expired', profile: profile('alice', { validUntil: now }) }),
      [],
    );
  });

  it('“Not logged in” is believed at the second look only', async () => {
    const checkedWindow = new CheckedWindow([homeRecord(1)]);
    assert.deepEqual(await checkedWindow.lostAfter(signedOut, signedIn()), []);
    assert.equal(checkedWindow.store.snapshot.login.kind, 'signedIn');
    assert.deepEqual(await checkedWindow.lostAfter(signedOut, signedOut), ['1']);
  });

  it('is not concluded while tsh answers what cannot be read, nor not at all', async () => {
    const checkedWindow = new CheckedWindow([homeRecord(1)]);
    for (const kind of ['unreadable', 'timedOut'] as const) {
      checkedWindow.tsh.failures = { status: kind };
      await assert.rejects(checkedWindow.lostAfter(signedIn()));
      await settle();
      assert.deepEqual(checkedWindow.lost, []);
    }
  });

  describe('with a demo cluster', () => {
    let demo: DemoFixture;
    let folder: TemporaryFolder;
    before(async () => {
      demo = await DemoFixture.open();
    });
    after(() => demo.close());
    beforeEach(async () => {
      folder = await TemporaryFolder.open();
      await demo.signIn('alice', 'fresh');
    });
    afterEach(() => folder.close());

    for (const [what, change] of [
      ['tsh logout', () => demo.tsh('fresh', ['logout'])],
      ['bob signs in', () => demo.signIn('bob', 'fresh')],
    ] as const) {
      it(`${what}: what was elevated is found, given back, and nothing else is touched`, async () => {
        const demoWindow = await DemoWindow.open(demo, folder, demo.home('fresh'));
        const elevation = await demoWindow.elevate();
        const lost: HomeRecord[] = [];
        const check = new LoginCheck({
          client,
          tsh: demoWindow.tsh,
          mainLogin: demoWindow.mainLogin,
          store: demoWindow.store,
          elevations: demoWindow.elevations,
          clock: demoWindow.clock,
          watched: new WatchedRequests(demoWindow.files, demoWindow.store),
          lastLogin: new LastLogin(demoWindow.files),
          later: (_ms, task) => {
            task();
            return () => undefined;
          },
        });
        check.onDidLoseLogins((records) => lost.push(...records));
        await check.check();
        assert.deepEqual(lost, [], 'not before');
        await change();
        const mainLoginNow = await folderContents(demoWindow.mainLogin.folder);
        check.markDue();
        await check.check();
        assert.deepEqual(
          lost.map(({ requestId }) => requestId),
          [elevation.requestId],
        );
        for (const record of lost) assert.ok(await demoWindow.elevationDrops.dropAbandoned(record));
        assert.deepEqual(await demoWindow.homes(), []);
        assert.deepEqual(demoWindow.store.snapshot.elevations, []);
        assert.deepEqual(await folderContents(demoWindow.mainLogin.folder), mainLoginNow);
      });
    }
  });
});
