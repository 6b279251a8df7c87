import assert from 'node:assert/strict';
import { untrusted } from '../../../src/access/untrusted/untrusted.ts';
import type { Home } from '../../../src/teleport/home/home.ts';
import { eventually, failsWith, onEveryCluster, unknownId } from '../../support/contract/suite.ts';

const decision = { reason: 'contract', me: untrusted('ana') };

onEveryCluster(
  'deciding without reviews',
  (fixture) => {
    let ana: Home;
    before(async () => {
      ana = await fixture().home('ana');
    });

    it('is not possible with tsh, not even for who administers requests', async () => {
      const id = await fixture().createRequest();
      const { tsh, abilities } = fixture().newClients();
      await failsWith(tsh.review(ana, id, 'approve', 'x'), 'noReviewRights');
      assert.equal(abilities.get('review'), false);
      assert.equal((await fixture().show(id)).state, 'pending');
    });

    it('tctl decides, and who did it can be read again', async () => {
      const { tctl, abilities } = fixture().newClients();
      for (const [verdict, state] of [
        ['approve', 'approved'],
        ['deny', 'denied'],
      ] as const) {
        const id = await fixture().createRequest();
        await tctl.decide(ana, id, verdict, { ...decision, reason: 'by tctl' });
        const request = await fixture().show(id);
        assert.equal(request.state, state);
        assert.deepEqual(
          [request.resolveReason, request.claimedDecider],
          [untrusted('by tctl'), decision.me],
        );
        assert.deepEqual(request.reviews, []);
      }
      assert.equal(abilities.get('decide'), true);
    });

    it('a name that would be read as several notes is left out', async () => {
      const id = await fixture().createRequest();
      await fixture().tctl.decide(ana, id, 'approve', { ...decision, me: untrusted('ana,reviewer=eve') });
      assert.equal((await fixture().show(id)).claimedDecider, undefined);
    });

    it('deciding again overwrites without a word: the reason, and the state', async () => {
      const id = await fixture().createRequest();
      await fixture().tctl.decide(ana, id, 'approve', decision);
      await fixture().tctl.decide(ana, id, 'approve', { ...decision, reason: '' });
      assert.equal((await fixture().show(id)).resolveReason, undefined);
      await fixture().tctl.decide(ana, id, 'deny', { ...decision, reason: 'changed mind' });
      const request = await fixture().show(id);
      assert.deepEqual([request.state, request.resolveReason], ['denied', 'changed mind']);
    });

    it('what was denied afterwards cannot be assumed again', async () => {
      const id = await fixture().newApprovedRequest();
      await fixture().tctl.decide(ana, id, 'deny', decision);
      const home = await fixture().privateHome(await fixture().home('alice'));
      await failsWith(fixture().tsh.assume(home, id), 'denied');
    });

    it('who administers sees everybody’s requests', async () => {
      const ids = [await fixture().createRequest(), await fixture().createRequest({}, 'bob')];
      await eventually(
        () => fixture().tctl.requests(ana),
        ({ requests }) => ids.every((id) => requests.some((request) => request.id === id)),
      );
    });

    it('a request can be deleted, once', async () => {
      const id = await fixture().createRequest();
      await fixture().tctl.remove(ana, id);
      await failsWith(fixture().show(id), 'gone');
      await failsWith(fixture().tctl.remove(ana, id), 'gone');
    });

    it('a request that is not there cannot be decided', () =>
      failsWith(fixture().tctl.decide(ana, unknownId, 'approve', decision), 'gone'));
  },
  'community',
);

onEveryCluster('deciding with tctl', (fixture) => {
  it('is not for ordinary people, nor for editors of roles', async () => {
    const id = await fixture().createRequest();
    const { tctl, abilities } = fixture().newClients();
    for (const name of fixture().enterprise ? ['bob', 'eve'] : ['bob', 'alice']) {
      await failsWith(tctl.decide(await fixture().home(name), id, 'approve', decision), 'notPermitted');
    }
    assert.equal(abilities.get('decide'), false);
    assert.equal((await fixture().show(id)).state, 'pending');
  });
});
