import assert from 'node:assert/strict';
import { untrusted } from '../../../../src/access/text/untrusted.ts';
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

const none = { roles: [], traits: new Map() };
const listed = (name: string) => ({ name: untrusted(name), isList: false });
const listIn = (name: string) => ({ name: untrusted(name), isList: true });

describe('what an exception is for', () => {
  const ids = ({ findings }: PrivilegesReport): string[] => findings.map(({ id }) => id);
  type Parts = Parameters<typeof analyseCensus>[0];
  /** Whether what is accepted of the first is accepted of the second too. */
  async function covers(first: Parts, second: Parts): Promise<boolean> {
    const [a, b] = [ids(await analyseCensus(first)), ids(await analyseCensus(second))];
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
    const on = (name: string) => ({ users, cluster: untrusted(name) });
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
      [some, having({ ...root, node_labels: anyLabels })],
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
        role('x', { allow: { logins: ['root'], node_labels: anyLabels }, options: { max_session_ttl } }),
      ],
      gaps: [{ part: 'oidc' as const, failure: { kind: 'notPermitted' as const } }],
    });
    assert.equal(await covers(lasting('12h'), lasting('720h')), false);
    assert.equal(await covers(lasting('12h'), lasting('12h')), true);
    const list = accessList('l', [], { owners: [listed('eve')], grants: { ...none, roles: names('x') } });
    const giving = (allow: PlainObject) => ({ ...having(allow), users: [], accessLists: [list] });
    const weak = { logins: ['root'], node_labels: anyLabels };
    assert.equal(await covers(giving(weak), giving({ rules: [{ resources: ['*'], verbs: ['*'] }] })), false);
    assert.equal(await covers(giving(weak), giving(weak)), true);
  });

  it('one connector and one access list, whatever other bears the same name', async () => {
    const of = (type: Mapping['type']) => ({ mappings: [{ ...mapping('admins', ['kube-admin']), type }] });
    assert.equal(await covers(of('saml'), of('oidc')), false);
    assert.equal(await covers(of('saml'), of('saml')), true);
    const title = untrusted('Admins');
    const list = (name: string) => ({
      users: [user('eve', [])],
      accessLists: [accessList(name, ['eve'], { title, owners: [listed('olga')] })],
    });
    const [a, b] = [ids(await analyseCensus(list('u1'))), ids(await analyseCensus(list('u2')))];
    assert.deepEqual([a.length, b.length], [2, 2]);
    assert.ok(b.every((id) => !a.includes(id)));
  });
});

