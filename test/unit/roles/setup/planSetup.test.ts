import assert from 'node:assert/strict';
import { untrusted, type Untrusted } from '../../../../src/access/untrusted/untrusted.ts';
import { sideEffects, weakensApprovals } from '../../../../src/roles/setup/sideEffects.ts';
import {
  canRequireReason,
  defaultAnswers,
  isPlainRoleName,
  type Answers,
  type KnownRoles,
} from '../../../../src/roles/setup/answers.ts';
import { commonApprovals, teamOf } from '../../../../src/roles/setup/approvalRoles.ts';
import { answerConflict, type AnswerConflict } from '../../../../src/roles/setup/answerConflicts.ts';
import { changeValue } from '../../../../src/roles/manifest/changeManifest.ts';
import { parseManifest } from '../../../../src/roles/manifest/parseManifest.ts';
import {
  textsAt,
  valueAt,
  type Path,
  type PlainValue,
  type PlainObject,
} from '../../../../src/roles/role/value.ts';
import { nextSteps, type NextStep } from '../../../../src/roles/setup/nextSteps.ts';
import { writeYaml } from '../../../../src/roles/manifest/writeYaml.ts';
import { planSetup, unreadRoles } from '../../../../src/roles/setup/planSetup.ts';
import { standingRights, standingKey } from '../../../../src/roles/setup/standingRights.ts';
import { sideEffectWords } from '../../../../src/text/roles/setupText.ts';
import { names } from '../../../support/samples.ts';

const role = (name: string, spec: PlainObject): PlainObject => ({
  kind: 'role',
  version: 'v7',
  metadata: { name },
  spec,
});
const knownRoles = (list: readonly PlainObject[], more: Partial<KnownRoles> = {}): KnownRoles => ({
  roles: new Map(list.map((value) => [untrusted(textsAt(value, ['metadata', 'name'])[0] ?? ''), value])),
  complete: true,
  version: '17.2.0',
  ...more,
});
const devTeam = role('dev-team', {
  options: { max_session_ttl: '12h' },
  allow: { logins: ['dev'], kubernetes_groups: ['developers', 'system:masters'] },
});
const plainTeam = role('dev-team', { options: {}, allow: { logins: ['dev'] } });
const enterprise: Answers = { ...defaultAnswers, asking: names('dev-team'), edition: 'enterprise' };
const community: Answers = { ...enterprise, edition: 'community' };

/** The changed roles after the plan was written, by name. */
function rolesAfter(answers: Answers, known: KnownRoles): Readonly<Record<string, PlainObject>> {
  const entries = planSetup(answers, known).map(({ role: name, write }) => {
    const before = known.roles.get(name);
    const value = 'manifest' in write ? write.manifest : changeValue(before ?? {}, write.changes);
    return [name as unknown as string, value] as const;
  });
  return Object.fromEntries(entries);
}
const specAt = (value: PlainObject | undefined, ...path: Path): PlainValue | undefined =>
  valueAt(value, ['spec', ...path]);
const nextStepKinds = (answers: Answers, known: KnownRoles): string[] =>
  nextSteps(answers, known).map(({ kind }) => kind);

