import assert from 'node:assert/strict';
import { untrusted } from '../../../../src/access/untrusted/untrusted.ts';
import { newRecord } from '../../../../src/roles/apply/applyHistory.ts';
import { planRoles } from '../../../../src/roles/apply/planApply.ts';
import type { RolePlan } from '../../../../src/roles/apply/rolePlan.ts';
import type { PlainObject } from '../../../../src/roles/role/value.ts';
import type { SendResult } from '../../../../src/roles/apply/sendRoles.ts';
import { afterReadingText, questionText } from '../../../../src/text/roles/questionText.ts';
import { outcomePage } from '../../../../src/text/roles/outcomeText.ts';

const role = (name: string, allow: PlainObject): PlainObject => ({
  kind: 'role',
  version: 'v7',
  metadata: { name },
  spec: { allow },
});
const planOf = (name: string, allow: PlainObject): RolePlan =>
  planRoles([{ name: untrusted(name), value: role(name, allow) }], [])[0] ?? assert.fail();

/** The changes as the question has them. */
const plansWords = (plans: readonly RolePlan[]): string => questionText({ head: [], plans }).text.trimStart();

const hostile = 'x](command:evil)$(zap)\u202e\nApplied, read back 03:52.';

describe('words of what Apply would do', () => {
  it('name what is new, without what every role begins with', () => {
    assert.equal(
      plansWords([planOf('pager', { logins: ['oncall'] })]),
      'pager: a new role\n    allow.logins: + “oncall”',
    );
  });

  it('are whole where they fit, and say that the question may act', () => {
    const question = questionText({ head: [], plans: [planOf('a', { logins: ['x', 'y'] })] });
    assert.equal(question.whole, true);
    const nine = Array.from('123456789', (digit) => `u${digit}`);
    const { whole, text } = questionText({
      head: [],
      plans: [planOf('a', { logins: nine, rules: [{ resources: nine, verbs: nine }] })],
    });
    assert.ok(whole && !/more/.test(text));
    for (const name of nine) assert.equal(text.split(name).length - 1, 3, name);
  });

  it('stay short, however much changes, and then nothing can be sent from there', () => {
    const many = Array.from({ length: 200 }, (_, index) => `n${index}`);
    const fields = Object.fromEntries(many.map((name) => [name, ['x']]));
    const isCut = (plans: readonly RolePlan[], hidden: RegExp): void => {
      const { text, whole } = questionText({ head: [], plans });
      assert.deepEqual([whole, text.split('\n').length < 40, text.length < 4_000], [false, true, true]);
      assert.match(text, hidden);
      assert.match(text, /This is not all, so nothing can be sent from here: read the differences\.$/);
    };
    isCut(
      [planOf('a', { logins: Array.from({ length: 9_000 }, (_, index) => `n${index}`) })],
      /and 1 more fields/,
    );
    isCut([planOf('a', { node_labels: fields })], /… and 180 more fields$/m);
    isCut(
      many.map((name) => planOf(name, {})),
      /… and 200 more roles$/m,
    );
    isCut([planOf('a', { logins: ['x'.repeat(5_000)] })], /and 1 more fields/);
    isCut([planOf('r'.repeat(5_000), { logins: ['x'] })], /allow\.logins/);
  });

  it('offer to send only what a small window shows without scrolling', () => {
    const labels = (count: number): PlainObject =>
      Object.fromEntries(
        Array.from({ length: count }, (_, index) => [`label-${index}`, [`a-rather-long-value-${index}`]]),
      );
    const wholeWith = (count: number): boolean =>
      questionText({
        head: ['Cluster: ent'],
        plans: [
          planOf('decoy', { node_labels: labels(count) }),
          planOf('z', { rules: [{ resources: ['*'] }] }),
        ],
      }).whole;
    assert.deepEqual([wholeWith(8), wholeWith(30)], [true, false]);
  });

  it('begin with what gives power, however many labels stand before it', () => {
    const labels = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`team-${index}`, 'x']));
    const value = {
      ...role('dev', {
        node_labels: labels,
        logins: ['dev', 'root'],
        kubernetes_groups: ['system:masters'],
        kubernetes_labels: { '*': '*' },
        rules: [{ resources: ['*'], verbs: ['*'] }],
        host_sudoers: ['ALL'],
        impersonate: { users: ['*'] },
        request: { roles: ['admin'] },
        review_requests: { roles: ['*'] },
        db_roles: ['admin'],
        a_new_field: ['x'],
      }),
      metadata: { name: 'dev', description: 'x'.repeat(2_000), labels },
    };
    const plans = planRoles([{ name: untrusted('dev'), value }], []);
    const { text, whole } = questionText({ head: ['Cluster: x'], plans });
    assert.equal(whole, false);
    const lines = text.split('\n').map((line) => line.trim().split(':')[0] ?? '');
    const power =
      'logins kubernetes_groups kubernetes_labels.* rules host_sudoers impersonate.users request.roles review_requests.roles db_roles a_new_field'
        .split(' ')
        .map((field) => `allow.${field.replace('labels.*', 'labels')}`);
    const shown = lines
      .slice(3, 3 + power.length)
      .map((line) => line.replaceAll(/["“”]/g, '').replace(/\.\*$/, ''));
    assert.deepEqual(shown.toSorted(), power.toSorted());
  });

  it('say how many fields that give power are left out', () => {
    const rules = (name: string): PlainObject => ({ kubernetes_groups: [name], db_roles: [name] });
    const { text } = questionText({
      head: [],
      plans: Array.from({ length: 30 }, (_, index) => planOf(`r${index}`, rules('x'))),
    });
    assert.match(text, /… and 40 more fields that give power\n… and 20 more roles/);
  });

  it('after the differences were read show no change in part, and name what to look at', () => {
    const plans = [
      planOf('dev', {
        rules: [{ resources: ['*'], verbs: ['*'] }],
        host_sudoers: ['x'.repeat(200)],
        logins: ['a'],
      }),
    ];
    assert.equal(
      afterReadingText(['Cluster: x'], plans),
      [
        'Cluster: x',
        '',
        'dev: a new role',
        '',
        'Exactly what the differences show is sent. Roles: 1. Fields: 3.',
        'Fields that give power: 2.',
        'Fields with a long value, to be read to the end of their line: 1.',
      ].join('\n'),
    );
  });

  it('show every character of a value, also odd spaces, blanks and line breaks', () => {
    const { text } = questionText({
      head: [],
      plans: [planOf('a', { logins: ['ro\u00a0ot', 'a\nb', 'c\u3164', 'd  e'] })],
    });
    assert.match(text, /“ro\\xa0ot”, \+ “a\\x0ab”, \+ “c\\u\{3164\}”, \+ “d \\x20e”$/);
  });

  it('tell a text from the number or boolean that it looks like', () => {
    const { text } = questionText({
      head: [],
      plans: [
        planOf('a', { logins: ['true', '5'], spiffe: [{ path: '1.5' }, { path: 1.5 }, { path: true }] }),
      ],
    });
    assert.match(text, /allow\.logins: \+ “true”, \+ “5”/);
    assert.match(text, /\+ path: “1\.5” · \+ path: 1\.5 · \+ path: true/);
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
