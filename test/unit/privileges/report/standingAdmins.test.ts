import assert from 'node:assert/strict';
import { untrusted } from '../../../../src/access/untrusted/untrusted.ts';
import { standingAdmins } from '../../../../src/privileges/report/standingAdmins.ts';
import type { Gap, Mapping } from '../../../../src/privileges/census/census.ts';
import { applyExceptions } from '../../../../src/privileges/report/exceptions.ts';
import type { PlainObject } from '../../../../src/roles/role/value.ts';
import type { PrivilegesReport } from '../../../../src/privileges/report/analyse.ts';
import { accessListOf, userOf } from '../../../../src/privileges/census/parseResources.ts';
import { holderWords } from '../../../../src/text/privileges/findings.ts';
import { verdictWords } from '../../../../src/text/privileges/verdict.ts';
import { hour, names, now } from '../../../support/samples.ts';
import {
  accessList,
  anyLabels,
  bot,
  analyseCensus,
  developer,
  editor,
  findingsOfKind,
  holderNames,
  kubeAdmin,
  mapping,
  role,
  traits,
  user,
} from '../../../support/roles/censusSamples.ts';

const noGrants = { roles: [], traits: new Map() };
const memberNamed = (name: string) => ({ name: untrusted(name), isList: false });
const listNamed = (name: string) => ({ name: untrusted(name), isList: true });

describe('what an exception is for', () => {
  const ids = ({ findings }: PrivilegesReport): string[] => findings.map(({ id }) => id);
  type Parts = Parameters<typeof analyseCensus>[0];
  /** Whether exceptions for the findings of the first census cover all findings of the second census. */
  async function covers(first: Parts, second: Parts): Promise<boolean> {
    const [a, b] = [ids(await analyseCensus(first)), ids(await analyseCensus(second))];
    assert.ok(a.length > 0 && b.length > 0);
    return b.every((id) => a.includes(id));
  }
  const eve = [user('eve', ['x'])];
  const partsWith = (allow: PlainObject, more: PlainObject = {}): Parts => ({
    users: eve,
    roles: [role('x', { allow, ...more })],
  });

  it('one cluster: what is accepted on dev is not on prod', async () => {
    const users = [user('eve', ['editor'])];
    const onCluster = (name: string) => ({ users, cluster: untrusted(name) });
    assert.equal(await covers(onCluster('dev.test'), onCluster('prod.test')), false);
    assert.equal(await covers(onCluster('dev.test'), onCluster('dev.test')), true);
  });

  it('one reach: more servers, clusters, resources or a wider condition are not accepted', async () => {
    const root = { logins: ['root'] };
    const staging = partsWith({ ...root, node_labels: { env: 'staging', team: ['a', 'b'] } });
    const masters = { kubernetes_groups: ['system:masters'], kubernetes_labels: { env: 'dev' } };
    const pods = (verbs: string[]) => [{ kind: 'pod', namespace: 'x', name: '*', verbs }];
    const rule = (where: string) => ({ rules: [{ resources: ['role'], verbs: ['update'], where }] });
    const narrow = 'resource.metadata.name == "x"';
    const pairs: [Parts, Parts][] = [
      [staging, partsWith({ ...root, node_labels: anyLabels })],
      [staging, partsWith({ ...root, node_labels: { env: 'prod', team: ['a', 'b'] } })],
      [
        partsWith({ ...root, node_labels_expression: 'labels["env"] == "staging"' }),
        partsWith({ ...root, node_labels_expression: 'labels["env"] == "prod"' }),
      ],
      [
        partsWith({ ...masters, kubernetes_resources: pods(['get']) }),
        partsWith({ ...masters, kubernetes_resources: pods(['*']) }),
      ],
      [partsWith(rule(narrow)), partsWith(rule('equals(1, 1)'))],
    ];
    for (const [before, after] of pairs) assert.equal(await covers(before, after), false);
    const reordered = partsWith({
      node_labels: { team: ['b', 'a'], env: 'staging' },
      ...root,
      db_labels: {},
    });
    assert.equal(await covers(staging, reordered), true, 'order and empty fields say nothing');
    const logins = partsWith({
      ...root,
      node_labels: { env: 'staging', team: ['a', 'b'] },
      rules: [{ resources: ['event'], verbs: ['list'] }],
    });
    assert.equal(await covers(staging, logins), true, 'a preset that gains a harmless rule');
  });

  it('one time, one number of approvals, and what a list gives', async () => {
    const askingRole = role('asker', { allow: { request: { roles: ['x'] } } });
    const partsLasting = (max_session_ttl: string) => ({
      users: [user('eve', ['asker'])],
      roles: [
        askingRole,
        role('x', { allow: { logins: ['root'], node_labels: anyLabels }, options: { max_session_ttl } }),
      ],
      gaps: [{ part: 'oidc' as const, failure: { kind: 'notPermitted' as const } }],
    });
    assert.equal(await covers(partsLasting('12h'), partsLasting('720h')), false);
    assert.equal(await covers(partsLasting('12h'), partsLasting('12h')), true);
    const list = accessList('l', [], {
      owners: [memberNamed('eve')],
      grants: { ...noGrants, roles: names('x') },
    });
    const partsGiving = (allow: PlainObject) => ({ ...partsWith(allow), users: [], accessLists: [list] });
    const rootOnServers = { logins: ['root'], node_labels: anyLabels };
    assert.equal(
      await covers(partsGiving(rootOnServers), partsGiving({ rules: [{ resources: ['*'], verbs: ['*'] }] })),
      false,
    );
    assert.equal(await covers(partsGiving(rootOnServers), partsGiving(rootOnServers)), true);
  });

  it('one connector and one access list, whatever other bears the same name', async () => {
    const mappingOf = (type: Mapping['type']) => ({
      mappings: [{ ...mapping('admins', ['kube-admin']), type }],
    });
    assert.equal(await covers(mappingOf('saml'), mappingOf('oidc')), false);
    assert.equal(await covers(mappingOf('saml'), mappingOf('saml')), true);
    const title = untrusted('Admins');
    const list = (name: string) => ({
      users: [user('eve', [])],
      accessLists: [accessList(name, ['eve'], { title, owners: [memberNamed('olga')] })],
    });
    const [a, b] = [ids(await analyseCensus(list('u1'))), ids(await analyseCensus(list('u2')))];
    assert.deepEqual([a.length, b.length], [2, 2]);
    assert.ok(b.every((id) => !a.includes(id)));
  });
});