describe('what becomes of the elevated role', () => {
  it('a new one gives what was chosen, for an hour, and ends connections with it', () => {
    const { 'kube-admin': written } = rolesAfter(enterprise, knownRoles([plainTeam]));
    assert.deepEqual(specAt(written, 'options'), { max_session_ttl: '1h', disconnect_expired_cert: true });
    assert.deepEqual(specAt(written, 'allow'), {
      kubernetes_labels: { '*': '*' },
      kubernetes_groups: ['system:masters'],
      kubernetes_resources: [{ kind: '*', namespace: '*', name: '*', verbs: ['*'] }],
    });
  });

  it('of each kind can be read strictly, with every answer', () => {
    for (const gives of ['kubernetes', 'database', 'node'] as const)
      for (const minutes of [15, 30, 60, 90, 360]) {
        const answers = { ...enterprise, gives, minutes, mfa: true, approvals: 'twoTeams' } as const;
        for (const [name, value] of Object.entries(rolesAfter(answers, knownRoles([plainTeam])))) {
          const { documents, problems } = parseManifest(writeYaml(value));
          assert.deepEqual(problems, [], name);
          assert.deepEqual(documents[0]?.value, value);
        }
      }
  });

  it('an existing one changes in what was asked only, and not at all where it says so already', () => {
    const existing = role('kube-admin', {
      options: { max_session_ttl: '8h0m0s', require_session_mfa: 'hardware_key_touch', lock: 'strict' },
      allow: { kubernetes_groups: ['edit'] },
    });
    const written = rolesAfter({ ...enterprise, mfa: true }, knownRoles([plainTeam, existing]))['kube-admin'];
    assert.deepEqual(written, {
      ...existing,
      spec: {
        options: {
          max_session_ttl: '1h',
          require_session_mfa: 'hardware_key_touch',
          lock: 'strict',
          disconnect_expired_cert: true,
        },
        allow: { kubernetes_groups: ['edit'] },
      },
    });
    const same = role('kube-admin', { options: { max_session_ttl: '60m', disconnect_expired_cert: true } });
    assert.equal(rolesAfter(enterprise, knownRoles([plainTeam, same]))['kube-admin'], undefined);
    const without = rolesAfter({ ...enterprise, disconnect: false }, knownRoles([plainTeam, same]))[
      'kube-admin'
    ];
    assert.deepEqual(specAt(without, 'options'), { max_session_ttl: '60m' });
  });
});

