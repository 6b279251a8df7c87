import assert from 'node:assert/strict';
import { untrusted } from '../../../src/access/untrusted/untrusted.ts';
import {
  eventually,
  failsWith,
  skipTest,
  minute,
  onEveryCluster,
  unknownId,
} from '../../support/contract/suite.ts';

onEveryCluster('asking', (fixture) => {
  it('a request says who asks for what, and waits', async () => {
    const id = await fixture().createRequest();
    const request = await fixture().show(id);
    assert.equal(request.id, id);
    assert.equal(request.user, 'alice');
    assert.deepEqual(request.roles, [untrusted('kube-admin')]);
    assert.equal(request.state, 'pending');
    assert.deepEqual(request.reviews, []);
    assert.ok(request.decideBy > request.created && request.decideBy <= request.grantEnds);
  });

  it('several roles are one request', async () => {
    const roles = [untrusted('kube-admin'), untrusted('prod-dba')];
    const name = fixture().enterprise ? 'alice' : 'bob';
    const request = await fixture().show(await fixture().createRequest({ roles }, name), name);
    assert.deepEqual([...request.roles].sort(), roles);
  });

  it('the reviewers asked for are those of the request', async () => {
    const reviewers = [untrusted('eve'), untrusted('omar')];
    const { suggestedReviewers } = await fixture().show(await fixture().createRequest({ reviewers }));
    assert.deepEqual([...suggestedReviewers].sort(), reviewers);
  });

  it('a duration is granted as asked, or cut to what the cluster allows', async () => {
    for (const minutes of [30, 120, 1440]) {
      const { created, grantEnds } = await fixture().show(await fixture().createRequest({ minutes }));
      const granted = Math.round((grantEnds - created) / minute);
      // When no role sets a longest duration, a grant lasts at most one session or the rest of the login.
      if (fixture().enterprise) assert.equal(granted, Math.min(minutes, 240), `asked for ${String(minutes)}`);
      else assert.ok(granted <= 60, `asked for ${String(minutes)}, got ${String(granted)}`);
    }
  });

  it('a longer duration or wait than any cluster allows is refused', async () => {
    await failsWith(fixture().createRequest({ minutes: 400 * 60 }), 'refused');
    await failsWith(fixture().createRequest({ pendingMinutes: 900 * 60 }), 'refused');
  });

  it('how long it may wait for a decision is apart from how long it is granted', async () => {
    const id = await fixture().createRequest({ pendingMinutes: 10, minutes: 30 });
    const { created, decideBy, grantEnds } = await fixture().show(id);
    assert.equal(Math.round((decideBy - created) / minute), 10);
    assert.ok(decideBy < grantEnds);
  });

  it('a start is kept to the second', async () => {
    const startsAt = Date.now() + 10 * minute;
    const request = await fixture().show(await fixture().createRequest({ startsAt }));
    assert.ok(Math.abs((request.startsAt ?? 0) - startsAt) <= 1_000);
  });

  it('a role that nobody may ask for is refused, and nothing is made', async () => {
    const roles = ['does-not-exist', 'access'].map(untrusted);
    for (const role of roles)
      await failsWith(fixture().createRequest({ roles: [role] }, 'bob'), 'notRequestable');
    const { requests } = await fixture().tsh.list(await fixture().home('bob'));
    assert.ok(!requests.some((request) => roles.some((role) => request.roles.includes(role))));
  });

  it('a request nobody knows is gone', () => failsWith(fixture().show(unknownId), 'gone'));

  it('a request that was deleted is gone', async function () {
    const id = await fixture().createRequest();
    await fixture().show(id);
    if (!(await fixture().removeRequest(id))) skipTest(this, 'nobody here may delete a request');
    await failsWith(fixture().show(id), 'gone');
  });
});

onEveryCluster('looking', (fixture) => {
  it('a list catches up with what was made, and shows the same as asking for one', async () => {
    const id = await fixture().createRequest();
    const home = await fixture().home('alice');
    const found = await eventually(
      async () => (await fixture().tsh.list(home)).requests.find((request) => request.id === id),
      (request) => request !== undefined,
    );
    assert.deepEqual(found, await fixture().show(id));
  });

  it('nothing in a list is unreadable', async () => {
    await fixture().createRequest();
    assert.equal((await fixture().tsh.list(await fixture().home('alice'))).unreadable, 0);
  });

  it('people do not see each other’s requests, unless they review or administer', async () => {
    const id = await fixture().createRequest();
    await failsWith(fixture().show(id, 'bob'), 'gone');
    assert.equal((await fixture().show(id, fixture().enterprise ? 'rita' : 'ana')).id, id);
  });

  it('a request that was cut off after sending is found again', async () => {
    const home = await fixture().home('alice');
    const reason = `found again ${String(Math.random())}`;
    const draft = { roles: [untrusted('kube-admin')], reason, minutes: 60, reviewers: [] };
    const since = Date.now();
    assert.equal(await fixture().tsh.findCreated(home, draft, untrusted('alice'), since), undefined);
    const id = await fixture().createRequest({ reason });
    await eventually(
      () => fixture().tsh.findCreated(home, draft, untrusted('alice'), since),
      (found) => found === id,
    );
  });
});
