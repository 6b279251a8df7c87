import assert from 'node:assert/strict';
import { rawText } from '../../../../src/access/untrusted/untrusted.ts';
import { checkManifest } from '../../../../src/roles/checks/checks.ts';
import type { CheckContext } from '../../../../src/roles/checks/checkContext.ts';
import { parseManifest } from '../../../../src/roles/manifest/parseManifest.ts';
import type { PlainObject } from '../../../../src/roles/role/value.ts';
import type { Problem } from '../../../../src/roles/manifest/problem.ts';
import { hour } from '../../../support/samples.ts';
import { readFixture } from '../../../support/fixtures.ts';

const askingRole = `kind: role
version: v7
metadata: {name: dev-team}
spec:
  allow:
    logins: [dev]
    kubernetes_groups: [developers]
    request:
      roles: [kube-admin]
      reason: {mode: required}
`;
const elevatedRole = `kind: role
version: v7
metadata: {name: kube-admin}
spec:
  options: {max_session_ttl: 1h}
  allow:
    kubernetes_groups: ["system:masters"]
    kubernetes_labels: {"*": "*"}
`;
const good = `${askingRole}---\n${elevatedRole}`;

const defaultContext: CheckContext = { sessionLimit: 6 * hour, siblings: [] };

const check = (text: string, context: Partial<CheckContext> = {}): readonly Problem[] => {
  const manifest = parseManifest(text);
  assert.deepEqual(manifest.problems, []);
  return checkManifest(manifest, { ...defaultContext, ...context });
};

const codes = (problems: readonly Problem[]): string[] => problems.map(({ code }) => code);

/** The text after the fix with this index was applied. */
function fixed(text: string, problem: Problem | undefined, at = 0): string {
  const edits = problem?.fixes[at]?.edits ?? [];
  assert.equal(edits.length, 1);
  return edits.reduce(
    (before, { span, text: replacement }) =>
      before.slice(0, span.start) + replacement + before.slice(span.end),
    text,
  );
}

/** Asserts that the text has the problem at the expected place and that its first fix removes the problem. */
function assertFinds(
  code: string,
  text: string,
  { at, names, context = {} }: { at: string; names?: readonly string[]; context?: Partial<CheckContext> },
): void {
  const problem = check(text, context).find((candidate) => candidate.code === code);
  assert.ok(problem, `${code} in ${codes(check(text, context)).join()}`);
  assert.equal(text.slice(problem.span.start, problem.span.end), at);
  if (names) assert.deepEqual(problem.names.map(rawText), names);
  const after = fixed(text, problem);
  const remaining = check(after, context).filter((candidate) => candidate.code === code);
  assert.deepEqual(codes(remaining), [], after);
}

describe('a role that people hold', () => {
  it('with system:masters is told, and the fix takes it away', () =>
    assertFinds('standingAdmin', good.replace('[developers]', '[developers, system:masters]'), {
      at: 'system:masters',
      names: ['dev-team', 'kubernetes_groups', 'system:masters'],
    }));

  for (const [what, lines, at] of [
    ['every machine', '    node_labels: {"*": "*"}\n', '"*"'],
    ['every Kubernetes cluster', '    kubernetes_labels:\n      "*": ["*"]\n', '["*"]'],
    ['every application', '    app_labels: {"*": "*"}\n', '"*"'],
    ['every user of a database', '    db_users: [reader, "*"]\n', '"*"'],
    ['everybody', '    impersonate: {users: ["*"]}\n', '"*"'],
    [
      'every resource of the cluster',
      '    rules: [{resources: ["*"], verbs: ["*"]}]\n',
      '{resources: ["*"], verbs: ["*"]}',
    ],
  ] as const)
    it(`with ${what} is told`, () =>
      assertFinds('standingWildcard', good.replace('    request:\n', `${lines}    request:\n`), { at }));

  it('is silent for labels that lead nowhere, and for every namespace of what it may see', () => {
    const text = good
      .replace('    request:\n', '    db_labels: {"*": "*"}\n    request:\n')
      .replace(
        '    request:\n',
        '    kubernetes_resources: [{kind: "*", name: "*", namespace: "*", verbs: ["*"]}]\n    request:\n',
      );
    assert.deepEqual(codes(check(text)), []);
  });

  it('is known by who holds it; else only a role that asks counts, and that nobody asks for', () => {
    const admin = elevatedRole.replace('kube-admin', 'ops');
    assert.deepEqual(codes(check(admin)), []);
    assert.deepEqual(codes(check(admin, { holderCounts: new Map() })), []);
    assert.deepEqual(codes(check(admin, { holderCounts: new Map([['ops', 2]]) })), [
      'standingAdmin',
      'standingWildcard',
    ]);
    assert.ok(!codes(check(good)).some((code) => code.startsWith('standing')));
    assert.deepEqual(codes(check(good, { holderCounts: new Map([['dev-team', 9]]) })), []);
  });
});

