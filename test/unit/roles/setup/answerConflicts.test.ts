import assert from 'node:assert/strict';
import { untrusted } from '../../../../src/access/untrusted/untrusted.ts';
import type { PlainObject } from '../../../../src/roles/role/value.ts';
import { answerConflict, type AnswerConflict } from '../../../../src/roles/setup/answerConflicts.ts';
import type { Answers } from '../../../../src/roles/setup/answers.ts';
import {
  askingRole,
  community,
  enterprise,
  knownRoles,
  plainTeam,
  roleValue,
  twoTeams,
} from '../../../support/roles/roleValues.ts';
import { names } from '../../../support/samples.ts';

describe('answers that cannot be', () => {
  it('nobody asks, a role asks for itself, who asks or is elevated approves, one team twice, too long', () => {
    const devTeam = untrusted('dev-team');
    const same = { approver: untrusted('lead'), secondApprover: untrusted('lead') };
    const second = { approver: untrusted('kube-admin-second-team') };
    const cases: readonly (readonly [Partial<Answers>, string | undefined])[] = [
      [{}, undefined],
      [{ asking: [] }, 'nobodyAsks'],
      [{ asking: names('kube-admin') }, 'elevatedAsks'],
      [{ approver: devTeam }, 'approverAsks'],
      [{ edition: 'community', approver: devTeam }, 'approverAsks'],
      [{ approver: untrusted('kube-admin') }, 'approverElevated'],
      [{ approvals: 'twoTeams', ...same }, 'sameApprovers'],
      // There is no second team.
      [{ approvals: 'two', ...same }, undefined],
      [{ approvals: 'twoTeams', ...second }, 'approverAsks'],
      [{ minutes: 720 }, 'tooLong'],
      [{ minutes: 360 }, undefined],
    ];
    for (const [changes, kind] of cases) {
      const conflict = answerConflict({ ...enterprise, ...changes }, knownRoles([plainTeam]), 360);
      assert.equal(conflict?.kind, kind, JSON.stringify(changes));
    }
  });

  it('on Community a preset of Teleport does not decide alone; on Enterprise one reviews', () => {
    const labels = { 'teleport.internal/resource-type': 'preset' };
    const known = knownRoles([plainTeam, roleValue('editor', { labels })]);
    const approver = untrusted('editor');
    const conflictKind = (answers: Answers, roles = known): string | undefined =>
      answerConflict({ ...answers, approver }, roles)?.kind;
    assert.equal(conflictKind(community), 'presetApproves');
    assert.equal(conflictKind(community, knownRoles([], { complete: false })), 'presetApproves');
    assert.equal(conflictKind(enterprise), undefined);
  });
});

describe('two teams, whose filters count for all that the roles which ask may ask for', () => {
  const reviewer = (allow: PlainObject, deny: PlainObject = {}): PlainObject =>
    roleValue('lead', { allow: { review_requests: allow }, deny: { review_requests: deny } });
  const others = ['prod-dba', 'prod-web', 'two-eyes'].map((name) => roleValue(name, { allow: {} }));
  const conflictOf = (answers: Answers, ...roles: readonly PlainObject[]): AnswerConflict | undefined =>
    answerConflict(answers, knownRoles([...others, ...roles]));
  const unapprovable = (answers: Answers, ...roles: readonly PlainObject[]): readonly string[] => {
    const conflict = conflictOf(answers, ...roles);
    return conflict?.kind === 'unapprovable' ? conflict.roles.map((name) => name as unknown as string) : [];
  };
  const lead = { ...twoTeams, approver: untrusted('lead') };

  it('a reviewer that is new leaves the others without approval; who and what is named', () => {
    assert.deepEqual(conflictOf(twoTeams, askingRole({ roles: ['prod-dba', 'two-eyes'] })), {
      kind: 'unapprovable',
      team: 'first',
      asking: untrusted('dev-team'),
      reviewer: untrusted('kube-admin-reviewer'),
      roles: names('prod-dba', 'two-eyes'),
    });
    for (const role of [askingRole({ roles: ['kube-admin'] }), plainTeam])
      assert.equal(conflictOf(twoTeams, role), undefined);
  });

  it('one that is there counts with what it reviews, and with what it will', () => {
    const team = askingRole({ roles: ['prod-dba', 'two-eyes'] });
    for (const [allow, deny, expected] of [
      [{ roles: ['prod-dba'] }, {}, ['two-eyes']],
      [{ roles: ['prod-dba', 'two-eyes'] }, {}, []],
      [{ roles: ['*'] }, {}, []],
      [{ roles: ['prod-*', '^two-.*$'] }, {}, []],
      [{ roles: ['*'] }, { roles: ['two-*'] }, ['two-eyes']],
      // What it may never review.
      [{ roles: ['prod-dba', 'two-eyes'] }, { roles: ['kube-admin'] }, ['kube-admin']],
      [{ roles: ['*'], where: 'contains(x, "y")' }, {}, ['kube-admin', 'prod-dba', 'two-eyes']],
    ] as const)
      assert.deepEqual(unapprovable(lead, team, reviewer(allow, deny)), expected, JSON.stringify(allow));
  });

  it('patterns, resources and claims count as what they stand for; what is denied does not', () => {
    const claims_to_roles = [{ claim: 'groups', value: 'x', roles: ['prod-dba'] }];
    for (const [request, expected] of [
      [{ roles: ['prod-*'] }, ['prod-dba', 'prod-web']],
      [{ search_as_roles: ['two-eyes'] }, ['two-eyes']],
      [{ claims_to_roles }, ['prod-dba']],
    ] as const)
      assert.deepEqual(unapprovable(twoTeams, askingRole(request)), expected);
    const everyRole = unapprovable(twoTeams, askingRole({ roles: ['*'] }));
    for (const name of ['prod-dba', 'prod-web', 'two-eyes'])
      assert.ok(everyRole.includes(name), everyRole.join());
    const denies = roleValue('dev-team', {
      allow: { request: { roles: ['prod-*'] } },
      deny: { request: { roles: ['prod-dba'] } },
    });
    assert.deepEqual(unapprovable(twoTeams, denies), ['prod-web']);
    const incomplete = knownRoles([askingRole({ roles: ['secret-*'] })], { complete: false });
    const conflict = answerConflict(twoTeams, incomplete);
    assert.ok(
      conflict?.kind === 'unapprovable' && conflict.roles.includes(untrusted('secret-*')),
      'roles that are not known',
    );
  });

  it('the second team’s role is looked at as well; without filters there is nothing to strand', () => {
    const second = askingRole({ roles: ['kube-admin', 'prod-dba'] }, 'kube-admin-second-team');
    const conflict = conflictOf(twoTeams, plainTeam, second);
    assert.ok(conflict?.kind === 'unapprovable' && conflict.team === 'second');
    assert.deepEqual(conflict.roles, names('prod-dba'));
    const team = askingRole({ roles: ['prod-dba'] });
    for (const approvals of ['one', 'two', 'asIs'] as const)
      assert.equal(conflictOf({ ...twoTeams, approvals }, team), undefined, approvals);
    assert.equal(conflictOf({ ...twoTeams, edition: 'community' }, team), undefined);
  });
});
