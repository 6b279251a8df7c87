import assert from 'node:assert/strict';
import { untrusted } from '../../../../src/access/untrusted/untrusted.ts';
import type { Census } from '../../../../src/privileges/census/census.ts';
import { applyExceptions, type Exception } from '../../../../src/privileges/report/exceptions.ts';
import { privilegesCsv, privilegesJson } from '../../../../src/text/privileges/reportExport.ts';
import { reportPage } from '../../../../src/text/privileges/reportPage.ts';
import type { ExceptionsState } from '../../../../src/text/privileges/exceptions.ts';
import { verdictWords, type JudgedReport } from '../../../../src/text/privileges/verdict.ts';
import { activePatterns, day, hostileText, minute, names, now } from '../../../support/samples.ts';
import {
  accessList,
  anyLabels,
  bot,
  analyseCensus,
  kubeAdmin,
  mapping,
  role,
  user,
} from '../../../support/roles/censusSamples.ts';

type Parts = Parameters<typeof analyseCensus>[0];

async function judgement(
  parts: Parts,
  accepted: readonly Partial<Exception>[] = [],
  exceptions: ExceptionsState = { kind: 'none' },
): Promise<JudgedReport> {
  const report = await analyseCensus(parts);
  const list = accepted.map((more, n): Exception => ({
    id: report.findings[n]?.id ?? '',
    what: untrusted('what'),
    owner: untrusted('rita'),
    reason: untrusted('sealed account'),
    until: '2026-12-31',
    ends: now + 30 * day,
    ...more,
  }));
  return { report, judged: applyExceptions(report.findings, list, now), exceptions };
}

const page = async (...parts: Parameters<typeof judgement>): Promise<string> =>
  reportPage(await judgement(...parts), now + minute).text;
const first = async (...parts: Parameters<typeof judgement>): Promise<string> =>
  (await page(...parts)).split('\n')[0] ?? '';

const gap = (part: Census['gaps'][number]['part']) => ({
  part,
  failure: {
    kind: 'notPermitted' as const,
    said: untrusted(
      `access denied to perform action "list" on "${part}", access denied to perform action "read" on "${part}"`,
    ),
  },
});