describe('a role that is requested', () => {
  const without = good.replace('  options: {max_session_ttl: 1h}\n', '');
  it('without an end of its sessions is told', () =>
    assertFinds('noSessionLimit', without, { at: 'kube-admin', names: ['kube-admin', '6h'] }));
  it('with no end by the word never is told', () =>
    assertFinds('noSessionLimit', good.replace('1h', 'never'), { at: 'kube-admin' }));
  it('with longer sessions than the team allows is told', () =>
    assertFinds('sessionTooLong', good.replace('1h', '12h'), {
      at: '12h',
      names: ['kube-admin', '12h', '6h'],
    }));
  it('is given no more than the limit by the fix', () => {
    const [problem] = check(without, { sessionLimit: hour / 4 });
    assert.match(fixed(without, problem), /max_session_ttl: 15m/);
  });
  it('within the limit is silent', () => assert.deepEqual(codes(check(good.replace('1h', '6h'))), []));
  it('is known from another file, and from the server', () => {
    const long = elevatedRole.replace('1h', '12h');
    const siblings = parseManifest(askingRole).documents;
    const [role] = siblings;
    assert.ok(role);
    assert.deepEqual(codes(check(long)), []);
    assert.deepEqual(codes(check(long, { siblings })), ['sessionTooLong']);
    assert.deepEqual(codes(check(long, { serverRoles: new Map([['dev-team', role.value]]) })), [
      'sessionTooLong',
    ]);
  });
  it('by a pattern or to search with is known too', () => {
    const long = good.replace('1h', '12h');
    for (const pattern of ['kube-*', '"*"', '^kube-(admin|dba)$', '^kube-.+$'])
      assert.ok(
        codes(check(long.replace('[kube-admin]', `[${pattern}]`))).includes('sessionTooLong'),
        pattern,
      );
    assert.ok(codes(check(long.replace('roles: [', 'search_as_roles: ['))).includes('sessionTooLong'));
    const claims = 'claims_to_roles: [{claim: a, value: b, roles: [kube-admin]}]';
    assert.ok(codes(check(long.replace('roles: [kube-admin]', claims))).includes('sessionTooLong'));
    assert.ok(!codes(check(long.replace('[kube-admin]', '["db-*"]'))).includes('sessionTooLong'));
  });
  it('but denied is none that is requested', () => {
    const text = good
      .replace('1h', '12h')
      .replace('  allow:\n    logins', '  deny: {request: {roles: [kube-*]}}\n  allow:\n    logins');
    assert.deepEqual(codes(check(text)), []);
  });
  it('by an expression that would take long is not tried', () => {
    const text = askingRole.replace('[kube-admin]', () => "['^(a+)+$']");
    const long = `---\n${elevatedRole.replace('kube-admin', `${'a'.repeat(60)}b`)}`;
    // Evaluating this expression would exceed the time limit of the test.
    assert.deepEqual(codes(check(text + long)), []);
  });
});

describe('a role that asks', () => {
  const serverRoles = new Map<string, PlainObject>();
  it('for a role that is not there is told, with the nearest name', () => {
    const text = good.replace('roles: [kube-admin]', 'roles: [kube-admni, kube-admin]');
    assertFinds('requestsMissingRole', text, {
      at: 'kube-admni',
      names: ['dev-team', 'kube-admni', 'kube-admin'],
    });
    const [problem] = check(text);
    assert.equal(fixed(text, problem, 1), good);
  });
  it('for a role that is nowhere is told where the server is known, else silent', () => {
    const text = good.replace('roles: [kube-admin]', 'roles: [kube-admin, payroll]');
    assert.deepEqual(codes(check(text)), []);
    assertFinds('requestsMissingRole', text, {
      at: 'payroll',
      names: ['dev-team', 'payroll'],
      context: { serverRoles },
    });
    assert.deepEqual(codes(check(text, { serverRoles: new Map([['payroll', {}]]) })), []);
  });
  it('for a pattern, or for what its holder is, is not told', () => {
    const text = good.replace('[kube-admin]', '["kube-*", "^x$", "{{external.roles}}"]');
    assert.deepEqual(codes(check(text, { serverRoles })), []);
  });
  it('without having to give a reason is told, as a hint', () => {
    const text = good.replace('      reason: {mode: required}\n', '');
    assertFinds('reasonNotRequired', text, { at: 'kube-admin' });
    assert.equal(check(text)[0]?.severity, 'info');
    assert.equal(fixed(text, check(text)[0]), good.replace(' {mode: required}', '\n        mode: required'));
    // An older server drops the field, so it cannot require a reason.
    for (const [version, count] of [
      ['17.1.0', 1],
      ['18.4.2', 1],
      ['17.0.5', 0],
      ['16.4.1', 0],
    ] as const)
      assert.equal(check(text, { version }).length, count, version);
  });
  it('and can set the state of requests is told: it approves its own', () => {
    const rules = '    rules: [{resources: [access_request], verbs: [list, read, update]}]\n';
    const text = good.replace('    request:\n', `${rules}    request:\n`);
    assertFinds('approvesOwnRequests', text, {
      at: '{resources: [access_request], verbs: [list, read, update]}',
    });
    assert.deepEqual(codes(check(text.replace(', update]', ']'))), []);
    assert.deepEqual(codes(check(elevatedRole + rules)), []);
    const review = good.replace(
      '    request:\n',
      '    review_requests: {roles: [kube-admin]}\n    request:\n',
    );
    assert.deepEqual(codes(check(review)), []);
  });
  it('for a role that edits roles or users needs two approvals', () => {
    const rules = '    rules: [{resources: [role, user], verbs: [create, update]}]\n';
    const text = good + rules;
    assertFinds('editsRolesOneApproval', text, { at: 'kube-admin', names: ['dev-team', 'kube-admin'] });
    const thresholds = (list: string): string =>
      text.replace('      reason', `      thresholds: ${list}\n      reason`);
    assert.deepEqual(codes(check(thresholds('[{approve: 2}]'))), []);
    assert.deepEqual(codes(check(thresholds('[{approve: 2}, {approve: 1}]'))), ['editsRolesOneApproval']);
    // A threshold with only a deny count never approves.
    for (const veto of ['deny: 1', 'approve: 0, deny: 1'])
      assert.deepEqual(codes(check(thresholds(`[{approve: 2}, {${veto}}]`))), []);
    assert.deepEqual(codes(check(thresholds('[{approve: 1}, {deny: 1}]'))), ['editsRolesOneApproval']);
    assert.deepEqual(codes(check(thresholds('[{deny: 1}]'))), []);
    assert.deepEqual(codes(check(good + rules.replace('[create, update]', '[list, read]'))), []);
    const community = { edition: 'community' } as const;
    assertFinds('editsRolesOneApproval', text, { at: 'kube-admin', context: community });
  });
  it('on the server only, for a role of a file that edits roles, is told there', () => {
    const rules = '    rules: [{resources: [user], verbs: ["*"]}]\n';
    const [role] = parseManifest(askingRole).documents;
    assert.ok(role);
    const problems = check(elevatedRole + rules, { serverRoles: new Map([['dev-team', role.value]]) });
    assert.deepEqual(codes(problems), ['requestableByOneApproval']);
    assert.deepEqual(problems[0]?.names.map(rawText), ['kube-admin', 'dev-team']);
    assert.deepEqual(codes(check(elevatedRole + rules, { siblings: [role] })), []);
  });
});

