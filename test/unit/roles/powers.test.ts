import assert from 'node:assert/strict';
import { bare } from '../../../src/access/text.ts';
import type { PlainObject } from '../../../src/roles/plain.ts';
import { any, check, editor, found, kubeAdmin, role, traits, user } from './holding.ts';

/** What alice has with one role, whose parts these are: kinds and grades. */
async function powers(
  parts: Parameters<typeof role>[1],
  more: Parameters<typeof user>[2] = {},
): Promise<string[]> {
  const report = await check({ roles: [role('x', parts)], users: [user('alice', ['x'], more)] });
  return report.findings.map(({ kind, grade }) => `${kind} ${grade}`);
}

describe('a denial that takes nothing away on the server takes nothing away here', () => {
  const all = [{ kind: '*', name: '*', namespace: '*', verbs: ['*'] }];
  for (const [what, given, deny, left] of [
    ['a star among logins', { logins: ['root'], node_labels: any }, { logins: ['*'] }, true],
    ['the login', { logins: ['root'], node_labels: any }, { logins: ['root'] }, false],
    ['a pattern of logins', { logins: ['root'], node_labels: any }, { logins: ['^r.*$'] }, true],
    ['a star among Kubernetes groups', kubeAdmin.value, { kubernetes_groups: ['*'] }, true],
    ['the Kubernetes group', kubeAdmin.value, { kubernetes_groups: ['system:masters'] }, false],
    [
      'a pattern of Windows logins',
      { windows_desktop_logins: ['Administrator'], windows_desktop_labels: any },
      { windows_desktop_logins: ['Admin*'] },
      true,
    ],
    [
      'a pattern of AWS roles',
      { aws_role_arns: ['arn:aws:iam::1:role/Admin'], app_labels: any },
      { aws_role_arns: ['arn:aws:iam::1:*', '*'] },
      true,
    ],
    ['a star among database users', { db_users: ['postgres'], db_labels: any }, { db_users: ['*'] }, false],
    [
      'a pattern of database users',
      { db_users: ['postgres'], db_labels: any },
      { db_users: ['post*'] },
      true,
    ],
    ['database roles', { db_roles: ['dba'], db_labels: any }, { db_roles: ['dba'] }, true],
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
      { logins: ['root'], node_labels: any },
      { node_labels: { '*': ['*', 'x'] } },
      true,
    ],
    ['all labels', { logins: ['root'], node_labels: any }, { node_labels: any }, false],
  ] as const)
    it(`${what}: ${left ? 'still admin' : 'no admin'}`, async () => {
      const spec = 'spec' in given ? (given.spec as { readonly allow: PlainObject }).allow : given;
      assert.equal((await powers({ allow: spec, deny })).length > 0, left);
    });

  it('acting as others is denied by users and roles together only', async () => {
    const acting = { impersonate: { users: ['*'], roles: ['*'] } };
    const left = async (impersonate: PlainObject): Promise<number> =>
      (await powers({ allow: acting, deny: { impersonate } })).length;
    assert.equal(await left({ roles: ['*'] }), 1);
    assert.equal(await left({ users: ['*'] }), 1);
    assert.equal(await left({ users: ['ops'], roles: ['auditor'] }), 1);
    assert.equal(await left({ users: ['*'], roles: ['auditor'] }), 0);
    assert.equal(await left({ users: ['nobody'], roles: ['*'] }), 0);
  });

  it('a pattern that cannot be tried denies nothing', async () => {
    const askers = async (pattern: string): Promise<number> => {
      const request = { roles: ['editor'] };
      const roles = [
        editor,
        role('dev', { allow: { request } }),
        role('no', { deny: { request: { roles: [pattern] } } }),
      ];
      const report = await check({ roles, users: [user('eve', ['dev', 'no'])] });
      return found(report, 'oneApproval').length;
    };
    assert.deepEqual(
      [await askers('^(?i)contractor-.*$'), await askers('^(edit)+or$'), await askers('^edit.*$')],
      [1, 1, 0],
    );
  });
});

