import assert from 'node:assert/strict';
import { untrusted } from '../../../../src/access/untrusted/untrusted.ts';
import { standingAdmins } from '../../../../src/privileges/report/standingAdmins.ts';
import { reportPage } from '../../../../src/text/privileges/reportPage.ts';
import { activePatterns, day, hostileText, minute, now } from '../../../support/samples.ts';
import {
  anyLabels,
  asking,
  bot,
  gap,
  kubeAdmin,
  lock,
  mapping,
  role,
  rule,
  user,
} from '../../../support/roles/censusSamples.ts';
import { hostileReports, judgement } from '../../../support/roles/reportSamples.ts';

const page = async (...parts: Parameters<typeof judgement>): Promise<string> =>
  reportPage(await judgement(...parts), now + minute).text;
const first = async (...parts: Parameters<typeof judgement>): Promise<string> =>
  (await page(...parts)).split('\n')[0] ?? '';

describe('the first line of the report on standing privileges', () => {
  const [alice, eve] = [user('alice', ['kube-admin']), user('eve', ['editor'])];

  it('says that nobody does, of how many, as of when, and what is not known; or who does', async () => {
    const users = [user('alice', ['dev-team']), user('bob', ['dev-team'])];
    const admins = ['alice', 'bob', 'eve'].map((name) => user(name, ['kube-admin']));
    for (const [parts, line] of [
      [{ users }, 'Nobody holds standing admin rights: 2 users, 3 roles read 03:00'],
      [
        { users, gaps: [gap('saml'), gap('oidc'), gap('bots')] },
        'Nobody holds standing admin rights: 2 users, 3 roles read 03:00; SSO mappings, bots could not be read',
      ],
      [{ users: [...admins, user('dan', [])] }, '3 of 4 people hold standing admin rights: alice, bob, eve'],
      [
        { users: [alice], gaps: [gap('locks')], bots: [bot('deploy', ['kube-admin'])] },
        '1 of 1 people holds standing admin rights: alice; so do: bot deploy; locks could not be read',
      ],
      [
        { mappings: [mapping('admins', ['kube-admin'])] },
        'Standing admin rights are held by whoever has groups = admins at the SSO connector corp; 0 users, 3 roles read 03:00',
      ],
    ] as const)
      assert.equal(await first(parts), line);
  });

  it('says what is accepted; one of two findings does not make a person accepted', async () => {
    const twoRoles = user('alice', ['kube-admin', 'editor']);
    // The first finding is that of the role editor.
    for (const [users, accepted, line] of [
      [
        [eve],
        [{}],
        'Nobody holds standing admin rights, but for 1 accepted exception: eve; 1 user, 3 roles read 03:00',
      ],
      [[alice, eve], [{}], '1 of 2 people holds standing admin rights: alice; accepted: eve'],
      [[twoRoles], [{}], '1 of 1 people holds standing admin rights: alice'],
      [[eve], [{ ends: now }], '1 of 1 people holds standing admin rights: eve'],
    ] as const)
      assert.equal(await first({ users }, accepted), line);
  });

  it('never says that nobody does where that is not known', async () => {
    for (const part of ['users', 'roles'] as const)
      assert.equal(
        await first({ gaps: [gap(part)] }),
        `It is not known who holds standing admin rights; ${part} could not be read`,
      );
  });

  it('is sure that nobody does only where all that gives rights was read', async () => {
    const { failure } = gap('users');
    const partial = { part: 'users', partial: { lost: 2, of: 3 }, failure } as const;
    for (const [gaps, start, known] of [
      [[], 'Nobody', true],
      [[gap('locks')], 'Nobody', true],
      ...(['saml', 'bots', 'accessLists', 'trustedClusters'] as const).map(
        (part) => [[gap(part)], 'Nobody', false] as const,
      ),
      [[partial], 'It is not known who holds standing admin rights; 2 of 3 users could not', false],
    ] as const) {
      const judgedReport = await judgement({ users: [user('alice', [])], gaps });
      assert.ok(reportPage(judgedReport, now).text.startsWith(start), start);
      assert.equal(standingAdmins(judgedReport.report, judgedReport.judged.open).known, known);
    }
  });
});

