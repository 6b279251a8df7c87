import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { changesBetween, ignoredBy } from '../../../src/roles/compare.ts';
import { changeValue } from '../../../src/roles/edit.ts';
import { readManifest } from '../../../src/roles/manifest.ts';
import type { Plain, PlainObject } from '../../../src/roles/plain.ts';
import { recording } from '../../replay/recordings.ts';

/** What a real server answers for the role of a fixture. */
const held = (name: string): PlainObject => (JSON.parse(recording(name).stdout) as [PlainObject])[0];
const fixture = (name: string, at: number): PlainObject => {
  const text = readFileSync(new URL(`../../fixtures/${name}-roles.yaml`, import.meta.url), 'utf8');
  const value = readManifest(text).documents[at]?.value;
  assert.ok(value);
  return value;
};
const fromYaml = (name: string): PlainObject => {
  const value = readManifest(recording(name).stdout).documents[0]?.value;
  assert.ok(value);
  return value;
};

/** A role with this in `spec.allow`. */
const allowing = (allow: PlainObject, options: PlainObject = {}): PlainObject => ({
  kind: 'role',
  version: 'v7',
  metadata: { name: 'x' },
  spec: { allow, options },
});

describe('what a server made of what was sent', () => {
  it('is nothing to tell where it only filled in its own', () => {
    assert.deepEqual(ignoredBy(fixture('community', 2), held('oss-tctl-get-roles')), []);
    assert.deepEqual(ignoredBy(fixture('community', 0), fromYaml('oss-tctl-get-role-yaml')), []);
    assert.deepEqual(ignoredBy(fixture('enterprise', 0), fromYaml('get-role-yaml')), []);
  });

  it('is told where a field was dropped', () => {
    const sent = changeValue(fixture('community', 0), [
      { path: ['spec', 'allow', 'request', 'reason', 'mode'], set: 'required' },
      { path: ['spec', 'allow', 'bogus_field'], set: 3 },
    ]);
    assert.deepEqual(ignoredBy(sent, fromYaml('oss-tctl-get-role-yaml')), [
      { path: ['spec', 'allow', 'request', 'reason', 'mode'], wanted: 'required' },
      { path: ['spec', 'allow', 'bogus_field'], wanted: 3 },
    ]);
  });

  it('is told where a value is another one', () => {
    assert.deepEqual(
      ignoredBy(
        allowing(
          { logins: ['a', 'b'], node_labels: { env: 'prod' } },
          { max_session_ttl: '4h', forward_agent: true },
        ),
        allowing(
          { logins: ['a'], node_labels: { env: 'dev' } },
          { max_session_ttl: '1h0m0s', forward_agent: false },
        ),
      ),
      [
        { path: ['spec', 'allow', 'logins'], wanted: ['a', 'b'], held: ['a'] },
        { path: ['spec', 'allow', 'node_labels', 'env'], wanted: 'prod', held: 'dev' },
        { path: ['spec', 'options', 'max_session_ttl'], wanted: '4h', held: '1h0m0s' },
        { path: ['spec', 'options', 'forward_agent'], wanted: true, held: false },
      ],
    );
  });

  it('is told where more is held than was sent, or what should be off is on', () => {
    const more = ignoredBy(allowing({ logins: ['a'] }), allowing({ logins: ['a', 'root'] }));
    assert.deepEqual(more, [{ path: ['spec', 'allow', 'logins'], wanted: ['a'], held: ['a', 'root'] }]);
    const on = ignoredBy(allowing({}, { port_forwarding: false }), allowing({}, { port_forwarding: true }));
    assert.deepEqual(on, [{ path: ['spec', 'options', 'port_forwarding'], wanted: false, held: true }]);
    const emptied = ignoredBy(allowing({ logins: [] }), allowing({ logins: ['root'] }));
    assert.equal(emptied.length, 1);
  });

  const alike: Record<string, readonly [Plain, Plain, string, string]> = {
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
  for (const [name, [sent, back, part, field]] of Object.entries(alike))
    it(`is the same in other words: ${name}`, () => {
      const inside = (value: Plain): PlainObject => ({
        spec: { [part]: { [field]: field === 'node_labels' ? { env: value } : value } },
      });
      assert.deepEqual(ignoredBy(inside(sent), inside(back)), []);
      assert.deepEqual(changesBetween(inside(back), inside(sent)), []);
    });

  it('is told by the item of a list where the lists are of one length', () => {
    const thresholds = (...items: Plain[]): PlainObject => allowing({ request: { thresholds: items } });
    assert.deepEqual(
      ignoredBy(thresholds({ approve: 2, bogus: 1 }), thresholds({ approve: 2, deny: 1, name: 'default' })),
      [{ path: ['spec', 'allow', 'request', 'thresholds', 0, 'bogus'], wanted: 1 }],
    );
    assert.deepEqual(
      ignoredBy(thresholds({ approve: 1 }, { approve: 2 }), thresholds({ approve: 1 })).map(({ path }) =>
        path.at(-1),
      ),
      ['thresholds'],
    );
  });

  it('does not mind the revision, which is made anew', () => {
    const sent = { metadata: { name: 'x', revision: 'old' } };
    assert.deepEqual(ignoredBy(sent, { metadata: { name: 'x', revision: 'new' } }), []);
  });

  it('where nothing was held is all of it', () =>
    assert.deepEqual(ignoredBy({ kind: 'role', metadata: { name: 'x' } }, {}), [
      { path: ['kind'], wanted: 'role' },
      { path: ['metadata', 'name'], wanted: 'x' },
    ]));
});

describe('what applying changes', () => {
  it('is nothing for a role as it was made, though the server has filled in its own', () => {
    assert.deepEqual(changesBetween(held('oss-tctl-get-roles'), fixture('community', 2)), []);
    assert.deepEqual(changesBetween(fromYaml('oss-tctl-get-role-yaml'), fixture('community', 0)), []);
    assert.deepEqual(changesBetween(fromYaml('get-role-yaml'), fixture('enterprise', 0)), []);
  });

  it('is told by field', () => {
    const before = allowing({
      kubernetes_groups: ['developers', 'system:masters'],
      node_labels: { env: ['dev', 'stage'], '*': '*' },
      rules: [{ resources: ['role'], verbs: ['*'] }],
    });
    const after = allowing(
      {
        kubernetes_groups: ['developers'],
        node_labels: { env: 'dev' },
        request: { roles: ['kube-admin'] },
        rules: [{ resources: ['role'], verbs: ['read'] }],
      },
      { max_session_ttl: '12h' },
    );
    assert.deepEqual(changesBetween(before, after), [
      { path: ['spec', 'allow', 'kubernetes_groups'], removed: ['system:masters'], added: [] },
      { path: ['spec', 'allow', 'node_labels', 'env'], removed: ['stage'], added: [] },
      { path: ['spec', 'allow', 'node_labels', '*'], removed: ['*'], added: [] },
      {
        path: ['spec', 'allow', 'rules'],
        removed: [{ resources: ['role'], verbs: ['*'] }],
        added: [{ resources: ['role'], verbs: ['read'] }],
      },
      { path: ['spec', 'allow', 'request', 'roles'], removed: [], added: ['kube-admin'] },
      { path: ['spec', 'options', 'max_session_ttl'], removed: [], added: ['12h'] },
    ]);
  });

  it('of what the server has by default is nothing where it is not named, and something where it differs', () => {
    const before = allowing(
      {},
      { port_forwarding: true, max_session_ttl: '30h0m0s', forward_agent: true, lock: 'strict' },
    );
    assert.deepEqual(changesBetween(before, allowing({})), [
      { path: ['spec', 'options', 'forward_agent'], removed: [true], added: [] },
      { path: ['spec', 'options', 'lock'], removed: ['strict'], added: [] },
    ]);
    const off = changesBetween(
      before,
      allowing({}, { port_forwarding: false, forward_agent: true, lock: 'strict' }),
    );
    assert.deepEqual(off, [
      { path: ['spec', 'options', 'port_forwarding'], removed: [true], added: [false] },
    ]);
  });

  it('of a new role is the whole of it', () =>
    assert.deepEqual(
      changesBetween(undefined, allowing({ logins: ['a'] })).map(({ path }) => path.join('.')),
      ['kind', 'version', 'metadata.name', 'spec.allow.logins'],
    ));
});
