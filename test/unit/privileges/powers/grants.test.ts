import assert from 'node:assert/strict';
import { rawText } from '../../../../src/access/untrusted/untrusted.ts';
import type { PlainObject } from '../../../../src/roles/role/value.ts';
import { names } from '../../../support/samples.ts';
import {
  analyseCensus,
  anyLabels,
  developer,
  editor,
  findingsOfKind,
  holderNames,
  kindsAndGrades,
  kubeAdmin,
  mapping,
  powersOf,
  role,
  rule,
  traits,
  user,
} from '../../../support/roles/censusSamples.ts';

describe('a denial', () => {
  const allowOf = ({ value }: typeof kubeAdmin) => (value['spec'] as { readonly allow: PlainObject }).allow;
  const every = { kind: '*', name: '*', namespace: '*', verbs: ['*'] };
  const root = { logins: ['root'], node_labels: anyLabels };
  const windows = { windows_desktop_logins: ['Administrator'], windows_desktop_labels: anyLabels };
  const aws = { aws_role_arns: ['arn:aws:iam::1:role/Admin'], app_labels: anyLabels };
  const database = { db_users: ['postgres'], db_labels: anyLabels };
  const acting = { impersonate: { users: ['*'], roles: ['*'] } };
  for (const [what, allow, deny, isAdmin] of [
    ['nothing', allowOf(kubeAdmin), {}, true],
    ['a star among logins', root, { logins: ['*'] }, true],
    ['the login', root, { logins: ['root'] }, false],
    ['a pattern of logins', root, { logins: ['^r.*$'] }, true],
    ['a star among Kubernetes groups', allowOf(kubeAdmin), { kubernetes_groups: ['*'] }, true],
    ['the Kubernetes group', allowOf(kubeAdmin), { kubernetes_groups: ['system:masters'] }, false],
    ['another Kubernetes group', allowOf(kubeAdmin), { kubernetes_groups: ['viewers'] }, true],
    ['a pattern of Windows logins', windows, { windows_desktop_logins: ['Admin*'] }, true],
    ['a pattern of AWS roles', aws, { aws_role_arns: ['arn:aws:iam::1:*', '*'] }, true],
    ['a star among database users', database, { db_users: ['*'] }, false],
    ['a pattern of database users', database, { db_users: ['post*'] }, true],
    ['database roles', { db_roles: ['dba'], db_labels: anyLabels }, { db_roles: ['dba'] }, true],
    ['all Kubernetes resources', allowOf(kubeAdmin), { kubernetes_resources: [every] }, false],
    [
      'Kubernetes resources of no namespace',
      allowOf(kubeAdmin),
      { kubernetes_resources: [{ kind: '*', name: '*', verbs: ['*'] }] },
      true,
    ],
    [
      'Kubernetes resources of one API group',
      allowOf(kubeAdmin),
      { kubernetes_resources: [{ ...every, api_group: 'apps' }] },
      true,
    ],
    ['labels with a second value', root, { node_labels: { '*': ['*', 'x'] } }, true],
    ['all labels', root, { node_labels: anyLabels }, false],
    ['all labels of clusters', allowOf(kubeAdmin), { kubernetes_labels: anyLabels }, false],
    ['some labels', allowOf(kubeAdmin), { kubernetes_labels: { env: 'prod' } }, true],
    ['every verb on everything', allowOf(editor), rule(['*'], ['*']), false],
    ['verbs on one of two kinds', allowOf(editor), rule(['role'], ['create', 'update']), true],
    ['every verb under a condition', allowOf(editor), rule(['*'], ['*'], 'x'), true],
    ['impersonation', acting, { impersonate: { users: ['*'], roles: ['*'] } }, false],
    ['impersonation by roles alone', acting, { impersonate: { roles: ['*'] } }, true],
    ['impersonation by users alone', acting, { impersonate: { users: ['*'] } }, true],
    ['impersonation of others', acting, { impersonate: { users: ['ops'], roles: ['auditor'] } }, true],
    ['impersonation of all users', acting, { impersonate: { users: ['*'], roles: ['auditor'] } }, false],
    ['impersonation of all roles', acting, { impersonate: { users: ['nobody'], roles: ['*'] } }, false],
  ] as const)
    it(`of ${what}, in the role or in another: ${isAdmin ? 'still admin' : 'no admin'}`, async () => {
      const roles = [role('own', { allow, deny }), role('x', { allow }), role('no', { deny })];
      for (const held of [['own'], ['x', 'no']]) {
        const { findings } = await analyseCensus({ roles, users: [user('a', held), user('b', ['no'])] });
        assert.equal(findings.length, isAdmin ? 1 : 0, held.join());
      }
    });
});

