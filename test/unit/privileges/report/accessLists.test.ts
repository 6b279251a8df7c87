import assert from 'node:assert/strict';
import { rawText, untrusted, type Untrusted } from '../../../../src/access/untrusted/untrusted.ts';
import type { AccessList } from '../../../../src/privileges/census/census.ts';
import { accessListOf } from '../../../../src/privileges/census/parseResources.ts';
import type { PlainObject } from '../../../../src/roles/role/value.ts';
import { hour, names, now } from '../../../support/samples.ts';
import {
  accessList,
  analyseCensus,
  anyLabels,
  findingsOfKind,
  gap,
  holderNames,
  lists,
  noGrants,
  people,
  role,
  traits,
  user,
  type CensusParts,
} from '../../../support/roles/censusSamples.ts';

const holdersOf = async (kind: 'kubernetes' | 'ownsList', parts: CensusParts): Promise<Untrusted[]> =>
  findingsOfKind(await analyseCensus(parts), kind).flatMap(holderNames);

describe('members of access lists that give admin rights', () => {
  it('are found, of lists in lists too, but not those whose time is over or who lack what it takes', async () => {
    const inner = accessList('inner', ['carol'], { grants: noGrants });
    const bob = people('bob').map((entry) => ({ ...entry, expires: now - 1 }));
    const list = accessList('oncall', [], {
      members: [...people('alice', 'dan'), ...bob, ...lists('inner')],
      membershipRequires: { roles: names('dev-team'), traits: new Map() },
    });
    const users = [...['alice', 'bob', 'carol'].map((name) => user(name, ['dev-team'])), user('dan', [])];
    const report = await analyseCensus({ accessLists: [list, inner], users });
    const [finding] = findingsOfKind(report, 'kubernetes');
    assert.deepEqual(finding && holderNames(finding), names('alice', 'carol'));
    assert.equal(finding?.holders[0]?.list, 'The oncall');
  });

  it('are found where their SSO record has expired, or is not there now', async () => {
    const accessLists = [accessList('oncall', ['sam'])];
    const sam = user('sam', [], { connector: untrusted('corp'), expires: now - hour });
    for (const users of [[sam], [], [user('sam', [])]])
      assert.deepEqual(await holdersOf('kubernetes', { users, accessLists }), names('sam'));
    const members = people('sam').map((entry) => ({ ...entry, expires: now }));
    assert.deepEqual(
      await holdersOf('kubernetes', { accessLists: [accessList('oncall', [], { members })] }),
      [],
    );
    for (const [ineligible_status, count] of [
      ['INELIGIBLE_STATUS_USER_NOT_EXIST', 1],
      ['INELIGIBLE_STATUS_EXPIRED', 0],
    ] as const) {
      const stored = (document: PlainObject) => ({ name: untrusted('l'), revision: '', document });
      const member = stored({ spec: { name: 'sam', ineligible_status } });
      const list = accessListOf(stored({ metadata: { name: 'l' }, spec: {} }), [member]);
      assert.equal(list.members.length, count);
    }
  });

  it('lists that contain each other end', async () => {
    const nested = (name: string, inner: string) => accessList(name, [], { members: lists(inner) });
    const { findings } = await analyseCensus({ accessLists: [nested('a', 'b'), nested('b', 'a')] });
    assert.deepEqual(findings, []);
  });

  it('are a holder of their own where they cannot be read, by the list that theirs is in too', async () => {
    const inner = accessList('inner', [], { grants: noGrants });
    const outer = accessList('outer', [], { members: lists('inner') });
    for (const accessLists of [[accessList('inner', [])], [inner, outer]]) {
      const report = await analyseCensus({ accessLists, gaps: [gap('members', 'inner')] });
      assert.deepEqual(
        findingsOfKind(report, 'kubernetes').map(({ holders }) =>
          holders.map(({ kind, name }) => [kind, rawText(name)]),
        ),
        [[['members', 'The inner']]],
      );
    }
  });
});

describe('owners of access lists', () => {
  const owners = people('olga');

  it('that give admin rights are found, or are in a list of admins or in its owners', async () => {
    const inner = accessList('inner', [], { owners, grants: noGrants });
    const of = (more: Partial<AccessList>, name = 'outer') => accessList(name, [], more);
    const ofInner = of({ members: lists('inner'), grants: noGrants }, 'middle');
    const expired = lists('inner').map((entry) => ({ ...entry, expires: now }));
    const developers = { roles: names('dev-team'), traits: new Map() };
    for (const [what, accessLists, ...found] of [
      ['gives admin rights', [of({ owners })], 'olga'],
      ['gives other rights', [of({ owners, grants: developers })]],
      ['is in a list', [inner, of({ members: lists('inner') })], 'olga'],
      ['is in a list in a list', [inner, ofInner, of({ members: lists('middle') })], 'olga'],
      ['is in the owners, where nobody is in it yet', [inner, of({ owners: lists('inner') })], 'olga'],
      ['is in no list', [inner, of({ members: lists('other') })]],
      ['was in a list', [inner, of({ members: expired })]],
    ] as const)
      for (const users of [[user('olga', [])], []])
        assert.deepEqual(await holdersOf('ownsList', { accessLists, users }), names(...found), what);
  });

  it('that give traits which make admins are found', async () => {
    const allow = { kubernetes_labels: anyLabels, kubernetes_groups: ['{{internal.kubernetes_groups}}'] };
    const bob = user('bob', ['access']);
    for (const [what, group, granted, users, ...found] of [
      ['with the role', 'system:masters', ['access'], [], 'olga'],
      ['to a role that bob holds', 'system:masters', [], [bob], 'olga'],
      ['of no admin', 'viewers', ['access'], [bob]],
      ['to a role that nobody holds', 'system:masters', [], []],
    ] as const) {
      const grants = { roles: names(...granted), traits: traits({ kubernetes_groups: [group] }) };
      const accessLists = [accessList('l', [], { owners, grants })];
      const parts = { roles: [role('access', { allow })], users, accessLists };
      assert.deepEqual(await holdersOf('ownsList', parts), names(...found), what);
    }
  });
});
