import assert from 'node:assert/strict';
import { progress } from '../../../src/access/reviewProgress.ts';
import { decidingReview, isScheduled, isUsable } from '../../../src/access/request.ts';
import { untrusted, type RequestId } from '../../../src/access/text/untrusted.ts';
import { failsWith, minute, onEveryCluster, unknownId } from '../../support/contract/suite.ts';

onEveryCluster('deciding', (world) => {
  it('an approval, its words, and that it can be used are known at once', async () => {
    const request = await world().decide(await world().createRequest(), 'approve', 'go, "INC-42"\nnow');
    assert.equal(request.state, 'approved');
    assert.equal(request.resolveReason, 'go, "INC-42"\nnow');
    assert.ok(isUsable(request, request.created + 1));
  });

  it('a denial and its words are known at once', async () => {
    const request = await world().decide(await world().createRequest(), 'deny', '@use the read replica');
    assert.equal(request.state, 'denied');
    assert.equal(request.resolveReason, '@use the read replica');
  });

  it('an approval without words has none', async () => {
    assert.equal((await world().decide(await world().createRequest(), 'approve', '')).resolveReason, undefined);
  });
});

onEveryCluster(
  'reviewing',
  (world) => {
    const review = async (name: string, id: RequestId, verdict: 'approve' | 'deny'): Promise<void> =>
      world().tsh.review(await world().home(name), id, verdict, 'contract');
    const twoEyes = (): Promise<RequestId> => world().createRequest({ roles: [untrusted('two-eyes')] }, 'bob');

    it('who approved is known', async () => {
      const request = await world().decide(await world().createRequest(), 'approve', '');
      assert.equal(decidingReview(request)?.author, 'rita');
      assert.equal(request.reviews.length, 1);
    });

    it('one of two approvals decides nothing, the second does', async () => {
      const id = await twoEyes();
      await review('rita', id, 'approve');
      const between = await world().show(id, 'bob');
      assert.equal(between.state, 'pending');
      assert.deepEqual([progress(between).given, progress(between).needed], [1, 2]);
      await review('omar', id, 'approve');
      const after = await world().show(id, 'bob');
      assert.equal(after.state, 'approved');
      assert.deepEqual([progress(after).given, progress(after).needed], [2, 2]);
      assert.deepEqual((await world().tsh.assume(await world().copyMainLogin('bob'), id)).assumed, [id]);
    });

    it('one denial decides, also after an approval', async () => {
      const id = await twoEyes();
      await review('rita', id, 'approve');
      await review('omar', id, 'deny');
      const request = await world().show(id, 'bob');
      assert.equal(request.state, 'denied');
      assert.equal(decidingReview(request)?.author, 'omar');
    });

    it('the same person cannot give both', async () => {
      const id = await twoEyes();
      await review('rita', id, 'approve');
      await failsWith(review('rita', id, 'approve'), 'alreadyReviewed');
      assert.equal((await world().show(id, 'bob')).state, 'pending');
    });

    it('approving twice changes nothing', async () => {
      const id = await world().createRequest();
      const { revision } = await world().decide(id, 'approve');
      await failsWith(review('rita', id, 'approve'), 'alreadyReviewed');
      assert.equal((await world().show(id)).revision, revision);
    });

    it('what somebody else has decided stays decided', async () => {
      for (const verdict of ['approve', 'deny'] as const) {
        const id = await world().createRequest();
        const { state } = await world().decide(id, verdict);
        await failsWith(review('omar', id, verdict === 'approve' ? 'deny' : 'approve'), 'decided');
        assert.equal((await world().show(id)).state, state);
      }
    });

    it('nobody without a role that reviews can review, least of all their own', async () => {
      const id = await world().createRequest();
      const { tsh, abilities } = world().newClients();
      for (const name of ['alice', 'bob']) {
        await failsWith(tsh.review(await world().home(name), id, 'approve', 'x'), 'noReviewRights');
      }
      assert.equal(abilities.get('review'), false);
      assert.equal((await world().show(id)).state, 'pending');
    });

    it('a later start can be given with the approval', async () => {
      const id = await world().createRequest();
      const startsAt = Date.now() + 10 * minute;
      await world().tsh.review(await world().home('rita'), id, 'approve', 'later', { startsAt });
      const request = await world().show(id);
      assert.ok(isScheduled(request, request.created + 1));
      assert.ok(Math.abs((request.startsAt ?? 0) - startsAt) <= 1_000);
      const home = await world().privateHome(await world().home('alice'));
      await failsWith(world().tsh.assume(home, id), 'tooEarly');
    });

    it('a request that is not there cannot be decided', () =>
      failsWith(review('rita', unknownId, 'approve'), 'gone'));
  },
  'enterprise',
);
