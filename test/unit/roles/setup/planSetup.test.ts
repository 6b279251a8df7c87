import assert from 'node:assert/strict';
import { untrusted } from '../../../../src/access/untrusted/untrusted.ts';
import { parseManifest } from '../../../../src/roles/manifest/parseManifest.ts';
import { writeYaml } from '../../../../src/roles/manifest/writeYaml.ts';
import { canRequireReason, isPlainRoleName, type Answers } from '../../../../src/roles/setup/answers.ts';
import { unreadRoles } from '../../../../src/roles/setup/planSetup.ts';
import { standingRights, standingKey } from '../../../../src/roles/setup/standingRights.ts';
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

const devTeam = roleValue('dev-team', {
  options: { max_session_ttl: '12h' },
  allow: { logins: ['dev'], kubernetes_groups: ['developers', 'system:masters'] },
});

describe('what becomes of the elevated role', () => {
  it('a new one gives what was chosen, for an hour, and ends connections with it', () =>
    assert.deepEqual(specAfter(enterprise, [plainTeam], 'kube-admin'), {
      options: { max_session_ttl: '1h', disconnect_expired_cert: true },
      allow: {
        kubernetes_labels: { '*': '*' },
        kubernetes_groups: ['system:masters'],
        kubernetes_resources: [{ kind: '*', namespace: '*', name: '*', verbs: ['*'] }],
      },
    }));

  it('of each kind can be read strictly, with every answer', () => {
    for (const gives of ['kubernetes', 'database', 'node'] as const)
      for (const minutes of [15, 30, 60, 90, 360]) {
        const answers = { ...twoTeams, gives, minutes, mfa: true };
        for (const [name, value] of Object.entries(rolesAfter(answers, knownRoles([plainTeam])))) {
          const { documents, problems } = parseManifest(writeYaml(value));
          assert.deepEqual(problems, [], name);
          assert.deepEqual(documents[0]?.value, value);
        }
      }
  });

  it('an existing one changes in what was asked only, and not at all where it says so already', () => {
    const kept = { require_session_mfa: 'hardware_key_touch', lock: 'strict' };
    const parts = { options: { max_session_ttl: '8h0m0s', ...kept }, allow: { kubernetes_groups: ['edit'] } };
    const existing = roleValue('kube-admin', parts);
    const known = knownRoles([plainTeam, existing]);
    assert.deepEqual(rolesAfter({ ...enterprise, mfa: true }, known)['kube-admin'], {
      ...existing,
      spec: { ...parts, options: { ...kept, max_session_ttl: '1h', disconnect_expired_cert: true } },
    });
    const same = roleValue('kube-admin', {
      options: { max_session_ttl: '60m', disconnect_expired_cert: true },
    });
    const optionsAfter = (answers: Answers) => specAfter(answers, [plainTeam, same], 'kube-admin', 'options');
    assert.equal(optionsAfter(enterprise), undefined);
    assert.deepEqual(optionsAfter({ ...enterprise, disconnect: false }), { max_session_ttl: '60m' });
  });
});

