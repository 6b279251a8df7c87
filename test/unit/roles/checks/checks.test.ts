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

const [asking] = parseManifest(askingRole).documents;
assert.ok(asking);
const onServer = new Map([['dev-team', asking.value]]);

const defaultContext: CheckContext = { sessionLimit: 6 * hour, siblings: [] };

const check = (text: string, context: Partial<CheckContext> = {}): readonly Problem[] => {
  const manifest = parseManifest(text);
  assert.deepEqual(manifest.problems, []);
  return checkManifest(manifest, { ...defaultContext, ...context });
};

const codes = (problems: readonly Problem[]): string[] => problems.map(({ code }) => code);
const assertCodes = (expected: readonly string[], text: string, context: Partial<CheckContext> = {}): void =>
  assert.deepEqual(codes(check(text, context)), expected, text);

/** The good roles with more lines in `spec.allow` of the asking role. */
const allowing = (lines: string): string => good.replace('    request:\n', `${lines}    request:\n`);

/** The text after the fix with this index was applied. */
function fixed(text: string, problem: Problem | undefined, at = 0): string {
  const [edit, ...others] = problem?.fixes[at]?.edits ?? [];
  assert.ok(edit && others.length === 0);
  return text.slice(0, edit.span.start) + edit.text + text.slice(edit.span.end);
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
    it(`with ${what} is told`, () => assertFinds('standingWildcard', allowing(lines), { at }));

  it('is silent for labels that lead nowhere, and for every namespace of what it may see', () => {
    const pods = 'kubernetes_resources: [{kind: "*", name: "*", namespace: "*", verbs: ["*"]}]';
    assertCodes([], allowing(`    db_labels: {"*": "*"}\n    ${pods}\n`));
  });

  it('is known by who holds it; else only a role that asks counts, and that nobody asks for', () => {
    const admin = elevatedRole.replace('kube-admin', 'ops');
    assertCodes([], admin);
    assertCodes([], admin, { holderCounts: new Map() });
    assertCodes(['standingAdmin', 'standingWildcard'], admin, { holderCounts: new Map([['ops', 2]]) });
    assert.ok(!codes(check(good)).some((code) => code.startsWith('standing')));
    assertCodes([], good, { holderCounts: new Map([['dev-team', 9]]) });
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
  it('within the limit is silent', () => assertCodes([], good.replace('1h', '6h')));
  it('is known from another file, and from the server', () => {
    const long = elevatedRole.replace('1h', '12h');
    assertCodes([], long);
    assertCodes(['sessionTooLong'], long, { siblings: [asking] });
    assertCodes(['sessionTooLong'], long, { serverRoles: onServer });
  });
  it('by a pattern or to search with is known too', () => {
    const long = good.replace('1h', '12h');
    const patterns = ['kube-*', '"*"', '^kube-(admin|dba)$', '^kube-.+$'].map((pattern) => `[${pattern}]`);
    for (const clause of [
      ...patterns.map((list) => `roles: ${list}`),
      'search_as_roles: [kube-admin]',
      'claims_to_roles: [{claim: a, value: b, roles: [kube-admin]}]',
    ])
      assertCodes(['sessionTooLong'], long.replace('roles: [kube-admin]', clause));
    assertCodes([], long.replace('[kube-admin]', '["db-*"]'));
  });
  it('but denied is none that is requested', () => {
    const text = good
      .replace('1h', '12h')
      .replace('  allow:\n    logins', '  deny: {request: {roles: [kube-*]}}\n  allow:\n    logins');
    assertCodes([], text);
  });
  it('by an expression that would take JavaScript for ever takes no time', () => {
    const text = askingRole.replace('[kube-admin]', () => "['^(a+)+$']");
    const long = `---\n${elevatedRole.replace('kube-admin', `${'a'.repeat(60)}b`)}`;
    // With JavaScript's own engine this would exceed the time limit of the test.
    assertCodes([], text + long);
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
    assertCodes([], text);
    assertFinds('requestsMissingRole', text, {
      at: 'payroll',
      names: ['dev-team', 'payroll'],
      context: { serverRoles },
    });
    assertCodes([], text, { serverRoles: new Map([['payroll', {}]]) });
  });
  it('for a pattern, or for what its holder is, is not told', () => {
    const text = good.replace('[kube-admin]', '["kube-*", "^x$", "{{external.roles}}"]');
    assertCodes([], text, { serverRoles });
  });
  it('without having to give a reason is told, as a hint', () => {
    const text = good.replace('      reason: {mode: required}\n', '');
    assertFinds('reasonNotRequired', text, { at: 'kube-admin' });
    assert.equal(check(text)[0]?.severity, 'info');
    assert.equal(fixed(text, check(text)[0]), good.replace(' {mode: required}', '\n        mode: required'));
    for (const version of ['17.1.0', '18.4.2']) assertCodes(['reasonNotRequired'], text, { version });
    // An older server drops the field, so it cannot require a reason.
    for (const version of ['17.0.5', '16.4.1']) assertCodes([], text, { version });
  });
  it('and can set the state of requests is told: it approves its own', () => {
    const rules = '    rules: [{resources: [access_request], verbs: [list, read, update]}]\n';
    const text = allowing(rules);
    assertFinds('approvesOwnRequests', text, {
      at: '{resources: [access_request], verbs: [list, read, update]}',
    });
    assertCodes([], text.replace(', update]', ']'));
    assertCodes([], elevatedRole + rules);
    assertCodes([], allowing('    review_requests: {roles: [kube-admin]}\n'));
  });
  it('for a role that edits roles or users needs two approvals', () => {
    const rules = '    rules: [{resources: [role, user], verbs: [create, update]}]\n';
    const text = good + rules;
    assertFinds('editsRolesOneApproval', text, { at: 'kube-admin', names: ['dev-team', 'kube-admin'] });
    const thresholds = (list: string): string =>
      text.replace('      reason', `      thresholds: ${list}\n      reason`);
    assertCodes([], thresholds('[{approve: 2}]'));
    assertCodes(['editsRolesOneApproval'], thresholds('[{approve: 2}, {approve: 1}]'));
    // A threshold with only a deny count never approves.
    for (const veto of ['deny: 1', 'approve: 0, deny: 1'])
      assertCodes([], thresholds(`[{approve: 2}, {${veto}}]`));
    assertCodes(['editsRolesOneApproval'], thresholds('[{approve: 1}, {deny: 1}]'));
    assertCodes([], thresholds('[{deny: 1}]'));
    assertCodes([], good + rules.replace('[create, update]', '[list, read]'));
    const community = { edition: 'community' } as const;
    assertFinds('editsRolesOneApproval', text, { at: 'kube-admin', context: community });
  });
  it('on the server only, for a role of a file that edits roles, is told there', () => {
    const rules = '    rules: [{resources: [user], verbs: ["*"]}]\n';
    const problems = check(elevatedRole + rules, { serverRoles: onServer });
    assert.deepEqual(codes(problems), ['requestableByOneApproval']);
    assert.deepEqual(problems[0]?.names.map(rawText), ['kube-admin', 'dev-team']);
    assertCodes([], elevatedRole + rules, { siblings: [asking] });
  });
});

describe('what an edition does not have', () => {
  const community = { edition: 'community' } as const;
  for (const [field, text, at] of [
    [
      'thresholds',
      good.replace('      reason', '      thresholds: [{approve: 2}]\n      reason'),
      '[{approve: 2}]',
    ],
    [
      'search_as_roles',
      good.replace('      reason', '      search_as_roles: [kube-admin]\n      reason'),
      '[kube-admin]',
    ],
    ['review_requests', allowing('    review_requests: {roles: [a]}\n'), '{roles: [a]}'],
  ] as const)
    it(`is told on Community: ${field}`, () => {
      assertFinds('enterpriseOnly', text, { at, names: ['dev-team', field], context: community });
      assertCodes([], text);
      assertCodes([], text, { edition: 'enterprise' });
    });
  it('is told on Community: request_access, which blocks every login elsewhere', () => {
    const text = good.replace('{max_session_ttl: 1h}', '{max_session_ttl: 1h, request_access: reason}');
    assertFinds('enterpriseOnly', text, { at: 'reason', context: community });
    assertFinds('blocksLogin', text, { at: 'reason', names: ['kube-admin', 'reason'] });
    assertCodes([], text.replace('request_access: reason', 'request_access: optional'));
  });
});

describe('the checks', () => {
  it('find nothing in roles as they should be', () => assertCodes([], good));

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
    assertCodes(['sessionTooLong'], text);
  });

  it('of a file with hundreds of roles against a thousand of the server take no time that is felt', () => {
    const manifestText = Array.from({ length: 200 }, (_, index) =>
      elevatedRole.replace('kube-admin', `admin-${index}`),
    ).join('---\n');
    const serverRoles = new Map(
      Array.from({ length: 1000 }, (_, index) => [`team-${index}`, structuredClone(asking.value)] as const),
    );
    const manifest = parseManifest(manifestText);
    const startedAt = performance.now();
    checkManifest(manifest, { ...defaultContext, serverRoles });
    assert.ok(performance.now() - startedAt < 5000);
  });
});
