import assert from 'node:assert/strict';
import { leastApprovals } from '../../../../src/roles/role/thresholds.ts';
import type { PlainValue } from '../../../../src/roles/role/value.ts';

const asking = (thresholds: PlainValue): number => leastApprovals({ spec: { allow: { request: { thresholds } } } });

describe('how many approvals a role asks for', () => {
  it('is one where it says nothing', () =>
    assert.deepEqual([leastApprovals({}), leastApprovals(undefined), asking([]), asking(null)], [1, 1, 1, 1]));

  it('is that of the easiest of its thresholds', () =>
    assert.deepEqual([asking([{ approve: 3 }, { approve: 2, deny: 1 }]), asking([{ approve: 1 }])], [2, 1]));

  it('does not count a threshold that only denies; where all do, no number is enough', () => {
    assert.equal(asking([{ approve: 2 }, { deny: 1 }, { approve: 0, deny: 2 }]), 2);
    assert.equal(asking([{ deny: 1 }]), Infinity);
  });
});
