import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parse } from 'yaml';
import type { PlainValue, PlainObject } from '../../../../src/roles/role/value.ts';
import { flowText, writeYaml } from '../../../../src/roles/manifest/writeYaml.ts';
import { assertProperty } from '../../../support/property.ts';

/** The value as YAML 1.1, which Go uses, and as YAML 1.2 read it. */
const parsedBoth = (text: string): unknown[] =>
  (['1.1', '1.2'] as const).map((version) => parse(text, { version, logLevel: 'error' }) as unknown);

const difficult =
  'yes no on off y n Y N true False NULL null ~ 1 01 0o17 0x1F 1e5 1_000 12:30:00 1:2 2020-01-01 .5 .inf .NaN - ? : = ' +
  '<< --- ... & * ! | > % @ ` # a:b a# 1h 1h0m0s 1d __proto__ constructor [] {} [a {a, \'"';

const text = fc.oneof(
  fc.constantFrom(...difficult.split(' ')),
  fc.constantFrom('', ' ', ' a', 'a ', 'a: b', 'a #b', '- a', '---\na', 'a\nb', '\n', '\t', '\r', 'a\r\nb'),
  fc.constantFrom(
    '\u0000',
    '\u0085',
    '\u00a0',
    '\u2028',
    '\u2029',
    '\ufeff',
    '\u202egnp',
    '\u200b',
    '\u{e0041}',
  ),
  fc.constantFrom('ö', '日本', '😀', '\u007f', '\u001b[31m', 'word '.repeat(60), 'line\n'.repeat(20)),
  fc.string({ unit: 'grapheme' }),
);
const value = fc.letrec<{ any: PlainValue; object: PlainObject }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    text,
    fc.constantFrom(null, true, false),
    fc.integer(),
    fc
      .double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 })
      .map((number) => (number === 0 ? 0 : number)),
    fc.array(tie('any'), { maxLength: 4 }),
    tie('object'),
  ),
  object: fc
    .array(fc.tuple(text, tie('any')), { maxLength: 5 })
    .map((entries) => Object.fromEntries<PlainValue>(new Map(entries))),
})).object;

describe('the canonical text of a role', () => {
  it('is read as the same value by YAML 1.1 and 1.2, whatever the texts are', () => {
    for (const [write, runs] of [
      [(role: PlainObject) => writeYaml(role), 2000],
      [(role: PlainObject) => flowText(role), 300],
      [(role: PlainObject) => flowText(role, 'json'), 300],
    ] as const)
      assertProperty(
        fc.property(value, (role) => {
          for (const read of parsedBoth(write(role))) assert.deepEqual(read, role);
        }),
        runs,
      );
  });

  it('has no alias for what occurs twice', () => {
    const labels = { env: 'dev' };
    const text = 'allow:\n  node_labels:\n    env: dev\n  db_labels:\n    env: dev\n';
    assert.equal(writeYaml({ allow: { node_labels: labels, db_labels: labels } }), text);
  });

  it('shows everything that would not be seen', () =>
    assertProperty(
      fc.property(text, (one) => assert.doesNotMatch(writeYaml({ one }), /[^\P{C}\n]|[\u2028\u2029]/u)),
      500,
    ));

  it('reads as tctl prints it, plain where that is safe', () => {
    const text = `kind: role
version: v7
metadata:
  name: kube-admin
spec:
  allow:
    kubernetes_groups:
    - "system:masters"
    kubernetes_labels:
      "*": "*"
    kubernetes_resources:
    - kind: "*"
      verbs:
      - get
      - "on"
    rules: []
  deny: {}
  options:
    max_session_ttl: 1h0m0s
    forward_agent: false
    max_sessions: 3
`;
    assert.equal(writeYaml(parse(text) as PlainObject), text);
  });

  it('keeps the order of the other side, so that a difference shows what differs', () => {
    const ours = { spec: { allow: { logins: ['a'], rules: [{ where: 'x', verbs: ['b'] }] } }, kind: 'role' };
    const theirs = {
      kind: 'role',
      spec: { deny: {}, allow: { rules: [{ verbs: ['b'], where: 'y' }], logins: ['a'] } },
    };
    const lines = writeYaml(ours).split('\n');
    const changed = writeYaml(theirs, ours)
      .split('\n')
      .filter((line) => !lines.includes(line));
    assert.deepEqual(changed, ['    - where: "y"', '  deny: {}']);
  });

  it('is not written for what YAML cannot say', () => {
    for (const [name, bad] of Object.entries({
      'half a character': '\ud800',
      'not a number': NaN,
      infinity: Infinity,
      'a rounded number': 2 ** 60,
    }))
      assert.throws(() => writeYaml({ a: bad }), RangeError, name);
    assert.throws(() => writeYaml({ ['k'.repeat(1025)]: 1 }), RangeError);
  });
});
