import assert from 'node:assert/strict';
import { roleChanges, ignoredFields } from '../../../../src/roles/role/roleDiff.ts';
import { changeValue } from '../../../../src/roles/manifest/changeManifest.ts';
import { parseManifest } from '../../../../src/roles/manifest/parseManifest.ts';
import type { PlainValue, PlainObject } from '../../../../src/roles/role/value.ts';
import { readRecording } from '../../../support/recordings.ts';
import { readFixture } from '../../../support/fixtures.ts';

/** The role of a fixture as a real server printed it. */
const recordedRole = (name: string): PlainObject =>
  (JSON.parse(readRecording(name).stdout) as [PlainObject])[0];
const fixture = (name: string, index: number): PlainObject => {
  const text = readFixture(`${name}-roles.yaml`);
  const value = parseManifest(text).documents[index]?.value;
  assert.ok(value);
  return value;
};
const recordedYaml = (name: string): PlainObject => {
  const value = parseManifest(readRecording(name).stdout).documents[0]?.value;
  assert.ok(value);
  return value;
};

/** A role with these fields in `spec.allow` and `spec.options`. */
const roleWith = (allow: PlainObject, options: PlainObject = {}): PlainObject => ({
  kind: 'role',
  version: 'v7',
  metadata: { name: 'x' },
  spec: { allow, options },
});