describe('nobody with admin rights is overlooked', () => {
  const standing = async (parts: Parameters<typeof analyseCensus>[0]) => {
    const report = await analyseCensus(parts);
    return standingAdmins(report, report.findings);
  };

  it('a member of a list whose SSO record has expired, or is not there now', async () => {
    const accessLists = [accessList('oncall', ['sam'])];
    const sam = user('sam', [], { connector: untrusted('corp'), expires: now - hour });
    for (const users of [[sam], [], [user('sam', [])]])
      assert.deepEqual((await standing({ users, accessLists })).people, names('sam'));
    const over = [accessList('oncall', [], { members: [{ ...listed('sam'), expires: now }] })];
    assert.deepEqual((await standing({ accessLists: over })).people, []);
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
    const of = (name: string, labels: PlainObject) =>
      userOf({
        name: untrusted(name),
        revision: '',
        document: { metadata: { name, labels }, spec: { roles: ['editor'] } },
      });
    const bot = { 'teleport.internal/bot': 'x y' };
    const system = { 'teleport.internal/resource-type': 'system' };
    assert.deepEqual((await standing({ users: [of('alice', bot)] })).people, names('alice'));
    assert.deepEqual((await standing({ users: [of('alice', system)] })).people, names('alice'));
    assert.deepEqual(
      (await standing({ users: [of('bot-x-y', bot)] })).others.map(({ kind, name }) => [kind, name]),
      [['bot', 'x y']],
    );
    const own = await standing({ users: [of('@teleport-access-approval-bot', system)] });
    assert.deepEqual([own.people, own.others], [[], []]);
  });

  it('what the user of a bot holds beside the roles of the bot', async () => {
    const acting = role('bot-ci', { allow: { impersonate: { roles: ['dev-team'], users: ['*'] } } });
    const roles = [kubeAdmin, developer, editor, acting];
    const bots = [bot('ci', ['dev-team'])];
    const holding = (...held: string[]) => [user('bot-ci', held, { bot: untrusted('ci') })];
    const report = await analyseCensus({ roles, bots, users: holding('bot-ci', 'editor') });
    assert.deepEqual(
      report.findings.map(({ kind, holders }) => [kind, ...holders.map((one) => one.name)]),
      [['writes', 'ci']],
    );
    assert.deepEqual((await analyseCensus({ roles, bots, users: holding('bot-ci') })).findings, []);
    const other = role('bot-ci', { allow: { impersonate: { roles: ['editor'], users: ['*'] } } });
    const more = await analyseCensus({ roles: [editor, developer, other], bots, users: holding('bot-ci') });
    assert.deepEqual(
      more.findings.map(({ kind, holders }) => [kind, holders.length]),
      [['writes', 1]],
      'more than the bot says of itself, and once',
    );
  });

  it('the owner of a list that is in a list of admins, or in its owners', async () => {
    const owners = [listed('olga')];
    const inner = accessList('inner', [], { owners, grants: none });
    const members = [listIn('inner')];
    const of = async (...accessLists: ReturnType<typeof accessList>[]) =>
      findingsOfKind(await analyseCensus({ accessLists }), 'ownsList').flatMap(holderNames);
    assert.deepEqual(await of(inner, accessList('admins', [], { members })), names('olga'));
    const middle = accessList('middle', [], { members, grants: none });
    const outer = accessList('outer', [], { members: [listIn('middle')] });
    assert.deepEqual(await of(inner, middle, outer), names('olga'));
    assert.deepEqual(
      await of(inner, accessList('owned', [], { owners: members })),
      names('olga'),
      'nobody is in the list yet; whoever owns it may be',
    );
    assert.deepEqual(await of(inner, accessList('else', [], { members: [listIn('other')] })), []);
    const past = accessList('past', [], { members: [{ ...listIn('inner'), expires: now }] });
    assert.deepEqual(await of(inner, past), []);
  });

  it('the owner of a list that gives traits which make admins', async () => {
    const access = role('access', {
      allow: { kubernetes_labels: anyLabels, kubernetes_groups: ['{{internal.kubernetes_groups}}'] },
    });
    const owners = [listed('olga')];
    const of = async (groups: string, roles: string[], users = [user('bob', ['access'])]) => {
      const grants = { roles: names(...roles), traits: traits({ kubernetes_groups: [groups] }) };
      const accessLists = [accessList('l', [], { owners, grants })];
      return findingsOfKind(await analyseCensus({ roles: [access], users, accessLists }), 'ownsList').length;
    };
    assert.equal(await of('system:masters', ['access'], []), 1);
    assert.equal(await of('system:masters', []), 1);
    assert.equal(await of('viewers', ['access']), 0);
    assert.equal(await of('system:masters', [], []), 0, 'nobody holds a role that it fills');
  });

  it('members that cannot be read are admins by the list that theirs is in', async () => {
    const inner = accessList('inner', [], { grants: none });
    const outer = accessList('outer', [], { members: [listIn('inner')] });
    const gap = { part: 'members' as const, failure: { kind: 'notPermitted' as const } };
    const gaps = [{ ...gap, name: untrusted('inner') }];
    const { others } = await standing({ accessLists: [inner, outer], gaps });
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
    const grades = async (parts: Parameters<typeof analyseCensus>[0]) =>
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
        await grades({ roleMaps: [roleMap(pattern, local)] }),
        [`openMapping ${grade}`],
        pattern,
      );
      assert.deepEqual(
        await grades({ mappings: [mapping(pattern, [local])] }),
        [`openMapping ${grade}`],
        pattern,
      );
    }
    const { others } = await standing({ roleMaps: [roleMap('^(.*)$', '$1')] });
    assert.deepEqual(
      others.map(({ kind, name }) => [kind, name]),
      [['cluster', 'leaf']],
    );
    const gaps = [{ part: 'roles' as const, failure: { kind: 'notPermitted' as const } }];
    assert.deepEqual(await grades({ roles: [], gaps, roleMaps: [roleMap('^(.*)$', '$1')] }), [
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
    const locked = (...locks: ReturnType<typeof lock>[]) => analyseCensus({ users, locks });
    const soon = await locked(lock(now + hour), lock(now + 2 * hour));
    assert.deepEqual(standingAdmins(soon, soon.findings).people, names('alice'));
    const [holder] = soon.findings[0]?.holders ?? [];
    assert.equal(holder?.lockedUntil, now + 2 * hour);
    assert.match(holderWords(holder), /^alice \(locked until \d{4}-\d\d-\d\d \d\d:\d\d UTC\)$/);
    const ever = await locked(lock(now + hour), lock());
    assert.deepEqual(standingAdmins(ever, ever.findings).people, []);
    const over = await locked(lock(now));
    assert.equal(over.findings[0]?.holders[0]?.lockedUntil, undefined);
  });
});

describe('the first line', () => {
  it('says "Nobody" only where all users and roles were read, and is sure only where all that gives rights was', async () => {
    const failure = { kind: 'notPermitted' as const };
    const line = async (gaps: readonly Gap[]) => {
      const report = await analyseCensus({ users: [user('alice', [])], gaps });
      const judged = applyExceptions(report.findings, [], now);
      const words = verdictWords({ report, judged, exceptions: { kind: 'none' } }, now);
      return [words.startsWith('Nobody'), standingAdmins(report, judged.open).known, words] as const;
    };
    const [sure, known] = await line([]);
    assert.deepEqual([sure, known], [true, true]);
    assert.deepEqual((await line([{ part: 'locks', failure }])).slice(0, 2), [true, true]);
    for (const part of ['saml', 'bots', 'accessLists', 'trustedClusters'] as const)
      assert.deepEqual((await line([{ part, failure }])).slice(0, 2), [true, false], part);
    const [nobody, certain, words] = await line([{ part: 'users', partial: { lost: 2, of: 3 }, failure }]);
    assert.deepEqual([nobody, certain], [false, false]);
    assert.match(words, /2 of 3 users could not be read/);
  });
});
