import assert from 'node:assert/strict';
import type { RequestChange } from '../../../src/access/requestChanges.ts';
import type { AccessRequest } from '../../../src/access/request.ts';
import type { RequestId } from '../../../src/access/text/untrusted.ts';
import { systemClock } from '../../../src/state/clock.ts';
import { Elevations } from '../../../src/state/elevation/elevations.ts';
import { StorageFiles } from '../../../src/state/storageFiles.ts';
import { HomeRecords } from '../../../src/state/elevation/homeRecords.ts';
import { Journal } from '../../../src/state/memory/journal.ts';
import { LastLogin } from '../../../src/state/memory/lastLogin.ts';
import { Refresh } from '../../../src/state/refresh/refresh.ts';
import { Store } from '../../../src/state/store.ts';
import { WatchedRequests } from '../../../src/state/memory/watchedRequests.ts';
import type { Home } from '../../../src/teleport/home/home.ts';
import { failsWith, skipTest, onEveryCluster } from '../../support/contract/suite.ts';
import type { ContractFixture } from '../../support/contract/world.ts';

/** What a window of alice's knows: asked only when told to, by no timer. */
async function windowOf(world: ContractFixture, mainLogin: Home) {
  const { tsh } = world;
  const [store, clock, told] = [new Store(), systemClock, [] as RequestChange[]];
  const files = new StorageFiles(await world.newFolder(), () => undefined);
  const journal = new Journal(files, store, clock);
  const boot = (): Promise<string> => Promise.resolve('boot');
  const records = new HomeRecords(files);
  const common = { tsh, mainLogin, store, journal, clock, watched: new WatchedRequests(files, store) };
  const refresh = new Refresh({
    ...common,
    client: world.newClient(),
    elevations: new Elevations({ ...common, records, env: {}, boot }),
    lastLogin: new LastLogin(files),
    later: () => () => undefined,
    leaderWindow: { isThisWindow: true, requestRefresh: () => Promise.resolve(false), loginMayHaveChanged: () => undefined },
    announce: (change) => {
      told.push(change);
      return Promise.resolve(true);
    },
    notifyReviewers: () => false,
    reportError: (error) => {
      throw error;
    },
  });
  const known = (id: RequestId): AccessRequest | undefined =>
    store.snapshot.requests?.find((request) => request.id === id);
  /** Ten lists, each read as it comes. */
  async function tenLists(look: () => void): Promise<void> {
    for (let asked = 0; asked < 10; asked += 1) {
      await refresh.refreshNow();
      assert.equal(store.snapshot.stale, undefined);
      look();
    }
  }
  return { refresh, known, tenLists };
}

onEveryCluster('lists that lag', (world) => {
  let mainLogin: Home;
  beforeEach(async () => {
    mainLogin = await world().copyMainLogin('alice');
  });

  it('never make a fresh request disappear', async () => {
    const { refresh, known, tenLists } = await windowOf(world(), mainLogin);
    await refresh.refreshNow();
    const id = await world().createRequest();
    const truth = await refresh.show(id);
    assert.deepEqual(known(id), truth);
    await tenLists(() => assert.deepEqual(known(id), truth));
  });

  it('never flip a decision back', async () => {
    const { refresh, known, tenLists } = await windowOf(world(), mainLogin);
    const id = await world().createRequest();
    await refresh.show(id);
    await refresh.refreshNow();
    await world().decide(id, 'approve');
    const truth = await refresh.show(id);
    assert.equal(truth.state, 'approved');
    await tenLists(() => assert.deepEqual(known(id), truth));
  });

  it('never bring back what was deleted', async function () {
    const { refresh, known, tenLists } = await windowOf(world(), mainLogin);
    const id = await world().createRequest();
    await refresh.show(id);
    if (!(await world().removeRequest(id))) skipTest(this, 'nobody here may delete a request');
    await failsWith(refresh.show(id), 'gone');
    await tenLists(() => assert.equal(known(id), undefined));
  });
});