describe('a template is what the server makes of it', () => {
  const masters = (text: string): PlainObject => ({
    kubernetes_groups: [text],
    kubernetes_labels: anyLabels,
  });
  const powersWith = (allow: PlainObject, values: PlainObject): Promise<string[]> =>
    powersOf({ allow }, { traits: traits(values) });

  it("with the holder's traits; one that cannot be filled gives nothing", async () => {
    const internal = masters('{{internal.kubernetes_groups}}');
    const replace = ['{{external.unix}}', '{{regexp.replace(external.a, "b", "c")}}'];
    const logins = (...texts: readonly string[]) => ({ logins: texts, node_labels: { a: 'b' } });
    for (const [allow, values, ...powers] of [
      [internal, { kubernetes_groups: ['system:masters'] }, 'kubernetes critical'],
      [internal, {}],
      [internal, { kubernetes_groups: null, logins: [''] }],
      [logins(...replace), { unix: ['root'] }, 'nodes medium'],
      [logins(...replace), { a: ['root'] }],
      [logins('{{email.local(external["mail"])}}'), { mail: ['root@corp.test'] }, 'nodes medium'],
    ] as const)
      assert.deepEqual(await powersWith(allow, values), powers);
  });

  it('two holders of one role with other traits are told apart', async () => {
    const held = (name: string, values: PlainObject) => user(name, ['x'], { traits: traits(values) });
    const report = await analyseCensus({
      roles: [role('x', { allow: masters('{{internal.kubernetes_groups}}') })],
      users: [
        held('alice', { kubernetes_groups: ['system:masters'] }),
        held('bob', { kubernetes_groups: ['viewers'] }),
        held('carol', { kubernetes_groups: ['system:masters'], logins: ['a'] }),
      ],
    });
    assert.deepEqual(findingsOfKind(report, 'kubernetes').map(holderNames), [names('alice', 'carol')]);
  });

  it('with regular expressions of Go', async () => {
    const replace = (pattern: string, replacement: string) =>
      masters(`{{regexp.replace(external.groups, ${pattern}, ${replacement})}}`);
    const k8s = { groups: ['k8s-system:masters'] };
    for (const replacement of ['"$1"', '"${1}"', '`$1`'])
      for (const pattern of ['"^k8s-(.*)$"', '`^k8s-(.*)$`'])
        assert.deepEqual(await powersWith(replace(pattern, replacement), k8s), ['kubernetes critical']);
    const plain = { groups: ['system:masters'] };
    const unmatched = await powersWith(replace('"^k8s-(.*)$"', '"$1"'), plain);
    assert.deepEqual(unmatched, [], 'what does not match gives nothing');
    assert.deepEqual(await powersWith(replace('"^k8s-(.*)$"', '"$1x"'), k8s), []);
    const local = masters('system:{{regexp.replace(email.local(external.mail), "-.*", "")}}');
    assert.deepEqual(await powersWith(local, { mail: ['masters-a@b.test'] }), ['kubernetes critical']);
  });

  it('what cannot be worked out is said, and is no admin for certain', async () => {
    for (const text of [
      '{{strings.lower(external.x)}}',
      '{{regexp.replace(external.x, "(?=a)", "")}}',
      '{{x',
    ])
      assert.deepEqual(await powersWith(masters(text), { x: ['a'] }), ['unclear medium'], text);
  });

  it('an expression made to take for ever takes no time', async () => {
    const startedAt = performance.now();
    const evil = masters('{{regexp.replace(external.x, "^(a+)+$", "")}}');
    await powersWith(evil, { x: [`${'a'.repeat(100)}b`] });
    assert.ok(performance.now() - startedAt < 1_000);
  });

  it('a claim that an SSO mapping wants is a trait of who comes with it', async () => {
    const roles = [role('k8s', { allow: masters('{{external.groups}}') })];
    for (const [value, count] of [
      ['system:masters', 1],
      ['devs', 0],
    ] as const) {
      const report = await analyseCensus({ roles, mappings: [mapping(value, ['k8s'])] });
      assert.equal(findingsOfKind(report, 'kubernetes').length, count);
    }
  });
});