describe('what becomes of a role that may ask', () => {
  it('it may ask for the elevated one, and a reason is required; what it has besides stays', () => {
    const written = rolesAfter(enterprise, knownRoles([plainTeam]))['dev-team'];
    assert.deepEqual(specAt(written, 'allow'), {
      logins: ['dev'],
      request: { roles: ['kube-admin'], reason: { mode: 'required' } },
    });
  });

  it('nothing changes where it may ask already, also by a wildcard', () => {
    for (const roles of [['kube-admin'], ['*']]) {
      const existing = role('dev-team', { allow: { request: { roles, reason: { mode: 'required' } } } });
      assert.equal(rolesAfter(enterprise, knownRoles([existing]))['dev-team'], undefined);
    }
  });

  it('a server older than 17.1, or of unknown version, is not told of reasons; that is said', () => {
    for (const version of ['17.0.5', '17.0.0-dev', '16.4.9', '17.1.0-dev.3', undefined, 'nonsense']) {
      const there = knownRoles([plainTeam], { version });
      assert.equal(
        specAt(rolesAfter(enterprise, there)['dev-team'], 'allow', 'request', 'reason'),
        undefined,
        version,
      );
      assert.ok(nextStepKinds(enterprise, there).includes('reasonByUs'), version);
    }
    for (const version of ['17.1.0', 'v17.2.1', '18.0.0-alpha.1', '20.1.0']) {
      assert.ok(canRequireReason(version), version);
      assert.ok(
        !nextStepKinds(enterprise, knownRoles([plainTeam], { version })).includes('reasonByUs'),
        version,
      );
    }
  });

  it('no role is ever given options.request_access, which would block every login', () => {
    for (const version of ['17.2.0', '17.0.0-dev', undefined])
      for (const edition of ['enterprise', 'community'] as const)
        assert.doesNotMatch(
          JSON.stringify(rolesAfter({ ...enterprise, edition }, knownRoles([devTeam], { version }))),
          /request_access/,
        );
  });

  it('a reason that is no longer wanted goes, its prompt stays', () => {
    const existing = role('dev-team', {
      allow: { request: { roles: ['kube-admin'], reason: { mode: 'required', prompt: 'Ticket?' } } },
    });
    const written = rolesAfter({ ...enterprise, reason: false }, knownRoles([existing]))['dev-team'];
    assert.deepEqual(specAt(written, 'allow', 'request', 'reason'), { prompt: 'Ticket?' });
  });

  it('loses what the elevated role gives, unless it is to keep it; both are said', () => {
    const known = knownRoles([devTeam]);
    const [standing] = standingRights(enterprise, known);
    assert.deepEqual(standing, {
      role: untrusted('dev-team'),
      path: ['spec', 'allow', 'kubernetes_groups'],
      value: 'system:masters',
    });
    assert.deepEqual(specAt(rolesAfter(enterprise, known)['dev-team'], 'allow', 'kubernetes_groups'), [
      'developers',
    ]);
    assert.ok(nextStepKinds(enterprise, known).includes('untilLoginEnds'));
    const keeping = { ...enterprise, keep: [standingKey(standing)] };
    assert.deepEqual(specAt(rolesAfter(keeping, known)['dev-team'], 'allow', 'kubernetes_groups'), [
      'developers',
      'system:masters',
    ]);
    assert.deepEqual(
      nextStepKinds(keeping, known).filter((kind) => kind === 'kept' || kind === 'untilLoginEnds'),
      ['kept'],
    );
  });

  it('what it holds by a wildcard counts; other people’s names and labels do not', () => {
    const team = role('dev-team', {
      allow: { logins: ['dev', '*'], node_labels: { '*': '*' }, db_users: ['app'] },
    });
    const root: Answers = { ...enterprise, gives: 'node', elevated: untrusted('node-root') };
    assert.deepEqual(
      standingRights(root, knownRoles([team])).map(({ value }) => value),
      ['*'],
    );
    assert.deepEqual(standingRights(enterprise, knownRoles([team])), []);
  });

  it('that has nothing left of a field is named, because its people will miss it', () => {
    const team = role('dev-team', { allow: { kubernetes_groups: ['system:masters'] } });
    assert.ok(nextStepKinds(enterprise, knownRoles([team])).includes('emptied'));
    assert.ok(!nextStepKinds(enterprise, knownRoles([devTeam])).includes('emptied'));
  });

  it('that is not there is a new role where all roles are known, else it is left to a person', () => {
    const written = rolesAfter(enterprise, knownRoles([]))['dev-team'];
    assert.deepEqual(specAt(written, 'allow', 'request', 'roles'), ['kube-admin']);
    const incomplete = knownRoles([], { complete: false });
    assert.equal(rolesAfter(enterprise, incomplete)['dev-team'], undefined);
    assert.deepEqual(unreadRoles(enterprise, incomplete), names('dev-team'));
    assert.ok(nextStepKinds(enterprise, incomplete).includes('byHand'));
  });

  it('several at once', () => {
    const twoTeamsAsk = { ...enterprise, asking: names('dev-team', 'prod-team') };
    const written = rolesAfter(twoTeamsAsk, knownRoles([devTeam, role('prod-team', { allow: {} })]));
    assert.deepEqual(Object.keys(written), ['kube-admin', 'dev-team', 'prod-team', 'kube-admin-reviewer']);
  });

  it('what an approval or reason also counts for, how long grants live, and who approves their own is said', () => {
    const team = role('dev-team', {
      allow: {
        request: { roles: ['prod-dba'], max_duration: '4h0m0s' },
        rules: [{ resources: ['access_request'], verbs: ['list', 'update'] }],
      },
    });
    const steps = nextStepKinds(community, knownRoles([team]));
    for (const kind of ['alsoFor', 'renewable', 'approvesItself']) assert.ok(steps.includes(kind), kind);
    for (const kind of nextStepKinds(community, knownRoles([plainTeam])))
      assert.ok(!['alsoFor', 'renewable', 'approvesItself'].includes(kind), kind);
  });
});