describe('nobody with admin rights is overlooked', () => {
  const standingOf = async (parts: Parameters<typeof analyseCensus>[0]) => {
    const report = await analyseCensus(parts);
    return standingAdmins(report, report.findings);
  };

  it('a member of a list whose SSO record has expired, or is not there now', async () => {
    const accessLists = [accessList('oncall', ['sam'])];
    const sam = user('sam', [], { connector: untrusted('corp'), expires: now - hour });
    for (const users of [[sam], [], [user('sam', [])]])
      assert.deepEqual((await standingOf({ users, accessLists })).people, names('sam'));
    const expiredMember = [accessList('oncall', [], { members: [{ ...memberNamed('sam'), expires: now }] })];
    assert.deepEqual((await standingOf({ accessLists: expiredMember })).people, []);
    const member = (more: PlainObject) => ({
      name: untrusted('sam'),
      revision: '',
      document: { spec: { name: 'sam', ...more } },
    });
    const document = { metadata: { name: 'l' }, spec: {} };
    const read = (more: PlainObject) =>
      accessListOf({ name: untrusted('l'), revision: '', document }, [member(more)]).members;
    assert.equal(read({ ineligible_status: 'INELIGIBLE_STATUS_USER_NOT_EXIST' }).length, 1);
    assert.equal(read({ ineligible_status: 'INELIGIBLE_STATUS_EXPIRED' }).length, 0);
  });

  it('a label on a user hides nothing', async () => {
    const labelledUser = (name: string, labels: PlainObject) =>
      userOf({
        name: untrusted(name),
        revision: '',
        document: { metadata: { name, labels }, spec: { roles: ['editor'] } },
      });
    const bot = { 'teleport.internal/bot': 'x y' };
    const system = { 'teleport.internal/resource-type': 'system' };
    assert.deepEqual((await standingOf({ users: [labelledUser('alice', bot)] })).people, names('alice'));
    assert.deepEqual((await standingOf({ users: [labelledUser('alice', system)] })).people, names('alice'));
    assert.deepEqual(
      (await standingOf({ users: [labelledUser('bot-x-y', bot)] })).others.map(({ kind, name }) => [
        kind,
        name,
      ]),
      [['bot', 'x y']],
    );
    const ownUser = await standingOf({ users: [labelledUser('@teleport-access-approval-bot', system)] });
    assert.deepEqual([ownUser.people, ownUser.others], [[], []]);
  });

  it('what the user of a bot holds beside the roles of the bot', async () => {
    const acting = role('bot-ci', { allow: { impersonate: { roles: ['dev-team'], users: ['*'] } } });
    const roles = [kubeAdmin, developer, editor, acting];
    const bots = [bot('ci', ['dev-team'])];
    const botUserHolding = (...held: string[]) => [user('bot-ci', held, { bot: untrusted('ci') })];
    const report = await analyseCensus({ roles, bots, users: botUserHolding('bot-ci', 'editor') });
    assert.deepEqual(
      report.findings.map(({ kind, holders }) => [kind, ...holders.map((holder) => holder.name)]),
      [['writes', 'ci']],
    );
    assert.deepEqual((await analyseCensus({ roles, bots, users: botUserHolding('bot-ci') })).findings, []);
    const other = role('bot-ci', { allow: { impersonate: { roles: ['editor'], users: ['*'] } } });
    const more = await analyseCensus({
      roles: [editor, developer, other],
      bots,
      users: botUserHolding('bot-ci'),
    });
    assert.deepEqual(
      more.findings.map(({ kind, holders }) => [kind, holders.length]),
      [['writes', 1]],
      'more than the bot says of itself, and once',
    );
  });

  it('the owner of a list that is in a list of admins, or in its owners', async () => {
    const owners = [memberNamed('olga')];
    const inner = accessList('inner', [], { owners, grants: noGrants });
    const members = [listNamed('inner')];
    const ownersFound = async (...accessLists: ReturnType<typeof accessList>[]) =>
      findingsOfKind(await analyseCensus({ accessLists }), 'ownsList').flatMap(holderNames);
    assert.deepEqual(await ownersFound(inner, accessList('admins', [], { members })), names('olga'));
    const middle = accessList('middle', [], { members, grants: noGrants });
    const outer = accessList('outer', [], { members: [listNamed('middle')] });
    assert.deepEqual(await ownersFound(inner, middle, outer), names('olga'));
    assert.deepEqual(
      await ownersFound(inner, accessList('owned', [], { owners: members })),
      names('olga'),
      'nobody is in the list yet; whoever owns it may be',
    );
    assert.deepEqual(await ownersFound(inner, accessList('else', [], { members: [listNamed('other')] })), []);
    const expiredList = accessList('past', [], { members: [{ ...listNamed('inner'), expires: now }] });
    assert.deepEqual(await ownersFound(inner, expiredList), []);
  });

  it('the owner of a list that gives traits which make admins', async () => {
    const access = role('access', {
      allow: { kubernetes_labels: anyLabels, kubernetes_groups: ['{{internal.kubernetes_groups}}'] },
    });
    const owners = [memberNamed('olga')];
    const ownsListCount = async (groups: string, roles: string[], users = [user('bob', ['access'])]) => {
      const grants = { roles: names(...roles), traits: traits({ kubernetes_groups: [groups] }) };
      const accessLists = [accessList('l', [], { owners, grants })];
      return findingsOfKind(await analyseCensus({ roles: [access], users, accessLists }), 'ownsList').length;
    };
    assert.equal(await ownsListCount('system:masters', ['access'], []), 1);
    assert.equal(await ownsListCount('system:masters', []), 1);
    assert.equal(await ownsListCount('viewers', ['access']), 0);
    assert.equal(await ownsListCount('system:masters', [], []), 0, 'nobody holds a role that it fills');
  });

  it('members that cannot be read are admins by the list that theirs is in', async () => {
    const inner = accessList('inner', [], { grants: noGrants });
    const outer = accessList('outer', [], { members: [listNamed('inner')] });
    const gap = { part: 'members' as const, failure: { kind: 'notPermitted' as const } };
    const gaps = [{ ...gap, name: untrusted('inner') }];
    const { others } = await standingOf({ accessLists: [inner, outer], gaps });
    assert.deepEqual(
      others.map(({ kind, name }) => [kind, name]),
      [['members', 'The inner']],
    );
  });

  it('whoever comes with a name that makes an admin role, at SSO or from another cluster', async () => {
    const roleMap = (remote: string, local: string) => ({
      cluster: untrusted('leaf'),
      remote: untrusted(remote),
      roles: names(local),
    });
    const findingGrades = async (parts: Parameters<typeof analyseCensus>[0]) =>
      (await analyseCensus(parts)).findings.map(({ kind, grade }) => `${kind} ${grade}`);
    const cases = [
      ['^(.*)$', '$1', 'high'],
      ['^kube-(.*)$', 'kube-${1}', 'high'],
      ['kube-*', 'kube-$1', 'high'],
      ['^(?i)(editor)$', '$1', 'high'],
      ['^((edi)tor)$', '$1', 'high'],
      ['^(a)(.*)$', '$2', 'high'],
      ['^(dev|qa)$', '$1', 'medium'],
      ['^team-(.*)$', 'team-$1', 'medium'],
    ] as const;
    for (const [pattern, local, grade] of cases) {
      assert.deepEqual(
        await findingGrades({ roleMaps: [roleMap(pattern, local)] }),
        [`openMapping ${grade}`],
        pattern,
      );
      assert.deepEqual(
        await findingGrades({ mappings: [mapping(pattern, [local])] }),
        [`openMapping ${grade}`],
        pattern,
      );
    }
    const { others } = await standingOf({ roleMaps: [roleMap('^(.*)$', '$1')] });
    assert.deepEqual(
      others.map(({ kind, name }) => [kind, name]),
      [['cluster', 'leaf']],
    );
    const gaps = [{ part: 'roles' as const, failure: { kind: 'notPermitted' as const } }];
    assert.deepEqual(await findingGrades({ roles: [], gaps, roleMaps: [roleMap('^(.*)$', '$1')] }), [
      'openMapping high',
    ]);
  });

  it('an admin whose lock ends', async () => {
    const lock = (expires?: number) => ({
      name: untrusted('l'),
      targets: [['user', untrusted('alice')] as const],
      ...(expires === undefined ? {} : { expires }),
    });
    const users = [user('alice', ['kube-admin'])];
    const analyseLocked = (...locks: ReturnType<typeof lock>[]) => analyseCensus({ users, locks });
    const lockEnding = await analyseLocked(lock(now + hour), lock(now + 2 * hour));
    assert.deepEqual(standingAdmins(lockEnding, lockEnding.findings).people, names('alice'));
    const [holder] = lockEnding.findings[0]?.holders ?? [];
    assert.equal(holder?.lockedUntil, now + 2 * hour);
    assert.match(holderWords(holder), /^alice \(locked until \d{4}-\d\d-\d\d \d\d:\d\d UTC\)$/);
    const lockedForGood = await analyseLocked(lock(now + hour), lock());
    assert.deepEqual(standingAdmins(lockedForGood, lockedForGood.findings).people, []);
    const lockEnded = await analyseLocked(lock(now));
    assert.equal(lockEnded.findings[0]?.holders[0]?.lockedUntil, undefined);
  });
});

