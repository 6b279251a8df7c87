import assert from 'node:assert/strict';
import { isCloudAdmin, isDatabaseUser } from '../../../../src/privileges/powers/adminNames.ts';
import type { PlainObject } from '../../../../src/roles/role/value.ts';
import { roleOf } from '../../../../src/privileges/census/parseResources.ts';
import { makesRoot } from '../../../../src/privileges/powers/sudoers.ts';
import {
  analyseCensus,
  anyLabels,
  kubeAdmin,
  powersOf,
  role,
  rule,
  user,
} from '../../../support/roles/censusSamples.ts';
import type { RoleParts } from '../../../support/roles/roleValues.ts';

/** Checks the kind and the grade of each finding for the holder of a role. */
async function roleGives(...rows: readonly (readonly [parts: RoleParts, ...powers: string[]])[]) {
  for (const [parts, ...powers] of rows)
    assert.deepEqual(await powersOf(parts), powers, JSON.stringify(parts));
}
const gives = (...rows: readonly (readonly [allow: PlainObject, ...powers: string[]])[]) =>
  roleGives(...rows.map(([allow, ...powers]) => [{ allow }, ...powers] as const));

const root = { logins: ['root'] };

describe('standing admin rights that one role gives', () => {
  it('system:masters of Kubernetes; fewer clusters or resources weigh less, none nothing', async () => {
    const group = { kubernetes_groups: ['system:masters'] };
    const pods = { kubernetes_resources: [{ kind: 'pod', name: '*', namespace: 'a', verbs: ['get'] }] };
    await gives(
      [{ ...group, kubernetes_labels: anyLabels }, 'kubernetes critical'],
      [{ ...group, kubernetes_labels: { env: 'dev' } }, 'kubernetes high'],
      [{ ...group, kubernetes_labels_expression: 'labels["a"] == "b"' }, 'kubernetes high'],
      [group],
      [{ ...group, kubernetes_labels: anyLabels, ...pods }, 'kubernetes high'],
      [{ kubernetes_users: ['*'], kubernetes_labels: anyLabels }, 'kubernetes critical'],
      [{ kubernetes_groups: ['viewers'], kubernetes_labels: { env: 'dev' } }],
    );
  });

  it('Kubernetes resources of roles before v7 leave nothing out', async () => {
    const pods = { kubernetes_resources: [{ kind: 'pod', name: '*', namespace: '*', verbs: ['*'] }] };
    const allow = { kubernetes_groups: ['system:masters'], kubernetes_labels: anyLabels, ...pods };
    const { name, value } = role('x', { allow });
    for (const [version, grade] of [
      ['v3', 'critical'],
      ['v6', 'critical'],
      ['v7', 'high'],
    ] as const) {
      const roles = [roleOf({ name, revision: 'r', document: { ...value, version } })];
      assert.equal((await analyseCensus({ roles, users: [user('a', ['x'])] })).findings[0]?.grade, grade);
    }
  });

  it('root on servers, and accounts that sudoers or groups make root', async () => {
    await gives(
      [{ ...root, node_labels: anyLabels }, 'nodes high'],
      [{ ...root, node_labels: { env: ['a', 'b'] } }, 'nodes medium'],
      [root],
      [{ logins: ['rooty', 'dev'], node_labels: { env: 'x' } }],
    );
    const sudoers = { node_labels: anyLabels, host_sudoers: ['ALL=(ALL) NOPASSWD: ALL'] };
    const groups = { node_labels: anyLabels, host_groups: ['wheel', 'dev'] };
    const desktops = { windows_desktop_labels: anyLabels, desktop_groups: ['Administrators'] };
    await roleGives(
      [{ allow: sudoers, options: { create_host_user: true } }, 'hostUsers high'],
      [{ allow: sudoers, options: { create_host_user_mode: 3 } }, 'hostUsers high'],
      [{ allow: sudoers, options: { create_host_user_mode: 'keep' } }, 'hostUsers high'],
      [{ allow: sudoers, options: { create_host_user_mode: 1 } }],
      [{ allow: sudoers }],
      [{ allow: groups, options: { create_host_user_mode: 'insecure-drop' } }, 'hostUsers high'],
      [{ allow: groups }],
      [{ allow: { ...groups, host_groups: ['dev'] }, options: { create_host_user_mode: 'insecure-drop' } }],
      [{ allow: desktops, options: { create_desktop_user: true } }, 'desktops high'],
      [{ allow: desktops }],
    );
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
    ['ALL=(ALL) !/bin/su, !/usr/bin/bash', false],
    ['ALL=(ALL) !!/bin/su', true],
    ['ALL=(app) NOPASSWD: /opt/app/bin/deploy --all', false],
    ['ALL=(app:app) /bin/x', false],
    ['ALL=(app:docker) /bin/x', true],
    ['ALL=(app) ALL : ALL=(ALL) ALL', true],
    ['ALL=(app) /bin/x\nbob ALL=(ALL) ALL', true],
    ['ALL=(root) NOPASSWD: /usr/bin/uptime, /bin/ls -l /var/log', false],
    ['ALL=(root) NOPASSWD: SETENV: /usr/bin/uptime', true],
    ['ALL=(root) /usr/local/bin/uptime', true],
    ['ALL=(root) /usr/bin/systemctl status app', true],
    ['ALL=(root) /usr/bin/systemctl restart debug-shell', true],
    ['ALL=(root) /usr/bin/systemctl restart *', true],
    ['ALL=(root) /usr/bin/cat /var/log/app.log', true],
    ['ALL=(root) /usr/bin/../../tmp/uptime', true],
    ['ALL=(%root) NOPASSWD: /bin/sh', true],
    ['ALL=(#0) ALL', true],
    // Images of clouds let these users run everything as root.
    ['ALL=(ubuntu) NOPASSWD: ALL', true],
    ['ALL=(app, ec2-user) /bin/sh', true],
    ['ALL=(docker) /bin/sh', true],
    ['ALL=(app:incus-admin) /bin/sh', true],
    ['ALL=(app:libvirt) /bin/sh', true],
    ['ALL=(root) /usr/bin/systemctl start breakpoint-pre-mount', true],
    [`ALL=(${'a,'.repeat(200_000)})`, true],
    ['ALL=("root") ALL', true],
    ['ALL=(#-1) ALL', true],
    ['ALL=() ALL', true],
    ['ALL=(root) {{external.commands}}', true],
    ['#include /tmp/x', true],
    ['Defaults !authenticate', true],
    ['ALL=(root) sha256:abcd /bin/sh', true],
    ['', false],
  ] as const)
    it(`sudoers: ${line} ${isRoot ? 'makes' : 'does not make'} root`, () => {
      assert.equal(makesRoot(line), isRoot);
    });

  it('sudoers: as root no program is harmless that is not known to be', () => {
    const programs =
      'tmux screen make busybox ed timeout nice watch script journalctl systemctl pwsh rbash bash5 install kubectl sed ln visudo vim-basic ssh-keygen cat find mount xxd openssl head tail anything';
    for (const program of programs.split(' '))
      for (const folder of ['/usr/bin', '/bin', '/usr/sbin', '/opt/x/bin'])
        assert.ok(makesRoot(`ALL=(ALL) NOPASSWD: ${folder}/${program}`), program);
  });

  it('superusers of databases, desktops and clouds', async () => {
    const set = (permission_set: string) => ({ account_assignments: [{ account: '1', permission_set }] });
    await gives(
      [{ db_users: ['postgres'], db_labels: anyLabels }, 'databases high'],
      [{ db_users: ['*'], db_labels: { env: 'x' } }, 'databases medium'],
      [{ db_users: ['reader'], db_labels: { env: 'x' } }],
      [{ windows_desktop_logins: ['Administrator'], windows_desktop_labels: anyLabels }, 'desktops high'],
      [{ windows_desktop_logins: ['bob'], windows_desktop_labels: { a: 'b' } }],
      [{ linux_desktop_labels: anyLabels, linux_desktop_logins: ['root'] }, 'desktops high'],
      [{ aws_role_arns: ['arn:aws:iam::1:role/AdministratorAccess'], app_labels: anyLabels }, 'cloud high'],
      [
        { azure_identities: ['/subscriptions/1/resourceGroups/g/providers/x/owner'], app_labels: anyLabels },
        'cloud high',
      ],
      [
        { gcp_service_accounts: ['project-admin@p.iam.gserviceaccount.com'], app_labels: anyLabels },
        'cloud high',
      ],
      [{ aws_role_arns: ['arn:aws:iam::1:role/reader'], app_labels: { a: 'b' } }],
      [set('*'), 'cloud high'],
      [set('arn:aws:sso:::permissionSet/i/AdministratorAccess'), 'cloud high'],
      [set('arn:aws:sso:::permissionSet/i/ReadOnlyAccess')],
    );
  });

  it('names of clouds and databases that say admin, and none that only look', () => {
    const isAwsAdmin = (name: string): boolean => isCloudAdmin(`arn:aws:iam::1:role/${name}`);
    for (const [isAdmin, admins, others] of [
      [
        isAwsAdmin,
        'AdminRole DevAdmin PlatformAdmins AdministratorAccess OrganizationAccountAccessRole PowerUser PowerUserAccess team-Owner',
        'admin-portal-readonly billing-owner-viewer AdminReadOnly owner-tools badminton administration',
      ],
      [
        isDatabaseUser,
        'dbadmin azure_pg_admin atlasAdmin@admin ACCOUNTADMIN root postgres sa sys system admin *',
        'reader reader@admin admin_readonly app',
      ],
    ] as const) {
      for (const name of admins.split(' ')) assert.ok(isAdmin(name), name);
      for (const name of others.split(' ')) assert.ok(!isAdmin(name), name);
    }
  });

  it('everything of a kind, if not as admin, where there is a name to use; sessions of anybody', async () => {
    const join = (roles: readonly string[], mode: string) => ({
      join_sessions: [{ name: 'x', roles, kinds: ['ssh'], modes: [mode] }],
    });
    await gives(
      [{ logins: ['dev'], node_labels: anyLabels }, 'reach medium'],
      [{ node_labels: anyLabels }],
      [{ db_labels: anyLabels, db_names: ['x'] }],
      [join(['*'], 'peer'), 'joins medium'],
      [join(['*'], 'observer')],
      [join(['dev'], 'peer')],
    );
  });

  it('everywhere, in other words; and not everywhere where an expression leaves something out', () =>
    gives(
      [{ ...root, node_labels: { env: '*' } }, 'nodes high'],
      [{ ...root, node_labels: { env: ['^.*$'] } }, 'nodes high'],
      [{ ...root, node_labels_expression: 'labels["a"] == labels["a"]' }, 'nodes high'],
      [{ ...root, node_labels: { env: '*', a: 'b' } }, 'nodes medium'],
      [
        { ...root, node_labels: anyLabels, node_labels_expression: 'labels["env"] == "sandbox"' },
        'nodes medium',
      ],
      [{ ...root, node_labels: anyLabels, node_labels_expression: 'true' }, 'nodes high'],
    ));

  it('changing what decides about rights', async () => {
    for (const kind of 'role user saml oidc github auth_connector login_rule cert_authority *'.split(' '))
      for (const verb of ['create', 'update', '*']) await gives([rule([kind], [verb]), 'writes critical']);
    for (const kind of 'token access_list bot trusted_cluster access_monitoring_rule'.split(' '))
      await gives([rule([kind], ['update']), 'writes high']);
    await gives(
      [rule(['cluster_auth_preference'], ['update']), 'writes medium'],
      [rule(['role', 'user', 'token'], ['list', 'read', 'delete'])],
      [rule(['session', 'event'], ['*'])],
    );
  });

  it('deciding requests alone, and the keys of the cluster, by a rule that reads them', async () => {
    await gives(
      [rule(['access_request'], ['list', 'read', 'update']), 'decides high'],
      [rule(['access_request'], ['list', 'read', 'create'])],
      [rule(['cert_authority'], ['list', 'read']), 'readsKeys critical'],
      [rule(['*'], ['list', 'read']), 'readsKeys critical'],
      [rule(['cert_authority'], ['list', 'readnosecrets'])],
      [rule(['*'], ['*']), 'writes critical'],
    );
    await roleGives([{ allow: rule(['*'], ['read']), deny: rule(['cert_authority'], ['read']) }]);
  });

  it('under a condition it weighs less, and that is said', async () => {
    const roles = [role('x', { allow: rule(['role'], ['*'], 'contains(user.spec.traits["team"], "x")') })];
    const { findings } = await analyseCensus({ roles, users: [user('a', ['x'])] });
    assert.deepEqual(
      findings.map(({ kind, grade, conditional }) => [kind, grade, conditional]),
      [['writes', 'high', true]],
    );
  });

  it('but nothing by a role that nobody holds, or that does not exist', async () => {
    const preset = { 'teleport.internal/resource-type': 'preset' };
    const allow = { db_users: ['*'], db_labels: anyLabels };
    const roles = [kubeAdmin, role('require-trusted-device', { allow, labels: preset })];
    assert.deepEqual((await analyseCensus({ roles, users: [user('alice', ['gone'])] })).findings, []);
  });
});