describe('who approves, on Enterprise', () => {
  const thresholds = (answers: Answers, team = plainTeam): PlainValue | undefined =>
    specAt(rolesAfter(answers, knownRoles([team]))['dev-team'], 'allow', 'request', 'thresholds');
  const askingRole = (list: PlainValue): PlainObject =>
    role('dev-team', { allow: { request: { thresholds: list } } });

  it('one: nothing is written where one is enough already', () => {
    assert.equal(thresholds(enterprise), undefined);
    assert.deepEqual(thresholds(enterprise, askingRole([{ approve: 2, deny: 1 }])), [
      { name: 'one', approve: 1, deny: 1 },
    ]);
  });

  it('two: thresholds of one role are alternatives, so all others go', () => {
    const twoApprovals = { ...enterprise, approvals: 'two' } as const;
    assert.deepEqual(thresholds(twoApprovals), [{ name: 'two', approve: 2, deny: 1 }]);
    assert.deepEqual(thresholds(twoApprovals, askingRole([{ approve: 1 }, { approve: 2 }])), [
      { name: 'two', approve: 2, deny: 1 },
    ]);
    const upToDate = role('dev-team', {
      allow: {
        request: {
          roles: ['kube-admin'],
          reason: { mode: 'required' },
          thresholds: [{ approve: 2, deny: 1 }],
        },
      },
    });
    assert.equal(rolesAfter(twoApprovals, knownRoles([upToDate]))['dev-team'], undefined);
  });

  it('two of different teams: a filter in each of two roles, and who needs the second is said', () => {
    const teams = { ...enterprise, approvals: 'twoTeams' } as const;
    const written = rolesAfter(teams, knownRoles([plainTeam]));
    assert.deepEqual(Object.keys(written), [
      'kube-admin',
      'dev-team',
      'kube-admin-second-team',
      'kube-admin-reviewer',
      'kube-admin-second-reviewer',
    ]);
    const filter = (name: string): PlainValue | undefined =>
      specAt(written[name], 'allow', 'request', 'thresholds', 0, 'filter');
    assert.equal(filter('dev-team'), 'contains(reviewer.roles, "kube-admin-reviewer")');
    assert.equal(filter('kube-admin-second-team'), 'contains(reviewer.roles, "kube-admin-second-reviewer")');
    const steps = nextStepKinds(teams, knownRoles([plainTeam]));
    for (const kind of ['giveSecond', 'notBoth']) assert.ok(steps.includes(kind), kind);
    assert.equal(steps.filter((kind) => kind === 'giveApprover').length, 2);
    const writtenRoles = knownRoles(Object.values(written));
    assert.deepEqual(planSetup(teams, writtenRoles), [], 'written once, nothing is left to write');
    assert.ok(nextStepKinds({ ...teams, approvals: 'one' }, writtenRoles).includes('secondStays'));
  });

  it('a new reviewer role reviews the elevated one; an existing one gains it, once', () => {
    const written = rolesAfter(enterprise, knownRoles([plainTeam]))['kube-admin-reviewer'];
    assert.deepEqual(specAt(written, 'allow'), { review_requests: { roles: ['kube-admin'] } });
    const existing = role('lead', { allow: { review_requests: { roles: ['prod-dba'] } } });
    const lead = { ...enterprise, approver: untrusted('lead') };
    assert.deepEqual(
      specAt(
        rolesAfter(lead, knownRoles([plainTeam, existing]))['lead'],
        'allow',
        'review_requests',
        'roles',
      ),
      ['prod-dba', 'kube-admin'],
    );
    assert.ok(!nextStepKinds(lead, knownRoles([plainTeam, existing])).includes('giveApprover'));
    const reviewsAll = role('lead', { allow: { review_requests: { roles: ['*'] } } });
    assert.equal(rolesAfter(lead, knownRoles([plainTeam, reviewsAll]))['lead'], undefined);
  });

  it('what is none of these, or differs between roles that ask, stays as it is', () => {
    const three = askingRole([{ approve: 3 }]);
    assert.equal(commonApprovals([three]), 'asIs');
    assert.equal(
      commonApprovals([askingRole([{ approve: 2 }]), plainTeam]),
      'asIs',
      'the stricter one is not weakened',
    );
    assert.equal(
      commonApprovals([askingRole([{ approve: 2 }]), askingRole([{ approve: 2 }, { approve: 3 }])]),
      'two',
    );
    assert.equal(commonApprovals([plainTeam, undefined]), 'one');
    // A threshold with only a deny count approves nothing.
    assert.equal(commonApprovals([askingRole([{ approve: 2 }, { deny: 1 }])]), 'two');
    assert.equal(commonApprovals([askingRole([{ deny: 1 }])]), 'asIs');
    assert.deepEqual(thresholds({ ...enterprise, approvals: 'asIs' }, three), [{ approve: 3 }]);
  });

  it('a new role has to be given to people; two approvals take two who hold the reviewer role', () => {
    const stepsLeft = (answers: Answers, ...list: readonly PlainObject[]): NextStep[] => [
      ...nextSteps(answers, knownRoles(list)),
    ];
    const people = (answers: Answers): unknown[] =>
      stepsLeft(answers, plainTeam).flatMap((step) => (step.kind === 'giveApprover' ? [step.people] : []));
    assert.ok(stepsLeft(enterprise).some(({ kind }) => kind === 'giveAsking'));
    assert.ok(!stepsLeft(enterprise, plainTeam).some(({ kind }) => kind === 'giveAsking'));
    assert.deepEqual(people(enterprise), [1]);
    assert.deepEqual(people({ ...enterprise, approvals: 'two' }), [2]);
    assert.deepEqual(people({ ...enterprise, approvals: 'twoTeams' }), [1, 1], 'one of each team');
    assert.deepEqual(people({ ...community, approvals: 'two' }), [1]);
  });

  it('who is suggested and cannot review is named; of who could not be read nothing is said', () => {
    const lead = role('lead', { allow: { review_requests: { roles: ['kube-*'] } } });
    const answers = { ...enterprise, suggested: names('rita', 'omar', 'ana', 'ghost') };
    const users = new Map([
      [untrusted('rita'), names('lead')],
      [untrusted('omar'), names('dev-team', 'elsewhere')],
      [untrusted('ana'), names('kube-admin-reviewer')],
    ]);
    const cannotReview = (known: KnownRoles, wizardAnswers: Answers = answers): readonly Untrusted[] =>
      nextSteps(wizardAnswers, known, users).flatMap((each) =>
        each.kind === 'cannotReview' ? each.people : [],
      );
    assert.deepEqual(cannotReview(knownRoles([plainTeam, lead])), names('omar'));
    assert.deepEqual(
      cannotReview(knownRoles([plainTeam, lead], { complete: false })),
      [],
      'a role that cannot be read',
    );
    assert.deepEqual(cannotReview(knownRoles([plainTeam, lead]), { ...answers, edition: 'community' }), []);
    assert.deepEqual(
      nextSteps(answers, knownRoles([plainTeam, lead])).filter(({ kind }) => kind === 'cannotReview'),
      [],
    );
  });

  it('suggested reviewers are added and taken one by one', () => {
    const team = role('dev-team', { allow: { request: { suggested_reviewers: ['rita', 'omar'] } } });
    const written = rolesAfter({ ...enterprise, suggested: names('omar', 'ana') }, knownRoles([team]))[
      'dev-team'
    ];
    assert.deepEqual(specAt(written, 'allow', 'request', 'suggested_reviewers'), ['omar', 'ana']);
  });
});

