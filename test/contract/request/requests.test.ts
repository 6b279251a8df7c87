import assert from 'node:assert/strict';
import { untrusted } from '../../../src/access/text/untrusted.ts';
import {
  eventually,
  failsWith,
  skipTest,
  minute,
  onEveryCluster,
  unknownId,
} from '../../support/contract/suite.ts';

onEveryCluster('asking', (world) => {
  it('a request says who asks for what, and waits', async () => {
    const id = await world().createRequest();
    const request = await world().show(id);
    assert.equal(request.id, id);
    assert.equal(request.user, 'alice');
    assert.deepEqual(request.roles, [untrusted('kube-admin')]);
    assert.equal(request.state, 'pending');
    assert.deepEqual(request.reviews, []);
    assert.ok(request.decideBy > request.created && request.decideBy <= request.grantEnds);
  });

  it('several roles are one request', async () => {
    const roles = [untrusted('kube-admin'), untrusted('prod-dba')];
    const name = world().enterprise ? 'alice' : 'bob';
    const request = await world().show(await world().createRequest({ roles }, name), name);
    assert.deepEqual([...request.roles].sort(), roles);
  });

  it('the reviewers asked for are those of the request', async () => {
    const reviewers = [untrusted('eve'), untrusted('omar')];
    const { suggestedReviewers } = await world().show(await world().createRequest({ reviewers }));
    assert.deepEqual([...suggestedReviewers].sort(), reviewers);
  });

  it('a duration is granted as asked, or cut to what the cluster allows', async () => {
    for (const minutes of [30, 120, 1440]) {
      const { created, grantEnds } = await world().show(await world().createRequest({ minutes }));
      const granted = Math.round((grantEnds - created) / minute);
      // Without a longest duration in a role nobody gets more than a session, or than is left of the login.
      if (world().enterprise) assert.equal(granted, Math.min(minutes, 240), `asked for ${String(minutes)}`);
      else assert.ok(granted <= 60, `asked for ${String(minutes)}, got ${String(granted)}`);
    }
  });

  it('a longer duration or wait than any cluster allows is refused', async () => {
    await failsWith(world().createRequest({ minutes: 400 * 60 }), 'refused');
    await failsWith(world().createRequest({ pendingMinutes: 900 * 60 }), 'refused');
  });

  it('how long it may wait for a decision is apart from how long it is granted', async () => {
    const id = await world().createRequest({ pendingMinutes: 10, minutes: 30 });
    const { created, decideBy, grantEnds } = await world().show(id);
    assert.equal(Math.round((decideBy - created) / minute), 10);
    assert.ok(decideBy < grantEnds);
  });

  it('a start is kept to the second', async () => {
    const startsAt = Date.now() + 10 * minute;
    const request = await world().show(await world().createRequest({ startsAt }));
    assert.ok(Math.abs((request.startsAt ?? 0) - startsAt) <= 1_000);
  });

  it('a role that nobody may ask for is refused, and nothing is made', async () => {
    const roles = ['does-not-exist', 'access'].map(untrusted);
    for (const role of roles) await failsWith(world().createRequest({ roles: [role] }, 'bob'), 'notRequestable');
    const { requests } = await world().tsh.list(await world().home('bob'));
    assert.ok(!requests.some((request) => roles.some((role) => request.roles.includes(role))));
  });

  it('a request nobody knows is gone', () => failsWith(world().show(unknownId), 'gone'));

  it('a request that was deleted is gone', async function () {
    const id = await world().createRequest();
    await world().show(id);
    if (!(await world().removeRequest(id))) skipTest(this, 'nobody here may delete a request');
    await failsWith(world().show(id), 'gone');
  });
});

onEveryCluster('looking', (world) => {
  it('a list catches up with what was made, and shows the same as asking for one', async () => {
    const id = await world().createRequest();
    const home = await world().home('alice');
    const found = await eventually(
      async () => (await world().tsh.list(home)).requests.find((request) => request.id === id),
      (request) => request !== undefined,
    );
    assert.deepEqual(found, await world().show(id));
  });

  it('nothing in a list is unreadable', async () => {
    await world().createRequest();
    assert.equal((await world().tsh.list(await world().home('alice'))).unreadable, 0);
  });

  it('people do not see each other’s requests, unless they review or administer', async () => {
    const id = await world().createRequest();
    await failsWith(world().show(id, 'bob'), 'gone');
    assert.equal((await world().show(id, world().enterprise ? 'rita' : 'ana')).id, id);
  });

  it('a request that was cut off after sending is found again', async () => {
    const home = await world().home('alice');
    const reason = `found again ${String(Math.random())}`;
    const draft = { roles: [untrusted('kube-admin')], reason, minutes: 60, reviewers: [] };
    const since = Date.now();
    assert.equal(await world().tsh.findCreated(home, draft, untrusted('alice'), since), undefined);
    const id = await world().createRequest({ reason });
    await eventually(
      () => world().tsh.findCreated(home, draft, untrusted('alice'), since),
      (found) => found === id,
    );
  });
});