describe('what becomes of a role that may ask', () => {
  it('it may ask for the elevated one, and a reason is required; what it has besides stays', () =>
    assert.deepEqual(specAfter(enterprise, [plainTeam], 'dev-team', 'allow'), {
      logins: ['dev'],
      request: { roles: ['kube-admin'], reason: { mode: 'required' } },
    }));

  it('nothing changes where it may ask already, also by a wildcard', () => {
    for (const name of ['kube-admin', '*']) {
      const existing = askingRole({ roles: [name], reason: { mode: 'required' } });
      assert.equal(specAfter(enterprise, [existing], 'dev-team'), undefined);
    }
  });

  it('a server older than 17.1, or of unknown version, is not told of reasons; that is said', () => {
    for (const version of ['17.0.5', '17.0.0-dev', '16.4.9', '17.1.0-dev.3', undefined, 'nonsense']) {
      const known = knownRoles([plainTeam], { version });
      assert.doesNotMatch(JSON.stringify(rolesAfter(enterprise, known)), /reason/, version);
      assert.ok(stepKinds(enterprise, known).includes('reasonByUs'), version);
    }
    for (const version of ['17.1.0', 'v17.2.1', '18.0.0-alpha.1', '20.1.0']) {
      assert.ok(canRequireReason(version), version);
      const kinds = stepKinds(enterprise, knownRoles([plainTeam], { version }));
      assert.ok(!kinds.includes('reasonByUs'), version);
    }
  });

  it('no role is ever given options.request_access, which would block every login', () => {
    for (const version of ['17.2.0', '17.0.0-dev', undefined])
      for (const answers of [enterprise, community])
        assert.doesNotMatch(
          JSON.stringify(rolesAfter(answers, knownRoles([devTeam], { version }))),
          /request_access/,
        );
  });

  it('a reason that is no longer wanted goes, its prompt stays', () => {
    const existing = askingRole({ roles: ['kube-admin'], reason: { mode: 'required', prompt: 'Ticket?' } });
    const after = specAfter({ ...enterprise, reason: false }, [existing], 'dev-team', 'allow', 'request');
    assert.deepEqual(after, { roles: ['kube-admin'], reason: { prompt: 'Ticket?' } });
  });

  it('loses what the elevated role gives, unless it is to keep it; both are said', () => {
    const known = knownRoles([devTeam]);
    const [standing] = standingRights(enterprise, known);
    const path = ['spec', 'allow', 'kubernetes_groups'];
    assert.deepEqual(standing, { role: untrusted('dev-team'), path, value: 'system:masters' });
    const keeping = { ...enterprise, keep: [standingKey(standing)] };
    for (const [answers, groups, said] of [
      [enterprise, ['developers'], 'untilLoginEnds'],
      [keeping, ['developers', 'system:masters'], 'kept'],
    ] as const) {
      assert.deepEqual(specAfter(answers, [devTeam], 'dev-team', 'allow', 'kubernetes_groups'), groups);
      const kinds = stepKinds(answers, known).filter((kind) => ['kept', 'untilLoginEnds'].includes(kind));
      assert.deepEqual(kinds, [said]);
    }
  });

  it('what it holds by a wildcard counts; other people’s names and labels do not', () => {
    const known = knownRoles([
      roleValue('dev-team', {
        allow: { logins: ['dev', '*'], node_labels: { '*': '*' }, db_users: ['app'] },
      }),
    ]);
    const root: Answers = { ...enterprise, gives: 'node', elevated: untrusted('node-root') };
    const valuesOf = (answers: Answers) => standingRights(answers, known).map(({ value }) => value);
    assert.deepEqual([valuesOf(root), valuesOf(enterprise)], [['*'], []]);
  });

  it('that has nothing left of a field is named, because its people will miss it', () => {
    const team = roleValue('dev-team', { allow: { kubernetes_groups: ['system:masters'] } });
    assert.ok(stepKinds(enterprise, knownRoles([team])).includes('emptied'));
    assert.ok(!stepKinds(enterprise, knownRoles([devTeam])).includes('emptied'));
  });

  it('that is not there is a new role where all roles are known, else it is left to a person', () => {
    assert.deepEqual(specAfter(enterprise, [], 'dev-team', 'allow', 'request', 'roles'), ['kube-admin']);
    const incomplete = knownRoles([], { complete: false });
    assert.equal(rolesAfter(enterprise, incomplete)['dev-team'], undefined);
    assert.deepEqual(unreadRoles(enterprise, incomplete), names('dev-team'));
    assert.ok(stepKinds(enterprise, incomplete).includes('byHand'));
  });

  it('several at once', () => {
    const bothAsk = { ...enterprise, asking: names('dev-team', 'prod-team') };
    const written = rolesAfter(bothAsk, knownRoles([devTeam, roleValue('prod-team', { allow: {} })]));
    assert.deepEqual(Object.keys(written), ['kube-admin', 'dev-team', 'prod-team', 'kube-admin-reviewer']);
  });

  it('what an approval or reason also counts for, how long grants live, and who approves their own is said', () => {
    const team = roleValue('dev-team', {
      allow: {
        request: { roles: ['prod-dba'], max_duration: '4h0m0s' },
        rules: [{ resources: ['access_request'], verbs: ['list', 'update'] }],
      },
    });
    for (const kind of ['alsoFor', 'renewable', 'approvesItself'] as const) {
      assert.ok(stepKinds(community, knownRoles([team])).includes(kind), kind);
      assert.ok(!stepKinds(community, knownRoles([plainTeam])).includes(kind), kind);
    }
  });
});

describe('the name of a new role', () => {
  it('is a plain one', () => {
    for (const name of ['kube-admin', 'a', 'Team_7.x']) assert.ok(isPlainRoleName(name), name);
    for (const name of ['', '-rf', 'a/b', 'a b', 'a,b', '@x', 'x'.repeat(64), 'a"b'])
      assert.ok(!isPlainRoleName(name), name);
  });
});