describe('what else changes for a role that asks', () => {
  const team = role('prod-team', {
    allow: {
      request: {
        roles: ['two-eyes'],
        search_as_roles: ['node-admin'],
        thresholds: [{ approve: 2, deny: 1 }],
      },
    },
  });
  const answers: Answers = { ...enterprise, asking: names('prod-team'), reason: false };
  const effects = (changes: Partial<Answers>, known = knownRoles([team])): string[] =>
    sideEffects({ ...answers, ...changes }, known).map(sideEffectWords);

  it('fewer approvals, or another team’s, are said for its other requests, and are a weakening', () => {
    assert.deepEqual(effects({}), ['two-eyes, node-admin of prod-team: 2 → 1 approvals']);
    assert.ok(weakensApprovals(answers, knownRoles([team])));
    assert.deepEqual(effects({ approvals: 'twoTeams' }), [
      'two-eyes, node-admin of prod-team: approvals 2 → 1 of kube-admin-reviewer',
    ]);
    assert.ok(weakensApprovals({ ...answers, approvals: 'twoTeams' }, knownRoles([team])));
    const filtered = role('prod-team', {
      allow: { request: { roles: ['two-eyes'], thresholds: [{ approve: 1, filter: 'true' }] } },
    });
    assert.deepEqual(effects({}, knownRoles([filtered])), [
      'two-eyes of prod-team: approvals 1, by a filter → 1',
    ]);
    assert.ok(weakensApprovals(answers, knownRoles([filtered])));
  });

  it('more approvals are said and no weakening; nothing is said where nothing else may be asked for', () => {
    const oneApproval = role('prod-team', { allow: { request: { roles: ['two-eyes'] } } });
    assert.deepEqual(effects({ approvals: 'two' }, knownRoles([oneApproval])), [
      'two-eyes of prod-team: 1 → 2 approvals',
    ]);
    assert.ok(!weakensApprovals({ ...answers, approvals: 'two' }, knownRoles([oneApproval])));
    for (const approvals of ['two', 'asIs'] as const) assert.deepEqual(effects({ approvals }), [], approvals);
    const onlyElevated = role('prod-team', {
      allow: { request: { roles: ['kube-admin'], thresholds: [{ approve: 2 }] } },
    });
    assert.deepEqual(effects({}, knownRoles([onlyElevated])), []);
    assert.deepEqual(effects({ edition: 'community' }), [], 'Community counts no approvals');
  });

  it('a reason is said, where the server can require one', () => {
    assert.deepEqual(effects({ approvals: 'two', reason: true }), [
      'two-eyes, node-admin of prod-team: a reason is required',
    ]);
    assert.deepEqual(
      effects({ approvals: 'two', reason: true }, knownRoles([team], { version: '17.0.5' })),
      [],
    );
    const requires = role('prod-team', {
      allow: { request: { roles: ['two-eyes'], reason: { mode: 'required' } } },
    });
    assert.deepEqual(effects({}, knownRoles([requires])), ['two-eyes of prod-team: no reason needed']);
  });
});

