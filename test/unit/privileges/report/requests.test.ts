import assert from 'node:assert/strict';
import { rawText } from '../../../../src/access/untrusted/untrusted.ts';
import type { PlainObject } from '../../../../src/roles/role/value.ts';
import { names } from '../../../support/samples.ts';
import {
  analyseCensus,
  anyLabels,
  asking,
  developer,
  editor,
  findingsOfKind,
  gap,
  kubeAdmin,
  reviewing,
  role,
  rule,
  traits,
  user,
  type CensusParts,
} from '../../../support/roles/censusSamples.ts';

const rita = user('rita', ['reviewer']);
const kindsIn = async (parts: CensusParts) => (await analyseCensus(parts)).findings.map(({ kind }) => kind);

describe('asking', () => {
  /** Checks which roles may be requested with a request clause, and one that denies. */
  async function reaches(
    ...rows: readonly (readonly [request: PlainObject, deny: PlainObject, ...targets: string[]])[]
  ): Promise<void> {
    for (const [request, deny, ...targets] of rows) {
      const team = role('team', { allow: { request }, deny: { request: deny } });
      const { requesters } = await analyseCensus({
        roles: [team, kubeAdmin, editor, developer, system],
        users: [user('a', ['team'], { traits: traits({ groups: ['devs', 'editor-asker'] }) })],
      });
      const found = requesters.flatMap(({ routes }) => routes.map(({ target }) => rawText(target)));
      assert.deepEqual(found, targets, JSON.stringify([request, deny]));
    }
  }
  const system = role('system', { labels: { 'teleport.internal/resource-type': 'system' } });
  const claims = (value: string, named: string) => ({
    claims_to_roles: [{ claim: 'groups', value, roles: [named] }],
  });

  it('patterns, claims and roles to search as; what is denied may not be asked for', () =>
    reaches(
      [{ roles: ['kube-*'] }, {}, 'kube-admin'],
      [{ roles: ['^(kube-admin|editor)$'] }, {}, 'kube-admin', 'editor'],
      [{ search_as_roles: ['kube-admin'] }, {}, 'kube-admin'],
      [{ roles: ['gone'] }, {}],
      // A pattern never matches a role of type `system`; its plain name does.
      [{ roles: ['sys*'] }, {}],
      [{ roles: ['system'] }, {}, 'system'],
      [claims('devs', 'editor'), {}, 'editor'],
      [claims('ops', 'editor'), {}],
      [{ roles: ['*'] }, { roles: ['*'] }],
      [{ roles: ['*'] }, { roles: ['kube-*', 'editor', 'team'] }, 'dev-team'],
    ));

  it('a denial to search as a role leaves the plain way to it', () =>
    reaches(
      [{ roles: ['editor'] }, { search_as_roles: ['editor'] }, 'editor'],
      [{ search_as_roles: ['editor'] }, { search_as_roles: ['editor'] }],
      [{ search_as_roles: ['editor'] }, { search_as_roles: ['*'] }, 'editor'],
      [{ search_as_roles: ['editor'] }, { roles: ['edit*'] }],
    ));

  it('a matcher in the form of a template', () =>
    reaches(
      [{ roles: ['{{regexp.match("^edit.*$")}}'] }, {}, 'editor'],
      [{ roles: ['{{regexp.not_match("^edit")}}'] }, {}, 'team', 'kube-admin', 'dev-team'],
      [{ roles: ['editor'] }, { roles: ['{{regexp.match("^(?=edit)")}}'] }, 'editor'],
    ));

  it('a pattern that cannot be tried denies nothing', async () => {
    for (const [pattern, ...kinds] of [
      ['^(?i)contractor-.*$', 'oneApproval'],
      ['^(?=edit)editor$', 'oneApproval'],
      ['^(edit)+or$'],
      ['^(?i)EDIT.*$'],
      ['^edit.*$'],
    ] as const) {
      const denying = role('no', { deny: { request: { roles: [pattern] } } });
      const roles = [editor, asking('dev', { roles: ['editor'] }), denying, reviewing('*')];
      const users = [user('eve', ['dev', 'no']), rita];
      assert.deepEqual(await kindsIn({ roles, users }), kinds, pattern);
    }
  });

  it('a claim may name the role itself', () =>
    reaches(
      [claims('^(.*)-asker$', '$1'), {}, 'editor'],
      [claims('*-asker', '${1}'), {}, 'editor'],
      [claims('^(.*)-other$', '$1'), {}],
      [claims('^(?=.*)-asker$', '$1'), {}, 'team', 'kube-admin', 'editor', 'dev-team'],
      [{ roles: ['editor'] }, claims('^(?=.*)-asker$', '$1'), 'editor'],
    ));

  it('thresholds of one role are alternatives, of several roles all must be met', async () => {
    const team = (approve: number): PlainObject => ({ filter: 'contains(reviewer.roles, "t")', approve });
    const other = { filter: 'contains(reviewer.roles, "u")', approve: 1 };
    // Each row has the thresholds of each role.
    for (const [needed, ...thresholds] of [
      [1, [{ approve: 3 }, { approve: 1 }]],
      [2, [{ approve: 2 }]],
      [2, [{ approve: 3 }, { approve: 1 }], [{ approve: 2 }]],
      [2, [team(1)], [other]],
      [1, [team(1)], [team(1)]],
      [1, [team(1)], [{ approve: 1, deny: 1 }]],
      [1, [team(1)], [other, { approve: 1 }]],
      [3, [team(2)], [other]],
      [2, [{ deny: 1 }, { approve: 2 }]],
    ] as const) {
      const roles = thresholds.map((of, n) => asking(`r${String(n)}`, { roles: ['editor'], thresholds: of }));
      const users = [
        user(
          'a',
          roles.map(({ name }) => rawText(name)),
        ),
      ];
      const { requesters } = await analyseCensus({ roles: [...roles, editor], users });
      assert.equal(requesters[0]?.routes[0]?.approvals, needed, JSON.stringify(thresholds));
    }
  });

  it('a role that edits roles is had with two approvals or it is a finding', async () => {
    for (const [approve, ...kinds] of [[1, 'oneApproval'], [2]] as const) {
      const team = asking('dev-team', { roles: ['editor'], thresholds: [{ approve }] });
      const users = [user('a', ['dev-team']), rita, user('omar', ['reviewer'])];
      assert.deepEqual(await kindsIn({ roles: [team, editor, reviewing('*')], users }), kinds);
    }
  });

  it('one approval leads to whatever outlives the grant', async () => {
    for (const [allow, count] of [
      [{ impersonate: { users: ['*'], roles: ['*'] } }, 1],
      ...'token bot access_list trusted_cluster'
        .split(' ')
        .map((kind) => [rule([kind], ['create']), 1] as const),
      [rule(['cert_authority'], ['read']), 1],
      [{ logins: ['root'], node_labels: anyLabels }, 0],
    ] as const) {
      const roles = [role('x', { allow }), asking('dev', { roles: ['x'] })];
      const report = await analyseCensus({ roles, users: [user('a', ['dev'])] });
      assert.equal(findingsOfKind(report, 'oneApproval').length, count, JSON.stringify(allow));
    }
  });

  it('an admin role that lasts too long, and grants of over two weeks', async () => {
    const allow = { kubernetes_groups: ['system:masters'], kubernetes_labels: anyLabels };
    for (const [max_session_ttl, request, ...kinds] of [
      ['1h0m0s', {}],
      ['6h', {}],
      ['30h0m0s', {}, 'tooLong'],
      [null, {}, 'tooLong'],
      ['1h', { max_duration: '336h0m0s' }],
      ['1h', { max_duration: '337h' }, 'longGrant'],
    ] as const) {
      const admin = role('kube-admin', { allow, options: { max_session_ttl } });
      const roles = [asking('dev-team', { roles: ['kube-admin'], ...request }), admin, reviewing('*')];
      assert.deepEqual(await kindsIn({ roles, users: [user('a', ['dev-team']), rita] }), kinds);
    }
  });

  it('a pattern made to take for ever takes no time, and overlooks nothing', async () => {
    const name = `${'a'.repeat(40)}b`;
    const allow = { kubernetes_groups: ['system:masters'], kubernetes_labels: anyLabels };
    const evil = ['^(a+)+$', '^((a+))+$', '^(a|aa)+$', `^${'a*'.repeat(20)}$`, `^${'a'.repeat(300)}$`];
    const roles = [asking('dev-team', { roles: evil }), role(name, { allow })];
    const startedAt = performance.now();
    const report = await analyseCensus({ roles, users: [user('x', ['dev-team'])] });
    assert.ok(performance.now() - startedAt < 2_000);
    assert.deepEqual(report.elevated, names(name));
  });
});

