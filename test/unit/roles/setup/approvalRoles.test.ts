import assert from 'node:assert/strict';
import { untrusted, type Untrusted } from '../../../../src/access/untrusted/untrusted.ts';
import type { PlainValue, PlainObject } from '../../../../src/roles/role/value.ts';
import type { Answers, KnownRoles } from '../../../../src/roles/setup/answers.ts';
import { commonApprovals, teamOf } from '../../../../src/roles/setup/approvalRoles.ts';
import { nextSteps } from '../../../../src/roles/setup/nextSteps.ts';
import { planSetup } from '../../../../src/roles/setup/planSetup.ts';
import {
  askingRole,
  community,
  enterprise,
  knownRoles,
  plainTeam,
  rolesAfter,
  roleValue,
  specAfter,
  stepKinds,
  twoTeams,
} from '../../../support/roles/roleValues.ts';
import { names } from '../../../support/samples.ts';

const withThresholds = (...thresholds: readonly PlainValue[]): PlainObject => askingRole({ thresholds });
const two = { ...enterprise, approvals: 'two' } as const;

describe('who approves, on Enterprise', () => {
  const thresholds = (answers: Answers, team = plainTeam): PlainValue | undefined =>
    specAfter(answers, [team], 'dev-team', 'allow', 'request', 'thresholds');

  it('one: nothing is written where one is enough already', () => {
    assert.equal(thresholds(enterprise), undefined);
    assert.deepEqual(thresholds(enterprise, withThresholds({ approve: 2, deny: 1 })), [
      { name: 'one', approve: 1, deny: 1 },
    ]);
  });

  it('two: thresholds of one role are alternatives, so all others go', () => {
    for (const team of [plainTeam, withThresholds({ approve: 1 }, { approve: 2 })])
      assert.deepEqual(thresholds(two, team), [{ name: 'two', approve: 2, deny: 1 }]);
    const upToDate = askingRole({
      roles: ['kube-admin'],
      reason: { mode: 'required' },
      thresholds: [{ approve: 2, deny: 1 }],
    });
    assert.equal(specAfter(two, [upToDate], 'dev-team'), undefined);
  });

  it('two of different teams: a filter in each of two roles, and who needs the second is said', () => {
    const written = rolesAfter(twoTeams, knownRoles([plainTeam]));
    const [second, reviewer, secondReviewer] = ['second-team', 'reviewer', 'second-reviewer'].map(
      (suffix) => `kube-admin-${suffix}`,
    ) as [string, string, string];
    assert.deepEqual(Object.keys(written), ['kube-admin', 'dev-team', second, reviewer, secondReviewer]);
    assert.equal(teamOf(written['dev-team']), untrusted(reviewer));
    assert.equal(teamOf(written[second]), untrusted(secondReviewer));
    const kinds = stepKinds(twoTeams, knownRoles([plainTeam]));
    for (const kind of ['giveSecond', 'notBoth'] as const) assert.ok(kinds.includes(kind), kind);
    assert.equal(kinds.filter((kind) => kind === 'giveApprover').length, 2);
    const writtenRoles = knownRoles(Object.values(written));
    assert.deepEqual(planSetup(twoTeams, writtenRoles), [], 'written once, nothing is left to write');
    assert.ok(stepKinds(enterprise, writtenRoles).includes('secondStays'));
  });

  it('the team that counts already is known by its filter', () => {
    const filter = 'contains(reviewer.roles, "lead")';
    assert.equal(teamOf(withThresholds({ filter, approve: 1 })), untrusted('lead'));
    for (const role of [withThresholds({ filter: `!${filter}`, approve: 1 }), plainTeam])
      assert.equal(teamOf(role), undefined);
    const written = thresholds({ ...twoTeams, approver: untrusted('lead') });
    assert.deepEqual(written, [{ name: 'first team', filter, approve: 1, deny: 1 }]);
  });

  it('a new reviewer role reviews the elevated one; an existing one gains it, once', () => {
    const reviewed = { review_requests: { roles: ['kube-admin'] } };
    assert.deepEqual(specAfter(enterprise, [plainTeam], 'kube-admin-reviewer', 'allow'), reviewed);
    const lead = (...roles: readonly string[]) =>
      roleValue('lead', { allow: { review_requests: { roles } } });
    const answers = { ...enterprise, approver: untrusted('lead') };
    assert.deepEqual(specAfter(answers, [plainTeam, lead('prod-dba')], 'lead', 'allow'), {
      review_requests: { roles: ['prod-dba', 'kube-admin'] },
    });
    assert.ok(!stepKinds(answers, knownRoles([plainTeam, lead('prod-dba')])).includes('giveApprover'));
    assert.equal(specAfter(answers, [plainTeam, lead('*')], 'lead'), undefined);
  });

  it('what is none of these, or differs between roles that ask, stays as it is', () => {
    const three = withThresholds({ approve: 3 });
    const twoOf = withThresholds({ approve: 2 });
    for (const [roles, expected] of [
      [[three], 'asIs'],
      // The stricter one is not weakened.
      [[twoOf, plainTeam], 'asIs'],
      [[twoOf, withThresholds({ approve: 2 }, { approve: 3 })], 'two'],
      [[plainTeam, undefined], 'one'],
      // A threshold with only a deny count approves nothing.
      [[withThresholds({ approve: 2 }, { deny: 1 })], 'two'],
      [[withThresholds({ deny: 1 })], 'asIs'],
    ] as const)
      assert.equal(commonApprovals(roles), expected, JSON.stringify(roles));
    assert.deepEqual(thresholds({ ...enterprise, approvals: 'asIs' }, three), [{ approve: 3 }]);
  });

  it('a new role has to be given to people; two approvals take two who hold the reviewer role', () => {
    assert.ok(stepKinds(enterprise, knownRoles([])).includes('giveAsking'));
    assert.ok(!stepKinds(enterprise, knownRoles([plainTeam])).includes('giveAsking'));
    for (const [answers, expected] of [
      [enterprise, [1]],
      [two, [2]],
      // One of each team.
      [twoTeams, [1, 1]],
      [{ ...community, approvals: 'two' }, [1]],
    ] as const) {
      const steps = nextSteps(answers, knownRoles([plainTeam]));
      const people = steps.flatMap((step) => (step.kind === 'giveApprover' ? [step.people] : []));
      assert.deepEqual(people, expected, answers.approvals);
    }
  });

  it('who is suggested and cannot review is named; of who could not be read nothing is said', () => {
    const lead = roleValue('lead', { allow: { review_requests: { roles: ['kube-*'] } } });
    const answers = { ...enterprise, suggested: names('rita', 'omar', 'ana', 'ghost') };
    const users = new Map([
      [untrusted('rita'), names('lead')],
      [untrusted('omar'), names('dev-team', 'elsewhere')],
      [untrusted('ana'), names('kube-admin-reviewer')],
    ]);
    const known = knownRoles([plainTeam, lead]);
    const cannotReview = (given: Answers, roles: KnownRoles, read = users): readonly Untrusted[] =>
      nextSteps(given, roles, read).flatMap((step) => (step.kind === 'cannotReview' ? step.people : []));
    assert.deepEqual(cannotReview(answers, known), names('omar'));
    assert.deepEqual(cannotReview(answers, { ...known, complete: false }), [], 'a role that cannot be read');
    assert.deepEqual(cannotReview({ ...answers, edition: 'community' }, known), []);
    assert.deepEqual(cannotReview(answers, known, new Map()), []);
  });

  it('suggested reviewers are added and taken one by one', () => {
    const answers = { ...enterprise, suggested: names('omar', 'ana') };
    const team = askingRole({ suggested_reviewers: ['rita', 'omar'] });
    const after = specAfter(answers, [team], 'dev-team', 'allow', 'request', 'suggested_reviewers');
    assert.deepEqual(after, ['omar', 'ana']);
  });
});