describe('the first line', () => {
  it('says "Nobody" only where all users and roles were read, and is sure only where all that gives rights was', async () => {
    const failure = { kind: 'notPermitted' as const };
    const firstLine = async (gaps: readonly Gap[]) => {
      const report = await analyseCensus({ users: [user('alice', [])], gaps });
      const judged = applyExceptions(report.findings, [], now);
      const words = verdictWords({ report, judged, exceptions: { kind: 'none' } }, now);
      return [words.startsWith('Nobody'), standingAdmins(report, judged.open).known, words] as const;
    };
    const [saysNobodyWhenRead, isCompleteWhenRead] = await firstLine([]);
    assert.deepEqual([saysNobodyWhenRead, isCompleteWhenRead], [true, true]);
    assert.deepEqual((await firstLine([{ part: 'locks', failure }])).slice(0, 2), [true, true]);
    for (const part of ['saml', 'bots', 'accessLists', 'trustedClusters'] as const)
      assert.deepEqual((await firstLine([{ part, failure }])).slice(0, 2), [true, false], part);
    const [saysNobody, isComplete, words] = await firstLine([
      { part: 'users', partial: { lost: 2, of: 3 }, failure },
    ]);
    assert.deepEqual([saysNobody, isComplete], [false, false]);
    assert.match(words, /2 of 3 users could not be read/);
  });
});