describe('acting as others', () => {
  const acting = (name: string, impersonate: PlainObject, more: PlainObject = {}) =>
    role(name, { allow: { impersonate, ...more } });

  it('counts if they are admin', async () => {
    for (const [impersonate, ...powers] of [
      [{ roles: ['*'], users: ['*'] }, 'impersonates critical'],
      [{ roles: ['kube-*'], users: ['*'] }, 'impersonates high'],
      [{ roles: ['dev-team'], users: ['*'] }],
      [{ roles: ['*'], users: [] }, 'impersonates critical'],
    ] as const) {
      const roles = [acting('x', impersonate), kubeAdmin, developer];
      assert.deepEqual(kindsAndGrades(await analyseCensus({ roles, users: [user('a', ['x'])] })), powers);
    }
  });

  it('without users one takes the roles for oneself, as grave as they are', async () => {
    const soft = role('soft', { allow: { logins: ['{{internal.logins}}'], node_labels: anyLabels } });
    const users = [user('eve', ['x'], { traits: traits({ logins: ['root'] }) }), user('bob', ['x'])];
    for (const [roleName, deny, ...found] of [
      ['editor', {}, 'critical bob,eve'],
      ['dev', {}],
      ['soft', {}, 'high eve'],
      ['editor', { roles: ['editor'] }],
      ['editor', { users: ['*'], roles: ['editor'] }, 'critical bob,eve'],
    ] as const) {
      const allow = { impersonate: { roles: [roleName] } };
      const roles = [role('x', { allow, deny: { impersonate: deny } }), editor, soft, role('dev', {})];
      const impersonates = findingsOfKind(await analyseCensus({ roles, users }), 'impersonates').map(
        (finding) => `${finding.grade} ${holderNames(finding).map(rawText).join()}`,
      );
      assert.deepEqual(impersonates, found, `${roleName}, with their own traits`);
    }
  });

  it('roles that act as each other are all admin, whoever is looked at first', async () => {
    const anyOf = (...roles: readonly string[]) => ({ users: ['*'], roles });
    const roles = [
      acting('a', anyOf('b'), { logins: ['root'], node_labels: anyLabels }),
      acting('b', anyOf('a')),
      acting('c', anyOf('a')),
      acting('d', anyOf('e')),
      acting('e', anyOf('d')),
    ];
    for (const order of ['c b d', 'b c d', 'd b c']) {
      const report = await analyseCensus({
        roles,
        users: order.split(' ').map((name) => user(name, [name])),
      });
      assert.deepEqual(findingsOfKind(report, 'impersonates').flatMap(holderNames).sort(), names('b', 'c'));
    }
  });

  it('with the traits of those one acts as', async () => {
    const access = role('access', { allow: { logins: ['{{internal.logins}}'], node_labels: anyLabels } });
    const ops = user('ops', ['access'], { traits: traits({ logins: ['root'] }) });
    for (const [as, roleName, count] of [
      ['ops', 'access', 1],
      ['dev', 'access', 0],
      ['ops', 'other', 0],
    ] as const) {
      const report = await analyseCensus({
        roles: [access, acting('x', { users: [as], roles: [roleName] })],
        users: [ops, user('eve', ['x']), user('dev', ['access'])],
      });
      assert.equal(findingsOfKind(report, 'impersonates').length, count);
    }
  });
});
