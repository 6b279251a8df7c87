import assert from 'node:assert/strict';
import fc from 'fast-check';
import { untrusted } from '../../../../src/access/untrusted/untrusted.ts';
import { changeText, changeValue, type FieldChange } from '../../../../src/roles/manifest/changeManifest.ts';
import { parseManifest } from '../../../../src/roles/manifest/parseManifest.ts';
import { isPlainObject, type PlainValue } from '../../../../src/roles/role/value.ts';
import { assertProperty } from '../../../support/property.ts';
import { readFixture } from '../../../support/fixtures.ts';

/** A path below `spec.allow`, written with dots. */
const allow = (path: string): (string | number)[] => [
  'spec',
  'allow',
  ...path.split('.').map((key) => (/^\d+$/.test(key) ? Number(key) : key)),
];
const devTeam = untrusted('dev-team');
const sessionLimit = ['spec', 'options', 'max_session_ttl'];

const role = `# Everybody who writes code.
kind: role
version: v7
metadata:
    name: dev-team   # as in the directory
spec:
    allow:
        # may look
        logins:
        - dev
        - 'ops'    # for now

        kubernetes_groups: [ "developers",  system:masters ]
        node_labels: { env: dev }
        # what may be asked for
        request:
            roles: [kube-admin]
        # done
    options:
        max_session_ttl: 12h
# the end
`;

/** The lines that differ: removed lines with `-`, added lines with `+`. */
function lineDiff(before: string, after: string): string[] {
  const [a, b] = [before.split('\n'), after.split('\n')];
  let prefix = 0;
  while (prefix < Math.min(a.length, b.length) && a[prefix] === b[prefix]) prefix += 1;
  let suffix = 0;
  while (suffix < Math.min(a.length, b.length) - prefix && a.at(-1 - suffix) === b.at(-1 - suffix))
    suffix += 1;
  return [
    ...a.slice(prefix, a.length - suffix).map((line) => `-${line}`),
    ...b.slice(prefix, b.length - suffix).map((line) => `+${line}`),
  ];
}

/** Asserts the lines that a change of a text removes and adds. */
const assertIn = (text: string, change: FieldChange, ...lines: readonly string[]): void =>
  assert.deepEqual(lineDiff(text, changeText(text, devTeam, [change])), lines);
/** Asserts the lines that a change of `role` removes and adds. */
const assertChange = (change: FieldChange, ...lines: readonly string[]): void =>
  assertIn(role, change, ...lines);

