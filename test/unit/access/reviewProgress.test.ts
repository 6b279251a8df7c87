import assert from 'node:assert/strict';
import { progress } from '../../../src/access/reviewProgress.ts';
import { untrusted } from '../../../src/access/untrusted/untrusted.ts';
import { readRequest } from '../../../src/teleport/output/requestSchema.ts';
import { readRecording } from '../../support/recordings.ts';
import { request, review } from '../../support/samples.ts';

const twoApprovals = [{ name: untrusted('two'), approve: 2, deny: 1 }];
const progressText = (changes: Parameters<typeof request>[0]): string => {
  const { given, needed } = progress(request(changes));
  return `${given} of ${needed}`;
};

describe('progress of a review', () => {
  it('one approval is needed where the cluster says nothing (Community)', () => {
    assert.equal(progressText({ thresholds: [], thresholdSets: [] }), '0 of 1');
    assert.equal(progressText({ thresholds: [], thresholdSets: [], reviews: [review('rita')] }), '1 of 1');
  });

  it('one of two approvals is one of two, as the cluster recorded it', () => {
    const { given, needed, thresholds } = progress(readRequest(readRecording('two-show-1of2').stdout));
    assert.deepEqual([given, needed], [1, 2]);
    assert.deepEqual(thresholds, [{ name: 'two', approvals: 1, needed: 2 }]);
    const complete = progress(readRequest(readRecording('two-show-2of2').stdout));
    assert.deepEqual([complete.given, complete.needed], [2, 2]);
  });

  it('a denial is no approval', () => {
    assert.equal(progressText({ thresholds: twoApprovals, reviews: [review('rita', 'denied')] }), '0 of 2');
  });

  it('an approval that counts for another threshold does not count for this one', () => {
    const otherReview = { ...review('rita'), thresholds: [1] };
    assert.equal(progressText({ thresholds: twoApprovals, reviews: [otherReview] }), '0 of 2');
  });

  it('of a set the threshold that is nearest to done counts', () => {
    const thresholds = [...twoApprovals, { name: untrusted('lead'), approve: 1, deny: 1 }];
    assert.equal(progressText({ thresholds, thresholdSets: [[0, 1]] }), '0 of 1');
    const leadReview = { ...review('omar'), thresholds: [1] };
    assert.equal(progressText({ thresholds, thresholdSets: [[0, 1]], reviews: [leadReview] }), '1 of 1');
  });

  it('of several roles the one that is furthest from done counts', () => {
    const thresholds = [{ approve: 1, deny: 1 }, ...twoApprovals];
    const firstReview = { ...review('rita'), thresholds: [0] };
    assert.equal(progressText({ thresholds, thresholdSets: [[0], [1]], reviews: [firstReview] }), '0 of 2');
  });

  it('a threshold that never approves is not waited for', () => {
    const thresholds = [{ approve: 0, deny: 1 }, ...twoApprovals];
    assert.equal(progressText({ thresholds, thresholdSets: [[0, 1]] }), '0 of 2');
    assert.equal(progressText({ thresholds: [{ approve: 0, deny: 1 }], thresholdSets: [[0]] }), '0 of 1');
  });

  it('more approvals than needed are not more than all', () => {
    const reviews = [review('rita'), review('omar'), review('eve')];
    assert.equal(progressText({ thresholds: twoApprovals, reviews }), '2 of 2');
  });

  it('sets that name thresholds which are not there do no harm', () => {
    assert.equal(progressText({ thresholdSets: [[7], []] }), '0 of 1');
  });
});
