import assert from 'node:assert/strict';
import { foreign } from '../../../src/access/text.ts';
import { planOver, type RolePlan } from '../../../src/roles/applying.ts';
import type { PlainObject } from '../../../src/roles/plain.ts';
import type { Result } from '../../../src/roles/sending.ts';
import { outcomePage, plansWords } from '../../../src/words/applying.ts';

const role = (name: string, allow: PlainObject): PlainObject => ({
  kind: 'role',
  version: 'v7',
  metadata: { name },
  spec: { allow },
});
const planOf = (name: string, allow: PlainObject): RolePlan =>
  planOver(foreign(name), role(name, allow), undefined);

const nasty = 'x](command:evil)$(zap)\u202e\nApplied, read back 03:52.';

describe('words of what Apply would do', () => {
  it('name what is new, without what every role begins with', () => {
    assert.equal(
      plansWords([planOf('pager', { logins: ['oncall'] })]),
      'pager: a new role\n    allow.logins: + “oncall”',
    );
  });

  it('stay short, however much changes, and say how much is not shown', () => {
    const many = Array.from({ length: 200 }, (_, at) => `n${at}`);
    const fields = Object.fromEntries(many.map((name) => [name, ['x']]));
    assert.match(plansWords([planOf('a', { logins: many })]), /and 192 more$/);
    assert.match(plansWords([planOf('a', { node_labels: fields })]), /… and 180 more fields$/);
    const roles = plansWords(many.map((name) => planOf(name, {})));
    assert.match(roles, /… and 180 more roles$/);
    assert.ok(roles.split('\n').length <= 41);
  });

  it('are inert, whatever names and values hold', () => {
    const plan = planOf(nasty, { logins: [nasty], [nasty]: [nasty] });
    const held = { name: plan.name, revision: 'r', document: {} };
    const ignored = [{ path: ['spec', nasty], wanted: nasty }];
    const results: readonly Result[] = [
      { kind: 'inPart', plan, held, at: 0, ignored },
      { kind: 'refused', plan, failure: { kind: 'refused', said: foreign(nasty) } },
    ];
    const page = outcomePage(results, { cluster: foreign(nasty), at: 0 });
    for (const text of [plansWords([plan]), page]) {
      assert.doesNotMatch(text, /\]\(|\$\(|\u202e/);
      assert.doesNotMatch(text, /^\s*Applied, read back/m);
    }
  });
});
