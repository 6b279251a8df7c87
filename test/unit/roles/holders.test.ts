import assert from 'node:assert/strict';
import { foreign } from '../../../src/access/text.ts';
import { standingIn } from '../../../src/roles/admins.ts';
import type { Census, Mapping } from '../../../src/roles/census.ts';
import type { PlainObject } from '../../../src/roles/plain.ts';
import { analyse, type Report } from '../../../src/roles/privileges.ts';
import { day, hour, names, now } from '../given.ts';
import {
  accessList,
  any,
  bot,
  census,
  check,
  developer,
  editor,
  found,
  holdersOf,
  kubeAdmin,
  mapping,
  role,
  traits,
  user,
} from './holding.ts';

const none = { roles: [], traits: new Map() };
const listed = (name: string) => ({ name: foreign(name), list: false });
const listIn = (name: string) => ({ name: foreign(name), list: true });

describe('what an exception is for', () => {
  const ids = ({ findings }: Report): string[] => findings.map(({ id }) => id);
  type Parts = Parameters<typeof check>[0];
  /** Whether what is accepted of the first is accepted of the second too. */
  async function covers(first: Parts, second: Parts): Promise<boolean> {
    const [a, b] = [ids(await check(first)), ids(await check(second))];
    assert.ok(a.length > 0 && b.length > 0);
    return b.every((id) => a.includes(id));
  }
  const eve = [user('eve', ['x'])];
  const having = (allow: PlainObject, more: PlainObject = {}): Parts => ({
    users: eve,
    roles: [role('x', { allow, ...more })],
  });

  it('one cluster: what is accepted on dev is not on prod', async () => {
    const users = [user('eve', ['editor'])];
    const on = (name: string) => ({ users, cluster: foreign(name) });
    assert.equal(await covers(on('dev.test'), on('prod.test')), false);
    assert.equal(await covers(on('dev.test'), on('dev.test')), true);
  });

  it('one reach: more servers, clusters, resources or a wider condition are not accepted', async () => {
    const root = { logins: ['root'] };
    const some = having({ ...root, node_labels: { env: 'staging', team: ['a', 'b'] } });
    const masters = { kubernetes_groups: ['system:masters'], kubernetes_labels: { env: 'dev' } };
    const pods = (verbs: string[]) => [{ kind: 'pod', namespace: 'x', name: '*', verbs }];
    const rule = (where: string) => ({ rules: [{ resources: ['role'], verbs: ['update'], where }] });
    const narrow = 'resource.metadata.name == "x"';
    const pairs: [Parts, Parts][] = [
      [some, having({ ...root, node_labels: any })],
      [some, having({ ...root, node_labels: { env: 'prod', team: ['a', 'b'] } })],
      [
        having({ ...root, node_labels_expression: 'labels["env"] == "staging"' }),
        having({ ...root, node_labels_expression: 'labels["env"] == "prod"' }),
      ],
      [
        having({ ...masters, kubernetes_resources: pods(['get']) }),
        having({ ...masters, kubernetes_resources: pods(['*']) }),
      ],
      [having(rule(narrow)), having(rule('equals(1, 1)'))],
    ];
    for (const [before, after] of pairs) assert.equal(await covers(before, after), false);
    const reordered = having({ node_labels: { team: ['b', 'a'], env: 'staging' }, ...root, db_labels: {} });
    assert.equal(await covers(some, reordered), true, 'order and empty fields say nothing');
    const logins = having({
      ...root,
      node_labels: { env: 'staging', team: ['a', 'b'] },
      rules: [{ resources: ['event'], verbs: ['list'] }],
    });
    assert.equal(await covers(some, logins), true, 'a preset that gains a harmless rule');
  });

  it('one time, one number of approvals, and what a list gives', async () => {
    const asker = role('asker', { allow: { request: { roles: ['x'] } } });
    const lasting = (max_session_ttl: string) => ({
      users: [user('eve', ['asker'])],
      roles: [
        asker,
        role('x', { allow: { logins: ['root'], node_labels: any }, options: { max_session_ttl } }),
      ],
      gaps: [{ part: 'oidc' as const, failure: { kind: 'notPermitted' as const } }],
    });
    assert.equal(await covers(lasting('12h'), lasting('720h')), false);
    assert.equal(await covers(lasting('12h'), lasting('12h')), true);
    const list = accessList('l', [], { owners: [listed('eve')], grants: { ...none, roles: names('x') } });
    const giving = (allow: PlainObject) => ({ ...having(allow), users: [], accessLists: [list] });
    const weak = { logins: ['root'], node_labels: any };
    assert.equal(await covers(giving(weak), giving({ rules: [{ resources: ['*'], verbs: ['*'] }] })), false);
    assert.equal(await covers(giving(weak), giving(weak)), true);
  });

  it('one connector and one access list, whatever other bears the same name', async () => {
    const of = (type: Mapping['type']) => ({ mappings: [{ ...mapping('admins', ['kube-admin']), type }] });
    assert.equal(await covers(of('saml'), of('oidc')), false);
    assert.equal(await covers(of('saml'), of('saml')), true);
    const title = foreign('Admins');
    const list = (name: string) => ({
      users: [user('eve', [])],
      accessLists: [accessList(name, ['eve'], { title, owners: [listed('olga')] })],
    });
    const [a, b] = [ids(await check(list('u1'))), ids(await check(list('u2')))];
    assert.deepEqual([a.length, b.length], [2, 2]);
    assert.ok(b.every((id) => !a.includes(id)));
  });
});
