import assert from 'node:assert/strict';
import type { PlainObject } from '../../../../src/roles/role/value.ts';
import type { Answers } from '../../../../src/roles/setup/answers.ts';
import { sideEffects, weakensApprovals } from '../../../../src/roles/setup/sideEffects.ts';
import { sideEffectWords } from '../../../../src/text/roles/setupText.ts';
import { askingRole, enterprise, knownRoles } from '../../../support/roles/roleValues.ts';
import { names } from '../../../support/samples.ts';

const request = { roles: ['two-eyes'], search_as_roles: ['node-admin'] };
const twoApprovals = { ...request, thresholds: [{ approve: 2, deny: 1 }] };

/** Asserts the effects of answers on the other requests of a role, and whether they weaken its approvals. */
function assertEffects(
  clause: PlainObject,
  changes: Partial<Answers>,
  expected: readonly string[],
  { weakens = false, version = '17.2.0' } = {},
): void {
  const known = knownRoles([askingRole(clause, 'prod-team')], { version });
  const answers = { ...enterprise, asking: names('prod-team'), reason: false, ...changes };
  assert.deepEqual(sideEffects(answers, known).map(sideEffectWords), expected);
  assert.equal(weakensApprovals(answers, known), weakens);
}

describe('what else changes for a role that asks', () => {
  it('fewer approvals, or another team’s, are said for its other requests, and are a weakening', () => {
    const weakens = { weakens: true };
    assertEffects(twoApprovals, {}, ['two-eyes, node-admin of prod-team: 2 → 1 approvals'], weakens);
    const ofTeam = 'two-eyes, node-admin of prod-team: approvals 2 → 1 of kube-admin-reviewer';
    assertEffects(twoApprovals, { approvals: 'twoTeams' }, [ofTeam], weakens);
    const filtered = { roles: ['two-eyes'], thresholds: [{ approve: 1, filter: 'true' }] };
    assertEffects(filtered, {}, ['two-eyes of prod-team: approvals 1, by a filter → 1'], weakens);
  });

  it('more approvals are said and no weakening; nothing is said where nothing else may be asked for', () => {
    const oneApproval = { roles: ['two-eyes'] };
    assertEffects(oneApproval, { approvals: 'two' }, ['two-eyes of prod-team: 1 → 2 approvals']);
    for (const approvals of ['two', 'asIs'] as const) assertEffects(twoApprovals, { approvals }, []);
    assertEffects({ roles: ['kube-admin'], thresholds: [{ approve: 2 }] }, {}, []);
    // Community counts no approvals.
    assertEffects(twoApprovals, { edition: 'community' }, []);
  });

  it('a reason is said, where the server can require one', () => {
    const answers = { approvals: 'two', reason: true } as const;
    assertEffects(twoApprovals, answers, ['two-eyes, node-admin of prod-team: a reason is required']);
    assertEffects(twoApprovals, answers, [], { version: '17.0.5' });
    const requires = { roles: ['two-eyes'], reason: { mode: 'required' } };
    assertEffects(requires, {}, ['two-eyes of prod-team: no reason needed']);
  });
});
