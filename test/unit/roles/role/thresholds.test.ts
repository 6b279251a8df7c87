import assert from 'node:assert/strict';
import { leastApprovals } from '../../../../src/roles/role/thresholds.ts';
import type { PlainValue } from '../../../../src/roles/role/value.ts';

const approvalsOf = (thresholds: PlainValue): number =>
  leastApprovals({ spec: { allow: { request: { thresholds } } } });

describe('how many approvals a role asks for', () => {
  it('is one where it says nothing', () =>
    assert.deepEqual(
      [leastApprovals({}), leastApprovals(undefined), approvalsOf([]), approvalsOf(null)],
      [1, 1, 1, 1],
    ));

  it('is that of the easiest of its thresholds', () =>
    assert.deepEqual(
      [approvalsOf([{ approve: 3 }, { approve: 2, deny: 1 }]), approvalsOf([{ approve: 1 }])],
      [2, 1],
    ));

  it('does not count a threshold that only denies; where all do, no number is enough', () => {
    assert.equal(approvalsOf([{ approve: 2 }, { deny: 1 }, { approve: 0, deny: 2 }]), 2);
    assert.equal(approvalsOf([{ deny: 1 }]), Infinity);
  });
});