describe('ways to ask for a role', () => {
  const ways = async (
    request: PlainObject,
    deny: PlainObject = {},
    of: Parameters<typeof user>[2] = {},
  ): Promise<string[]> => {
    const team = role('team', { allow: { request }, deny: { request: deny } });
    const report = await check({ roles: [team, kubeAdmin, editor], users: [user('a', ['team'], of)] });
    return report.askers.flatMap(({ ways: some }) => some.map(({ target }) => bare(target)));
  };

  it('a denial to search as a role leaves the plain way to it', async () => {
    assert.deepEqual(await ways({ roles: ['editor'] }, { search_as_roles: ['editor'] }), ['editor']);
    assert.deepEqual(await ways({ search_as_roles: ['editor'] }, { search_as_roles: ['editor'] }), []);
    assert.deepEqual(await ways({ search_as_roles: ['editor'] }, { search_as_roles: ['*'] }), ['editor']);
    assert.deepEqual(await ways({ search_as_roles: ['editor'] }, { roles: ['edit*'] }), []);
  });

  it('a claim may name the role itself', async () => {
    const claims = (value: string, named: string) => ({
      claims_to_roles: [{ claim: 'groups', value, roles: [named] }],
    });
    const of = { traits: traits({ groups: ['editor-asker'] }) };
    assert.deepEqual(await ways(claims('^(.*)-asker$', '$1'), {}, of), ['editor']);
    assert.deepEqual(await ways(claims('*-asker', '${1}'), {}, of), ['editor']);
    assert.deepEqual(await ways(claims('^(.*)-other$', '$1'), {}, of), []);
    assert.deepEqual(await ways(claims('^(?:.*)-asker$', '$1'), {}, of), ['team', 'kube-admin', 'editor']);
    assert.deepEqual(await ways({ roles: ['editor'] }, claims('^(?:.*)-asker$', '$1'), of), ['editor']);
  });

  it('approvals of two roles with other filters add up; one threshold without a filter is met by any', async () => {
    const team = (name: string, ...thresholds: readonly PlainObject[]) =>
      role(name, { allow: { request: { roles: ['editor'], thresholds } } });
    const of = (group: string, approve = 1): PlainObject => ({
      filter: `contains(reviewer.roles, "${group}")`,
      approve,
      deny: 1,
    });
    const needed = async (...roles: readonly ReturnType<typeof role>[]): Promise<number | undefined> => {
      const users = [
        user(
          'a',
          roles.map(({ name }) => bare(name)),
        ),
      ];
      return (await check({ roles: [...roles, editor], users })).askers[0]?.ways[0]?.approvals;
    };
    assert.equal(await needed(team('a', of('t1')), team('b', of('t2'))), 2);
    assert.equal(await needed(team('a', of('t1')), team('b', of('t1'))), 1);
    assert.equal(await needed(team('a', of('t1')), team('b', { approve: 1, deny: 1 })), 1);
    assert.equal(await needed(team('a', of('t1')), team('b', of('t2'), { approve: 1 })), 1);
    assert.equal(await needed(team('a', of('t1', 2)), team('b', of('t2'))), 3);
    assert.equal(await needed(team('a', { deny: 1 }, { approve: 2 })), 2);
  });
});

describe('a template is what the server makes of it', () => {
  const masters = (text: string): PlainObject => ({ kubernetes_groups: [text], kubernetes_labels: any });
  const holds = (text: string, of: PlainObject): Promise<string[]> =>
    powers({ allow: masters(text) }, { traits: traits(of) });

  it('with regular expressions of Go', async () => {
    const k8s = { groups: ['k8s-system:masters'] };
    for (const by of ['"$1"', '"${1}"', '`$1`'])
      for (const pattern of ['"^k8s-(.*)$"', '`^k8s-(.*)$`'])
        assert.deepEqual(await holds(`{{regexp.replace(external.groups, ${pattern}, ${by})}}`, k8s), [
          'kubernetes critical',
        ]);
    assert.deepEqual(
      await holds('{{regexp.replace(external.groups, "^k8s-(.*)$", "$1")}}', { groups: ['system:masters'] }),
      [],
      'what does not match gives nothing',
    );
    assert.deepEqual(await holds('{{regexp.replace(external.groups, "^k8s-(.*)$", "$1x")}}', k8s), []);
    assert.deepEqual(
      await holds('system:{{regexp.replace(email.local(external.mail), "-.*", "")}}', {
        mail: ['masters-a@b.test'],
      }),
      ['kubernetes critical'],
    );
  });
});