describe('the report on standing privileges', () => {
  const users = [user('alice', ['kube-admin']), user('bob', ['dev-team'])];

  it('says of each finding who, by which path, what it means and what to do, and where it stands', async () => {
    const { text, places } = reportPage(await judgement({ users }), now);
    const lines = text.split('\n');
    assert.equal(lines[places[0]?.line ?? 0], '1. kube-admin: standing Kubernetes admin');
    for (const line of [
      /^Cluster: ent\.example\.test, as eve may read it$/m,
      /^Counted: 2 people, 3 roles$/m,
      /^Critical$/m,
      /^ {3}Who: +alice$/m,
      /^ {3}Path: +alice → kube-admin → spec\.allow\.kubernetes_groups: “system:masters”$/m,
      /^ {3}Means: +Permanently an administrator of Kubernetes clusters/m,
      /^ {3}Fix: +Move “system:masters” to a role of its own/m,
      /^ {3}Id: +[0-9a-f]{20}$/m,
      /^ {2}SOC 2 +CC6\.3 +least privilege/m,
      /^ {2}NIST 800-53 \/ FedRAMP +AC-6\(5\)/m,
      /^ {2}ISO 27001:2022 +A\.8\.2/m,
    ])
      assert.match(text, line);
  });

  it('says which rule is lacking for what could not be read, and what this edition has not', async () => {
    const text = await page({ users, gaps: [gap('locks')], absent: ['accessLists'] });
    assert.match(
      text,
      /^What could not be read\n {2}locks: your roles lack a rule with list, read on locks$/m,
    );
    assert.match(text, /^Not there in this edition or version: access lists$/m);
  });

  it('names a few of many people, and says how many there are', async () => {
    const manyUsers = Array.from({ length: 41 }, (_, n) => user(`p${String(n + 10)}`, ['kube-admin']));
    assert.match(await page({ users: manyUsers }), /^ {3}Who: +41 people: p10, p11, .* and 33 more$/m);
  });

  it('who may ask with how many approvals, who may approve, and locks', async () => {
    const team = asking('team', { roles: ['kube-admin'], thresholds: [{ approve: 2 }] });
    const reviewer = role('reviewer', { allow: { review_requests: { roles: ['*'], where: 'x' } } });
    const approver = role('approver', { allow: rule(['access_request'], ['update']) });
    const locks = [{ ...lock('user', 'bob', now + day), message: hostileText }];
    const text = await page({
      roles: [team, reviewer, approver, kubeAdmin],
      users: [user('alice', ['team']), user('rita', ['reviewer']), user('ana', ['approver'])],
      locks,
    });
    assert.match(text, /^ {2}Through team: alice\n {3}for: +kube-admin \(2 approvals, admin\)$/m);
    assert.match(
      text,
      /^ {2}Through reviewer: rita\n {3}may: +review kube-admin, never their own requests; under a/m,
    );
    assert.match(text, /^ {2}Through approver: ana\n {3}may: +by a rule: decide every request alone/m);
    assert.match(text, /^ {2}user bob, until .*\n {4}│ /m);
  });

  it('says that all holders are locked, that a role belongs to Terraform, that a condition was not looked into', async () => {
    const conditional = role('x', {
      allow: rule(['role'], ['*'], 'y'),
      labels: { 'teleport.dev/origin': 'terraform' },
    });
    const text = await page({
      roles: [conditional],
      users: [user('alice', ['x'])],
      locks: [lock('user', 'alice')],
    });
    const flat = text.replaceAll(/\s+/g, ' ');
    assert.match(flat, /Only under the condition of a rule/);
    assert.match(flat, /Everybody who holds it is locked now/);
    assert.match(flat, /The role belongs to terraform: change it there\./);
    assert.match(text, /^Nobody holds standing admin rights/);
  });

  it('accepted ones with owner, reason and end; ended, too far, needless and broken ones are said', async () => {
    const eve = { users: [user('eve', ['editor'])] };
    const accepted = await page(eve, [{}]);
    assert.match(
      accepted,
      /^Accepted exceptions\n {2}editor: .*\(Critical\)\n {3}Who: +eve\n {3}Owner: +rita\n {3}Reason: +“sealed account”\n {3}Until: +2026-12-31$/m,
    );
    assert.match(
      await page(eve, [{ ends: now, until: '2026-11-21' }]),
      /^The exception for editor ended on 2026-11-21: it is a finding again\.$/m,
    );
    assert.match(await page(eve, [{ ends: now + 500 * day }]), /more than a year ahead/);
    const unusedText = await page(eve, [{ id: 'c3'.repeat(10) }]);
    const [top = ''] = unusedText.split('Critical');
    assert.match(top, /^Accepted exceptions that match nothing.*\n {2}(?:c3){10}: what \(2026-12-31\)$/m);
  });

  it('a file of exceptions that cannot be used is said near the top: where it is, which line, what is wrong', async () => {
    const eve = { users: [user('eve', ['editor'])] };
    const file = '/home/eve/exceptions.yaml';
    assert.equal(reportPage(await judgement(eve), now).unusableLine, undefined);
    assert.match(
      await page(eve, [], { kind: 'unreadable', file }),
      /could not be read, so nothing counts as accepted\.\nFile: /,
    );
    for (const [problem, words] of [
      [
        { kind: 'unknownField', field: untrusted('unti'), suggestion: 'until' },
        'There is no field unti. Did you mean "until"?',
      ],
      ...(['tooBig', 'alias', 'shape', 'id', 'day'] as const).map((kind) => [{ kind }] as const),
      ...(['missing', 'text'] as const).map((kind) => [{ kind, field: 'owner' }] as const),
      [{ kind: 'notYaml', parserMessage: hostileText }],
      [{ kind: 'unknownField', field: hostileText, suggestion: undefined }],
    ] as const) {
      const broken = { kind: 'broken', line: 7, file, problem } as const;
      const { text, unusableLine = 0 } = reportPage(await judgement(eve, [], broken), now);
      assert.match(
        text.split('\n')[unusableLine] ?? '',
        /^The file of accepted exceptions is not as it must be, so/,
      );
      const flat = text.replaceAll('\n', ' ');
      assert.match(flat, /Line 7: \S.*[.?] File: “\/home\/eve\/exceptions\.yaml”/);
      if (words !== undefined) assert.ok(flat.includes(`Line 7: ${words}`));
      for (const [what, pattern] of activePatterns) assert.doesNotMatch(flat, pattern, what);
    }
  });

  it('a report of very many findings says how many more there are', async () => {
    const held = Array.from({ length: 200 }, (_, n) => `r${String(n)}`);
    const allow = { logins: ['root'], node_labels: anyLabels };
    const text = await page({ roles: held.map((name) => role(name, { allow })), users: [user('a', held)] });
    assert.match(text, /… and 140 more; Save Report as JSON has all/);
  });
});

describe('hostile names in the report', () => {
  it('are inert in the text, and no line of theirs passes for one of ours', async () => {
    for (const [, judgedReport] of await hostileReports()) {
      const { text } = reportPage(judgedReport, now + minute);
      const flat = text.replaceAll('\n', ' ');
      for (const [what, pattern] of activePatterns) assert.doesNotMatch(flat, pattern, what);
      assert.doesNotMatch(text, /^State: approved/m);
      assert.doesNotMatch(text, /^d/m);
    }
  });
});
