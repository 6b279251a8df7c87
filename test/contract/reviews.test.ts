import assert from 'node:assert/strict';
import { progress } from '../../src/access/progress.ts';
import { decidingReview, isUsable } from '../../src/access/request.ts';
import { foreign, type RequestId } from '../../src/access/text.ts';
import { failsWith, onEveryCluster, unknown } from './world.ts';

onEveryCluster('deciding', (world) => {
  it('an approval, its words, and that it can be used are known at once', async () => {
    const request = await world().decide(await world().ask(), 'approve', 'go, "INC-42"\nnow');
    assert.equal(request.state, 'approved');
    assert.equal(request.resolveReason, 'go, "INC-42"\nnow');
    assert.ok(isUsable(request, request.created + 1));
  });

  it('a denial and its words are known at once', async () => {
    const request = await world().decide(await world().ask(), 'deny', '@use the read replica');
    assert.equal(request.state, 'denied');
    assert.equal(request.resolveReason, '@use the read replica');
  });
});

onEveryCluster(
  'deciding without reviews',
  (world) => {
    it('is not possible with tsh, not even for who administers requests', async () => {
      const id = await world().ask();
      await failsWith(world().tsh.review(await world().home('ana'), id, 'approve', 'x'), 'notPermitted');
      assert.equal((await world().show(id)).state, 'pending');
    });
  },
  'community',
);

onEveryCluster(
  'deciding with reviews',
  (world) => {
    const review = async (name: string, id: RequestId, verdict: 'approve' | 'deny'): Promise<void> =>
      world().tsh.review(await world().home(name), id, verdict, 'contract');

    it('who approved is known', async () => {
      const request = await world().decide(await world().ask(), 'approve', '');
      assert.equal(decidingReview(request)?.author, 'rita');
      assert.equal(request.reviews.length, 1);
      assert.equal(request.resolveReason, undefined);
    });

    it('one of two approvals decides nothing, the second does', async () => {
      const id = await world().ask({ roles: [foreign('two-eyes')] }, 'bob');
      await review('rita', id, 'approve');
      const between = await world().show(id, 'bob');
      assert.equal(between.state, 'pending');
      assert.deepEqual([progress(between).given, progress(between).needed], [1, 2]);
      await review('omar', id, 'approve');
      const after = await world().show(id, 'bob');
      assert.equal(after.state, 'approved');
      assert.deepEqual([progress(after).given, progress(after).needed], [2, 2]);
    });

    it('the same person cannot give both', async () => {
      const id = await world().ask({ roles: [foreign('two-eyes')] }, 'bob');
      await review('rita', id, 'approve');
      await failsWith(review('rita', id, 'approve'), 'alreadyReviewed');
      assert.equal((await world().show(id, 'bob')).state, 'pending');
    });

    it('nobody reviews their own request', async () => {
      const id = await world().ask();
      await failsWith(review('alice', id, 'approve'), 'notPermitted');
      assert.equal((await world().show(id)).state, 'pending');
    });

    it('nobody reviews without the right to', async () => {
      await failsWith(review('bob', await world().ask(), 'approve'), 'notPermitted');
    });

    it('what somebody else has decided stays decided', async () => {
      for (const verdict of ['approve', 'deny'] as const) {
        const id = await world().ask();
        const { state } = await world().decide(id, verdict);
        await failsWith(review('omar', id, verdict === 'approve' ? 'deny' : 'approve'), 'decided');
        assert.equal((await world().show(id)).state, state);
      }
    });

    it('a request that is not there cannot be decided', () =>
      failsWith(review('rita', unknown, 'approve'), 'gone'));
  },
  'enterprise',
);