describe('approving', () => {
  const alone = role('approver', { allow: rule(['access_request'], ['*']) });
  const roles = [asking('dev-team', { roles: ['kube-admin'] }), kubeAdmin, reviewing('kube-*'), alone];
  const ana = user('ana', ['approver']);

  it('askers whom nobody can approve', async () => {
    const asker = user('a', ['dev-team']);
    for (const [what, count, ...users] of [
      ['nobody approves', 1, asker],
      ['a reviewer', 0, asker, rita],
      ['who decides alone', 0, asker, ana],
      ['a reviewer reviews no request of their own', 1, user('a', ['dev-team', 'reviewer'])],
    ] as const) {
      const report = await analyseCensus({ roles, users });
      assert.equal(findingsOfKind(report, 'nobodyApproves').length, count, what);
    }
    const report = await analyseCensus({ roles, users: [asker], gaps: [gap('oidc')] });
    assert.equal(findingsOfKind(report, 'nobodyApproves').length, 0, 'who may approve is not known');
  });

  it('who may approve, and who alone and for themselves', async () => {
    const { approvers } = await analyseCensus({ roles, users: [user('a', ['dev-team']), rita, ana] });
    assert.deepEqual(
      approvers.map(({ how, holders, targets }) => [how, holders.map(({ name }) => name), [...targets]]),
      [
        ['review', ['rita'], ['kube-admin']],
        ['rule', ['ana'], ['kube-admin']],
      ],
    );
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
