import assert from 'node:assert/strict';
import {
  roleChanges,
  ignoredFields,
  type FieldDiff,
  type IgnoredField,
} from '../../../../src/roles/role/roleDiff.ts';
import { changeValue } from '../../../../src/roles/manifest/changeManifest.ts';
import { parseManifest } from '../../../../src/roles/manifest/parseManifest.ts';
import type { Path, PlainValue, PlainObject } from '../../../../src/roles/role/value.ts';
import { readRecording } from '../../../support/recordings.ts';
import { readFixture } from '../../../support/fixtures.ts';
import { roleValue } from '../../../support/roles/roleValues.ts';

const roleIn = (text: string, index = 0): PlainObject => {
  const value = parseManifest(text).documents[index]?.value;
  assert.ok(value);
  return value;
};
const fixture = (name: string, index: number): PlainObject =>
  roleIn(readFixture(`${name}-roles.yaml`), index);
const recordedYaml = (name: string): PlainObject => roleIn(readRecording(name).stdout);

/** Roles of the fixtures, each as it is sent and as a real server printed it. */
const sentAndHeld: readonly (readonly [PlainObject, PlainObject])[] = [
  [fixture('community', 2), (JSON.parse(readRecording('oss-tctl-get-roles').stdout) as [PlainObject])[0]],
  [fixture('community', 0), recordedYaml('oss-tctl-get-role-yaml')],
  [fixture('enterprise', 0), recordedYaml('get-role-yaml')],
];

/** A role with these fields in `spec.allow` and `spec.options`. */
const roleWith = (allow: PlainObject, options: PlainObject = {}): PlainObject =>
  roleValue('x', { allow, options });
const withOptions = (options: PlainObject): PlainObject => roleWith({}, options);

/** A path below `spec`, written with dots. */
const below = (path: string): Path => ['spec', ...path.split('.')];
const change = (path: string, removed: readonly PlainValue[], added: readonly PlainValue[]): FieldDiff => ({
  path: below(path),
  removed,
  added,
});
const ignored = (path: string, sent: PlainValue, held?: PlainValue): IgnoredField => ({
  path: below(path),
  sent,
  ...(held === undefined ? {} : { held }),
});

/** Asserts that the server holds the meaning that was sent, so that applying changes nothing. */
const assertSame = (sent: PlainObject, held: PlainObject): void => {
  assert.deepEqual(ignoredFields(sent, held), []);
  assert.deepEqual(roleChanges(held, sent), []);
};

describe('what a server made of what was sent', () => {
  it('is nothing to tell, and nothing to apply, where it only filled in its own', () => {
    for (const [sent, held] of sentAndHeld) assertSame(sent, held);
  });

  it('is told where a field was dropped', () => {
    const sent = changeValue(fixture('community', 0), [
      { path: below('allow.request.reason.mode'), set: 'required' },
      { path: below('allow.bogus_field'), set: 3 },
    ]);
    assert.deepEqual(ignoredFields(sent, recordedYaml('oss-tctl-get-role-yaml')), [
      ignored('allow.request.reason.mode', 'required'),
      ignored('allow.bogus_field', 3),
    ]);
  });

  it('is told where a value is another one', () => {
    const sent = roleWith(
      { logins: ['a', 'b'], node_labels: { env: 'prod' } },
      { max_session_ttl: '4h', forward_agent: true },
    );
    const held = roleWith(
      { logins: ['a'], node_labels: { env: 'dev' } },
      { max_session_ttl: '1h0m0s', forward_agent: false },
    );
    assert.deepEqual(ignoredFields(sent, held), [
      ignored('allow.logins', ['a', 'b'], ['a']),
      ignored('allow.node_labels.env', 'prod', 'dev'),
      ignored('options.max_session_ttl', '4h', '1h0m0s'),
      ignored('options.forward_agent', true, false),
    ]);
  });

  it('is told where more is held than was sent, or what should be off is on', () => {
    for (const [sent, held, expected] of [
      [{ logins: ['a'] }, { logins: ['a', 'root'] }, ignored('allow.logins', ['a'], ['a', 'root'])],
      [{ logins: [] }, { logins: ['root'] }, ignored('allow.logins', [], ['root'])],
    ] as const)
      assert.deepEqual(ignoredFields(roleWith(sent), roleWith(held)), [expected]);
    const [off, on] = [false, true].map((value) => withOptions({ port_forwarding: value }));
    assert.deepEqual(ignoredFields(off ?? {}, on ?? {}), [ignored('options.port_forwarding', false, true)]);
  });

  const equivalents: Record<string, readonly [PlainValue, PlainValue, string, string]> = {
    durations: ['1h', '1h0m0s', 'options', 'max_session_ttl'],
    'no idle timeout': ['0s', null, 'options', 'client_idle_timeout'],
    'one label as a list': [['dev'], 'dev', 'allow', 'node_labels'],
    'texts in another order': [['a', 'b'], ['b', 'a'], 'allow', 'logins'],
    'a text twice': [['a', 'a'], ['a'], 'allow', 'logins'],
    'nothing and an empty list': [null, [], 'allow', 'logins'],
    'off and nothing': [false, null, 'options', 'disconnect_expired_cert'],
    'session MFA by its name': ['session', true, 'options', 'require_session_mfa'],
    'a mode by its number': [3, 'keep', 'options', 'create_host_user_mode'],
  };
  for (const [name, [sent, held, part, field]] of Object.entries(equivalents))
    it(`is the same in other words: ${name}`, () => {
      const roleWithValue = (value: PlainValue): PlainObject => ({
        spec: { [part]: { [field]: field === 'node_labels' ? { env: value } : value } },
      });
      assertSame(roleWithValue(sent), roleWithValue(held));
    });

  it('is told by the item of a list where the lists are of one length', () => {
    const ignoredPaths = (sent: readonly PlainValue[], held: readonly PlainValue[]): readonly string[] => {
      const [sentRole, heldRole] = [sent, held].map((thresholds) => roleWith({ request: { thresholds } }));
      return ignoredFields(sentRole ?? {}, heldRole ?? {}).map(({ path }) => path.slice(3).join('.'));
    };
    const [bogus, completed] = [
      { approve: 2, bogus: 1 },
      { approve: 2, deny: 1, name: 'default' },
    ];
    assert.deepEqual(ignoredPaths([bogus], [completed]), ['thresholds.0.bogus']);
    assert.deepEqual(ignoredPaths([{ approve: 1 }, { approve: 2 }], [{ approve: 1 }]), ['thresholds']);
  });

  it('does not mind the revision, which is made anew', () => {
    const [sent, held] = ['old', 'new'].map((revision) => ({ metadata: { name: 'x', revision } }));
    assertSame(sent ?? {}, held ?? {});
  });

  it('where nothing was held is all of it', () =>
    assert.deepEqual(ignoredFields({ kind: 'role', metadata: { name: 'x' } }, {}), [
      { path: ['kind'], sent: 'role' },
      { path: ['metadata', 'name'], sent: 'x' },
    ]));
});

