import assert from 'node:assert/strict';
import { untrusted } from '../../../../src/access/untrusted/untrusted.ts';
import { newRecord } from '../../../../src/roles/apply/applyHistory.ts';
import { planRoles } from '../../../../src/roles/apply/planApply.ts';
import type { RolePlan } from '../../../../src/roles/apply/rolePlan.ts';
import type { PlainObject } from '../../../../src/roles/role/value.ts';
import type { SendResult } from '../../../../src/roles/apply/sendRoles.ts';
import { plansWords } from '../../../../src/text/roles/applyText.ts';
import { outcomePage } from '../../../../src/text/roles/outcomeText.ts';

const role = (name: string, allow: PlainObject): PlainObject => ({
  kind: 'role',
  version: 'v7',
  metadata: { name },
  spec: { allow },
});
const planOf = (name: string, allow: PlainObject): RolePlan =>
  planRoles([{ name: untrusted(name), value: role(name, allow) }], [])[0] ?? assert.fail();

const hostile = 'x](command:evil)$(zap)\u202e\nApplied, read back 03:52.';

describe('words of what Apply would do', () => {
  it('name what is new, without what every role begins with', () => {
    assert.equal(
      plansWords([planOf('pager', { logins: ['oncall'] })]),
      'pager: a new role\n    allow.logins: + “oncall”',
    );
  });

  it('stay short, however much changes, and say how much is not shown', () => {
    const many = Array.from({ length: 200 }, (_, index) => `n${index}`);
    const fields = Object.fromEntries(many.map((name) => [name, ['x']]));
    assert.match(plansWords([planOf('a', { logins: many })]), /and 192 more$/);
    assert.match(plansWords([planOf('a', { node_labels: fields })]), /… and 180 more fields$/);
    const roles = plansWords(many.map((name) => planOf(name, {})));
    assert.match(roles, /… and 180 more roles$/);
    assert.ok(roles.split('\n').length <= 41);
  });

  it('have lists of maps in words, and nothing of JSON', () => {
    const filter = 'contains(reviewer.roles, "lead")';
    const words = plansWords([
      planOf('dev', {
        request: { thresholds: [{ name: 'two', approve: 2, deny: 1, filter }] },
        kubernetes_resources: [{ kind: '*', namespace: '*', name: '*', verbs: ['get', 'list'] }],
        rules: [{ resources: ['role'], verbs: ['*'], where: 'a b' }],
      }),
    ]);
    assert.deepEqual(words.split('\n').slice(1), [
      '    allow.request.thresholds: + two: 2 approvals, 1 denial, only of reviewers with “contains(reviewer.roles, "lead")”',
      '    allow.kubernetes_resources: + kind=* namespace=* name=* verbs=get,list',
      '    allow.rules: + resources: role; verbs: *; where: “a b”',
    ]);
  });

  it('have the old and the new of one value, and of a list what comes and goes', () => {
    const roleDocument = (ttl: string, logins: readonly string[]): PlainObject => ({
      ...role('dev', { logins }),
      spec: { allow: { logins }, options: { max_session_ttl: ttl } },
    });
    const before = { name: untrusted('dev'), revision: 'r', document: roleDocument('1h', ['a']) };
    assert.deepEqual(
      plansWords(planRoles([{ name: before.name, value: roleDocument('30m', ['b']) }], [before]))
        .split('\n')
        .slice(1),
      ['    allow.logins: − “a”, + “b”', '    options.max_session_ttl: 1h → 30m'],
    );
  });

  it('name what a role lets people ask for and is not there', () => {
    const missing = ['123', 'x y'].map(untrusted);
    const plan = planOf('dev', {});
    assert.match(
      plansWords([{ ...plan, missingRoles: missing.slice(0, 1) }]),
      /^ {4}asks for 123, which is not there$/m,
    );
    assert.match(plansWords([{ ...plan, missingRoles: missing }]), /roles that are not there: 123, “x y”$/m);
    assert.doesNotMatch(plansWords([{ ...plan, status: 'same', missingRoles: missing }]), /not there/);
  });

  it('are inert, whatever names and values hold', () => {
    const plan = planOf(hostile, {
      logins: [hostile],
      [hostile]: [hostile, { [hostile]: [{ x: hostile }] }],
      request: { thresholds: [{ name: hostile, filter: hostile }] },
    });
    const stored = { name: plan.name, revision: 'r', document: {} };
    const ignored = [{ path: ['spec', hostile], sent: hostile }];
    const results: readonly SendResult[] = [
      { kind: 'inPart', plan, held: stored, at: 0, ignored },
      { kind: 'refused', plan, failure: { kind: 'refused', said: untrusted(hostile) } },
    ];
    const record = newRecord(untrusted(hostile), untrusted(hostile), 0);
    const page = outcomePage({ purpose: 'apply', record, results }, 0);
    for (const text of [plansWords([plan]), page]) {
      assert.doesNotMatch(text, /\]\(|\$\(|\u202e/);
      assert.doesNotMatch(text, /^\s*Applied, read back/m);
    }
  });
});
