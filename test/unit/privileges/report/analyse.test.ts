import assert from 'node:assert/strict';
import { rawText, untrusted } from '../../../../src/access/untrusted/untrusted.ts';
import { standingAdmins } from '../../../../src/privileges/report/standingAdmins.ts';
import type { FindingKind } from '../../../../src/privileges/report/finding.ts';
import type { PlainObject } from '../../../../src/roles/role/value.ts';
import { fieldWords } from '../../../../src/text/privileges/findings.ts';
import { day, hour, names, now } from '../../../support/samples.ts';
import {
  accessList,
  anyLabels,
  bot,
  analyseCensus,
  developer,
  editor,
  findingsOfKind,
  holderNames,
  kubeAdmin,
  mapping,
  role,
  traits,
  user,
} from '../../../support/roles/censusSamples.ts';

/** The kind and the grade of each finding for alice when she holds one role with these parts. */
async function powers(
  parts: Parameters<typeof role>[1],
  more: Parameters<typeof user>[2] = {},
): Promise<string[]> {
  const report = await analyseCensus({ roles: [role('x', parts)], users: [user('alice', ['x'], more)] });
  return report.findings.map(({ kind, grade }) => `${kind} ${grade}`);
}
const powersOfAllow = (allow: PlainObject): Promise<string[]> => powers({ allow });
const rule = (
  resources: readonly string[],
  verbs: readonly string[],
  more: PlainObject = {},
): PlainObject => ({
  rules: [{ resources, verbs, ...more }],
});

