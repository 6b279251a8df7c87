import assert from 'node:assert/strict';
import { rawText, untrusted } from '../../../../src/access/untrusted/untrusted.ts';
import { userOf } from '../../../../src/privileges/census/parseResources.ts';
import { analyse } from '../../../../src/privileges/report/analyse.ts';
import { standingAdmins } from '../../../../src/privileges/report/standingAdmins.ts';
import type { PlainObject } from '../../../../src/roles/role/value.ts';
import { fieldWords, holderWords } from '../../../../src/text/privileges/findings.ts';
import { day, hour, names, now } from '../../../support/samples.ts';
import {
  analyseCensus,
  bot,
  census,
  developer,
  editor,
  findingsOfKind,
  gap,
  kindsAndGrades,
  kubeAdmin,
  lock,
  mapping,
  role,
  roleMap,
  user,
  type CensusParts,
} from '../../../support/roles/censusSamples.ts';

/** The people with standing admin rights, and the kind and the name of other holders. */
async function standing(parts: CensusParts) {
  const report = await analyseCensus(parts);
  const { people, others } = standingAdmins(report, report.findings);
  return [people, others.map(({ kind, name }) => `${kind} ${rawText(name)}`)] as const;
}

describe('who holds admin rights', () => {
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
      roleMaps: [roleMap('^ops-.*$', 'kube-admin')],
    });
    const [finding] = findingsOfKind(report, 'kubernetes');
    assert.deepEqual(finding?.holders.map(({ kind, name, value }) => [kind, name, value]).sort(), [
      ['bot', 'deploy', undefined],
      ['cluster', 'leaf', '^ops-.*$'],
      ['mapping', 'corp', 'admins'],
    ]);
    const { people, others } = standingAdmins(report, report.findings);
    assert.deepEqual([people.length, others.length], [0, 3]);
  });

  it('whoever comes with a name that makes an admin role, at SSO or from another cluster', async () => {
    for (const [pattern, local, ...found] of [
      ['^(.*)$', '$1', 'openMapping high'],
      ['^kube-(.*)$', 'kube-${1}', 'openMapping high'],
      ['kube-*', 'kube-$1', 'openMapping high'],
      ['^(?i)(editor)$', '$1', 'openMapping high'],
      ['^((edi)tor)$', '$1', 'openMapping high'],
      ['^(a)(.*)$', '$2', 'openMapping high'],
      ['^(dev|qa)$', '$1', 'openMapping medium'],
      ['^team-(.*)$', 'team-$1', 'openMapping medium'],
      ['devs', 'dev-team'],
    ] as const)
      for (const parts of [
        { roleMaps: [roleMap(pattern, local)] },
        { mappings: [mapping(pattern, [local])] },
      ])
        assert.deepEqual(kindsAndGrades(await analyseCensus(parts)), found, pattern);
    const roleMaps = [roleMap('^(.*)$', '$1')];
    assert.deepEqual(await standing({ roleMaps }), [[], ['cluster leaf']]);
    const unread = await analyseCensus({ roles: [], gaps: [gap('roles')], roleMaps });
    assert.deepEqual(kindsAndGrades(unread), ['openMapping high']);
  });

  it('what the user of a bot holds beside the roles of the bot, also where bots cannot be read', async () => {
    const [kube, dev, edit] = ['kube-admin', 'dev-team', 'editor'].map((name) =>
      role('bot-ci', { allow: { impersonate: { roles: [name], users: ['*'] } } }),
    );
    const bots = [bot('ci', ['dev-team'])];
    for (const [what, acting, read, held, ...found] of [
      ['not read', kube, [], ['bot-ci'], 'kubernetes'],
      ['a role beside', dev, bots, ['bot-ci', 'editor'], 'writes'],
      ['nothing beside', dev, bots, ['bot-ci']],
      ['more than the bot says of itself, and once', edit, bots, ['bot-ci'], 'writes'],
    ] as const) {
      const users = [user('bot-ci', held, { bot: untrusted('ci') })];
      const roles = [kubeAdmin, developer, editor, ...(acting ? [acting] : [])];
      const report = await analyseCensus({ roles, bots: read, users });
      assert.deepEqual(
        report.findings.map(({ kind, holders }) => [
          kind,
          holders.map((holder) => [holder.kind, holder.name]),
        ]),
        found.map((kind) => [kind, [['bot', 'ci']]]),
        what,
      );
      assert.equal(report.people, 0);
    }
  });

  it('a label on a user hides nothing', async () => {
    const botLabel = { 'teleport.internal/bot': 'x y' };
    const systemLabel = { 'teleport.internal/resource-type': 'system' };
    for (const [name, labels, found] of [
      ['alice', botLabel, [['alice'], []]],
      ['alice', systemLabel, [['alice'], []]],
      ['bot-x-y', botLabel, [[], ['bot x y']]],
      ['@teleport-access-approval-bot', systemLabel, [[], []]],
    ] as const) {
      const document: PlainObject = { metadata: { name, labels }, spec: { roles: ['editor'] } };
      const users = [userOf({ name: untrusted(name), revision: '', document })];
      assert.deepEqual(await standing({ users }), found, name);
    }
  });

  it('who is locked holds nothing now, and that every holder is locked is said; a lock may end', async () => {
    for (const [locks, people, allLocked, until] of [
      [[lock('user', 'alice')], ['bob'], false],
      [[lock('user', 'alice', now + hour), lock('user', 'alice')], ['bob'], false],
      [[lock('role', 'kube-admin')], [], true],
      [[lock('role', 'kube-admin', now)], ['alice', 'bob'], false],
      [[lock('user', 'alice', now)], ['alice', 'bob'], false],
      [
        [lock('user', 'alice', now + hour), lock('user', 'alice', now + 2 * hour)],
        ['alice', 'bob'],
        false,
        now + 2 * hour,
      ],
    ] as const) {
      const users = [user('alice', ['kube-admin']), user('bob', ['kube-admin'])];
      const report = await analyseCensus({ users, locks });
      const [finding] = report.findings;
      assert.deepEqual(standingAdmins(report, report.findings).people, names(...people));
      assert.equal(finding?.locked, allLocked);
      const [alice] = finding.holders;
      assert.equal(alice?.lockedUntil, until);
      if (alice && until !== undefined)
        assert.match(holderWords(alice), /^alice \(locked until \d{4}-\d\d-\d\d \d\d:\d\d UTC\)$/);
    }
  });

  it('a check that is cancelled ends', async () => {
    const users = Array.from({ length: 60_000 }, (_, n) =>
      user(`p${String(n)}`, ['kube-admin', 'dev-team', 'editor']),
    );
    await assert.rejects(analyse(census({ users }), { limit: day, signal: AbortSignal.abort() }));
  });
});
