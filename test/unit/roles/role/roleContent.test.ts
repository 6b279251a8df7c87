import assert from 'node:assert/strict';
import { contentOf } from '../../../../src/roles/role/roleContent.ts';
import type { PlainValue } from '../../../../src/roles/role/value.ts';
import { askingRole, roleValue } from '../../../support/roles/roleValues.ts';

describe('what a role says', () => {
  it('names each requestable role with its place, those for resources and for claims too', () => {
    const claims_to_roles = [{ claim: 'groups', value: 'x', roles: ['c'] }];
    const { allow } = contentOf(askingRole({ roles: ['a', 'b*'], search_as_roles: ['s'], claims_to_roles }));
    const places = allow.request.patterns.map(({ pattern, path }) => `${path.join('.')}: ${pattern}`);
    assert.deepEqual(places, [
      'spec.allow.request.roles.0: a',
      'spec.allow.request.roles.1: b*',
      'spec.allow.request.search_as_roles.0: s',
      'spec.allow.request.claims_to_roles.0.roles.0: c',
    ]);
  });

  it('is nothing where there is no role, and a value of another type counts as none', () => {
    for (const content of [
      contentOf(),
      contentOf(roleValue('x', { allow: { request: ['a'], rules: {} } })),
    ]) {
      assert.equal(content.sessionLimit, undefined);
      for (const { request, review, rules } of [content.allow, content.deny])
        assert.deepEqual([request.exists, request.patterns, review.exists, rules], [false, [], false, []]);
    }
  });

  const approvalsOf = (...thresholds: readonly PlainValue[]): number =>
    contentOf(askingRole({ thresholds })).allow.request.approvals;

  it('asks for one approval without thresholds, else for that of the easiest', () => {
    assert.deepEqual([contentOf().allow.request.approvals, approvalsOf()], [1, 1]);
    assert.deepEqual(
      [approvalsOf({ approve: 3 }, { approve: 2, deny: 1 }), approvalsOf({ approve: 1 })],
      [2, 1],
    );
  });

  it('does not count a threshold that only denies; where all do, no number is enough', () => {
    assert.equal(approvalsOf({ approve: 2 }, { deny: 1 }, { approve: 0, deny: 2 }), 2);
    assert.equal(approvalsOf({ deny: 1 }), Infinity);
  });
});
