import assert from 'node:assert/strict';
import { rawText } from '../../../../src/access/untrusted/untrusted.ts';
import { isCloudAdmin, isDatabaseUser } from '../../../../src/privileges/powers/adminNames.ts';
import type { PlainObject } from '../../../../src/roles/role/value.ts';
import { roleOf } from '../../../../src/privileges/census/parseResources.ts';
import { makesRoot } from '../../../../src/privileges/powers/sudoers.ts';
import {
  anyLabels,
  analyseCensus,
  editor,
  findingsOfKind,
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

describe('a denial that takes nothing away on the server takes nothing away here', () => {
  const all = [{ kind: '*', name: '*', namespace: '*', verbs: ['*'] }];
  for (const [what, allowed, deny, left] of [
    ['a star among logins', { logins: ['root'], node_labels: anyLabels }, { logins: ['*'] }, true],
    ['the login', { logins: ['root'], node_labels: anyLabels }, { logins: ['root'] }, false],
    ['a pattern of logins', { logins: ['root'], node_labels: anyLabels }, { logins: ['^r.*$'] }, true],
    ['a star among Kubernetes groups', kubeAdmin.value, { kubernetes_groups: ['*'] }, true],
    ['the Kubernetes group', kubeAdmin.value, { kubernetes_groups: ['system:masters'] }, false],
    [
      'a pattern of Windows logins',
      { windows_desktop_logins: ['Administrator'], windows_desktop_labels: anyLabels },
      { windows_desktop_logins: ['Admin*'] },
      true,
    ],
    [
      'a pattern of AWS roles',
      { aws_role_arns: ['arn:aws:iam::1:role/Admin'], app_labels: anyLabels },
      { aws_role_arns: ['arn:aws:iam::1:*', '*'] },
      true,
    ],
    [
      'a star among database users',
      { db_users: ['postgres'], db_labels: anyLabels },
      { db_users: ['*'] },
      false,
    ],
    [
      'a pattern of database users',
      { db_users: ['postgres'], db_labels: anyLabels },
      { db_users: ['post*'] },
      true,
    ],
    ['database roles', { db_roles: ['dba'], db_labels: anyLabels }, { db_roles: ['dba'] }, true],
    ['all Kubernetes resources', kubeAdmin.value, { kubernetes_resources: all }, false],
    [
      'Kubernetes resources of no namespace',
      kubeAdmin.value,
      { kubernetes_resources: [{ kind: '*', name: '*', verbs: ['*'] }] },
      true,
    ],
    [
      'Kubernetes resources of one API group',
      kubeAdmin.value,
      { kubernetes_resources: [{ ...all[0], api_group: 'apps' }] },
      true,
    ],
    [
      'labels with a second value',
      { logins: ['root'], node_labels: anyLabels },
      { node_labels: { '*': ['*', 'x'] } },
      true,
    ],
    ['all labels', { logins: ['root'], node_labels: anyLabels }, { node_labels: anyLabels }, false],
  ] as const)
    it(`${what}: ${left ? 'still admin' : 'no admin'}`, async () => {
      const spec = 'spec' in allowed ? (allowed.spec as { readonly allow: PlainObject }).allow : allowed;
      assert.equal((await powers({ allow: spec, deny })).length > 0, left);
    });

  it('acting as others is denied by users and roles together only', async () => {
    const acting = { impersonate: { users: ['*'], roles: ['*'] } };
    const findingsLeft = async (impersonate: PlainObject): Promise<number> =>
      (await powers({ allow: acting, deny: { impersonate } })).length;
    assert.equal(await findingsLeft({ roles: ['*'] }), 1);
    assert.equal(await findingsLeft({ users: ['*'] }), 1);
    assert.equal(await findingsLeft({ users: ['ops'], roles: ['auditor'] }), 1);
    assert.equal(await findingsLeft({ users: ['*'], roles: ['auditor'] }), 0);
    assert.equal(await findingsLeft({ users: ['nobody'], roles: ['*'] }), 0);
  });

  it('a pattern that cannot be tried denies nothing', async () => {
    const requestFindings = async (pattern: string): Promise<number> => {
      const request = { roles: ['editor'] };
      const roles = [
        editor,
        role('dev', { allow: { request } }),
        role('no', { deny: { request: { roles: [pattern] } } }),
      ];
      const report = await analyseCensus({ roles, users: [user('eve', ['dev', 'no'])] });
      return findingsOfKind(report, 'oneApproval').length;
    };
    assert.deepEqual(
      [
        await requestFindings('^(?i)contractor-.*$'),
        await requestFindings('^(edit)+or$'),
        await requestFindings('^edit.*$'),
      ],
      [1, 1, 0],
    );
  });
});

describe('ways to ask for a role', () => {
  const requestTargets = async (
    request: PlainObject,
    deny: PlainObject = {},
    userParts: Parameters<typeof user>[2] = {},
  ): Promise<string[]> => {
    const team = role('team', { allow: { request }, deny: { request: deny } });
    const report = await analyseCensus({
      roles: [team, kubeAdmin, editor],
      users: [user('a', ['team'], userParts)],
    });
    return report.requesters.flatMap(({ routes }) => routes.map(({ target }) => rawText(target)));
  };

  it('a denial to search as a role leaves the plain way to it', async () => {
    assert.deepEqual(await requestTargets({ roles: ['editor'] }, { search_as_roles: ['editor'] }), [
      'editor',
    ]);
    assert.deepEqual(
      await requestTargets({ search_as_roles: ['editor'] }, { search_as_roles: ['editor'] }),
      [],
    );
    assert.deepEqual(await requestTargets({ search_as_roles: ['editor'] }, { search_as_roles: ['*'] }), [
      'editor',
    ]);
    assert.deepEqual(await requestTargets({ search_as_roles: ['editor'] }, { roles: ['edit*'] }), []);
  });

  it('a matcher in the form of a template', async () => {
    assert.deepEqual(await requestTargets({ roles: ['{{regexp.match("^edit.*$")}}'] }), ['editor']);
    assert.deepEqual(await requestTargets({ roles: ['{{regexp.not_match("^edit")}}'] }), [
      'team',
      'kube-admin',
    ]);
    assert.deepEqual(
      await requestTargets({ roles: ['editor'] }, { roles: ['{{regexp.match("^(edit)+")}}'] }),
      ['editor'],
    );
  });

  it('a claim may name the role itself', async () => {
    const claims = (value: string, named: string) => ({
      claims_to_roles: [{ claim: 'groups', value, roles: [named] }],
    });
    const userParts = { traits: traits({ groups: ['editor-asker'] }) };
    assert.deepEqual(await requestTargets(claims('^(.*)-asker$', '$1'), {}, userParts), ['editor']);
    assert.deepEqual(await requestTargets(claims('*-asker', '${1}'), {}, userParts), ['editor']);
    assert.deepEqual(await requestTargets(claims('^(.*)-other$', '$1'), {}, userParts), []);
    assert.deepEqual(await requestTargets(claims('^(?:.*)-asker$', '$1'), {}, userParts), [
      'team',
      'kube-admin',
      'editor',
    ]);
    assert.deepEqual(await requestTargets({ roles: ['editor'] }, claims('^(?:.*)-asker$', '$1'), userParts), [
      'editor',
    ]);
  });

  it('approvals of two roles with other filters add up; one threshold without a filter is met by any', async () => {
    const team = (name: string, ...thresholds: readonly PlainObject[]) =>
      role(name, { allow: { request: { roles: ['editor'], thresholds } } });
    const threshold = (group: string, approve = 1): PlainObject => ({
      filter: `contains(reviewer.roles, "${group}")`,
      approve,
      deny: 1,
    });
    const neededApprovals = async (
      ...roles: readonly ReturnType<typeof role>[]
    ): Promise<number | undefined> => {
      const users = [
        user(
          'a',
          roles.map(({ name }) => rawText(name)),
        ),
      ];
      return (await analyseCensus({ roles: [...roles, editor], users })).requesters[0]?.routes[0]?.approvals;
    };
    assert.equal(await neededApprovals(team('a', threshold('t1')), team('b', threshold('t2'))), 2);
    assert.equal(await neededApprovals(team('a', threshold('t1')), team('b', threshold('t1'))), 1);
    assert.equal(await neededApprovals(team('a', threshold('t1')), team('b', { approve: 1, deny: 1 })), 1);
    assert.equal(
      await neededApprovals(team('a', threshold('t1')), team('b', threshold('t2'), { approve: 1 })),
      1,
    );
    assert.equal(await neededApprovals(team('a', threshold('t1', 2)), team('b', threshold('t2'))), 3);
    assert.equal(await neededApprovals(team('a', { deny: 1 }, { approve: 2 })), 2);
  });
});

describe('a template is what the server makes of it', () => {
  const masters = (text: string): PlainObject => ({
    kubernetes_groups: [text],
    kubernetes_labels: anyLabels,
  });
  const powersWith = (text: string, traitValues: PlainObject): Promise<string[]> =>
    powers({ allow: masters(text) }, { traits: traits(traitValues) });

  it('with regular expressions of Go', async () => {
    const k8s = { groups: ['k8s-system:masters'] };
    for (const replacement of ['"$1"', '"${1}"', '`$1`'])
      for (const pattern of ['"^k8s-(.*)$"', '`^k8s-(.*)$`'])
        assert.deepEqual(
          await powersWith(`{{regexp.replace(external.groups, ${pattern}, ${replacement})}}`, k8s),
          ['kubernetes critical'],
        );
    assert.deepEqual(
      await powersWith('{{regexp.replace(external.groups, "^k8s-(.*)$", "$1")}}', {
        groups: ['system:masters'],
      }),
      [],
      'what does not match gives nothing',
    );
    assert.deepEqual(await powersWith('{{regexp.replace(external.groups, "^k8s-(.*)$", "$1x")}}', k8s), []);
    assert.deepEqual(
      await powersWith('system:{{regexp.replace(email.local(external.mail), "-.*", "")}}', {
        mail: ['masters-a@b.test'],
      }),
      ['kubernetes critical'],
    );
  });

  it('what cannot be worked out is said, and is no admin for certain', async () => {
    for (const text of [
      '{{strings.lower(external.x)}}',
      '{{regexp.replace(external.x, "(a+)+", "")}}',
      '{{x',
    ])
      assert.deepEqual(await powersWith(text, { x: ['a'] }), ['unclear medium'], text);
  });

  it('an expression made to take for ever takes no time', async () => {
    const startedAt = performance.now();
    await powersWith('{{regexp.replace(external.x, "^(a+)+$", "")}}', { x: [`${'a'.repeat(100)}b`] });
    assert.ok(performance.now() - startedAt < 1_000);
  });

  it('a claim that an SSO mapping wants is a trait of who comes with it', async () => {
    const roles = [role('k8s', { allow: masters('{{external.groups}}') })];
    const kubernetesFindings = async (value: string): Promise<number> =>
      findingsOfKind(await analyseCensus({ roles, mappings: [mapping(value, ['k8s'])] }), 'kubernetes')
        .length;
    assert.deepEqual([await kubernetesFindings('system:masters'), await kubernetesFindings('devs')], [1, 0]);
  });
});

describe('acting as others', () => {
  const acting = (name: string, impersonate: PlainObject, more: PlainObject = {}) =>
    role(name, { allow: { impersonate, ...more } });
  const root = { logins: ['root'], node_labels: anyLabels };

  it('without users one takes the roles for oneself, as grave as they are', async () => {
    const impersonationFindings = async (
      impersonate: PlainObject,
      deny: PlainObject = {},
    ): Promise<string[]> => {
      const actingRole = role('x', { allow: { impersonate }, deny: { impersonate: deny } });
      const traitRole = role('soft', { allow: { logins: ['{{internal.logins}}'], node_labels: anyLabels } });
      const rootTraits = { traits: traits({ logins: ['root'] }) };
      const users = [user('eve', ['x'], rootTraits), user('bob', ['x'])];
      const report = await analyseCensus({ roles: [actingRole, editor, traitRole, role('dev', {})], users });
      return findingsOfKind(report, 'impersonates').map(
        ({ grade, holders }) => `${grade} ${holders.map(({ name }) => rawText(name)).join()}`,
      );
    };
    assert.deepEqual(await impersonationFindings({ roles: ['editor'] }), ['critical bob,eve']);
    assert.deepEqual(await impersonationFindings({ roles: ['dev'] }), []);
    assert.deepEqual(await impersonationFindings({ roles: ['soft'] }), ['high eve'], 'with their own traits');
    assert.deepEqual(await impersonationFindings({ roles: ['editor'] }, { roles: ['editor'] }), []);
    assert.deepEqual(
      await impersonationFindings({ roles: ['editor'] }, { users: ['*'], roles: ['editor'] }),
      ['critical bob,eve'],
    );
  });

  it('roles that act as each other are all admin, whoever is looked at first', async () => {
    const anyOf = (...roles: readonly string[]) => ({ users: ['*'], roles });
    const roles = [
      acting('a', anyOf('b'), root),
      acting('b', anyOf('a')),
      acting('c', anyOf('a')),
      acting('d', anyOf('e')),
      acting('e', anyOf('d')),
    ];
    for (const order of [
      ['c', 'b', 'd'],
      ['b', 'c', 'd'],
      ['d', 'b', 'c'],
    ]) {
      const report = await analyseCensus({ roles, users: order.map((name) => user(name, [name])) });
      const names = findingsOfKind(report, 'impersonates').map(({ holders }) => holders[0]?.name);
      assert.deepEqual(names.sort(), ['b', 'c']);
    }
  });

  it('with the traits of those one acts as', async () => {
    const access = role('access', { allow: { logins: ['{{internal.logins}}'], node_labels: anyLabels } });
    const impersonationCount = async (impersonate: PlainObject): Promise<number> => {
      const ops = user('ops', ['access'], { traits: traits({ logins: ['root'] }) });
      const report = await analyseCensus({
        roles: [access, acting('x', impersonate)],
        users: [ops, user('eve', ['x']), user('dev', ['access'])],
      });
      return findingsOfKind(report, 'impersonates').length;
    };
    assert.equal(await impersonationCount({ users: ['ops'], roles: ['access'] }), 1);
    assert.equal(await impersonationCount({ users: ['dev'], roles: ['access'] }), 0);
    assert.equal(await impersonationCount({ users: ['ops'], roles: ['other'] }), 0);
  });
});

describe('rights that are easily overlooked', () => {
  const rule = (resources: readonly string[], ...verbs: readonly string[]) => ({
    rules: [{ resources, verbs }],
  });

  it('keys of the cluster, by a rule that reads them', async () => {
    assert.deepEqual(await powersOfAllow(rule(['cert_authority'], 'list', 'read')), ['readsKeys critical']);
    assert.deepEqual(await powersOfAllow(rule(['*'], 'list', 'read')), ['readsKeys critical']);
    assert.deepEqual(await powersOfAllow(rule(['cert_authority'], 'list', 'readnosecrets')), []);
    assert.deepEqual(await powersOfAllow(rule(['*'], '*')), ['writes critical']);
    const deny = rule(['cert_authority'], 'read');
    assert.deepEqual(await powers({ allow: rule(['*'], 'read'), deny }), []);
  });

  it('groups of accounts that are made at login', async () => {
    const nodes = { node_labels: anyLabels, host_groups: ['wheel', 'dev'] };
    const hostUserOptions = { create_host_user_mode: 'insecure-drop' };
    assert.deepEqual(await powers({ allow: nodes, options: hostUserOptions }), ['hostUsers high']);
    assert.deepEqual(await powers({ allow: nodes }), []);
    assert.deepEqual(
      await powers({ allow: { ...nodes, host_groups: ['dev'] }, options: hostUserOptions }),
      [],
    );
    const desktops = { windows_desktop_labels: anyLabels, desktop_groups: ['Administrators'] };
    assert.deepEqual(await powers({ allow: desktops, options: { create_desktop_user: true } }), [
      'desktops high',
    ]);
    assert.deepEqual(await powers({ allow: desktops }), []);
  });

  for (const [line, isRoot] of [
    ['ALL=(ALL) NOPASSWD: ALL', true],
    ['ALL=(root) NOPASSWD: /usr/bin/systemctl restart app', false],
    ['ALL=(root) /bin/ls, /bin/bash', true],
    ['ALL=(app, www) ALL', false],
    ['ALL=(app) /bin/x, (root) NOPASSWD: SETENV: ALL', true],
    ['ALL=ALL, !/bin/su', true],
    ['ALL=(root) SHELLS', true],
    ['ALL = (ALL:ALL) /usr/bin/*', true],
  ] as const)
    it(`sudoers: ${line} ${isRoot ? 'makes' : 'does not make'} root`, () => {
      assert.equal(makesRoot(line), isRoot);
    });

  it('root of Linux desktops, permission sets, sessions of anybody', async () => {
    assert.deepEqual(
      await powersOfAllow({ linux_desktop_labels: anyLabels, linux_desktop_logins: ['root'] }),
      ['desktops high'],
    );
    const set = (permission_set: string) => ({ account_assignments: [{ account: '1', permission_set }] });
    assert.deepEqual(await powersOfAllow(set('*')), ['cloud high']);
    assert.deepEqual(await powersOfAllow(set('arn:aws:sso:::permissionSet/i/AdministratorAccess')), [
      'cloud high',
    ]);
    assert.deepEqual(await powersOfAllow(set('arn:aws:sso:::permissionSet/i/ReadOnlyAccess')), []);
    const join = (roles: readonly string[], mode: string) => ({
      join_sessions: [{ name: 'x', roles, kinds: ['ssh'], modes: [mode] }],
    });
    assert.deepEqual(await powersOfAllow(join(['*'], 'peer')), ['joins medium']);
    assert.deepEqual(await powersOfAllow(join(['*'], 'observer')), []);
    assert.deepEqual(await powersOfAllow(join(['dev'], 'peer')), []);
  });

  it('names of clouds and databases that say admin, and none that only look', () => {
    const isAwsAdmin = (name: string): boolean => isCloudAdmin(`arn:aws:iam::1:role/${name}`);
    for (const name of [
      'AdminRole',
      'DevAdmin',
      'PlatformAdmins',
      'AdministratorAccess',
      'OrganizationAccountAccessRole',
      'PowerUser',
      'PowerUserAccess',
      'team-Owner',
    ])
      assert.ok(isAwsAdmin(name), name);
    for (const name of [
      'admin-portal-readonly',
      'billing-owner-viewer',
      'AdminReadOnly',
      'owner-tools',
      'badminton',
      'administration',
    ])
      assert.ok(!isAwsAdmin(name), name);
    for (const name of [
      'dbadmin',
      'azure_pg_admin',
      'atlasAdmin@admin',
      'ACCOUNTADMIN',
      'root',
      'postgres',
      'sa',
      'sys',
      'system',
      'admin',
      '*',
    ])
      assert.ok(isDatabaseUser(name), name);
    for (const name of ['reader', 'reader@admin', 'admin_readonly', 'app'])
      assert.ok(!isDatabaseUser(name), name);
  });

  it('everywhere, in other words; and not everywhere where an expression leaves something out', async () => {
    const rootWith = (labels: PlainObject): Promise<string[]> =>
      powersOfAllow({ logins: ['root'], ...labels });
    assert.deepEqual(await rootWith({ node_labels: { env: '*' } }), ['nodes high']);
    assert.deepEqual(await rootWith({ node_labels: { env: ['^.*$'] } }), ['nodes high']);
    assert.deepEqual(await rootWith({ node_labels_expression: 'labels["a"] == labels["a"]' }), [
      'nodes high',
    ]);
    assert.deepEqual(await rootWith({ node_labels: { env: '*', a: 'b' } }), ['nodes medium']);
    const sandbox = { node_labels_expression: 'labels["env"] == "sandbox"' };
    assert.deepEqual(await rootWith({ node_labels: anyLabels, ...sandbox }), ['nodes medium']);
    assert.deepEqual(await rootWith({ node_labels: anyLabels, node_labels_expression: 'true' }), [
      'nodes high',
    ]);
  });

  it('Kubernetes resources of roles before v7 leave nothing out', async () => {
    const pods = { kubernetes_resources: [{ kind: 'pod', name: '*', namespace: '*', verbs: ['*'] }] };
    const currentRole = role('x', {
      allow: { kubernetes_groups: ['system:masters'], kubernetes_labels: anyLabels, ...pods },
    });
    const gradeIn = async (version: string): Promise<string | undefined> => {
      const document = { ...currentRole.value, version };
      const olderRole = roleOf({ name: currentRole.name, revision: 'r', document });
      return (await analyseCensus({ roles: [olderRole], users: [user('a', ['x'])] })).findings[0]?.grade;
    };
    assert.deepEqual(
      [await gradeIn('v3'), await gradeIn('v6'), await gradeIn('v7')],
      ['critical', 'critical', 'high'],
    );
  });

  it('one approval leads to whatever outlives the grant', async () => {
    const oneApprovalCount = async (target: PlainObject): Promise<number> => {
      const dev = role('dev', { allow: { request: { roles: ['x'] } } });
      const report = await analyseCensus({
        roles: [role('x', { allow: target }), dev],
        users: [user('a', ['dev'])],
      });
      return findingsOfKind(report, 'oneApproval').length;
    };
    assert.equal(await oneApprovalCount({ impersonate: { users: ['*'], roles: ['*'] } }), 1);
    for (const kind of ['token', 'bot', 'access_list', 'trusted_cluster'])
      assert.equal(await oneApprovalCount(rule([kind], 'create')), 1, kind);
    assert.equal(await oneApprovalCount(rule(['cert_authority'], 'read')), 1);
    assert.equal(await oneApprovalCount({ logins: ['root'], node_labels: anyLabels }), 0);
  });
});