describe('who approves, on Community', () => {
  it('a role with rules on access_request, since the preset editor is refused; nothing of Enterprise', () => {
    const written = rolesAfter(
      { ...community, approvals: 'two', suggested: names('rita') },
      knownRoles([plainTeam]),
    );
    assert.deepEqual(Object.keys(written), ['kube-admin', 'dev-team', 'access-approver']);
    assert.deepEqual(specAt(written['access-approver'], 'allow'), {
      rules: [{ resources: ['access_request'], verbs: ['list', 'read', 'update'] }],
    });
    assert.doesNotMatch(JSON.stringify(written), /thresholds|review_requests|search_as_roles|suggested/);
  });

  it('an existing role gains the verbs it lacks, without widening its other rules', () => {
    const approver = { ...community, approver: untrusted('ops') };
    const rules = (list: PlainValue): PlainValue | undefined =>
      specAt(
        rolesAfter(approver, knownRoles([plainTeam, role('ops', { allow: { rules: list } })]))['ops'],
        'allow',
        'rules',
      );
    assert.deepEqual(rules([{ resources: ['access_request'], verbs: ['list'] }]), [
      { resources: ['access_request'], verbs: ['list', 'read', 'update'] },
    ]);
    assert.deepEqual(rules([{ resources: ['access_request', 'user'], verbs: ['list', 'read'] }]), [
      { resources: ['access_request', 'user'], verbs: ['list', 'read'] },
      { resources: ['access_request'], verbs: ['update'] },
    ]);
    const conditional = { resources: ['access_request'], verbs: ['*'], where: 'x' };
    assert.deepEqual(rules([conditional]), [
      conditional,
      { resources: ['access_request'], verbs: ['list', 'read', 'update'] },
    ]);
    assert.equal(rules([{ resources: ['*'], verbs: ['*'] }]), undefined);
  });
});

