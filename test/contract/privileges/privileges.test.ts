import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rawText, untrusted, type Untrusted } from '../../../src/access/untrusted/untrusted.ts';
import type { Census } from '../../../src/privileges/census/census.ts';
import type { Finding } from '../../../src/privileges/report/finding.ts';
import { analyse } from '../../../src/privileges/report/analyse.ts';
import { nothingRead, readCensus } from '../../../src/privileges/census/readCensus.ts';
import type { Home } from '../../../src/teleport/home/home.ts';
import { lackingRules, clusterParts } from '../../../src/teleport/commands/tctlClusterResources.ts';
import { eventually, hour, skipTest, onEveryCluster } from '../../support/contract/suite.ts';

onEveryCluster('standing privileges', (fixture) => {
  let admin: Home;
  before(async () => {
    admin = await fixture().adminHome();
  });

  const census = async (home: Home): Promise<Census> => {
    const { user, cluster } = await fixture().profile(home);
    return readCensus({ tctl: fixture().tctl, home, user, cluster, now: () => Date.now() });
  };
  /** Analyses the cluster. Resolves to the findings about one role. */
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
  /** Creates a resource. Resolves to the error message of tctl, or to an empty text on success. */
  const tryCreate = async (document: object): Promise<string> => {
    const file = join(await fixture().newFolder(), 'resource.yaml');
    await writeFile(file, JSON.stringify(document));
    const { exit, stderr } = await fixture().runDirectly('tctl', admin, ['create', '-f', file]);
    return exit === 0 ? '' : stderr;
  };
  const create = async (document: object): Promise<void> => assert.equal(await tryCreate(document), '');

  it('of who administers are read; what this edition does not have is no failure', async () => {
    const { users, roles, gaps, absent } = await census(admin);
    assert.ok(users.some(({ name }) => name === untrusted('alice')));
    assert.ok(roles.has(untrusted('kube-admin')));
    // On some clusters an administrator may not read requests and locks. Everything else can be read.
    for (const { part, failure } of gaps) assert.ok(lackingRules(failure).length > 0, part);
    assert.ok(absent.every((part) => part !== 'users' && part !== 'roles'));
  });

  it('a person who holds system:masters is found, and is not once the role lacks it', async () => {
    const name = `jit-contract-${randomBytes(6).toString('hex')}`;
    const [role, person] = [untrusted(name), untrusted(`${name}-user`)];
    // The actions run in reverse order, because a role that a user holds cannot be removed.
    fixture().onClose(() => fixture().runDirectly('tctl', admin, ['rm', '--', `role/${name}`]));
    fixture().onClose(() => fixture().runDirectly('tctl', admin, ['rm', '--', `user/${rawText(person)}`]));
    await create(manifest(name, ['system:masters']));
    await create({
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

    const { revision } = await fixture().tctl.role(admin, role);
    await fixture().tctl.writeRole(admin, role, JSON.stringify(manifest(name, ['viewers'])), revision);
    const after = await eventually(
      () => findings(role),
      (found) => found.every(({ kind }) => kind !== 'kubernetes'),
    );
    assert.ok(after.every(({ grade }) => grade === 'medium'));
  });

  it('whoever comes with a team through SSO, and a bot, are found as holders', async function () {
    const name = `jit-contract-${randomBytes(6).toString('hex')}`;
    const [role, connector, bot] = [untrusted(name), `${name}-sso`, `${name}-bot`];
    for (const resource of [`role/${name}`, `bot/${bot}`, `github/${connector}`])
      fixture().onClose(() => fixture().runDirectly('tctl', admin, ['rm', '--', resource]));
    await create(manifest(name, ['system:masters']));
    const github = {
      ...{
        client_id: 'contract',
        client_secret: 'contract',
        redirect_url: 'https://contract.invalid/callback',
      },
      teams_to_roles: [{ organization: 'contract', team: 'admins', roles: [name] }],
    };
    const resources = [
      {
        kind: 'github',
        version: 'v3',
        metadata: { name: connector },
        spec: { display: 'contract', ...github },
      },
      { kind: 'bot', version: 'v1', metadata: { name: bot }, spec: { roles: [name] } },
    ];
    for (const resource of resources) {
      const message = await tryCreate(resource);
      if (message !== '')
        skipTest(this, `the cluster refused a ${resource.kind}: ${message.split('\n')[0] ?? ''}`);
    }
    const found = await eventually(
      () => findings(role),
      (list) => list.some(({ holders }) => holders.length === 2),
    );
    const holders = found.find(({ kind }) => kind === 'kubernetes')?.holders ?? [];
    assert.deepEqual(
      holders.map(({ kind, name: holderName, claim, value }) => [kind, holderName, claim, value]),
      [
        ['bot', bot, undefined, undefined],
        ['mapping', connector, 'contract', 'admins'],
      ],
    );
  });

  it('an ordinary person reads what may be read, and is told which rules are lacking', async () => {
    const bobsCensus = await census(await fixture().home('bob'));
    const unreadParts = bobsCensus.gaps.map(({ part }) => part);
    assert.ok(unreadParts.includes('users') && unreadParts.includes('roles'));
    const lacking = bobsCensus.gaps.flatMap(({ failure }) => lackingRules(failure));
    assert.ok(
      lacking.some((rule) => /\bon user$/.test(rule)) && lacking.some((rule) => /\bon role$/.test(rule)),
    );
    if (nothingRead(bobsCensus))
      for (const part of clusterParts)
        assert.ok(part === 'members' || bobsCensus.absent.includes(part) || unreadParts.includes(part));
    const report = await analyse(bobsCensus, { limit: 6 * hour });
    assert.ok(report.findings.every(({ holders }) => holders.length > 0));
  });
});