describe('standing admin rights that one role gives', () => {
  it('system:masters of Kubernetes; fewer clusters or resources weigh less, none nothing', async () => {
    const group = { kubernetes_groups: ['system:masters'] };
    assert.deepEqual(await powersOfAllow({ ...group, kubernetes_labels: anyLabels }), [
      'kubernetes critical',
    ]);
    assert.deepEqual(await powersOfAllow({ ...group, kubernetes_labels: { env: 'dev' } }), [
      'kubernetes high',
    ]);
    assert.deepEqual(await powersOfAllow({ ...group, kubernetes_labels_expression: 'labels["a"] == "b"' }), [
      'kubernetes high',
    ]);
    assert.deepEqual(await powersOfAllow(group), []);
    const pods = { kubernetes_resources: [{ kind: 'pod', name: '*', namespace: 'a', verbs: ['get'] }] };
    assert.deepEqual(await powersOfAllow({ ...group, kubernetes_labels: anyLabels, ...pods }), [
      'kubernetes high',
    ]);
    assert.deepEqual(await powersOfAllow({ kubernetes_users: ['*'], kubernetes_labels: anyLabels }), [
      'kubernetes critical',
    ]);
    assert.deepEqual(
      await powersOfAllow({ kubernetes_groups: ['viewers'], kubernetes_labels: { env: 'dev' } }),
      [],
    );
  });

  it('root on servers, and accounts that sudoers make root', async () => {
    assert.deepEqual(await powersOfAllow({ logins: ['root'], node_labels: anyLabels }), ['nodes high']);
    assert.deepEqual(await powersOfAllow({ logins: ['root'], node_labels: { env: ['a', 'b'] } }), [
      'nodes medium',
    ]);
    assert.deepEqual(await powersOfAllow({ logins: ['root'] }), []);
    assert.deepEqual(await powersOfAllow({ logins: ['rooty', 'dev'], node_labels: { env: 'x' } }), []);
    const host = { node_labels: anyLabels, host_sudoers: ['ALL=(ALL) NOPASSWD: ALL'] };
    for (const options of [
      { create_host_user: true },
      { create_host_user_mode: 3 },
      { create_host_user_mode: 'keep' },
    ])
      assert.deepEqual(await powers({ allow: host, options }), ['hostUsers high']);
    assert.deepEqual(await powers({ allow: host, options: { create_host_user_mode: 1 } }), []);
    assert.deepEqual(await powers({ allow: host }), []);
  });

  it('superusers of databases, Windows and clouds', async () => {
    assert.deepEqual(await powersOfAllow({ db_users: ['postgres'], db_labels: anyLabels }), [
      'databases high',
    ]);
    assert.deepEqual(await powersOfAllow({ db_users: ['*'], db_labels: { env: 'x' } }), ['databases medium']);
    assert.deepEqual(await powersOfAllow({ db_users: ['reader'], db_labels: { env: 'x' } }), []);
    assert.deepEqual(
      await powersOfAllow({ windows_desktop_logins: ['Administrator'], windows_desktop_labels: anyLabels }),
      ['desktops high'],
    );
    assert.deepEqual(
      await powersOfAllow({ windows_desktop_logins: ['bob'], windows_desktop_labels: { a: 'b' } }),
      [],
    );
    for (const [field, value] of [
      ['aws_role_arns', 'arn:aws:iam::1:role/AdministratorAccess'],
      ['azure_identities', '/subscriptions/1/resourceGroups/g/providers/x/owner'],
      ['gcp_service_accounts', 'project-admin@p.iam.gserviceaccount.com'],
    ] as const)
      assert.deepEqual(
        await powersOfAllow({ [field]: [value], app_labels: anyLabels }),
        ['cloud high'],
        field,
      );
    assert.deepEqual(
      await powersOfAllow({ aws_role_arns: ['arn:aws:iam::1:role/reader'], app_labels: { a: 'b' } }),
      [],
    );
  });

  it('everything of a kind, if not as admin, where there is a name to use', async () => {
    assert.deepEqual(await powersOfAllow({ logins: ['dev'], node_labels: anyLabels }), ['reach medium']);
    assert.deepEqual(await powersOfAllow({ node_labels: anyLabels }), []);
    assert.deepEqual(await powersOfAllow({ db_labels: anyLabels, db_names: ['x'] }), []);
  });

  it('changing what decides about rights', async () => {
    for (const kind of [
      'role',
      'user',
      'saml',
      'oidc',
      'github',
      'auth_connector',
      'login_rule',
      'cert_authority',
      '*',
    ])
      for (const verb of ['create', 'update', '*'])
        assert.deepEqual(
          await powersOfAllow(rule([kind], [verb])),
          ['writes critical'],
          `${verb} on ${kind}`,
        );
    for (const kind of ['token', 'access_list', 'bot', 'trusted_cluster', 'access_monitoring_rule'])
      assert.deepEqual(await powersOfAllow(rule([kind], ['update'])), ['writes high'], kind);
    assert.deepEqual(await powersOfAllow(rule(['cluster_auth_preference'], ['update'])), ['writes medium']);
    assert.deepEqual(await powersOfAllow(rule(['role', 'user', 'token'], ['list', 'read', 'delete'])), []);
    assert.deepEqual(await powersOfAllow(rule(['session', 'event'], ['*'])), []);
  });

  it('deciding requests alone', async () => {
    assert.deepEqual(await powersOfAllow(rule(['access_request'], ['list', 'read', 'update'])), [
      'decides high',
    ]);
    assert.deepEqual(await powersOfAllow(rule(['access_request'], ['list', 'read', 'create'])), []);
  });

  it('under a condition it weighs less, and that is said', async () => {
    const where = { where: 'contains(user.spec.traits["team"], "x")' };
    const report = await analyseCensus({
      roles: [role('x', { allow: rule(['role'], ['*'], where) })],
      users: [user('a', ['x'])],
    });
    assert.deepEqual(
      report.findings.map(({ kind, grade, conditional }) => [kind, grade, conditional]),
      [['writes', 'high', true]],
    );
  });

  it('acting as others, if they are admin', async () => {
    const impersonate = (roles: readonly string[], users: readonly string[] = ['*']): PlainObject => ({
      impersonate: { roles, users },
    });
    const impersonationPowers = async (allow: PlainObject): Promise<string[]> => {
      const report = await analyseCensus({
        roles: [role('x', { allow }), kubeAdmin, developer],
        users: [user('a', ['x'])],
      });
      return report.findings.map(({ kind, grade }) => `${kind} ${grade}`);
    };
    assert.deepEqual(await impersonationPowers(impersonate(['*'])), ['impersonates critical']);
    assert.deepEqual(await impersonationPowers(impersonate(['kube-*'])), ['impersonates high']);
    assert.deepEqual(await impersonationPowers(impersonate(['dev-team'])), []);
    assert.deepEqual(
      await impersonationPowers(impersonate(['*'], [])),
      ['impersonates critical'],
      'for themselves',
    );
  });
});