describe('what a server made of what was sent', () => {
  it('is nothing to tell where it only filled in its own', () => {
    assert.deepEqual(ignoredFields(fixture('community', 2), recordedRole('oss-tctl-get-roles')), []);
    assert.deepEqual(ignoredFields(fixture('community', 0), recordedYaml('oss-tctl-get-role-yaml')), []);
    assert.deepEqual(ignoredFields(fixture('enterprise', 0), recordedYaml('get-role-yaml')), []);
  });

  it('is told where a field was dropped', () => {
    const sent = changeValue(fixture('community', 0), [
      { path: ['spec', 'allow', 'request', 'reason', 'mode'], set: 'required' },
      { path: ['spec', 'allow', 'bogus_field'], set: 3 },
    ]);
    assert.deepEqual(ignoredFields(sent, recordedYaml('oss-tctl-get-role-yaml')), [
      { path: ['spec', 'allow', 'request', 'reason', 'mode'], sent: 'required' },
      { path: ['spec', 'allow', 'bogus_field'], sent: 3 },
    ]);
  });

  it('is told where a value is another one', () => {
    assert.deepEqual(
      ignoredFields(
        roleWith(
          { logins: ['a', 'b'], node_labels: { env: 'prod' } },
          { max_session_ttl: '4h', forward_agent: true },
        ),
        roleWith(
          { logins: ['a'], node_labels: { env: 'dev' } },
          { max_session_ttl: '1h0m0s', forward_agent: false },
        ),
      ),
      [
        { path: ['spec', 'allow', 'logins'], sent: ['a', 'b'], held: ['a'] },
        { path: ['spec', 'allow', 'node_labels', 'env'], sent: 'prod', held: 'dev' },
        { path: ['spec', 'options', 'max_session_ttl'], sent: '4h', held: '1h0m0s' },
        { path: ['spec', 'options', 'forward_agent'], sent: true, held: false },
      ],
    );
  });

  it('is told where more is held than was sent, or what should be off is on', () => {
    const more = ignoredFields(roleWith({ logins: ['a'] }), roleWith({ logins: ['a', 'root'] }));
    assert.deepEqual(more, [{ path: ['spec', 'allow', 'logins'], sent: ['a'], held: ['a', 'root'] }]);
    const on = ignoredFields(
      roleWith({}, { port_forwarding: false }),
      roleWith({}, { port_forwarding: true }),
    );
    assert.deepEqual(on, [{ path: ['spec', 'options', 'port_forwarding'], sent: false, held: true }]);
    const emptied = ignoredFields(roleWith({ logins: [] }), roleWith({ logins: ['root'] }));
    assert.equal(emptied.length, 1);
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
  for (const [name, [sent, stored, part, field]] of Object.entries(equivalents))
    it(`is the same in other words: ${name}`, () => {
      const roleWithValue = (value: PlainValue): PlainObject => ({
        spec: { [part]: { [field]: field === 'node_labels' ? { env: value } : value } },
      });
      assert.deepEqual(ignoredFields(roleWithValue(sent), roleWithValue(stored)), []);
      assert.deepEqual(roleChanges(roleWithValue(stored), roleWithValue(sent)), []);
    });

  it('is told by the item of a list where the lists are of one length', () => {
    const thresholds = (...items: PlainValue[]): PlainObject => roleWith({ request: { thresholds: items } });
    assert.deepEqual(
      ignoredFields(
        thresholds({ approve: 2, bogus: 1 }),
        thresholds({ approve: 2, deny: 1, name: 'default' }),
      ),
      [{ path: ['spec', 'allow', 'request', 'thresholds', 0, 'bogus'], sent: 1 }],
    );
    assert.deepEqual(
      ignoredFields(thresholds({ approve: 1 }, { approve: 2 }), thresholds({ approve: 1 })).map(({ path }) =>
        path.at(-1),
      ),
      ['thresholds'],
    );
  });

  it('does not mind the revision, which is made anew', () => {
    const sent = { metadata: { name: 'x', revision: 'old' } };
    assert.deepEqual(ignoredFields(sent, { metadata: { name: 'x', revision: 'new' } }), []);
  });

  it('where nothing was held is all of it', () =>
    assert.deepEqual(ignoredFields({ kind: 'role', metadata: { name: 'x' } }, {}), [
      { path: ['kind'], sent: 'role' },
      { path: ['metadata', 'name'], sent: 'x' },
    ]));
});

describe('what applying changes', () => {
  it('is nothing for a role as it was made, though the server has filled in its own', () => {
    assert.deepEqual(roleChanges(recordedRole('oss-tctl-get-roles'), fixture('community', 2)), []);
    assert.deepEqual(roleChanges(recordedYaml('oss-tctl-get-role-yaml'), fixture('community', 0)), []);
    assert.deepEqual(roleChanges(recordedYaml('get-role-yaml'), fixture('enterprise', 0)), []);
  });

  it('is told by field', () => {
    const before = roleWith({
      kubernetes_groups: ['developers', 'system:masters'],
      node_labels: { env: ['dev', 'stage'], '*': '*' },
      rules: [{ resources: ['role'], verbs: ['*'] }],
    });
    const after = roleWith(
      {
        kubernetes_groups: ['developers'],
        node_labels: { env: 'dev' },
        request: { roles: ['kube-admin'] },
        rules: [{ resources: ['role'], verbs: ['read'] }],
      },
      { max_session_ttl: '12h' },
    );
    assert.deepEqual(roleChanges(before, after), [
      { path: ['spec', 'allow', 'kubernetes_groups'], removed: ['system:masters'], added: [] },
      { path: ['spec', 'allow', 'node_labels', 'env'], removed: ['stage'], added: [] },
      { path: ['spec', 'allow', 'node_labels', '*'], removed: ['*'], added: [] },
      {
        path: ['spec', 'allow', 'rules'],
        removed: [{ resources: ['role'], verbs: ['*'] }],
        added: [{ resources: ['role'], verbs: ['read'] }],
      },
      { path: ['spec', 'allow', 'request', 'roles'], removed: [], added: ['kube-admin'] },
      { path: ['spec', 'options', 'max_session_ttl'], removed: ['30h'], added: ['12h'] },
    ]);
  });

  it('of what the server has by default is nothing where it is not named, and something where it differs', () => {
    const before = roleWith(
      {},
      { port_forwarding: true, max_session_ttl: '30h0m0s', forward_agent: true, lock: 'strict' },
    );
    assert.deepEqual(roleChanges(before, roleWith({})), [
      { path: ['spec', 'options', 'forward_agent'], removed: [true], added: [] },
      { path: ['spec', 'options', 'lock'], removed: ['strict'], added: [] },
    ]);
    const off = roleChanges(
      before,
      roleWith({}, { port_forwarding: false, forward_agent: true, lock: 'strict' }),
    );
    assert.deepEqual(off, [
      { path: ['spec', 'options', 'port_forwarding'], removed: [true], added: [false] },
    ]);
  });

  it('of a new role is the whole of it', () =>
    assert.deepEqual(
      roleChanges(undefined, roleWith({ logins: ['a'] })).map(({ path }) => path.join('.')),
      ['kind', 'version', 'metadata.name', 'spec.allow.logins'],
    ));

  const nested = (path: readonly (string | number)[], value: PlainValue): PlainObject =>
    path.length === 0
      ? (value as PlainObject)
      : { [path[0] as string]: path.length === 1 ? value : nested(path.slice(1), value) };
  const paths = (before: PlainObject | undefined, after: PlainObject | undefined): readonly string[] =>
    roleChanges(before, after).map(({ path }) => path.join('.'));

  const onByDefault = [
    'port_forwarding',
    'ssh_file_copy',
    'desktop_clipboard',
    'desktop_directory_sharing',
    'record_session.desktop',
    'idp.saml.enabled',
  ];
  for (const name of onByDefault)
    it(`is told where leaving out an option that is off turns it on: ${name}`, () => {
      const path = ['spec', 'options', ...name.split('.')];
      const [off, on] = [false, true].map((value) => roleWith({}, nested(name.split('.'), value)));
      const absent = roleWith({});
      assert.ok(off && on);
      assert.deepEqual(roleChanges(off, absent), [{ path, removed: [false], added: [true] }]);
      assert.deepEqual(roleChanges(absent, off), [{ path, removed: [true], added: [false] }]);
      assert.deepEqual(roleChanges(on, absent), []);
      assert.deepEqual(roleChanges(absent, on), []);
      assert.deepEqual(ignoredFields(absent, off), [{ path, sent: true, held: false }]);
      assert.deepEqual(ignoredFields(off, absent), [{ path, sent: false, held: true }]);
      assert.deepEqual(ignoredFields(absent, on), []);
      assert.deepEqual(roleChanges(undefined, off).at(-1), { path, removed: [], added: [false] });
      assert.deepEqual(roleChanges(off, undefined).at(-1), { path, removed: [false], added: [] });
    });

  it('is told where port forwarding is off, on, or left to the older option', () => {
    const path = ['spec', 'options', 'ssh_port_forwarding', 'local', 'enabled'];
    const [off, on] = [false, true].map((enabled) =>
      roleWith({}, { ssh_port_forwarding: { local: { enabled } } }),
    );
    assert.ok(off && on);
    assert.deepEqual(roleChanges(off, roleWith({})), [{ path, removed: [false], added: [] }]);
    assert.deepEqual(roleChanges(on, roleWith({})), [{ path, removed: [true], added: [] }]);
    assert.deepEqual(roleChanges(off, on), [{ path, removed: [false], added: [true] }]);
    assert.deepEqual(ignoredFields(off, roleWith({})), [{ path, sent: false }]);
    assert.deepEqual(roleChanges(roleWith({}, { ssh_port_forwarding: {} }), roleWith({})), []);
  });

  it('is told where a mode that is off is left out: then the server keeps the users it makes', () => {
    for (const kind of ['create_host_user', 'create_db_user']) {
      const off = roleWith({}, { [kind]: true, [`${kind}_mode`]: 'off' });
      const absent = roleWith({}, { [kind]: true });
      const path = ['spec', 'options', `${kind}_mode`];
      assert.deepEqual(roleChanges(off, absent), [{ path, removed: ['off'], added: [] }]);
      assert.deepEqual(ignoredFields(off, absent), [{ path, sent: 'off' }]);
      assert.deepEqual(roleChanges(off, roleWith({}, { [kind]: true, [`${kind}_mode`]: 1 })), []);
    }
    assert.deepEqual(roleChanges(roleWith({}, { request_access: 'optional' }), roleWith({})), []);
  });

  it('is told where a label goes, whatever its value: every key has to match', () => {
    for (const value of ['', []] as const)
      for (const side of ['allow', 'deny']) {
        const role = (labels: PlainObject): PlainObject => ({
          version: 'v7',
          spec: { [side]: { node_labels: labels } },
        });
        const [path, both] = [['spec', side, 'node_labels', 'env'], { team: 'dev', env: value }];
        assert.deepEqual(roleChanges(role(both), role({ team: 'dev' })), [
          { path, removed: [value], added: [] },
        ]);
        assert.deepEqual(roleChanges(role({ team: 'dev' }), role(both)), [
          { path, removed: [], added: [value] },
        ]);
        assert.deepEqual(paths(role({ env: value }), { version: 'v7' }), [path.join('.')]);
        assert.deepEqual(ignoredFields(role(both), role({ team: 'dev' })), [{ path, sent: value }]);
        assert.deepEqual(roleChanges(role(both), role(both)), []);
        assert.deepEqual(roleChanges(role({}), { version: 'v7' }), []);
      }
  });

  const versioned = (version: string, allow: PlainObject): PlainObject => ({ ...roleWith(allow), version });

  it('is told with what the server gives for the version of the role', () => {
    const root = { logins: ['root'] };
    const gained = [
      'app_labels.*',
      'kubernetes_labels.*',
      'db_labels.*',
      'node_labels.*',
      'kubernetes_resources',
    ];
    const all = gained.map((field) => `spec.allow.${field}`);
    assert.deepEqual(paths(versioned('v7', root), versioned('v3', root)), ['version', ...all]);
    assert.deepEqual(paths(undefined, versioned('v3', root)).slice(-6), ['spec.allow.logins', ...all]);
    assert.ok(!paths(undefined, versioned('v3', {})).includes('spec.allow.node_labels.*'));
    // The server stores no empty fields, and fills in their defaults when it reads the role.
    assert.ok(paths(undefined, versioned('v3', { app_labels: {} })).includes('spec.allow.app_labels.*'));
    assert.deepEqual(paths(versioned('v4', root), versioned('v7', root)), ['version']);
    const clusters = { kubernetes_labels: { env: 'dev' } };
    assert.deepEqual(roleChanges(versioned('v6', clusters), versioned('v7', clusters)).at(-1), {
      path: ['spec', 'allow', 'kubernetes_resources'],
      removed: [],
      added: [{ kind: '*', name: '*', namespace: '*', verbs: ['*'] }],
    });
    const byExpression = { kubernetes_labels_expression: 'true' };
    assert.equal(paths(versioned('v6', byExpression), versioned('v8', byExpression)).length, 3);
  });

  it('is nothing for a role of an older version as the server holds it', () => {
    const pods = [{ kind: 'pod', name: '*', namespace: '*', verbs: ['*'] }];
    const labels = { '*': '*' };
    const filledIn = {
      node_labels: labels,
      app_labels: labels,
      kubernetes_labels: labels,
      db_labels: labels,
    };
    const [sent, stored] = [
      versioned('v3', { logins: ['root'] }),
      versioned('v3', { logins: ['root'], ...filledIn, kubernetes_resources: pods }),
    ];
    assert.deepEqual(
      [...roleChanges(stored, sent), ...roleChanges(sent, stored), ...ignoredFields(sent, stored)],
      [],
    );
    const olderRole = (verbs?: readonly string[]): PlainObject =>
      versioned('v5', {
        kubernetes_labels: labels,
        kubernetes_resources: [{ kind: 'pod', name: 'a', namespace: 'b', ...(verbs ? { verbs } : {}) }],
      });
    assert.deepEqual(
      [...roleChanges(olderRole(['*']), olderRole()), ...ignoredFields(olderRole(), olderRole(['*']))],
      [],
    );
    const withoutResources = versioned('v5', { kubernetes_labels: labels });
    const withDefaults = versioned('v5', { kubernetes_labels: labels, kubernetes_resources: pods });
    assert.deepEqual(
      [...roleChanges(withDefaults, withoutResources), ...ignoredFields(withoutResources, withDefaults)],
      [],
    );
  });
});