describe('answers that cannot be', () => {
  const conflictKind = (changes: Partial<Answers>, limit?: number): string | undefined =>
    answerConflict({ ...enterprise, ...changes }, knownRoles([plainTeam]), limit)?.kind;
  const roleName = (name: string): Untrusted => untrusted(name);

  it('nobody asks, a role asks for itself, who asks or is elevated approves, one team twice, too long', () => {
    assert.equal(conflictKind({}), undefined);
    assert.equal(conflictKind({ asking: [] }), 'nobodyAsks');
    assert.equal(conflictKind({ asking: names('kube-admin') }), 'elevatedAsks');
    assert.equal(conflictKind({ approver: roleName('dev-team') }), 'approverAsks');
    assert.equal(conflictKind({ edition: 'community', approver: roleName('dev-team') }), 'approverAsks');
    assert.equal(conflictKind({ approver: roleName('kube-admin') }), 'approverElevated');
    const same = { approver: roleName('lead'), secondApprover: roleName('lead') };
    assert.equal(conflictKind({ approvals: 'twoTeams', ...same }), 'sameApprovers');
    assert.equal(conflictKind({ approvals: 'two', ...same }), undefined, 'where there is no second team');
    assert.equal(
      conflictKind({ approvals: 'twoTeams', approver: roleName('kube-admin-second-team') }),
      'approverAsks',
    );
    assert.equal(conflictKind({ minutes: 720 }, 360), 'tooLong');
    assert.equal(conflictKind({ minutes: 360 }, 360), undefined);
  });

  describe('two teams, whose filters count for all that the roles which ask may ask for', () => {
    const teams = { ...enterprise, approvals: 'twoTeams' } as const;
    const askingRole = (request: PlainObject): PlainObject => role('dev-team', { allow: { request } });
    const reviewer = (allow: PlainObject, deny: PlainObject = {}): PlainObject =>
      role('lead', { allow: { review_requests: allow }, deny: { review_requests: deny } });
    const others = ['prod-dba', 'prod-web', 'two-eyes'].map((name) => role(name, { allow: {} }));
    const conflictOf = (answers: Answers, ...roles: readonly PlainObject[]): AnswerConflict | undefined =>
      answerConflict(answers, knownRoles([...others, ...roles]));
    const unapprovable = (answers: Answers, ...roles: readonly PlainObject[]): readonly string[] => {
      const conflict = conflictOf(answers, ...roles);
      return conflict?.kind === 'unapprovable' ? conflict.roles.map((name) => name as unknown as string) : [];
    };
    const lead = { ...teams, approver: roleName('lead') };

    it('a reviewer that is new leaves the others without approval; who and what is named', () => {
      assert.deepEqual(conflictOf(teams, askingRole({ roles: ['prod-dba', 'two-eyes'] })), {
        kind: 'unapprovable',
        team: 'first',
        asking: roleName('dev-team'),
        reviewer: roleName('kube-admin-reviewer'),
        roles: names('prod-dba', 'two-eyes'),
      });
      assert.equal(conflictOf(teams, askingRole({ roles: ['kube-admin'] })), undefined);
      assert.equal(conflictOf(teams, plainTeam), undefined);
    });

    it('one that is there counts with what it reviews, and with what it will', () => {
      const team = askingRole({ roles: ['prod-dba', 'two-eyes'] });
      assert.deepEqual(unapprovable(lead, team, reviewer({ roles: ['prod-dba'] })), ['two-eyes']);
      for (const roles of [['prod-dba', 'two-eyes'], ['*'], ['prod-*', '^two-.*$']])
        assert.equal(conflictOf(lead, team, reviewer({ roles })), undefined, roles.join());
      assert.deepEqual(unapprovable(lead, team, reviewer({ roles: ['*'] }, { roles: ['two-*'] })), [
        'two-eyes',
      ]);
      const conditional = reviewer({ roles: ['*'], where: 'contains(request.roles, "x")' });
      assert.ok(unapprovable(lead, team, conditional).includes('prod-dba'));
      const noKubeAdmin = reviewer({ roles: ['prod-dba', 'two-eyes'] }, { roles: ['kube-admin'] });
      assert.deepEqual(unapprovable(lead, team, noKubeAdmin), ['kube-admin'], 'what it may never review');
    });

    it('patterns, resources and claims count as what they stand for; what is denied does not', () => {
      assert.deepEqual(unapprovable(teams, askingRole({ roles: ['prod-*'] })), ['prod-dba', 'prod-web']);
      assert.deepEqual(unapprovable(teams, askingRole({ search_as_roles: ['two-eyes'] })), ['two-eyes']);
      const claims = [{ claim: 'groups', value: 'x', roles: ['prod-dba'] }];
      assert.deepEqual(unapprovable(teams, askingRole({ claims_to_roles: claims })), ['prod-dba']);
      const everyRole = unapprovable(teams, askingRole({ roles: ['*'] }));
      assert.ok(
        ['prod-dba', 'prod-web', 'two-eyes'].every((name) => everyRole.includes(name)),
        everyRole.join(),
      );
      const denies = role('dev-team', {
        allow: { request: { roles: ['prod-*'] } },
        deny: { request: { roles: ['prod-dba'] } },
      });
      assert.deepEqual(unapprovable(teams, denies), ['prod-web']);
      const incomplete = knownRoles([askingRole({ roles: ['secret-*'] })], { complete: false });
      const conflict = answerConflict(teams, incomplete);
      assert.ok(
        conflict?.kind === 'unapprovable' && conflict.roles.includes(roleName('secret-*')),
        'roles that are not known',
      );
    });

    it('the second team’s role is looked at as well; without filters there is nothing to strand', () => {
      const second = role('kube-admin-second-team', {
        allow: { request: { roles: ['kube-admin', 'prod-dba'] } },
      });
      const conflict = conflictOf(teams, plainTeam, second);
      assert.ok(conflict?.kind === 'unapprovable' && conflict.team === 'second');
      assert.deepEqual(conflict.roles, names('prod-dba'));
      const team = askingRole({ roles: ['prod-dba'] });
      for (const approvals of ['one', 'two', 'asIs'] as const)
        assert.equal(conflictOf({ ...teams, approvals }, team), undefined, approvals);
      assert.equal(conflictOf({ ...teams, edition: 'community' }, team), undefined);
    });

    it('the team that counts already is known by its filter', () => {
      const filter = 'contains(reviewer.roles, "lead")';
      assert.equal(teamOf(askingRole({ thresholds: [{ filter, approve: 1 }] })), roleName('lead'));
      assert.equal(teamOf(askingRole({ thresholds: [{ filter: `!${filter}`, approve: 1 }] })), undefined);
      assert.equal(teamOf(plainTeam), undefined);
    });
  });

  it('on Community a preset of Teleport does not decide alone; on Enterprise one reviews', () => {
    const editor = {
      ...role('editor', { allow: {} }),
      metadata: { name: 'editor', labels: { 'teleport.internal/resource-type': 'preset' } },
    };
    const answers = { ...community, approver: roleName('editor') };
    assert.equal(answerConflict(answers, knownRoles([plainTeam, editor]))?.kind, 'presetApproves');
    assert.equal(
      answerConflict(answers, knownRoles([], { complete: false }))?.kind,
      'presetApproves',
      'also unread',
    );
    assert.equal(
      answerConflict({ ...enterprise, approver: roleName('editor') }, knownRoles([plainTeam, editor])),
      undefined,
    );
  });

  it('a new role has a plain name', () => {
    for (const name of ['kube-admin', 'a', 'Team_7.x']) assert.ok(isPlainRoleName(name), name);
    for (const name of ['', '-rf', 'a/b', 'a b', 'a,b', '@x', 'x'.repeat(64), 'a"b'])
      assert.ok(!isPlainRoleName(name), name);
  });
});
