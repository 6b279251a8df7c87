import assert from 'node:assert/strict';
import { rawText, untrusted } from '../../../../src/access/untrusted/untrusted.ts';
import type { Census } from '../../../../src/privileges/census/census.ts';
import { commonFailure, nothingRead, readCensus } from '../../../../src/privileges/census/readCensus.ts';
import { failureOf } from '../../../../src/teleport/process/failure.ts';
import { Home } from '../../../../src/teleport/home/home.ts';
import type { Outcome } from '../../../../src/teleport/process/outcome.ts';
import { Tctl } from '../../../../src/teleport/commands/tctl.ts';
import { lackingRules, type PartName } from '../../../../src/teleport/commands/tctlClusterResources.ts';
import { gapWords, lackingWords, unreadPartWords } from '../../../../src/text/privileges/censusGaps.ts';
import { readRecording } from '../../../support/recordings.ts';
import { now } from '../../../support/samples.ts';
import { TemporaryFolder } from '../../../support/temporaryFolder.ts';
import { testClient } from '../../../support/testClient.ts';

const exited = (code: number, stdout: string, stderr = ''): Outcome => ({
  ...{ kind: 'exited', code, stdout, stderr },
});
const answer = (...values: unknown[]): Outcome => exited(0, JSON.stringify(values));
const refusal = (text: string): Outcome => exited(1, '', `ERROR: ${text}\n`);
const denied = (kind: string): Outcome =>
  refusal(
    `access denied to perform action "list" on "${kind}", access denied to perform action "read" on "${kind}"`,
  );
const recorded = (name: string): Outcome => {
  const { exit, stdout, stderr } = readRecording(name);
  return exited(Number(exit), stdout, stderr);
};
/** A resource as tctl prints it. */
const resource = (name: string, spec: object, more: object = {}): object => ({
  ...{ metadata: { name }, spec, ...more },
});
/** The same answer of tctl to each of these commands. */
const toEach = (kinds: string, outcome: (kind: string) => Outcome): Record<string, Outcome> =>
  Object.fromEntries(kinds.split(' ').map((kind) => [`get ${kind}`, outcome(kind)]));