describe('who approves, on Community', () => {
  const verbs = ['list', 'read', 'update'];

  it('a role with rules on access_request, since the preset editor is refused; nothing of Enterprise', () => {
    const answers = { ...community, approvals: 'two', suggested: names('rita') } as const;
    const written = rolesAfter(answers, knownRoles([plainTeam]));
    assert.deepEqual(Object.keys(written), ['kube-admin', 'dev-team', 'access-approver']);
    assert.deepEqual(specAfter(answers, [plainTeam], 'access-approver', 'allow'), {
      rules: [{ resources: ['access_request'], verbs }],
    });
    assert.doesNotMatch(JSON.stringify(written), /thresholds|review_requests|search_as_roles|suggested/);
  });

  it('an existing role gains the verbs it lacks, without widening its other rules', () => {
    const shared = { resources: ['access_request', 'user'], verbs: ['list', 'read'] };
    const conditional = { resources: ['access_request'], verbs: ['*'], where: 'x' };
    for (const [before, after] of [
      [{ resources: ['access_request'], verbs: ['list'] }, [{ resources: ['access_request'], verbs }]],
      [shared, [shared, { resources: ['access_request'], verbs: ['update'] }]],
      [conditional, [conditional, { resources: ['access_request'], verbs }]],
      [{ resources: ['*'], verbs: ['*'] }, undefined],
    ] as const) {
      const ops = roleValue('ops', { allow: { rules: [before] } });
      const answers = { ...community, approver: untrusted('ops') };
      assert.deepEqual(specAfter(answers, [plainTeam, ops], 'ops', 'allow', 'rules'), after);
    }
  });
});
