import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rawText, untrusted, type Untrusted } from '../../../src/access/text/untrusted.ts';
import type { Census } from '../../../src/privileges/census/census.ts';
import type { Finding } from '../../../src/privileges/report/finding.ts';
import { analyse } from '../../../src/privileges/report/analyse.ts';
import { nothingRead, readCensus } from '../../../src/privileges/census/readCensus.ts';
import type { Home } from '../../../src/teleport/home/home.ts';
import { lackingRules, clusterParts } from '../../../src/teleport/commands/tctlClusterResources.ts';
import { eventually, hour, skipTest, onEveryCluster } from '../../support/contract/suite.ts';

onEveryCluster('standing privileges', (world) => {
  let admin: Home;
  before(async () => {
    admin = await world().adminHome();
  });

  const census = async (home: Home): Promise<Census> => {
    const { user, cluster } = await world().profile(home);
    return readCensus({ tctl: world().tctl, home, user, cluster, now: () => Date.now() });
  };
  /** What is found of one role. */
  const findings = async (role: Untrusted): Promise<readonly Finding[]> => {
    const report = await analyse(await census(admin), { limit: 6 * hour });
    return report.findings.filter((finding) => finding.role === role);
  };
  const manifest = (name: string, groups: readonly string[]): object => ({
    ...{ kind: 'role', version: 'v7', metadata: { name } },
    spec: {
      options: { max_session_ttl: '1h' },
      allow: { kubernetes_groups: groups, kubernetes_labels: { '*': '*' } },
    },
  });
  /** What tctl says against a resource; nothing when it is made. */
  const tried = async (document: object): Promise<string> => {
    const file = join(await world().newFolder(), 'resource.yaml');
    await writeFile(file, JSON.stringify(document));
    const { exit, stderr } = await world().runDirectly('tctl', admin, ['create', '-f', file]);
    return exit === 0 ? '' : stderr;
  };
  const typed = async (document: object): Promise<void> => assert.equal(await tried(document), '');

  it('of who administers are read; what this edition does not have is no failure', async () => {
    const { users, roles, gaps, absent } = await census(admin);
    assert.ok(users.some(({ name }) => name === untrusted('alice')));
    assert.ok(roles.has(untrusted('kube-admin')));
    // Whoever administers may see everything but, on some clusters, requests and locks.
    for (const { part, failure } of gaps) assert.ok(lackingRules(failure).length > 0, part);
    assert.ok(absent.every((part) => part !== 'users' && part !== 'roles'));
  });

  it('a person who holds system:masters is found, and is not once the role lacks it', async () => {
    const name = `jit-contract-${randomBytes(6).toString('hex')}`;
    const [role, person] = [untrusted(name), untrusted(`${name}-user`)];
    // The last first: a role somebody holds cannot be removed.
    world().onClose(() => world().runDirectly('tctl', admin, ['rm', '--', `role/${name}`]));
    world().onClose(() => world().runDirectly('tctl', admin, ['rm', '--', `user/${rawText(person)}`]));
    await typed(manifest(name, ['system:masters']));
    await typed({
      kind: 'user',
      version: 'v2',
      metadata: { name: rawText(person) },
      spec: { roles: [name] },
    });

    const before = await eventually(
      () => findings(role),
      (found) => found.length > 0,
    );
    assert.deepEqual(
      before.map(({ kind, grade, holders }) => [kind, grade, holders.map((holder) => holder.name)]),
      [['kubernetes', 'critical', [person]]],
    );

    const { revision } = await world().tctl.role(admin, role);
    await world().tctl.writeRole(admin, role, JSON.stringify(manifest(name, ['viewers'])), revision);
    const after = await eventually(
      () => findings(role),
      (found) => found.every(({ kind }) => kind !== 'kubernetes'),
    );
    assert.ok(after.every(({ grade }) => grade === 'medium'));
  });

  it('whoever comes with a team through SSO, and a bot, are found as holders', async function () {
    const name = `jit-contract-${randomBytes(6).toString('hex')}`;
    const [role, connector, bot] = [untrusted(name), `${name}-sso`, `${name}-bot`];
    for (const made of [`role/${name}`, `bot/${bot}`, `github/${connector}`])
      world().onClose(() => world().runDirectly('tctl', admin, ['rm', '--', made]));
    await typed(manifest(name, ['system:masters']));
    const github = {
      ...{
        client_id: 'contract',
        client_secret: 'contract',
        redirect_url: 'https://contract.invalid/callback',
      },
      teams_to_roles: [{ organization: 'contract', team: 'admins', roles: [name] }],
    };
    const others = [
      {
        kind: 'github',
        version: 'v3',
        metadata: { name: connector },
        spec: { display: 'contract', ...github },
      },
      { kind: 'bot', version: 'v1', metadata: { name: bot }, spec: { roles: [name] } },
    ];
    for (const other of others) {
      const said = await tried(other);
      if (said !== '') skipTest(this, `the cluster refused a ${other.kind}: ${said.split('\n')[0] ?? ''}`);
    }
    const found = await eventually(
      () => findings(role),
      (some) => some.some(({ holders }) => holders.length === 2),
    );
    const holders = found.find(({ kind }) => kind === 'kubernetes')?.holders ?? [];
    assert.deepEqual(
      holders.map(({ kind, name: of, claim, value }) => [kind, of, claim, value]),
      [
        ['bot', bot, undefined, undefined],
        ['mapping', connector, 'contract', 'admins'],
      ],
    );
  });

  it('an ordinary person reads what may be read, and is told which rules are lacking', async () => {
    const read = await census(await world().home('bob'));
    const unread = read.gaps.map(({ part }) => part);
    assert.ok(unread.includes('users') && unread.includes('roles'));
    const lacking = read.gaps.flatMap(({ failure }) => lackingRules(failure));
    assert.ok(
      lacking.some((rule) => /\bon user$/.test(rule)) && lacking.some((rule) => /\bon role$/.test(rule)),
    );
    if (nothingRead(read))
      for (const part of clusterParts)
        assert.ok(part === 'members' || read.absent.includes(part) || unread.includes(part));
    const report = await analyse(read, { limit: 6 * hour });
    assert.ok(report.findings.every(({ holders }) => holders.length > 0));
  });
});