describe('a census', () => {
  let folder: TemporaryFolder;
  before(async () => {
    folder = await TemporaryFolder.open();
    await folder.writeProgram('tctl');
  });
  after(() => folder.close());

  /** Reads a census with a tctl that gives these answers by command, and `[]` to other commands. */
  async function readAnswers(
    answers: Readonly<Record<string, Outcome>>,
    signal?: AbortSignal,
  ): Promise<{ census: Census; commands: string[]; reportedParts: PartName[] }> {
    const commands: string[] = [];
    const reportedParts: PartName[] = [];
    const run = (_: string, args: readonly string[]): Promise<Outcome> => {
      const words = args.filter((word) => !word.startsWith('-')).join(' ');
      commands.push(words);
      return Promise.resolve(answers[words] ?? answer());
    };
    const client = testClient(folder.at('tctl'), { loadRun: () => Promise.resolve(run), env: {} });
    const tctl = new Tctl({ client, root: folder.at('root'), configuration: folder.at('none') });
    const census = await readCensus({
      ...{ tctl, home: new Home(folder.at('home')), cluster: untrusted('c'), user: untrusted('eve') },
      now: () => now,
      progress: (part) => reportedParts.push(part),
      ...(signal ? { signal } : {}),
    });
    return { census, commands, reportedParts };
  }

  it('of a recorded cluster: its users and roles, and that it has no access lists', async () => {
    const { census, reportedParts } = await readAnswers({
      'get users': recorded('tctl-get-user'),
      'get roles': recorded('tctl-get-role'),
      'get access_list': recorded('tctl-get-access_list'),
      'get connectors': recorded('tctl-get-connectors'),
      'get locks': recorded('tctl-get-locks-empty'),
    });
    assert.deepEqual(
      census.users.map(({ name, roles, system }) => [name, roles.map(rawText).join(), system]),
      [
        ['@teleport-access-approval-bot', '@teleport-access-approver', true],
        ['alice', 'dev-team', false],
        ['bob', 'prod-team', false],
        ['eve', 'editor,access', false],
        ['omar', 'reviewer', false],
        ['rita', 'reviewer', false],
      ],
    );
    assert.equal(census.roles.get(untrusted('editor'))?.builtIn, 'preset');
    assert.equal(census.roles.get(untrusted('okta-requester'))?.origin, 'okta');
    assert.deepEqual([census.absent, census.gaps], [['accessLists'], []]);
    assert.deepEqual(census.locks[0]?.targets, [['access_request', '01a203d2-dd3b-771f-9e83-dcc74fe18c8e']]);
    assert.equal(reportedParts.join(' '), 'users roles saml accessLists bots trustedClusters locks');
  });

  it('each part fails on its own, with the rule that is lacking', async () => {
    const { census } = await readAnswers({
      'get users': recorded('oss-tctl-get-roles-alice'),
      'get locks': recorded('tctl-get-locks-denied'),
      'get roles': recorded('tctl-get-role'),
      'get bots': exited(0, '{"half'),
    });
    assert.ok(census.roles.size > 15);
    assert.deepEqual(
      census.gaps.map(({ part, failure }) => [part, failure.kind, ...lackingRules(failure)]),
      [
        ['users', 'notPermitted', 'list, read on role'],
        ['bots', 'unreadable'],
        ['locks', 'notPermitted', 'list, read on lock'],
      ],
    );
    assert.equal(gapWords(census.gaps[2]!), 'locks: your roles lack a rule with list, read on lock');
    assert.equal(nothingRead(census), false);
  });

  it('connectors are read apart where they are refused together', async () => {
    const team = { organization: 'acme', team: 'admins', roles: ['kube-admin'] };
    const spec = { teams_to_roles: [team], teams_to_logins: null };
    const { census } = await readAnswers({
      'get connectors': denied('saml'),
      ...toEach('saml oidc', denied),
      'get github': answer(resource('gh', spec, { kind: 'github' })),
    });
    assert.deepEqual(
      census.gaps.map(({ part }) => part),
      ['saml', 'oidc'],
    );
    assert.equal(unreadPartWords(census.gaps), 'SSO mappings');
    assert.deepEqual(census.mappings, [
      { connector: 'gh', type: 'github', claim: 'acme', value: 'admins', roles: ['kube-admin'] },
    ]);
  });

  it('of all three kinds of connectors in one answer', async () => {
    const connector = (kind: string, spec: object): object => resource(kind, spec, { kind });
    const { census, commands } = await readAnswers({
      'get connectors': answer(
        connector('saml', { attributes_to_roles: [{ name: 'groups', value: 'a', roles: ['x'] }] }),
        connector('oidc', { claims_to_roles: [{ claim: 'groups', value: 'b', roles: ['y'] }] }),
        connector('github', { teams_to_roles: null }),
      ),
    });
    assert.deepEqual(
      census.mappings.map(({ type, claim, value }) => [type, claim, value]),
      [
        ['saml', 'groups', 'a'],
        ['oidc', 'groups', 'b'],
      ],
    );
    assert.deepEqual([census.connectors, commands.includes('get saml')], [3, false]);
  });

  it('access lists with their members, one of which may not be seen', async () => {
    const list = (name: string): object =>
      resource(name, {
        title: `The ${name}`,
        owners: [{ name: 'olga', membership_kind: 'MEMBERSHIP_KIND_USER', ineligible_status: '' }],
        grants: { roles: ['kube-admin'], traits: { logins: ['root'] } },
        owner_grants: { roles: null, traits: null },
        membership_requires: { roles: ['dev-team'], traits: null },
      });
    const member = (name: string, more: object = {}): object =>
      resource(name, { access_list: 'one', name, expires: '0001-01-01T00:00:00Z', ...more });
    const { census, reportedParts } = await readAnswers({
      'get access_list': answer(list('one'), list('-two/x')),
      'acl users ls one': answer(
        member('alice'),
        member('inner', { membership_kind: 'MEMBERSHIP_KIND_LIST' }),
        member('gone', { ineligible_status: 'INELIGIBLE_STATUS_EXPIRED' }),
      ),
      'acl users ls': denied('access_list'),
    });
    const [firstList, secondList] = census.accessLists;
    assert.deepEqual(firstList?.members, [
      { name: 'alice', isList: false },
      { name: 'inner', isList: true },
    ]);
    assert.deepEqual(
      [firstList.grants.roles, firstList.membershipRequires.roles, firstList.ownerGrants.roles],
      [['kube-admin'], ['dev-team'], []],
    );
    assert.deepEqual([...firstList.grants.traits], [['logins', ['root']]]);
    assert.deepEqual(secondList?.members, []);
    assert.deepEqual(
      census.gaps.map(({ part, name }) => [part, name]),
      [['members', '-two/x']],
    );
    assert.ok(reportedParts.includes('members'));
  });

  it('bots, also of a tctl that knows them by another command; role maps of clusters that are on', async () => {
    const { census } = await readAnswers({
      'get bots': refusal('getting "bots" is not supported'),
      'bots ls': answer({
        ...{ metadata: { name: 'bot-x', labels: { 'teleport.internal/bot': 'x' } }, spec: { roles: ['a'] } },
      }),
      'get trusted_cluster': answer(
        resource('root', { enabled: true, role_map: [{ remote: 'admin', local: ['kube-admin'] }] }),
        resource('off', { enabled: false, role_map: [{ remote: '*', local: ['kube-admin'] }] }),
      ),
    });
    assert.deepEqual(
      census.bots.map(({ name, roles }) => [name, ...roles]),
      [['x', 'a']],
    );
    assert.deepEqual(census.roleMaps, [{ cluster: 'root', remote: 'admin', roles: ['kube-admin'] }]);
  });

  it('no user is missing without a word: an address says nothing of the edition, and what cannot be read is counted', async () => {
    const unreachable = refusal(
      'failed to dial proxy teleport.enterprise.example.com: handshake is not supported',
    );
    const { census } = await readAnswers({
      ...toEach('users roles locks', () => unreachable),
      'get trusted_cluster': refusal('proxy teleport.enterprise.example.com went away'),
      'get access_list': refusal('access lists are only available in Teleport Enterprise'),
    });
    assert.deepEqual(
      [census.gaps.map(({ part }) => part), census.absent],
      [['users', 'roles', 'trustedClusters', 'locks'], ['accessLists']],
    );
    const partialCensus = await readAnswers({
      'get users': answer({ metadata: { name: 'bob' } }, { metadata: { name: 7 } }, { header: {} }),
      'get connectors': answer({ kind: 'new', metadata: { name: 'x' } }),
      'get saml': denied('saml'),
    });
    const { gaps } = partialCensus.census;
    assert.deepEqual(
      gaps.map(({ part, partial }) => [part, partial]),
      [
        ['users', { lost: 2, of: 3 }],
        ['saml', undefined],
      ],
    );
    assert.equal(unreadPartWords(gaps), '2 of 3 users, SSO mappings');
    assert.match(gapWords(gaps[0]!), /^2 of 3 users: /);
    assert.equal(nothingRead(partialCensus.census), false);
  });

  const everything = 'users roles connectors saml oidc github access_list bots trusted_cluster locks';

  it('nothing at all may be read: that is known, and which rules are lacking', async () => {
    const { census } = await readAnswers({
      ...toEach(everything, denied),
      'get access_list': recorded('tctl-get-access_list'),
    });
    assert.deepEqual([nothingRead(census), commonFailure(census)], [true, undefined]);
    assert.equal(lackingWords(census.gaps).split('; ')[0], 'list, read on users');
  });

  it('out of reach is one cause for everything', async () => {
    const down = refusal(
      'connection error: desc = "transport: Error while dialing: dial tcp: connection refused"',
    );
    const { census } = await readAnswers(toEach(everything, () => down));
    assert.equal(nothingRead(census) && failureOf(commonFailure(census))?.kind, 'unreachable');
  });

  it('signed out, or cancelled, ends it at once', async () => {
    const reading = readAnswers({
      'get users': refusal('your credentials have expired, please login using tsh'),
    });
    await assert.rejects(reading, (error) => failureOf(error)?.kind === 'expired');
    await assert.rejects(
      readAnswers({}, AbortSignal.abort()),
      (error) => failureOf(error)?.kind === 'cancelled',
    );
  });

  it('nonsense in a resource costs that resource at most', async () => {
    const { census } = await readAnswers({
      'get users': answer(null, 7, resource('a', { roles: 'x', traits: [1, null] }), { metadata: {} }),
      'get roles': answer({ metadata: { name: 'x', labels: null }, spec: null }),
      'get connectors': answer(resource('o', { claims_to_roles: [3, { roles: null }] }, { kind: 'oidc' })),
      'get access_list': answer(resource('l', { owners: 'nobody', grants: 1 })),
      'get locks': answer(resource('k', { target: null, expires: 'never' })),
    });
    assert.deepEqual([census.users.length, census.roles.size, census.accessLists.length], [1, 1, 1]);
    assert.deepEqual(
      census.mappings.map(({ roles }) => roles),
      [[]],
    );
  });
});
