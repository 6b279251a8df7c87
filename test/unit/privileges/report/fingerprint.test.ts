import assert from 'node:assert/strict';
import { untrusted } from '../../../../src/access/untrusted/untrusted.ts';
import type { Mapping } from '../../../../src/privileges/census/census.ts';
import type { PlainObject } from '../../../../src/roles/role/value.ts';
import { names } from '../../../support/samples.ts';
import {
  accessList,
  analyseCensus,
  anyLabels,
  asking,
  gap,
  mapping,
  noGrants,
  people,
  role,
  rule,
  user,
  type CensusParts,
} from '../../../support/roles/censusSamples.ts';

describe('what an exception is for', () => {
  const idsIn = async (parts: CensusParts) => (await analyseCensus(parts)).findings.map(({ id }) => id);
  /** Checks whether exceptions for the findings of one census cover all findings of another. */
  async function covers(first: CensusParts, second: CensusParts, expected: boolean, what?: string) {
    const [accepted, found] = [await idsIn(first), await idsIn(second)];
    assert.ok(accepted.length > 0 && found.length > 0);
    assert.equal(
      found.every((id) => accepted.includes(id)),
      expected,
      what,
    );
  }
  const eve = [user('eve', ['x'])];
  const allowing = (allow: PlainObject): CensusParts => ({ users: eve, roles: [role('x', { allow })] });
  const root = { logins: ['root'] };

  it('one cluster: what is accepted on dev is not on prod', async () => {
    const on = (name: string) => ({ users: [user('eve', ['editor'])], cluster: untrusted(name) });
    await covers(on('dev.test'), on('prod.test'), false);
    await covers(on('dev.test'), on('dev.test'), true);
  });

  it('one reach: more servers, clusters, resources or a wider condition are not accepted', async () => {
    const labels = { env: 'staging', team: ['a', 'b'] };
    const staging = allowing({ ...root, node_labels: labels });
    const byExpression = (env: string) =>
      allowing({ ...root, node_labels_expression: `labels["env"] == "${env}"` });
    const pods = (verb: string) =>
      allowing({
        ...{ kubernetes_groups: ['system:masters'], kubernetes_labels: { env: 'dev' } },
        kubernetes_resources: [{ kind: 'pod', namespace: 'x', name: '*', verbs: [verb] }],
      });
    const where = (condition: string) => allowing(rule(['role'], ['update'], condition));
    await covers(staging, allowing({ ...root, node_labels: anyLabels }), false);
    await covers(staging, allowing({ ...root, node_labels: { ...labels, env: 'prod' } }), false);
    await covers(byExpression('staging'), byExpression('prod'), false);
    await covers(pods('get'), pods('*'), false);
    await covers(where('resource.metadata.name == "x"'), where('equals(1, 1)'), false);
    const reordered = { node_labels: { team: ['b', 'a'], env: 'staging' }, ...root, db_labels: {} };
    await covers(staging, allowing(reordered), true, 'order and empty fields say nothing');
    const more = { ...root, node_labels: labels, ...rule(['event'], ['list']) };
    await covers(staging, allowing(more), true, 'a preset that gains a harmless rule');
  });

  it('one time, one number of approvals, and what a list gives', async () => {
    const allow = { ...root, node_labels: anyLabels };
    const lasting = (max_session_ttl: string): CensusParts => ({
      users: [user('eve', ['asker'])],
      roles: [asking('asker', { roles: ['x'] }), role('x', { allow, options: { max_session_ttl } })],
      gaps: [gap('oidc')],
    });
    await covers(lasting('12h'), lasting('720h'), false);
    await covers(lasting('12h'), lasting('12h'), true);
    const grants = { ...noGrants, roles: names('x') };
    const list = accessList('l', [], { owners: people('eve'), grants });
    const giving = (given: PlainObject) => ({ ...allowing(given), users: [], accessLists: [list] });
    await covers(giving(allow), giving(rule(['*'], ['*'])), false);
    await covers(giving(allow), giving(allow), true);
  });

  it('one connector and one access list, whatever other bears the same name', async () => {
    const ofType = (type: Mapping['type']) => ({
      mappings: [{ ...mapping('admins', ['kube-admin']), type }],
    });
    await covers(ofType('saml'), ofType('oidc'), false);
    await covers(ofType('saml'), ofType('saml'), true);
    const title = untrusted('Admins');
    const list = (name: string) => ({
      users: [user('eve', [])],
      accessLists: [accessList(name, ['eve'], { title, owners: people('olga') })],
    });
    const [a, b] = [await idsIn(list('u1')), await idsIn(list('u2'))];
    assert.deepEqual([a.length, b.length], [2, 2]);
    assert.ok(b.every((id) => !a.includes(id)));
  });
});
