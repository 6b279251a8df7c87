import assert from 'node:assert/strict';
import type { RequestChange } from '../../../src/access/requestChanges.ts';
import type { AccessRequest } from '../../../src/access/request.ts';
import type { RequestId } from '../../../src/access/untrusted/untrusted.ts';
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
import { processSpace } from '../../../src/teleport/process/processSpace.ts';
import { failsWith, skipTest, onEveryCluster } from '../../support/contract/suite.ts';
import type { ContractFixture } from '../../support/contract/contractFixture.ts';

/** Makes the refresh of one of alice's windows. It has no timer and reads only when a test asks for it. */
async function createRefresh(fixture: ContractFixture, mainLogin: Home) {
  const { tsh } = fixture;
  const [store, clock, announced] = [new Store(), systemClock, [] as RequestChange[]];
  const files = new StorageFiles(await fixture.newFolder(), () => undefined);
  const journal = new Journal(files, store, clock);
  const space = () => processSpace({});
  const records = new HomeRecords(files);
  const common = { tsh, mainLogin, store, journal, clock, watched: new WatchedRequests(files, store) };
  const refresh = new Refresh({
    ...common,
    client: fixture.newClient(),
    elevations: new Elevations({ ...common, records, env: {}, space }),
    lastLogin: new LastLogin(files),
    later: () => () => undefined,
    leads: () => true,
    announce: (change) => {
      announced.push(change);
      return Promise.resolve(true);
    },
    notifyReviewers: () => false,
    reportError: (error) => {
      throw error;
    },
  });
  const knownRequest = (id: RequestId): AccessRequest | undefined =>
    store.snapshot.requests?.find((request) => request.id === id);
  /** Refreshes ten times and runs the check after each time. */
  async function refreshTenTimes(check: () => void): Promise<void> {
    for (let round = 0; round < 10; round += 1) {
      await refresh.refreshNow();
      assert.equal(store.snapshot.stale, undefined);
      check();
    }
  }
  return { refresh, knownRequest, refreshTenTimes };
}

onEveryCluster('lists that lag', (fixture) => {
  let mainLogin: Home;
  beforeEach(async () => {
    mainLogin = await fixture().copyMainLogin('alice');
  });

  it('never make a fresh request disappear', async () => {
    const { refresh, knownRequest, refreshTenTimes } = await createRefresh(fixture(), mainLogin);
    await refresh.refreshNow();
    const id = await fixture().createRequest();
    const truth = await refresh.show(id);
    assert.deepEqual(knownRequest(id), truth);
    await refreshTenTimes(() => assert.deepEqual(knownRequest(id), truth));
  });

  it('never flip a decision back', async () => {
    const { refresh, knownRequest, refreshTenTimes } = await createRefresh(fixture(), mainLogin);
    const id = await fixture().createRequest();
    await refresh.show(id);
    await refresh.refreshNow();
    await fixture().decide(id, 'approve');
    const truth = await refresh.show(id);
    assert.equal(truth.state, 'approved');
    await refreshTenTimes(() => assert.deepEqual(knownRequest(id), truth));
  });

  it('never bring back what was deleted', async function () {
    const { refresh, knownRequest, refreshTenTimes } = await createRefresh(fixture(), mainLogin);
    const id = await fixture().createRequest();
    await refresh.show(id);
    if (!(await fixture().removeRequest(id))) skipTest(this, 'nobody here may delete a request');
    await failsWith(refresh.show(id), 'gone');
    await refreshTenTimes(() => assert.equal(knownRequest(id), undefined));
  });
});