describe('a change in the text of a manifest', () => {
  const groups = '-        kubernetes_groups: [ "developers",  system:masters ]';
  const request = ['-        request:', '-            roles: [kube-admin]'];

  it('adds to a list in its own style, and nothing that is there', () => {
    assertChange({ path: allow('logins'), add: 'root' }, '+        - root');
    assertChange(
      { path: allow('request.roles'), add: 'prod-dba' },
      '-            roles: [kube-admin]',
      '+            roles: [kube-admin, prod-dba]',
    );
    assertChange({ path: allow('logins'), add: 'ops' });
  });

  it('removes from a list, and the list and its parents with the last', () => {
    const path = allow('kubernetes_groups');
    assertChange({ path: allow('logins'), remove: 'ops' }, "-        - 'ops'    # for now");
    assertChange({ path, remove: 'system:masters' }, groups, '+        kubernetes_groups: [ "developers" ]');
    assertChange({ path, remove: 'developers' }, groups, '+        kubernetes_groups: [ system:masters ]');
    assertChange({ path: allow('request.roles'), remove: 'kube-admin' }, ...request);
    assertChange({ path: allow('logins'), remove: 'nobody' });
  });

  it('sets a value, keeping the comment beside it', () => {
    const [before, after] = ['-        max_session_ttl: 12h', '+        max_session_ttl: 1h'];
    assertChange({ path: sessionLimit, set: '1h' }, before, after);
    assertChange(
      { path: ['metadata', 'name'], set: 'yes' },
      '-    name: dev-team   # as in the directory',
      '+    name: "yes"   # as in the directory',
    );
  });

  it('makes what is missing, laid out like the rest', () => {
    assertChange(
      { path: allow('request.reason.mode'), set: 'required' },
      '+            reason:',
      '+                mode: required',
    );
    assertChange(
      { path: allow('rules'), add: { resources: ['access_request'], verbs: ['list', 'read'] } },
      '+        rules:',
      '+        - resources:',
      '+          - access_request',
      '+          verbs:',
      '+          - list',
      '+          - read',
    );
    assertChange({ path: ['metadata', 'labels', 'a/b'], set: 'x' }, '+    labels:', '+        a/b: x');
    assertChange(
      { path: allow('node_labels.team'), set: ['a', 'b c'] },
      '-        node_labels: { env: dev }',
      '+        node_labels: { env: dev, team: [a, "b c"] }',
    );
  });

  it('removes a field with all that is in it', () => {
    assertChange({ path: allow('request'), unset: true }, ...request);
    assertChange({ path: sessionLimit, unset: true }, '-    options:', '-        max_session_ttl: 12h');
    assertChange({ path: allow('bogus.deep'), unset: true });
  });

  it('keeps CRLF line ends, and a file without a last one', () => {
    const crlf = role.replaceAll('\n', '\r\n');
    for (const change of [
      { path: allow('logins'), add: 'root' },
      { path: allow('request.reason.mode'), set: 'required' },
      { path: allow('request'), unset: true },
    ] as FieldChange[]) {
      const after = changeText(crlf, devTeam, [change]);
      assert.equal(after.replaceAll('\r\n', '\n'), changeText(role, devTeam, [change]));
      assert.doesNotMatch(after, /[^\r]\n/);
    }
    const short = 'kind: role\nversion: v7\nmetadata:\n  name: dev-team';
    const described = `${short}\n  description: x`;
    assert.equal(changeText(described, devTeam, [{ path: ['metadata', 'description'], unset: true }]), short);
    assertIn(
      described,
      { path: allow('logins'), add: 'a' },
      '+spec:',
      '+  allow:',
      '+    logins:',
      '+      - a',
    );
  });

  it('in one document of several leaves the others alone, whatever they are', () =>
    assertIn(
      `kind: user\nmetadata: {name: dev-team2}\n---\n${role}---\nkind: role\nmetadata: { name: x }\nspec:   {a: *b}\n`,
      { path: allow('logins'), add: 'root' },
      '+        - root',
    ));

  it('in JSON is JSON again', () => {
    const value = { kind: 'role', version: 'v7', metadata: { name: 'dev-team' } };
    const text = JSON.stringify({ ...value, spec: { allow: { logins: ['dev'] } } });
    const after = changeText(text, devTeam, [
      { path: allow('logins'), add: 'root' },
      { path: allow('request.roles'), add: 'kube-admin' },
      { path: sessionLimit, set: '1h' },
    ]);
    assert.deepEqual(JSON.parse(after), {
      ...value,
      spec: {
        allow: { logins: ['dev', 'root'], request: { roles: ['kube-admin'] } },
        options: { max_session_ttl: '1h' },
      },
    });
  });

  it('reaches into lists of maps', () => {
    const first = ['            - name: one # eye', '              approve: 1'];
    const second = '            - {name: two, approve: 2}';
    const roles = '            roles: [kube-admin]\n';
    const text = role.replace(roles, `${roles}            thresholds:\n${[...first, second, ''].join('\n')}`);
    const removed = first.map((line) => `-${line}`);
    const path = (rest: string) => allow(`request.thresholds${rest}`);
    assertIn(text, { path: path('.0.approve'), set: 2 }, `-${first[1]}`, '+              approve: 2');
    assertIn(text, { path: path('.0.name'), unset: true }, ...removed, '+            - approve: 1');
    assertIn(text, { path: path('.1'), unset: true }, `-${second}`);
    assertIn(text, { path: path('.0'), unset: true }, ...removed);
    assertIn(
      text,
      { path: path(''), set: [{ approve: 3 }] },
      ...removed,
      `-${second}`,
      '+            - {approve: 3}',
    );
  });

  it('fills what is empty', () => {
    const text =
      'kind: role\nversion: v7\nmetadata: {name: dev-team}\nspec:\n  allow: # nothing yet\n  deny: {}\n';
    assertIn(text, { path: allow('logins'), add: 'a' }, '+    logins:', '+      - a');
    const denied = { path: ['spec', 'deny', 'logins'], add: 'a' };
    assertIn(text, denied, '-  deny: {}', '+  deny: {logins: [a]}');
  });

  it('of a role that is not there is refused', () => {
    const change: FieldChange = { path: allow('logins'), add: 'x' };
    assert.throws(() => changeText(role, untrusted('other'), [change]));
    assert.throws(() => changeText('', devTeam, [change]));
  });

  it('says the same as the change of the value, in every style, and nothing else', () => {
    const texts = 'a kube-admin * yes'.split(' ');
    const plainValue = fc.constantFrom<PlainValue>(...texts, '', 'x: y', true, 3, 'a\nb');
    const fields = 'logins kubernetes_groups node_labels.env request.roles request.reason.mode rules';
    const path = fc.constantFrom(...fields.split(' ').map(allow), ['metadata', 'description'], sessionLimit, [
      'spec',
      'deny',
      'logins',
    ]);
    const change = fc.oneof(
      fc.record({ path, add: plainValue }),
      fc.record({ path, remove: fc.constantFrom<PlainValue>('dev', 'ops', 'developers', 'kube-admin', 'a') }),
      fc.record({
        path,
        set: fc.oneof(plainValue, fc.constantFrom<PlainValue>(['b', { c: ['d'] }], { e: { f: [] } })),
      }),
      fc.record({ path, unset: fc.constant(true as const) }),
    );
    const valueOf = (text: string): PlainValue | undefined => parseManifest(text).documents[0]?.value;
    const fixture = readFixture('community-roles.yaml');
    const json = JSON.stringify(valueOf(role), null, 2);
    assertProperty(
      fc.property(
        fc.array(change, { maxLength: 6 }),
        fc.constantFrom(role, fixture, json),
        (changes, text) => {
          const before = valueOf(text);
          assert.ok(isPlainObject(before));
          let value;
          try {
            value = changeValue(before, changes);
          } catch (error) {
            assert.ok(error instanceof TypeError);
            return;
          }
          const after = changeText(text, devTeam, changes);
          assert.deepEqual(valueOf(after), value);
          for (const [comment] of text.matchAll(/^ *# (?:Every|what|the).*$/gm))
            assert.ok(after.includes(comment));
        },
      ),
      400,
    );
  });
});

describe('a change of a value', () => {
  const before = { kind: 'role', spec: { allow: { logins: ['a', 'b'], node_labels: { env: 'dev' } } } };
  it('leaves the value it came from alone', () => {
    const copy = structuredClone(before);
    changeValue(before, [
      { path: allow('logins'), add: 'c' },
      { path: ['spec'], unset: true },
    ]);
    assert.deepEqual(before, copy);
  });
  it('makes a list of one text', () =>
    assert.deepEqual(changeValue(before, [{ path: allow('node_labels.env'), add: 'prod' }]).spec, {
      allow: { logins: ['a', 'b'], node_labels: { env: ['dev', 'prod'] } },
    }));
  it('gives no object another prototype', () => {
    const after = changeValue(before, [{ path: ['__proto__', 'x'], set: 1 }]);
    assert.deepEqual(Object.keys(after), ['kind', 'spec', '__proto__']);
    assert.equal(Object.getPrototypeOf(after), Object.prototype);
  });
});