describe('what an edition does not have', () => {
  const community = { edition: 'community' } as const;
  for (const [field, lines, at] of [
    ['thresholds', '      thresholds: [{approve: 2}]\n', '[{approve: 2}]'],
    ['search_as_roles', '      search_as_roles: [kube-admin]\n', '[kube-admin]'],
  ] as const)
    it(`is told on Community: ${field}`, () => {
      const text = good.replace('      reason', `${lines}      reason`);
      assertFinds('enterpriseOnly', text, { at, names: ['dev-team', field], context: community });
      assert.deepEqual(codes(check(text)), []);
      assert.deepEqual(codes(check(text, { edition: 'enterprise' })), []);
    });
  it('is told on Community: review_requests', () => {
    const text = elevatedRole.replace(
      '    kubernetes_labels',
      '    review_requests: {roles: [a]}\n    kubernetes_labels',
    );
    assertFinds('enterpriseOnly', text, {
      at: '{roles: [a]}',
      names: ['kube-admin', 'review_requests'],
      context: community,
    });
  });
  it('is told on Community: request_access, which blocks every login elsewhere', () => {
    const text = good.replace('{max_session_ttl: 1h}', '{max_session_ttl: 1h, request_access: reason}');
    assertFinds('enterpriseOnly', text, { at: 'reason', context: community });
    assertFinds('blocksLogin', text, { at: 'reason', names: ['kube-admin', 'reason'] });
    assert.deepEqual(codes(check(text.replace('request_access: reason', 'request_access: optional'))), []);
  });
});

describe('the checks', () => {
  it('find nothing in roles as they should be', () => assert.deepEqual(codes(check(good)), []));

  it('find in the roles of the fixtures only that no reason is required', () => {
    for (const name of ['community', 'enterprise']) {
      const text = readFixture(`${name}-roles.yaml`);
      assert.deepEqual(new Set(codes(check(text))), new Set(['reasonNotRequired']), name);
    }
  });

  it('take names as data', () => {
    const text = good
      .replace('name: kube-admin', 'name: __proto__')
      .replace('[kube-admin]', '[__proto__]')
      .replace('1h', '12h');
    assert.deepEqual(codes(check(text)), ['sessionTooLong']);
  });

  it('of a file with hundreds of roles against a thousand of the server take no time that is felt', () => {
    const manifestText = Array.from({ length: 200 }, (_, index) =>
      elevatedRole.replace('kube-admin', `admin-${index}`),
    ).join('---\n');
    const serverRoles = new Map(
      Array.from(
        { length: 1000 },
        (_, index) => [`team-${index}`, parseManifest(askingRole).documents[0]?.value ?? {}] as const,
      ),
    );
    const manifest = parseManifest(manifestText);
    const startedAt = performance.now();
    checkManifest(manifest, { ...defaultContext, serverRoles });
    assert.ok(performance.now() - startedAt < 5000);
  });
});
