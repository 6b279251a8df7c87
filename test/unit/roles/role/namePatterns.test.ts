import assert from 'node:assert/strict';
import { isName, matches } from '../../../../src/roles/role/namePatterns.ts';

describe('a pattern of roles', () => {
  for (const [pattern, name, means] of [
    ['kube-admin', 'kube-admin', true],
    ['kube', 'kube-admin', false],
    ['*', 'anything', true],
    ['kube-*', 'kube-admin', true],
    ['*-admin', 'kube-admin', true],
    ['k*-*n', 'kube-admin', true],
    ['a*a', 'a', false],
    ['*b*b*', 'abcb', true],
    ['*b*b*', 'abc', false],
    ['kube.admin', 'kube-admin', false],
    ['^kube-(admin|dba)$', 'kube-dba', true],
    ['^kube.*$', 'my-kube', false],
    ['^($', 'kube', false],
    ['^(a+)+$', 'aaaa', true],
    ['^(a+)+$', `${'a'.repeat(190)}b`, false],
    ['^.*a.*a.*a.*b$', 'a'.repeat(200), false],
    ['^(?=a)a$', 'a', false],
    ['*'.repeat(5000), 'a'.repeat(200), true],
    [`${'*a'.repeat(5000)}b`, 'a'.repeat(250), false],
  ] as const)
    it(`${pattern.slice(0, 20)} ${means ? 'means' : 'does not mean'} ${name.slice(0, 20)}`, () =>
      assert.equal(matches(pattern, name), means));

  it('is told from a name', () => {
    assert.deepEqual(
      ['kube-admin', 'a/b', '*', 'a*', '^a$', '{{external.x}}'].map((name) => isName(name)),
      [true, true, false, false, false, false],
    );
  });
});
