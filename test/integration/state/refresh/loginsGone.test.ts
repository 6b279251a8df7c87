import assert from 'node:assert/strict';
import { untrusted } from '../../../../src/access/text/untrusted.ts';
import type { Elevations } from '../../../../src/state/elevation/elevations.ts';
import type { HomeRecord } from '../../../../src/state/elevation/homeRecords.ts';
import { LastLogin } from '../../../../src/state/memory/lastLogin.ts';
import { LoginCheck } from '../../../../src/state/refresh/loginCheck.ts';
import { Store } from '../../../../src/state/store.ts';
import { WatchedRequests } from '../../../../src/state/memory/watchedRequests.ts';
import type { Client } from '../../../../src/teleport/commands/client.ts';
import { Home } from '../../../../src/teleport/home/home.ts';
import type { HomeLogin } from '../../../../src/teleport/commands/tsh.ts';
import { folderContents } from '../../../support/folderContents.ts';
import { DemoFixture } from '../../../support/demo/demoCluster.ts';
import { hour, id, names, now, profile, second } from '../../../support/samples.ts';
import { TemporaryFolder } from '../../../support/temporaryFolder.ts';
import { DemoWindow } from '../../../support/state/demoElevations.ts';
import { MemoryFiles, ScriptedTsh } from '../../../support/state/testWindow.ts';
import { settle, HandClock } from '../../../support/state/handClock.ts';

const [mainLogin, elsewhere] = ['/mainLogin', '/elsewhere'];
const other = untrusted('https://other.test:443');

/** A private home of alice's. */
const home = (number: number, changes: Partial<HomeRecord> = {}): HomeRecord => ({
  name: String(number).repeat(32),
  state: 'ready',
  boot: 'boot',
  root: '/run',
  mainLogin,
  requestId: id(number),
  roles: names('kube-admin'),
  user: untrusted('alice'),
  cluster: untrusted('ent.example.test'),
  proxy: profile().proxy,
  since: now,
  certificateEnds: now + hour,
  grantEnds: now + hour,
  window: { pid: 1, stamp: '' },
  shells: [],
  ...changes,
});

const client = { program: () => Promise.resolve({ path: '/bin/tsh', stamp: 'a' }) } as unknown as Client;

/** A window that looks who is signed in, and has these private homes. */
class Look {
  readonly time = new HandClock();
  readonly tsh = new ScriptedTsh();
  readonly store = new Store();
  gone: string[] = [];
  readonly #check: LoginCheck;

  constructor(inUse: readonly HomeRecord[]) {
    const { time, tsh, store } = this;
    const files = new MemoryFiles();
    this.#check = new LoginCheck({
      client,
      tsh,
      mainLogin: new Home(mainLogin),
      store,
      watched: new WatchedRequests(files, store),
      elevations: { inUse, updateMainLogin: () => Promise.resolve() } as unknown as Elevations,
      lastLogin: new LastLogin(files),
      clock: time,
      later: time.later,
    });
    this.#check.onDidLoseLogins((records) =>
      this.gone.push(...records.map(({ requestId }) => requestId.slice(-1))),
    );
  }

  /** @returns which homes' logins are gone after tsh said this, in order */
  async at(login: HomeLogin, then = login): Promise<string[]> {
    this.gone = [];
    this.tsh.login = login;
    this.#check.markDue();
    const pass = async (): Promise<void> => {
      await this.time.advance(second);
      this.tsh.login = then;
      await this.time.advance(2 * second);
    };
    await Promise.all([this.#check.check(), pass()]);
    return this.gone;
  }
}

const signedIn = (changes: Parameters<typeof profile>[1] = {}, user = 'alice'): HomeLogin => ({
  kind: 'signedIn',
  profile: profile(user, changes),
});
const out: HomeLogin = { kind: 'signedOut' };

describe('a login that is gone behind our back', () => {
  it('signed out: exactly its private homes are named', async () => {
    const look = new Look([home(1), home(2), home(3, { mainLogin: elsewhere })]);
    assert.deepEqual(await look.at(signedIn()), []);
    assert.deepEqual(await look.at(out), ['1', '2']);
  });

  it('another person: exactly the homes of the former one are named', async () => {
    const look = new Look([home(1), home(2, { user: untrusted('bob') })]);
    assert.deepEqual(await look.at(signedIn({}, 'bob')), ['1']);
    assert.deepEqual(await look.at(signedIn()), ['2']);
  });

  it('another proxy, and the former profile is no longer there', async () => {
    assert.deepEqual(await new Look([home(1)]).at(signedIn({ proxy: other })), ['1']);
  });

  it('another proxy is selected, and the former profile is still there: not gone', async () => {
    const others = [profile()];
    const look = new Look([home(1), home(2, { proxy: other })]);
    assert.deepEqual(await look.at({ ...signedIn({ proxy: other }), others }), []);
  });

  it('a profile without its keys, as tsh logout of one leaves it, is no login', async () => {
    const others = [profile('alice', { roles: [] })];
    assert.deepEqual(await new Look([home(1)]).at({ ...signedIn({ proxy: other }), others }), ['1']);
  });

  it('a leaf cluster is selected: not gone', async () => {
    const look = new Look([home(1)]);
    assert.deepEqual(await look.at(signedIn({ cluster: untrusted('leaf.example.test') })), []);
  });

  it('a login that has run out is still that login', async () => {
    const look = new Look([home(1)]);
    assert.deepEqual(await look.at({ kind: 'expired', profile: profile('alice', { validUntil: now }) }), []);
  });

  it('“Not logged in” is believed at the second look only', async () => {
    const look = new Look([home(1)]);
    assert.deepEqual(await look.at(out, signedIn()), []);
    assert.equal(look.store.snapshot.login.kind, 'signedIn');
    assert.deepEqual(await look.at(out, out), ['1']);
  });

  it('is not concluded while tsh answers what cannot be read, nor not at all', async () => {
    const look = new Look([home(1)]);
    for (const kind of ['unreadable', 'timedOut'] as const) {
      look.tsh.failures = { status: kind };
      await assert.rejects(look.at(signedIn()));
      await settle();
      assert.deepEqual(look.gone, []);
    }
  });

  describe('with a demo cluster', function () {
    this.timeout(20_000);
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
        const desk = await DemoWindow.open(demo, folder, demo.home('fresh'));
        const elevation = await desk.elevate();
        const gone: HomeRecord[] = [];
        const check = new LoginCheck({
          client,
          tsh: desk.tsh,
          mainLogin: desk.mainLogin,
          store: desk.store,
          elevations: desk.elevations,
          clock: desk.clock,
          watched: new WatchedRequests(desk.files, desk.store),
          lastLogin: new LastLogin(desk.files),
          later: (_ms, task) => {
            task();
            return () => undefined;
          },
        });
        check.onDidLoseLogins((records) => gone.push(...records));
        await check.check();
        assert.deepEqual(gone, [], 'not before');
        await change();
        const mainLoginNow = await folderContents(desk.mainLogin.folder);
        check.markDue();
        await check.check();
        assert.deepEqual(
          gone.map(({ requestId }) => requestId),
          [elevation.requestId],
        );
        for (const record of gone) assert.ok(await desk.elevationDrops.dropAbandoned(record));
        assert.deepEqual(await desk.homes(), []);
        assert.deepEqual(desk.store.snapshot.elevations, []);
        assert.deepEqual(await folderContents(desk.mainLogin.folder), mainLoginNow);
      });
    }
  });
});