describe('what applying changes', () => {
  const paths = (before: PlainObject | undefined, after: PlainObject | undefined): readonly string[] =>
    roleChanges(before, after).map(({ path }) => path.join('.'));

  it('is told by field', () => {
    const rule = (verb: string) => ({ resources: ['role'], verbs: [verb] });
    const before = roleWith({
      kubernetes_groups: ['developers', 'system:masters'],
      node_labels: { env: ['dev', 'stage'], '*': '*' },
      rules: [rule('*')],
    });
    const allow = {
      kubernetes_groups: ['developers'],
      node_labels: { env: 'dev' },
      request: { roles: ['kube-admin'] },
      rules: [rule('read')],
    };
    assert.deepEqual(roleChanges(before, roleWith(allow, { max_session_ttl: '12h' })), [
      change('allow.kubernetes_groups', ['system:masters'], []),
      change('allow.node_labels.env', ['stage'], []),
      change('allow.node_labels.*', ['*'], []),
      change('allow.rules', [rule('*')], [rule('read')]),
      change('allow.request.roles', [], ['kube-admin']),
      change('options.max_session_ttl', ['30h'], ['12h']),
    ]);
  });

  it('of what the server has by default is nothing where it is not named, and something where it differs', () => {
    const set = { forward_agent: true, lock: 'strict' };
    const before = withOptions({ port_forwarding: true, max_session_ttl: '30h0m0s', ...set });
    assert.deepEqual(roleChanges(before, roleWith({})), [
      change('options.forward_agent', [true], []),
      change('options.lock', ['strict'], []),
    ]);
    const off = withOptions({ port_forwarding: false, ...set });
    assert.deepEqual(roleChanges(before, off), [change('options.port_forwarding', [true], [false])]);
  });

  it('of a new role is the whole of it', () =>
    assert.deepEqual(paths(undefined, roleWith({ logins: ['a'] })), [
      'kind',
      'version',
      'metadata.name',
      'spec.allow.logins',
    ]));

  const onByDefault =
    'port_forwarding ssh_file_copy desktop_clipboard desktop_directory_sharing record_session.desktop idp.saml.enabled';
  for (const name of onByDefault.split(' '))
    it(`is told where leaving out an option that is off turns it on: ${name}`, () => {
      const option = `options.${name}`;
      const absent = roleWith({});
      const [off, on] = [
        changeValue(absent, [{ path: below(option), set: false }]),
        changeValue(absent, [{ path: below(option), set: true }]),
      ];
      assert.deepEqual(roleChanges(off, absent), [change(option, [false], [true])]);
      assert.deepEqual(roleChanges(absent, off), [change(option, [true], [false])]);
      assert.deepEqual(ignoredFields(absent, off), [ignored(option, true, false)]);
      assert.deepEqual(ignoredFields(off, absent), [ignored(option, false, true)]);
      assertSame(on, absent);
      assertSame(absent, on);
      assert.deepEqual(roleChanges(undefined, off).at(-1), change(option, [], [false]));
      assert.deepEqual(roleChanges(off, undefined).at(-1), change(option, [false], []));
    });

  it('is told where port forwarding is off, on, or left to the older option', () => {
    const path = 'options.ssh_port_forwarding.local.enabled';
    const local = (enabled: boolean) => withOptions({ ssh_port_forwarding: { local: { enabled } } });
    const absent = roleWith({});
    assert.deepEqual(roleChanges(local(false), absent), [change(path, [false], [])]);
    assert.deepEqual(roleChanges(local(true), absent), [change(path, [true], [])]);
    assert.deepEqual(roleChanges(local(false), local(true)), [change(path, [false], [true])]);
    assert.deepEqual(ignoredFields(local(false), absent), [ignored(path, false)]);
    assert.deepEqual(roleChanges(withOptions({ ssh_port_forwarding: {} }), absent), []);
  });

  it('is told where a mode that is off is left out: then the server keeps the users it makes', () => {
    for (const kind of ['create_host_user', 'create_db_user']) {
      const [path, absent] = [`options.${kind}_mode`, withOptions({ [kind]: true })];
      const off = (mode: PlainValue) => withOptions({ [kind]: true, [`${kind}_mode`]: mode });
      assert.deepEqual(roleChanges(off('off'), absent), [change(path, ['off'], [])]);
      assert.deepEqual(ignoredFields(off('off'), absent), [ignored(path, 'off')]);
      assert.deepEqual(roleChanges(off('off'), off(1)), []);
    }
    assert.deepEqual(roleChanges(withOptions({ request_access: 'optional' }), roleWith({})), []);
  });

  it('is told where a label goes, whatever its value: every key has to match', () => {
    for (const value of ['', []] as const)
      for (const side of ['allow', 'deny']) {
        const role = (labels: PlainObject) => ({ version: 'v7', spec: { [side]: { node_labels: labels } } });
        const [path, one, both] = [`${side}.node_labels.env`, { team: 'dev' }, { team: 'dev', env: value }];
        assert.deepEqual(roleChanges(role(both), role(one)), [change(path, [value], [])]);
        assert.deepEqual(roleChanges(role(one), role(both)), [change(path, [], [value])]);
        assert.deepEqual(paths(role({ env: value }), { version: 'v7' }), [`spec.${path}`]);
        assert.deepEqual(ignoredFields(role(both), role(one)), [ignored(path, value)]);
        assert.deepEqual(roleChanges(role(both), role(both)), []);
        assert.deepEqual(roleChanges(role({}), { version: 'v7' }), []);
      }
  });

  const versioned = (version: string, allow: PlainObject): PlainObject =>
    roleValue('x', { version, allow, options: {} });

  it('is told with what the server gives for the version of the role', () => {
    const root = { logins: ['root'] };
    const gained = 'app_labels.* kubernetes_labels.* db_labels.* node_labels.* kubernetes_resources';
    const all = gained.split(' ').map((field) => `spec.allow.${field}`);
    assert.deepEqual(paths(versioned('v7', root), versioned('v3', root)), ['version', ...all]);
    assert.deepEqual(paths(undefined, versioned('v3', root)).slice(-6), ['spec.allow.logins', ...all]);
    assert.ok(!paths(undefined, versioned('v3', {})).includes('spec.allow.node_labels.*'));
    // The server stores no empty fields, and fills in their defaults when it reads the role.
    assert.ok(paths(undefined, versioned('v3', { app_labels: {} })).includes('spec.allow.app_labels.*'));
    assert.deepEqual(paths(versioned('v4', root), versioned('v7', root)), ['version']);
    const clusters = { kubernetes_labels: { env: 'dev' } };
    assert.deepEqual(
      roleChanges(versioned('v6', clusters), versioned('v7', clusters)).at(-1),
      change('allow.kubernetes_resources', [], [{ kind: '*', name: '*', namespace: '*', verbs: ['*'] }]),
    );
    const byExpression = { kubernetes_labels_expression: 'true' };
    assert.equal(paths(versioned('v6', byExpression), versioned('v8', byExpression)).length, 3);
  });

  it('is nothing for a role of an older version as the server holds it', () => {
    const any = { '*': '*' };
    const clusters = { kubernetes_labels: any };
    const allPods = [{ kind: 'pod', name: '*', namespace: '*', verbs: ['*'] }];
    const pod = { kind: 'pod', name: 'a', namespace: 'b' };
    const root = { logins: ['root'] };
    const filledIn = { ...root, ...clusters, node_labels: any, app_labels: any, db_labels: any };
    for (const [version, sent, held] of [
      ['v3', root, { ...filledIn, kubernetes_resources: allPods }],
      [
        'v5',
        { ...clusters, kubernetes_resources: [pod] },
        { ...clusters, kubernetes_resources: [{ ...pod, verbs: ['*'] }] },
      ],
      ['v5', clusters, { ...clusters, kubernetes_resources: allPods }],
    ] as const) {
      assertSame(versioned(version, sent), versioned(version, held));
      assert.deepEqual(roleChanges(versioned(version, sent), versioned(version, held)), []);
    }
  });
});