describe('the first line of the report on standing privileges', () => {
  it('says that nobody does, of how many, as of when, and what is not known', async () => {
    const users = [user('alice', ['dev-team']), user('bob', ['dev-team'])];
    assert.equal(await first({ users }), 'Nobody holds standing admin rights: 2 users, 3 roles read 03:00');
    assert.equal(
      await first({ users, gaps: [gap('saml'), gap('oidc'), gap('bots')] }),
      'Nobody holds standing admin rights: 2 users, 3 roles read 03:00; SSO mappings, bots could not be read',
    );
  });

  it('says who does', async () => {
    const users = ['alice', 'bob', 'eve'].map((name) => user(name, ['kube-admin']));
    assert.equal(
      await first({ users: [...users, user('dan', [])] }),
      '3 of 4 people hold standing admin rights: alice, bob, eve',
    );
    assert.equal(
      await first({ users: users.slice(0, 1), gaps: [gap('locks')], bots: [bot('deploy', ['kube-admin'])] }),
      '1 of 1 people holds standing admin rights: alice; so do: bot deploy; locks could not be read',
    );
    assert.equal(
      await first({ mappings: [mapping('admins', ['kube-admin'])] }),
      'Standing admin rights are held by whoever has groups = admins at the SSO connector corp; 0 users, 3 roles read 03:00',
    );
  });

  it('says what is accepted', async () => {
    const users = [user('eve', ['editor'])];
    assert.equal(
      await first({ users }, [{}]),
      'Nobody holds standing admin rights, but for 1 accepted exception: eve; 1 user, 3 roles read 03:00',
    );
    const both = [user('alice', ['kube-admin']), user('eve', ['editor'])];
    const { findings } = await analyseCensus({ users: both });
    const id = findings.find(({ kind }) => kind === 'kubernetes')?.id ?? '';
    assert.equal(
      await first({ users: both }, [{ id }]),
      '1 of 2 people holds standing admin rights: eve; accepted: alice',
    );
    // An exception for only one of their findings does not make a person accepted.
    const twoRoles = [user('alice', ['kube-admin', 'editor'])];
    const { findings: ownFindings } = await analyseCensus({ users: twoRoles });
    assert.equal(
      await first({ users: twoRoles }, [{ id: ownFindings[0]?.id ?? '' }]),
      '1 of 1 people holds standing admin rights: alice',
    );
    assert.equal(await first({ users }, [{ ends: now }]), '1 of 1 people holds standing admin rights: eve');
  });

  it('never says that nobody does where that is not known', async () => {
    for (const part of ['users', 'roles'] as const)
      assert.equal(
        await first({ gaps: [gap(part)] }),
        `It is not known who holds standing admin rights; ${part} could not be read`,
      );
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
    const team = role('team', {
      allow: { request: { roles: ['kube-admin'], thresholds: [{ approve: 2 }] } },
    });
    const reviewer = role('reviewer', { allow: { review_requests: { roles: ['*'], where: 'x' } } });
    const approver = role('approver', {
      allow: { rules: [{ resources: ['access_request'], verbs: ['update'] }] },
    });
    const locks = [
      {
        name: untrusted('l'),
        targets: [['user', untrusted('bob')] as const],
        message: hostileText,
        expires: now + day,
      },
    ];
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
      allow: { rules: [{ resources: ['role'], verbs: ['*'], where: 'y' }] },
      labels: { 'teleport.dev/origin': 'terraform' },
    });
    const text = await page({
      roles: [conditional],
      users: [user('alice', ['x'])],
      locks: [{ name: untrusted('l'), targets: [['user', untrusted('alice')]] }],
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
    const broken = { kind: 'broken', line: 7, file } as const;
    const text = await page(eve, [], {
      ...broken,
      problem: { kind: 'unknownField', field: untrusted('unti'), suggestion: 'until' },
    });
    assert.match(
      text,
      /not as it must be, so nothing counts as accepted\.\nLine 7: There is no field unti\. Did you mean "until"\?\nFile: “\/home\/eve\/exceptions\.yaml”$/m,
    );
    const { text: unusableText, unusableLine = 0 } = reportPage(
      await judgement(eve, [], { ...broken, problem: { kind: 'day' } }),
      now,
    );
    assert.match(unusableText.split('\n')[unusableLine] ?? '', /^The file of accepted exceptions is not/);
    assert.match(
      await page(eve, [], { kind: 'unreadable', file }),
      /could not be read, so nothing counts as accepted\.\nFile: /,
    );
    assert.equal(reportPage(await judgement(eve), now).unusableLine, undefined);
    for (const problem of [
      ...(['tooBig', 'alias', 'shape', 'id', 'day'] as const).map((kind) => ({ kind })),
      ...(['missing', 'text'] as const).map((kind) => ({ kind, field: 'owner' })),
      { kind: 'notYaml' as const, parserMessage: hostileText },
      { kind: 'unknownField' as const, field: hostileText, suggestion: undefined },
    ]) {
      const brokenPage = (await page(eve, [], { ...broken, problem })).replaceAll('\n', ' ');
      assert.match(brokenPage, /Line 7: \S.*\. File: /);
      for (const [what, pattern] of activePatterns) assert.doesNotMatch(brokenPage, pattern, what);
    }
  });

  it('a report of very many findings says how many more there are', async () => {
    const roles = Array.from({ length: 200 }, (_, n) =>
      role(`r${String(n)}`, { allow: { logins: ['root'], node_labels: anyLabels } }),
    );
    const text = await page({
      roles,
      users: [
        user(
          'a',
          roles.map(({ name }) => name as unknown as string),
        ),
      ],
    });
    assert.match(text, /… and 140 more; Save Report as JSON has all/);
  });
});

/** A census in which an attacker chose every name that other people can choose. */
function hostileParts(text: string): Parts {
  const name = (n: number): string => `${text}${String(n)}`;
  const admin = role(name(1), {
    allow: { kubernetes_groups: ['system:masters'], kubernetes_labels: anyLabels },
    labels: { 'teleport.dev/origin': name(2) },
  });
  const team = role(name(3), {
    allow: {
      request: { roles: ['*'] },
      review_requests: { roles: ['*'] },
      impersonate: { roles: ['*'], users: ['*'] },
    },
    options: { max_session_ttl: name(4) },
  });
  const cloud = role(name(5), {
    allow: { aws_role_arns: [`${name(6)}/AdministratorAccess`], app_labels: anyLabels },
  });
  return {
    cluster: untrusted(name(7)),
    user: untrusted(name(8)),
    roles: [admin, team, cloud],
    users: [user(name(9), [name(1), name(3), name(5)])],
    bots: [bot(name(10), [name(1)])],
    mappings: [
      {
        ...mapping(name(11), [name(1), `$1${text}`]),
        connector: untrusted(name(12)),
        claim: untrusted(name(13)),
      },
    ],
    roleMaps: [{ cluster: untrusted(name(14)), remote: untrusted(name(15)), roles: names(name(1)) }],
    accessLists: [
      accessList(name(16), [name(9)], {
        title: untrusted(name(17)),
        owners: [{ name: untrusted(name(18)), isList: false }],
        grants: { roles: names(name(1)), traits: new Map() },
      }),
    ],
    locks: [
      { name: untrusted(name(19)), targets: [[name(20), untrusted(name(21))]], message: untrusted(name(22)) },
    ],
    gaps: [
      { part: 'members', name: untrusted(name(16)), failure: { kind: 'refused', said: untrusted(name(23)) } },
    ],
  };
}

