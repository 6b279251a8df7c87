import assert from 'node:assert/strict';
import { untrusted } from '../../../src/access/untrusted/untrusted.ts';
import type { Home } from '../../../src/teleport/home/home.ts';
import {
  failsWith,
  hour,
  skipTest,
  minute,
  onEveryCluster,
  unknownId,
  tshMessage,
} from '../../support/contract/suite.ts';

const kubeAdmin = untrusted('kube-admin');

onEveryCluster('using', (fixture) => {
  let mainLogin: Home;
  before(async () => {
    mainLogin = await fixture().home('alice');
  });
  const newPrivateHome = (): Promise<Home> => fixture().privateHome(mainLogin);
  const assertNothingAssumed = async (home: Home): Promise<void> =>
    assert.deepEqual((await fixture().profile(home)).assumed, []);

  it('a request that is assumed gives its roles, no longer than it or the login lasts', async () => {
    const id = await fixture().sharedApprovedRequest();
    const { grantEnds, created } = await fixture().show(id);
    const home = await newPrivateHome();
    const { validUntil } = await fixture().profile(home);
    const elevated = await fixture().tsh.assume(home, id);
    assert.deepEqual(elevated.assumed, [id]);
    assert.ok(elevated.roles.includes(kubeAdmin));
    assert.ok(elevated.validUntil > created);
    assert.ok(elevated.validUntil <= Math.min(validUntil, grantEnds) + 1_000);
    assert.ok(elevated.validUntil <= created + hour + minute);
  });

  it('assuming it once more in the same home changes nothing', async () => {
    const { home, id } = await fixture().elevatedHome(mainLogin);
    assert.deepEqual((await fixture().tsh.assume(home, id)).assumed, [id]);
  });

  it('the main login can be elevated and given back', async () => {
    const id = await fixture().sharedApprovedRequest();
    const loginCopy = await fixture().copyMainLogin('alice');
    assert.deepEqual((await fixture().tsh.assume(loginCopy, id)).assumed, [id]);
    assert.deepEqual((await fixture().profile(loginCopy)).assumed, [id]);
    assert.deepEqual((await fixture().tsh.drop(loginCopy, [id])).assumed, []);
    await assertNothingAssumed(loginCopy);
  });

  it('what may not be used before its start is not, and says so', async () => {
    const id = await fixture().newApprovedRequest({ startsAt: Date.now() + 10 * minute });
    const home = await newPrivateHome();
    await failsWith(fixture().tsh.assume(home, id), 'tooEarly');
    await assertNothingAssumed(home);
  });

  it('assuming what is denied says why, and nothing is elevated', async () => {
    const id = await fixture().createRequest();
    await fixture().decide(id, 'deny', 'use the read replica');
    const home = await newPrivateHome();
    assert.match(
      tshMessage(await failsWith(fixture().tsh.assume(home, id), 'denied')),
      /use the read replica/,
    );
    await assertNothingAssumed(home);
  });

  it('assuming what is unknown or somebody else’s fails, and nothing is elevated', async () => {
    const [home, bobsHome] = [await newPrivateHome(), await fixture().copyMainLogin('bob')];
    await failsWith(fixture().tsh.assume(home, unknownId), 'gone');
    await failsWith(fixture().tsh.assume(bobsHome, await fixture().sharedApprovedRequest()), 'gone');
    await assertNothingAssumed(home);
    await assertNothingAssumed(bobsHome);
  });
});

onEveryCluster('waiting for a decision', (fixture) => {
  let home: Home;
  beforeEach(async () => {
    home = await fixture().privateHome(await fixture().home('alice'));
  });
  const assertNothingAssumed = async (): Promise<void> =>
    assert.deepEqual((await fixture().profile(home)).assumed, []);
  /** Waits long enough that the waiting tsh has asked the server once. */
  const waitForPoll = async (): Promise<void> => {
    for (let list = 0; list < 2; list += 1) await fixture().tsh.list(await fixture().home('alice'));
  };

  it('assuming what is pending waits, and the approval elevates', async () => {
    const id = await fixture().createRequest();
    const waiting = fixture().tsh.assume(home, id);
    await waitForPoll();
    await fixture().decide(id, 'approve');
    assert.deepEqual((await waiting).assumed, [id]);
  });

  it('a denial ends the waiting with its words', async () => {
    const id = await fixture().createRequest();
    const waiting = failsWith(fixture().tsh.assume(home, id), 'denied');
    await waitForPoll();
    await fixture().decide(id, 'deny', 'not on a Friday');
    const failure = await waiting;
    assert.match(tshMessage(failure), /not on a Friday/);
    assert.equal(failure.about, id);
    await assertNothingAssumed();
  });

  it('so does a deletion', async function () {
    const id = await fixture().createRequest();
    const waiting = failsWith(fixture().tsh.assume(home, id, undefined, 20_000), 'gone').catch(
      (error: unknown) => error,
    );
    await waitForPoll();
    const removed = await fixture().removeRequest(id);
    if (!removed) await fixture().decide(id, 'deny');
    const result = await waiting;
    if (!removed) skipTest(this, 'nobody here may delete a request');
    if (result instanceof Error) throw result;
    await assertNothingAssumed();
  });

  it('the waiting has our time limit, and can be given up; nothing is elevated then', async () => {
    const id = await fixture().createRequest();
    await failsWith(fixture().tsh.assume(home, id, undefined, 1_500), 'timedOut');
    const stop = new AbortController();
    const waiting = failsWith(fixture().tsh.assume(home, id, stop.signal), 'cancelled');
    await waitForPoll();
    stop.abort();
    await waiting;
    await fixture().decide(id, 'approve');
    await assertNothingAssumed();
  });
});
