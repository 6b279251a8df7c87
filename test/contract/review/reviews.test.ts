import assert from 'node:assert/strict';
import { progress } from '../../../src/access/reviewProgress.ts';
import { decidingReview, phaseOf } from '../../../src/access/request.ts';
import { untrusted, type RequestId } from '../../../src/access/untrusted/untrusted.ts';
import { failsWith, minute, onEveryCluster, unknownId } from '../../support/contract/suite.ts';

onEveryCluster('deciding', (fixture) => {
  it('an approval, its words, and that it can be used are known at once', async () => {
    const request = await fixture().decide(await fixture().createRequest(), 'approve', 'go, "INC-42"\nnow');
    assert.equal(request.state, 'approved');
    assert.equal(request.resolveReason, 'go, "INC-42"\nnow');
    assert.equal(phaseOf(request, request.created + 1), 'ready');
  });

  it('a denial and its words are known at once', async () => {
    const request = await fixture().decide(await fixture().createRequest(), 'deny', '@use the read replica');
    assert.equal(request.state, 'denied');
    assert.equal(request.resolveReason, '@use the read replica');
  });

  it('an approval without words has none', async () => {
    assert.equal(
      (await fixture().decide(await fixture().createRequest(), 'approve', '')).resolveReason,
      undefined,
    );
  });
});

onEveryCluster(
  'reviewing',
  (fixture) => {
    const review = async (name: string, id: RequestId, verdict: 'approve' | 'deny'): Promise<void> =>
      fixture().tsh.review(await fixture().home(name), id, verdict, 'contract');
    const createTwoEyesRequest = (): Promise<RequestId> =>
      fixture().createRequest({ roles: [untrusted('two-eyes')] }, 'bob');

    it('who approved is known', async () => {
      const request = await fixture().decide(await fixture().createRequest(), 'approve', '');
      assert.equal(decidingReview(request)?.author, 'rita');
      assert.equal(request.reviews.length, 1);
    });

    it('one of two approvals decides nothing, the second does', async () => {
      const id = await createTwoEyesRequest();
      await review('rita', id, 'approve');
      const between = await fixture().show(id, 'bob');
      assert.equal(between.state, 'pending');
      assert.deepEqual([progress(between).given, progress(between).needed], [1, 2]);
      await review('omar', id, 'approve');
      const after = await fixture().show(id, 'bob');
      assert.equal(after.state, 'approved');
      assert.deepEqual([progress(after).given, progress(after).needed], [2, 2]);
      assert.deepEqual((await fixture().tsh.assume(await fixture().copyMainLogin('bob'), id)).assumed, [id]);
    });

    it('one denial decides, also after an approval', async () => {
      const id = await createTwoEyesRequest();
      await review('rita', id, 'approve');
      await review('omar', id, 'deny');
      const request = await fixture().show(id, 'bob');
      assert.equal(request.state, 'denied');
      assert.equal(decidingReview(request)?.author, 'omar');
    });

    it('the same person cannot give both', async () => {
      const id = await createTwoEyesRequest();
      await review('rita', id, 'approve');
      await failsWith(review('rita', id, 'approve'), 'alreadyReviewed');
      assert.equal((await fixture().show(id, 'bob')).state, 'pending');
    });

    it('approving twice changes nothing', async () => {
      const id = await fixture().createRequest();
      const { revision } = await fixture().decide(id, 'approve');
      await failsWith(review('rita', id, 'approve'), 'alreadyReviewed');
      assert.equal((await fixture().show(id)).revision, revision);
    });

    it('what somebody else has decided stays decided', async () => {
      for (const verdict of ['approve', 'deny'] as const) {
        const id = await fixture().createRequest();
        const { state } = await fixture().decide(id, verdict);
        await failsWith(review('omar', id, verdict === 'approve' ? 'deny' : 'approve'), 'decided');
        assert.equal((await fixture().show(id)).state, state);
      }
    });

    it('nobody without a role that reviews can review, least of all their own', async () => {
      const id = await fixture().createRequest();
      const { tsh, abilities } = fixture().newClients();
      for (const name of ['alice', 'bob']) {
        await failsWith(tsh.review(await fixture().home(name), id, 'approve', 'x'), 'noReviewRights');
      }
      assert.equal(abilities.get('review'), false);
      assert.equal((await fixture().show(id)).state, 'pending');
    });

    it('a later start can be given with the approval', async () => {
      const id = await fixture().createRequest();
      const startsAt = Date.now() + 10 * minute;
      await fixture().tsh.review(await fixture().home('rita'), id, 'approve', 'later', { startsAt });
      const request = await fixture().show(id);
      assert.equal(phaseOf(request, request.created + 1), 'scheduled');
      assert.ok(Math.abs((request.startsAt ?? 0) - startsAt) <= 1_000);
      const home = await fixture().privateHome(await fixture().home('alice'));
      await failsWith(fixture().tsh.assume(home, id), 'tooEarly');
    });

    it('a request that is not there cannot be decided', () =>
      failsWith(review('rita', unknownId, 'approve'), 'gone'));
  },
  'enterprise',
);