describe('templates and denials', () => {
  const internal = { kubernetes_groups: ['{{internal.kubernetes_groups}}'], kubernetes_labels: anyLabels };

  it("a template is what the holder's traits make of it; one that cannot be filled gives nothing", async () => {
    const admin = { traits: traits({ kubernetes_groups: ['system:masters'] }) };
    assert.deepEqual(await powers({ allow: internal }, admin), ['kubernetes critical']);
    assert.deepEqual(await powers({ allow: internal }), []);
    assert.deepEqual(
      await powers({ allow: internal }, { traits: traits({ kubernetes_groups: null, logins: [''] }) }),
      [],
    );
    const other = {
      logins: ['{{external.unix}}', '{{regexp.replace(external.a, "b", "c")}}'],
      node_labels: { a: 'b' },
    };
    assert.deepEqual(await powers({ allow: other }, { traits: traits({ unix: ['root'] }) }), [
      'nodes medium',
    ]);
    assert.deepEqual(await powers({ allow: other }, { traits: traits({ a: ['root'] }) }), []);
    const local = { logins: ['{{email.local(external["mail"])}}'], node_labels: { a: 'b' } };
    assert.deepEqual(await powers({ allow: local }, { traits: traits({ mail: ['root@corp.test'] }) }), [
      'nodes medium',
    ]);
  });

  it('two holders of one role with other traits are told apart', async () => {
    const report = await analyseCensus({
      roles: [role('x', { allow: internal })],
      users: [
        user('alice', ['x'], { traits: traits({ kubernetes_groups: ['system:masters'] }) }),
        user('bob', ['x'], { traits: traits({ kubernetes_groups: ['viewers'] }) }),
        user('carol', ['x'], { traits: traits({ kubernetes_groups: ['system:masters'], logins: ['a'] }) }),
      ],
    });
    assert.deepEqual(findingsOfKind(report, 'kubernetes').map(holderNames), [names('alice', 'carol')]);
  });

  it('what one held role denies, no other gives', async () => {
    const findingsWith = async (deny: PlainObject, allowing = kubeAdmin): Promise<number> => {
      const roles = [allowing, role('no', { deny })];
      const report = await analyseCensus({
        roles,
        users: [user('a', [rawText(allowing.name), 'no']), user('b', ['no'])],
      });
      return report.findings.length;
    };
    assert.equal(await findingsWith({}), 1);
    assert.equal(await findingsWith({ kubernetes_groups: ['system:masters'] }), 0);
    assert.equal(await findingsWith({ kubernetes_groups: ['*'] }), 1);
    assert.equal(await findingsWith({ kubernetes_groups: ['viewers'] }), 1);
    assert.equal(await findingsWith({ kubernetes_labels: anyLabels }), 0);
    assert.equal(await findingsWith({ kubernetes_labels: { env: 'prod' } }), 1);
    assert.equal(
      await findingsWith({ kubernetes_resources: [{ kind: '*', name: '*', namespace: '*', verbs: ['*'] }] }),
      0,
    );
    assert.equal(await findingsWith({ rules: [{ resources: ['*'], verbs: ['*'] }] }, editor), 0);
    assert.equal(
      await findingsWith({ rules: [{ resources: ['role'], verbs: ['create', 'update'] }] }, editor),
      1,
    );
    assert.equal(await findingsWith({ rules: [{ resources: ['*'], verbs: ['*'], where: 'x' }] }, editor), 1);
    const acting = role('acting', { allow: { impersonate: { roles: ['*'], users: ['*'] } } });
    assert.equal(await findingsWith({ impersonate: { roles: ['*'], users: ['*'] } }, acting), 0);
  });
});

