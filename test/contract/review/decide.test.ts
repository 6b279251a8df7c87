import assert from 'node:assert/strict';
import { untrusted } from '../../../src/access/text/untrusted.ts';
import type { Home } from '../../../src/teleport/home/home.ts';
import { eventually, failsWith, onEveryCluster, unknownId } from '../../support/contract/suite.ts';

const words = { reason: 'contract', me: untrusted('ana') };

onEveryCluster(
  'deciding without reviews',
  (world) => {
    let ana: Home;
    before(async () => {
      ana = await world().home('ana');
    });

    it('is not possible with tsh, not even for who administers requests', async () => {
      const id = await world().createRequest();
      const { tsh, abilities } = world().newClients();
      await failsWith(tsh.review(ana, id, 'approve', 'x'), 'noReviewRights');
      assert.equal(abilities.get('review'), false);
      assert.equal((await world().show(id)).state, 'pending');
    });

    it('tctl decides, and who did it can be read again', async () => {
      const { tctl, abilities } = world().newClients();
      for (const [verdict, state] of [
        ['approve', 'approved'],
        ['deny', 'denied'],
      ] as const) {
        const id = await world().createRequest();
        await tctl.decide(ana, id, verdict, { ...words, reason: 'by tctl' });
        const request = await world().show(id);
        assert.equal(request.state, state);
        assert.deepEqual([request.resolveReason, request.says], [untrusted('by tctl'), words.me]);
        assert.deepEqual(request.reviews, []);
      }
      assert.equal(abilities.get('decide'), true);
    });

    it('a name that would be read as several notes is left out', async () => {
      const id = await world().createRequest();
      await world().tctl.decide(ana, id, 'approve', { ...words, me: untrusted('ana,reviewer=eve') });
      assert.equal((await world().show(id)).says, undefined);
    });

    it('deciding again overwrites without a word: the reason, and the state', async () => {
      const id = await world().createRequest();
      await world().tctl.decide(ana, id, 'approve', words);
      await world().tctl.decide(ana, id, 'approve', { ...words, reason: '' });
      assert.equal((await world().show(id)).resolveReason, undefined);
      await world().tctl.decide(ana, id, 'deny', { ...words, reason: 'changed mind' });
      const request = await world().show(id);
      assert.deepEqual([request.state, request.resolveReason], ['denied', 'changed mind']);
    });

    it('what was denied afterwards cannot be assumed again', async () => {
      const id = await world().newApprovedRequest();
      await world().tctl.decide(ana, id, 'deny', words);
      const home = await world().privateHome(await world().home('alice'));
      await failsWith(world().tsh.assume(home, id), 'denied');
    });

    it('who administers sees everybody’s requests', async () => {
      const ids = [await world().createRequest(), await world().createRequest({}, 'bob')];
      await eventually(
        () => world().tctl.requests(ana),
        ({ requests }) => ids.every((id) => requests.some((request) => request.id === id)),
      );
    });

    it('a request can be deleted, once', async () => {
      const id = await world().createRequest();
      await world().tctl.remove(ana, id);
      await failsWith(world().show(id), 'gone');
      await failsWith(world().tctl.remove(ana, id), 'gone');
    });

    it('a request that is not there cannot be decided', () =>
      failsWith(world().tctl.decide(ana, unknownId, 'approve', words), 'gone'));
  },
  'community',
);

onEveryCluster('deciding with tctl', (world) => {
  it('is not for ordinary people, nor for editors of roles', async () => {
    const id = await world().createRequest();
    const { tctl, abilities } = world().newClients();
    for (const name of world().enterprise ? ['bob', 'eve'] : ['bob', 'alice']) {
      await failsWith(tctl.decide(await world().home(name), id, 'approve', words), 'notPermitted');
    }
    assert.equal(abilities.get('decide'), false);
    assert.equal((await world().show(id)).state, 'pending');
  });
});
