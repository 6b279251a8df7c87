import assert from 'node:assert/strict';
import { untrusted } from '../../../src/access/text/untrusted.ts';
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

onEveryCluster('using', (world) => {
  let mainLogin: Home;
  before(async () => {
    mainLogin = await world().home('alice');
  });
  const elsewhere = (): Promise<Home> => world().privateHome(mainLogin);
  const nothingIn = async (home: Home): Promise<void> =>
    assert.deepEqual((await world().profile(home)).assumed, []);

  it('a request that is assumed gives its roles, no longer than it or the login lasts', async () => {
    const id = await world().sharedApprovedRequest();
    const { grantEnds, created } = await world().show(id);
    const home = await elsewhere();
    const { validUntil } = await world().profile(home);
    const elevated = await world().tsh.assume(home, id);
    assert.deepEqual(elevated.assumed, [id]);
    assert.ok(elevated.roles.includes(kubeAdmin));
    assert.ok(elevated.validUntil > created);
    assert.ok(elevated.validUntil <= Math.min(validUntil, grantEnds) + 1_000);
    assert.ok(elevated.validUntil <= created + hour + minute);
  });

  it('assuming it once more in the same home changes nothing', async () => {
    const { home, id } = await world().elevatedHome(mainLogin);
    assert.deepEqual((await world().tsh.assume(home, id)).assumed, [id]);
  });

  it('the main login can be elevated and given back', async () => {
    const id = await world().sharedApprovedRequest();
    const whole = await world().copyMainLogin('alice');
    assert.deepEqual((await world().tsh.assume(whole, id)).assumed, [id]);
    assert.deepEqual((await world().profile(whole)).assumed, [id]);
    assert.deepEqual((await world().tsh.drop(whole, [id])).assumed, []);
    await nothingIn(whole);
  });

  it('what may not be used before its start is not, and says so', async () => {
    const id = await world().newApprovedRequest({ startsAt: Date.now() + 10 * minute });
    const home = await elsewhere();
    await failsWith(world().tsh.assume(home, id), 'tooEarly');
    await nothingIn(home);
  });

  it('assuming what is denied says why, and nothing is elevated', async () => {
    const id = await world().createRequest();
    await world().decide(id, 'deny', 'use the read replica');
    const home = await elsewhere();
    assert.match(tshMessage(await failsWith(world().tsh.assume(home, id), 'denied')), /use the read replica/);
    await nothingIn(home);
  });

  it('assuming what is unknown or somebody else’s fails, and nothing is elevated', async () => {
    const [home, bobs] = [await elsewhere(), await world().copyMainLogin('bob')];
    await failsWith(world().tsh.assume(home, unknownId), 'gone');
    await failsWith(world().tsh.assume(bobs, await world().sharedApprovedRequest()), 'gone');
    await nothingIn(home);
    await nothingIn(bobs);
  });
});

onEveryCluster('waiting for a decision', (world) => {
  let home: Home;
  beforeEach(async () => {
    home = await world().privateHome(await world().home('alice'));
  });
  const nothing = async (): Promise<void> => assert.deepEqual((await world().profile(home)).assumed, []);
  /** Long enough for the waiting program to have asked the server once. */
  const meanwhile = async (): Promise<void> => {
    for (let asked = 0; asked < 2; asked += 1) await world().tsh.list(await world().home('alice'));
  };

  it('assuming what is pending waits, and the approval elevates', async () => {
    const id = await world().createRequest();
    const waiting = world().tsh.assume(home, id);
    await meanwhile();
    await world().decide(id, 'approve');
    assert.deepEqual((await waiting).assumed, [id]);
  });

  it('a denial ends the waiting with its words', async () => {
    const id = await world().createRequest();
    const waiting = failsWith(world().tsh.assume(home, id), 'denied');
    await meanwhile();
    await world().decide(id, 'deny', 'not on a Friday');
    const failure = await waiting;
    assert.match(tshMessage(failure), /not on a Friday/);
    assert.equal(failure.about, id);
    await nothing();
  });

  it('so does a deletion', async function () {
    const id = await world().createRequest();
    const waiting = failsWith(world().tsh.assume(home, id, undefined, 20_000), 'gone').catch(
      (error: unknown) => error,
    );
    await meanwhile();
    const removed = await world().removeRequest(id);
    if (!removed) await world().decide(id, 'deny');
    const came = await waiting;
    if (!removed) skipTest(this, 'nobody here may delete a request');
    if (came instanceof Error) throw came;
    await nothing();
  });

  it('the waiting has our time limit, and can be given up; nothing is elevated then', async () => {
    const id = await world().createRequest();
    await failsWith(world().tsh.assume(home, id, undefined, 1_500), 'timedOut');
    const stop = new AbortController();
    const waiting = failsWith(world().tsh.assume(home, id, stop.signal), 'cancelled');
    await meanwhile();
    stop.abort();
    await waiting;
    await world().decide(id, 'approve');
    await nothing();
  });
});