describe('who holds it', () => {
  it('roles nobody holds, presets too, are silent', async () => {
    const preset = { 'teleport.internal/resource-type': 'preset' };
    const { findings } = await analyseCensus({
      roles: [
        kubeAdmin,
        role('require-trusted-device', { allow: { db_users: ['*'], db_labels: anyLabels }, labels: preset }),
      ],
      users: [user('alice', ['gone'])],
    });
    assert.deepEqual(findings, []);
  });

  it('many people with the same path are one finding, whose id says nothing of order', async () => {
    const manyUsers = Array.from({ length: 41 }, (_, n) => user(`p${String(n)}`, ['kube-admin']));
    const [finding] = (await analyseCensus({ users: manyUsers })).findings;
    const [reversedOrder] = (await analyseCensus({ users: [...manyUsers].reverse() })).findings;
    const [otherHolders] = (await analyseCensus({ users: manyUsers.slice(1) })).findings;
    assert.equal(finding?.holders.length, 41);
    assert.match(finding.id, /^[0-9a-f]{20}$/);
    assert.equal(reversedOrder?.id, finding.id);
    assert.notEqual(otherHolders?.id, finding.id);
    assert.equal(fieldWords(finding.path), 'spec.allow.kubernetes_groups');
  });

  it('SSO logins count until they expire', async () => {
    const sso = (expires: number) => user('sam', ['kube-admin'], { connector: untrusted('corp'), expires });
    assert.equal((await analyseCensus({ users: [sso(now + hour)] })).findings.length, 1);
    assert.equal((await analyseCensus({ users: [sso(now)] })).findings.length, 0);
  });

  it('SSO mappings, bots and role maps of trusted clusters', async () => {
    const report = await analyseCensus({
      mappings: [mapping('admins', ['kube-admin']), mapping('devs', ['dev-team'])],
      bots: [bot('deploy', ['kube-admin'])],
      roleMaps: [
        { cluster: untrusted('root.test'), remote: untrusted('^ops-.*$'), roles: names('kube-admin') },
      ],
    });
    const [finding] = findingsOfKind(report, 'kubernetes');
    assert.deepEqual(finding?.holders.map(({ kind, name, value }) => [kind, name, value]).sort(), [
      ['bot', 'deploy', undefined],
      ['cluster', 'root.test', '^ops-.*$'],
      ['mapping', 'corp', 'admins'],
    ]);
    const { people, others } = standingAdmins(report, report.findings);
    assert.deepEqual([people.length, others.length], [0, 3]);
  });

  it('a bot is found by the user it acts as where bots cannot be read', async () => {
    const acting = role('bot-deploy', { allow: { impersonate: { roles: ['kube-admin'], users: ['*'] } } });
    const report = await analyseCensus({
      roles: [kubeAdmin, acting],
      users: [user('bot-deploy', ['bot-deploy'], { bot: untrusted('deploy') })],
    });
    assert.deepEqual(
      findingsOfKind(report, 'kubernetes').map(({ holders }) => holders[0]?.kind),
      ['bot'],
    );
    assert.equal(report.people, 0);
  });

  it('roles that an identity provider names itself', async () => {
    assert.equal(
      findingsOfKind(await analyseCensus({ mappings: [mapping('^team-(.*)$', ['$1'])] }), 'openMapping')
        .length,
      1,
    );
    assert.equal(
      findingsOfKind(await analyseCensus({ mappings: [mapping('devs', ['dev-team'])] }), 'openMapping')
        .length,
      0,
    );
  });

  it('members of access lists, of lists in lists, and not those whose time is over or who lack what it takes', async () => {
    const inner = accessList('inner', ['carol'], { grants: { roles: [], traits: new Map() } });
    const list = accessList('oncall', [], {
      members: [
        { name: untrusted('alice'), isList: false },
        { name: untrusted('bob'), isList: false, expires: now - 1 },
        { name: untrusted('inner'), isList: true },
        { name: untrusted('dan'), isList: false },
      ],
      membershipRequires: { roles: names('dev-team'), traits: new Map() },
    });
    const users = ['alice', 'bob', 'carol'].map((name) => user(name, ['dev-team']));
    const report = await analyseCensus({ accessLists: [list, inner], users: [...users, user('dan', [])] });
    const [finding] = findingsOfKind(report, 'kubernetes');
    assert.deepEqual(finding && holderNames(finding), names('alice', 'carol'));
    assert.equal(finding?.holders[0]?.list, 'The oncall');
  });

  it('lists that contain each other end', async () => {
    const nested = (name: string, memberList: string) =>
      accessList(name, [], { members: [{ name: untrusted(memberList), isList: true }] });
    assert.deepEqual(
      (await analyseCensus({ accessLists: [nested('a', 'b'), nested('b', 'a')] })).findings,
      [],
    );
  });

  it('members that cannot be read are a holder of their own', async () => {
    const gaps = [
      { part: 'members' as const, name: untrusted('oncall'), failure: { kind: 'notPermitted' as const } },
    ];
    const report = await analyseCensus({ accessLists: [accessList('oncall', [])], gaps });
    assert.deepEqual(
      findingsOfKind(report, 'kubernetes').map(({ holders }) => holders[0]?.kind),
      ['members'],
    );
  });

  it('owners of a list that gives admin rights', async () => {
    const owners = [{ name: untrusted('olga'), isList: false }];
    const report = await analyseCensus({
      accessLists: [accessList('oncall', [], { owners })],
      users: [user('olga', [])],
    });
    assert.deepEqual(findingsOfKind(report, 'ownsList').map(holderNames), [names('olga')]);
    const harmless = accessList('devs', [], {
      owners,
      grants: { roles: names('dev-team'), traits: new Map() },
    });
    assert.equal(findingsOfKind(await analyseCensus({ accessLists: [harmless] }), 'ownsList').length, 0);
  });

  it('who is locked holds nothing now, and that every holder is locked is said', async () => {
    const lock = (kind: string, name: string, expires?: number) => ({
      name: untrusted('l'),
      targets: [[kind, untrusted(name)] as const],
      ...(expires === undefined ? {} : { expires }),
    });
    const users = [user('alice', ['kube-admin']), user('bob', ['kube-admin'])];
    const oneLocked = await analyseCensus({ users, locks: [lock('user', 'alice')] });
    assert.deepEqual(standingAdmins(oneLocked, oneLocked.findings).people, names('bob'));
    assert.equal(oneLocked.findings[0]?.locked, false);
    const allLocked = await analyseCensus({ users, locks: [lock('role', 'kube-admin')] });
    assert.deepEqual(
      [allLocked.findings[0]?.locked, standingAdmins(allLocked, allLocked.findings).people],
      [true, []],
    );
    const lockEnded = await analyseCensus({ users, locks: [lock('role', 'kube-admin', now)] });
    assert.equal(lockEnded.findings[0]?.locked, false);
  });

  it("Teleport's own users are no finding, but are named among who approves", async () => {
    const approver = role('@teleport-access-approver', {
      allow: { review_requests: { roles: ['*'] } },
      labels: { 'teleport.internal/resource-type': 'system' },
    });
    const report = await analyseCensus({
      roles: [approver, editor],
      users: [user('@bot', ['@teleport-access-approver', 'editor'], { system: true })],
    });
    assert.deepEqual([report.findings, report.people], [[], 0]);
    assert.ok(report.approvers.some(({ system, how }) => system && how === 'review'));
  });
});