describe('hostile names in the report', () => {
  const texts = [
    hostileText as unknown as string,
    '=HYPERLINK("https://evil.test/")',
    '+1',
    '-1',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    'a"b,c\r\nd',
  ];
  const accepted = (text: string): Partial<Exception>[] => [
    { owner: untrusted(text), reason: untrusted(text), what: untrusted(text) },
    { id: 'd4'.repeat(10), what: untrusted(text) },
  ];

  it('are inert in the text, and no line of theirs passes for one of ours', async () => {
    for (const text of texts) {
      const reportText = await page(hostileParts(text), accepted(text));
      const flat = reportText.replaceAll('\n', ' ');
      for (const [what, pattern] of activePatterns) assert.doesNotMatch(flat, pattern, what);
      assert.doesNotMatch(reportText, /^State: approved/m);
      assert.doesNotMatch(reportText, /^d/m);
    }
  });

  it('no cell of the CSV is a formula, a second cell or a second row', async () => {
    for (const text of texts) {
      const csv = privilegesCsv(await judgement(hostileParts(text), accepted(text)));
      const rows = csv.split('\r\n');
      assert.equal(rows.pop(), '');
      assert.ok(rows.length > 5);
      for (const row of rows) {
        const cells = row.match(/"(?:[^"]|"")*"/g) ?? [];
        assert.equal(cells.join(','), row, 'every cell is quoted');
        assert.equal(cells.length, 11);
        for (const cell of cells) assert.doesNotMatch(cell, /^"\s*[=+\-@\t\r]/);
      }
      // eslint-disable-next-line no-control-regex -- the test looks for these characters
      assert.doesNotMatch(rows.join(''), /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e]/);
    }
  });

  it('the JSON says them as they came, with nothing in the file that hides or turns text', async () => {
    for (const text of texts) {
      const judgedReport = await judgement(hostileParts(text), accepted(text));
      const json = privilegesJson(judgedReport, now);
      // eslint-disable-next-line no-control-regex -- the test looks for these characters
      assert.doesNotMatch(json, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028\u202a-\u202e]/);
      const read = JSON.parse(json) as { cluster: string; findings: { holders: { name: string }[] }[] };
      assert.equal(read.cluster, `${text}7`);
      assert.ok(read.findings.some(({ holders }) => holders.some(({ name }) => name === `${text}9`)));
    }
  });
});

describe('the report as data', () => {
  it('has a shape that other programs can rely on', async () => {
    const judgedReport = await judgement(
      { users: [user('alice', ['kube-admin']), user('eve', ['editor'])], gaps: [gap('locks')] },
      [{ id: '' }],
    );
    const read = JSON.parse(privilegesJson(judgedReport, now)) as Record<string, unknown>;
    assert.deepEqual(Object.keys(read), [
      ...[
        'version',
        'kind',
        'verdict',
        'cluster',
        'readBy',
        'readAt',
        'counts',
        'standing',
        'findings',
        'accepted',
      ],
      ...['exceptions', 'mayAsk', 'mayApprove', 'locks', 'notRead', 'notThere', 'controls'],
    ]);
    assert.deepEqual([read['version'], read['readAt']], [1, '2026-11-22T03:00:00.000Z']);
    assert.deepEqual(read['standing'], { known: true, people: ['alice', 'eve'], others: [] });
    assert.deepEqual(read['notRead'], [
      { part: 'locks', why: 'notPermitted', lacks: ['list, read on locks'] },
    ]);
    const [finding] = read['findings'] as Record<string, unknown>[];
    const { means, fix, id, ...rest } = finding ?? {};
    assert.ok(means && fix && id);
    assert.deepEqual(rest, {
      ...{
        grade: 'critical',
        kind: 'writes',
        role: 'editor',
        field: 'spec.allow.rules[0]',
        values: ['role', 'user'],
      },
      ...{ holders: [{ kind: 'person', name: 'eve' }], conditional: false, locked: false },
    });
  });

  it('CSV has a row for each holder, with who answers for what is accepted', async () => {
    const users = [user('alice', ['kube-admin']), user('bob', ['kube-admin']), user('eve', ['editor'])];
    const report = await analyseCensus({ users });
    const editorFinding = report.findings.find(({ kind }) => kind === 'writes');
    const rows = privilegesCsv(await judgement({ users }, [{ id: editorFinding?.id ?? '' }])).split('\r\n');
    assert.equal(rows.length, 5);
    assert.match(
      rows[1] ?? '',
      /^"Critical","standing Kubernetes admin","kube-admin","alice","alice → kube-admin → /,
    );
    assert.match(rows[3] ?? '', /"eve".*"rita","2026-12-31","sealed account"$/);
  });

  it('says the same in its first line as the text', async () => {
    const judgedReport = await judgement({ users: [user('alice', ['kube-admin'])] });
    const read = JSON.parse(privilegesJson(judgedReport, now)) as { verdict: string };
    assert.equal(read.verdict, verdictWords(judgedReport, now));
  });
});
