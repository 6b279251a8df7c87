import assert from 'node:assert/strict';
import fc from 'fast-check';
import { untrusted } from '../../../../src/access/untrusted/untrusted.ts';
import { changeText, changeValue, type FieldChange } from '../../../../src/roles/manifest/changeManifest.ts';
import { parseManifest } from '../../../../src/roles/manifest/parseManifest.ts';
import type { PlainValue } from '../../../../src/roles/role/value.ts';
import { assertProperty } from '../../../support/property.ts';
import { readFixture } from '../../../support/fixtures.ts';

const allow = (...path: (string | number)[]): (string | number)[] => ['spec', 'allow', ...path];

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

function changedLines(text: string, ...changes: FieldChange[]): string[] {
  return lineDiff(text, changeText(text, untrusted('dev-team'), changes));
}

describe('a change in the text of a manifest', () => {
  it('adds to a list in its own style', () => {
    assert.deepEqual(changedLines(role, { path: allow('logins'), add: 'root' }), ['+        - root']);
    assert.deepEqual(changedLines(role, { path: allow('request', 'roles'), add: 'prod-dba' }), [
      '-            roles: [kube-admin]',
      '+            roles: [kube-admin, prod-dba]',
    ]);
  });

  it('adds nothing that is there', () =>
    assert.deepEqual(changedLines(role, { path: allow('logins'), add: 'ops' }), []));

  it('removes from a list, and the list and its parents with the last', () => {
    assert.deepEqual(changedLines(role, { path: allow('logins'), remove: 'ops' }), [
      "-        - 'ops'    # for now",
    ]);
    assert.deepEqual(changedLines(role, { path: allow('kubernetes_groups'), remove: 'system:masters' }), [
      '-        kubernetes_groups: [ "developers",  system:masters ]',
      '+        kubernetes_groups: [ "developers" ]',
    ]);
    assert.deepEqual(changedLines(role, { path: allow('kubernetes_groups'), remove: 'developers' }), [
      '-        kubernetes_groups: [ "developers",  system:masters ]',
      '+        kubernetes_groups: [ system:masters ]',
    ]);
    assert.deepEqual(changedLines(role, { path: allow('request', 'roles'), remove: 'kube-admin' }), [
      '-        request:',
      '-            roles: [kube-admin]',
    ]);
    assert.deepEqual(changedLines(role, { path: allow('logins'), remove: 'nobody' }), []);
  });

  it('sets a value, keeping the comment beside it', () => {
    assert.deepEqual(changedLines(role, { path: ['spec', 'options', 'max_session_ttl'], set: '1h' }), [
      '-        max_session_ttl: 12h',
      '+        max_session_ttl: 1h',
    ]);
    assert.deepEqual(changedLines(role, { path: ['metadata', 'name'], set: 'yes' }), [
      '-    name: dev-team   # as in the directory',
      '+    name: "yes"   # as in the directory',
    ]);
  });

  it('makes what is missing, laid out like the rest', () => {
    assert.deepEqual(changedLines(role, { path: allow('request', 'reason', 'mode'), set: 'required' }), [
      '+            reason:',
      '+                mode: required',
    ]);
    assert.deepEqual(
      changedLines(role, {
        path: allow('rules'),
        add: { resources: ['access_request'], verbs: ['list', 'read'] },
      }),
      [
        '+        rules:',
        '+        - resources:',
        '+          - access_request',
        '+          verbs:',
        '+          - list',
        '+          - read',
      ],
    );
    assert.deepEqual(changedLines(role, { path: ['metadata', 'labels', 'a/b'], set: 'x' }), [
      '+    labels:',
      '+        a/b: x',
    ]);
    assert.deepEqual(changedLines(role, { path: allow('node_labels', 'team'), set: ['a', 'b c'] }), [
      '-        node_labels: { env: dev }',
      '+        node_labels: { env: dev, team: [a, "b c"] }',
    ]);
  });

  it('removes a field with all that is in it', () => {
    assert.deepEqual(changedLines(role, { path: allow('request'), unset: true }), [
      '-        request:',
      '-            roles: [kube-admin]',
    ]);
    assert.deepEqual(changedLines(role, { path: ['spec', 'options', 'max_session_ttl'], unset: true }), [
      '-    options:',
      '-        max_session_ttl: 12h',
    ]);
    assert.deepEqual(changedLines(role, { path: allow('bogus', 'deep'), unset: true }), []);
  });

  it('keeps CRLF line ends, and a file without a last one', () => {
    const crlf = role.replaceAll('\n', '\r\n');
    for (const change of [
      { path: allow('logins'), add: 'root' },
      { path: allow('request', 'reason', 'mode'), set: 'required' },
      { path: allow('request'), unset: true },
    ] as FieldChange[]) {
      const after = changeText(crlf, untrusted('dev-team'), [change]);
      assert.equal(after.replaceAll('\r\n', '\n'), changeText(role, untrusted('dev-team'), [change]));
      assert.doesNotMatch(after, /[^\r]\n/);
    }
    const short = 'kind: role\nversion: v7\nmetadata:\n  name: dev-team\n  description: x';
    assert.equal(
      changeText(short, untrusted('dev-team'), [{ path: ['metadata', 'description'], unset: true }]),
      'kind: role\nversion: v7\nmetadata:\n  name: dev-team',
    );
    assert.equal(
      changeText(short, untrusted('dev-team'), [{ path: ['spec', 'allow', 'logins'], add: 'a' }]),
      `${short}\nspec:\n  allow:\n    logins:\n      - a`,
    );
  });

  it('in one document of several leaves the others alone, whatever they are', () => {
    const text = `kind: user\nmetadata: {name: dev-team2}\n---\n${role}---\nkind: role\nmetadata: { name: x }\nspec:   {a: *b}\n`;
    assert.deepEqual(changedLines(text, { path: allow('logins'), add: 'root' }), ['+        - root']);
  });

  it('in JSON is JSON again', () => {
    const text =
      '{"kind":"role","version":"v7","metadata":{"name":"dev-team"},"spec":{"allow":{"logins":["dev"]}}}';
    const after = changeText(text, untrusted('dev-team'), [
      { path: allow('logins'), add: 'root' },
      { path: allow('request', 'roles'), add: 'kube-admin' },
      { path: ['spec', 'options', 'max_session_ttl'], set: '1h' },
    ]);
    assert.deepEqual(JSON.parse(after), {
      kind: 'role',
      version: 'v7',
      metadata: { name: 'dev-team' },
      spec: {
        allow: { logins: ['dev', 'root'], request: { roles: ['kube-admin'] } },
        options: { max_session_ttl: '1h' },
      },
    });
  });

  it('reaches into lists of maps', () => {
    const text = role.replace(
      '            roles: [kube-admin]\n',
      '            roles: [kube-admin]\n            thresholds:\n            - name: one # eye\n              approve: 1\n            - {name: two, approve: 2}\n',
    );
    const thresholdPath = (...path: (string | number)[]): (string | number)[] =>
      allow('request', 'thresholds', ...path);
    assert.deepEqual(changedLines(text, { path: thresholdPath(0, 'approve'), set: 2 }), [
      '-              approve: 1',
      '+              approve: 2',
    ]);
    assert.deepEqual(changedLines(text, { path: thresholdPath(0, 'name'), unset: true }), [
      '-            - name: one # eye',
      '-              approve: 1',
      '+            - approve: 1',
    ]);
    assert.deepEqual(changedLines(text, { path: thresholdPath(1), unset: true }), [
      '-            - {name: two, approve: 2}',
    ]);
    assert.deepEqual(changedLines(text, { path: thresholdPath(0), unset: true }), [
      '-            - name: one # eye',
      '-              approve: 1',
    ]);
    assert.deepEqual(changedLines(text, { path: thresholdPath(), set: [{ approve: 3 }] }), [
      '-            - name: one # eye',
      '-              approve: 1',
      '-            - {name: two, approve: 2}',
      '+            - {approve: 3}',
    ]);
  });

  it('fills what is empty', () => {
    const text =
      'kind: role\nversion: v7\nmetadata: {name: dev-team}\nspec:\n  allow: # nothing yet\n  deny: {}\n';
    assert.deepEqual(changedLines(text, { path: allow('logins'), add: 'a' }), ['+    logins:', '+      - a']);
    assert.deepEqual(changedLines(text, { path: ['spec', 'deny', 'logins'], add: 'a' }), [
      '-  deny: {}',
      '+  deny: {logins: [a]}',
    ]);
  });

  it('of a role that is not there is refused', () => {
    const change: FieldChange = { path: allow('logins'), add: 'x' };
    assert.throws(() => changeText(role, untrusted('other'), [change]));
    assert.throws(() => changeText('', untrusted('dev-team'), [change]));
  });

  it('says the same as the change of the value, in every style, and nothing else', () => {
    const plainValue = fc.constantFrom<PlainValue>(
      'a',
      'kube-admin',
      '*',
      'yes',
      '',
      'x: y',
      true,
      3,
      'a\nb',
    );
    const path = fc.constantFrom(
      allow('logins'),
      allow('kubernetes_groups'),
      allow('node_labels', 'env'),
      allow('request', 'roles'),
      allow('request', 'reason', 'mode'),
      allow('rules'),
      ['metadata', 'description'],
      ['spec', 'options', 'max_session_ttl'],
      ['spec', 'deny', 'logins'],
    );
    const change = fc.oneof(
      fc.record({ path, add: plainValue }),
      fc.record({ path, remove: fc.constantFrom<PlainValue>('dev', 'ops', 'developers', 'kube-admin', 'a') }),
      fc.record({
        path,
        set: fc.oneof(
          plainValue,
          fc.constant<PlainValue>(['b', { c: ['d'] }]),
          fc.constant<PlainValue>({ e: { f: [] } }),
        ),
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
          assert.ok(before && typeof before === 'object' && !Array.isArray(before));
          let value;
          try {
            value = changeValue(before as never, changes);
          } catch (error) {
            assert.ok(error instanceof TypeError);
            return;
          }
          const after = changeText(text, untrusted('dev-team'), changes);
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
    assert.deepEqual(changeValue(before, [{ path: allow('node_labels', 'env'), add: 'prod' }]).spec, {
      allow: { logins: ['a', 'b'], node_labels: { env: ['dev', 'prod'] } },
    }));
  it('gives no object another prototype', () => {
    const after = changeValue(before, [{ path: ['__proto__', 'x'], set: 1 }]);
    assert.deepEqual(Object.keys(after), ['kind', 'spec', '__proto__']);
    assert.equal(Object.getPrototypeOf(after), Object.prototype);
  });
});