describe('asking and approving', () => {
  const askingRole = (more: PlainObject, name = 'dev-team') => role(name, { allow: { request: more } });
  const reviewerRole = (...roles: readonly string[]) =>
    role('reviewer', { allow: { review_requests: { roles } } });
  const rita = user('rita', ['reviewer']);
  const kinds = (findings: readonly { readonly kind: FindingKind }[]): FindingKind[] =>
    findings.map(({ kind }) => kind);

  it('patterns, claims and roles to search as; what is denied may not be asked for', async () => {
    const requestableTargets = async (request: PlainObject, deny: PlainObject = {}): Promise<string[]> => {
      const team = role('team', { allow: { request }, deny: { request: deny } });
      const claims = { traits: traits({ groups: ['devs'] }) };
      const report = await analyseCensus({
        roles: [team, kubeAdmin, editor, developer],
        users: [user('a', ['team'], claims)],
      });
      return report.requesters.flatMap(({ routes }) => routes.map(({ target }) => rawText(target)));
    };
    assert.deepEqual(await requestableTargets({ roles: ['kube-*'] }), ['kube-admin']);
    assert.deepEqual(await requestableTargets({ roles: ['^(kube-admin|editor)$'] }), [
      'kube-admin',
      'editor',
    ]);
    assert.deepEqual(await requestableTargets({ search_as_roles: ['kube-admin'] }), ['kube-admin']);
    assert.deepEqual(await requestableTargets({ roles: ['gone'] }), []);
    assert.deepEqual(
      await requestableTargets({ claims_to_roles: [{ claim: 'groups', value: 'devs', roles: ['editor'] }] }),
      ['editor'],
    );
    assert.deepEqual(
      await requestableTargets({ claims_to_roles: [{ claim: 'groups', value: 'ops', roles: ['editor'] }] }),
      [],
    );
    assert.deepEqual(await requestableTargets({ roles: ['*'] }, { roles: ['*'] }), []);
    assert.deepEqual(await requestableTargets({ roles: ['*'] }, { roles: ['kube-*', 'editor', 'team'] }), [
      'dev-team',
    ]);
  });

  it('thresholds of one role are alternatives, of several roles all must be met', async () => {
    const roleOne = askingRole(
      { roles: ['kube-admin'], thresholds: [{ approve: 3 }, { approve: 1 }] },
      'one',
    );
    const roleTwo = askingRole({ roles: ['kube-admin'], thresholds: [{ approve: 2 }] }, 'two');
    const neededApprovals = async (...heldRoles: readonly string[]): Promise<number | undefined> => {
      const report = await analyseCensus({
        roles: [roleOne, roleTwo, kubeAdmin],
        users: [user('a', heldRoles)],
      });
      return report.requesters[0]?.routes[0]?.approvals;
    };
    assert.deepEqual(
      [await neededApprovals('one'), await neededApprovals('two'), await neededApprovals('one', 'two')],
      [1, 2, 2],
    );
  });

  it('a role that edits roles is had with two approvals or it is a finding', async () => {
    const findingKinds = async (approve: number): Promise<FindingKind[]> => {
      const team = askingRole({ roles: ['editor'], thresholds: [{ approve }] });
      const report = await analyseCensus({
        roles: [team, editor, reviewerRole('*')],
        users: [user('a', ['dev-team']), rita, user('omar', ['reviewer'])],
      });
      return kinds(report.findings);
    };
    assert.deepEqual([await findingKinds(1), await findingKinds(2)], [['oneApproval'], []]);
  });

  it('askers whom nobody can approve', async () => {
    const team = askingRole({ roles: ['kube-admin'] });
    const roles = [
      team,
      kubeAdmin,
      reviewerRole('kube-admin'),
      role('approver', { allow: rule(['access_request'], ['update']) }),
    ];
    const unapprovableCount = async (...others: readonly ReturnType<typeof user>[]): Promise<number> =>
      findingsOfKind(
        await analyseCensus({ roles, users: [user('a', ['dev-team']), ...others] }),
        'nobodyApproves',
      ).length;
    assert.deepEqual(
      [
        await unapprovableCount(),
        await unapprovableCount(rita),
        await unapprovableCount(user('ana', ['approver'])),
      ],
      [1, 0, 0],
    );
    // A reviewer cannot review their own request.
    const ownReviewer = await analyseCensus({ roles, users: [user('a', ['dev-team', 'reviewer'])] });
    assert.equal(findingsOfKind(ownReviewer, 'nobodyApproves').length, 1);
    const unknown = { gaps: [{ part: 'oidc' as const, failure: { kind: 'notPermitted' as const } }] };
    const report = await analyseCensus({ roles, users: [user('a', ['dev-team'])], ...unknown });
    assert.equal(findingsOfKind(report, 'nobodyApproves').length, 0, 'who may approve is not known');
  });

  it('who may approve, and who alone and for themselves', async () => {
    const roles = [
      askingRole({ roles: ['kube-admin'] }),
      kubeAdmin,
      reviewerRole('kube-*'),
      role('ap', { allow: rule(['access_request'], ['*']) }),
    ];
    const report = await analyseCensus({
      roles,
      users: [user('a', ['dev-team']), rita, user('ana', ['ap'])],
    });
    assert.deepEqual(
      report.approvers.map(({ how, holders, targets }) => [
        how,
        holders.map(({ name }) => name),
        [...targets],
      ]),
      [
        ['review', ['rita'], ['kube-admin']],
        ['rule', ['ana'], ['kube-admin']],
      ],
    );
  });

  it('an admin role that lasts too long, and grants of over two weeks', async () => {
    const kindsWithLimit = async (
      options: PlainObject,
      request: PlainObject = {},
    ): Promise<FindingKind[]> => {
      const admin = role('kube-admin', { allow: kubeAdmin.value['spec'] as never, options });
      const fixed = {
        ...admin,
        value: {
          ...admin.value,
          spec: { options, allow: { kubernetes_groups: ['system:masters'], kubernetes_labels: anyLabels } },
        },
      };
      const team = askingRole({ roles: ['kube-admin'], ...request });
      return kinds(
        (
          await analyseCensus({
            roles: [team, fixed, reviewerRole('*')],
            users: [user('a', ['dev-team']), rita],
          })
        ).findings,
      );
    };
    assert.deepEqual(await kindsWithLimit({ max_session_ttl: '1h0m0s' }), []);
    assert.deepEqual(await kindsWithLimit({ max_session_ttl: '6h' }), []);
    assert.deepEqual(await kindsWithLimit({ max_session_ttl: '30h0m0s' }), ['tooLong']);
    assert.deepEqual(await kindsWithLimit({}), ['tooLong']);
    assert.deepEqual(await kindsWithLimit({ max_session_ttl: '1h' }, { max_duration: '336h0m0s' }), []);
    assert.deepEqual(await kindsWithLimit({ max_session_ttl: '1h' }, { max_duration: '337h' }), [
      'longGrant',
    ]);
  });

  it('a pattern made to take for ever takes no time, and overlooks nothing', async () => {
    const name = `${'a'.repeat(40)}b`;
    const evil = role(name, {
      allow: { kubernetes_groups: ['system:masters'], kubernetes_labels: anyLabels },
      options: {},
    });
    const team = askingRole({
      roles: ['^(a+)+$', '^((a+))+$', '^(a|aa)+$', `^${'a*'.repeat(20)}$`, `^${'a'.repeat(300)}$`],
    });
    const startedAt = performance.now();
    const report = await analyseCensus({ roles: [team, evil], users: [user('x', ['dev-team'])] });
    assert.ok(performance.now() - startedAt < 2_000);
    assert.deepEqual(report.elevated, names(name));
  });

  it('a check that is cancelled ends', async () => {
    const signal = AbortSignal.abort();
    const { analyse } = await import('../../../../src/privileges/report/analyse.ts');
    const { census } = await import('../../../support/roles/censusSamples.ts');
    const many = Array.from({ length: 60_000 }, (_, n) =>
      user(`p${String(n)}`, ['kube-admin', 'dev-team', 'editor']),
    );
    await assert.rejects(analyse(census({ users: many }), { limit: day, signal }));
  });
});
