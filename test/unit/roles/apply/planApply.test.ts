import assert from 'node:assert/strict';
import { untrusted } from '../../../../src/access/untrusted/untrusted.ts';
import {
  firstChangedSource,
  planRoles,
  readSources,
  type ApplyRefusal,
  type ManifestRole,
} from '../../../../src/roles/apply/planApply.ts';
import type { RolePlan } from '../../../../src/roles/apply/rolePlan.ts';
import type { BaseVersion } from '../../../../src/roles/apply/baseVersions.ts';
import type { StoredResource } from '../../../../src/teleport/output/adminSchema.ts';
import { overwrittenWords } from '../../../../src/text/roles/applyText.ts';
import { manifest, MemoryCluster, manifestValue } from '../../../support/roles/memoryCluster.ts';

const sources = (...texts: readonly string[]) =>
  texts.map((text, index) => ({ file: `file:///${index}.yaml`, text }));

function readRoles(stored: readonly StoredResource[], ...texts: readonly string[]): readonly ManifestRole[] {
  const wanted = readSources(sources(...texts), stored);
  return 'kind' in wanted ? assert.fail(JSON.stringify(wanted)) : wanted;
}

function refusalOf(stored: readonly StoredResource[], ...texts: readonly string[]): ApplyRefusal {
  const wanted = readSources(sources(...texts), stored);
  return 'kind' in wanted ? wanted : assert.fail('was read');
}

const plan = (text: string, stored: readonly StoredResource[], base?: BaseVersion): RolePlan =>
  planRoles(readRoles(stored, text), stored, () => base)[0] ?? assert.fail();

const baseOf = (stored: StoredResource): BaseVersion => ({
  revision: stored.revision,
  document: stored.document,
});

describe('what Apply would do', () => {
  let server: MemoryCluster;
  beforeEach(() => {
    server = new MemoryCluster();
  });

  it('a role that is not there is new, and nothing stands on the other side', () => {
    const created = plan(manifest('dev'), []);
    assert.deepEqual([created.status, created.heldText], ['new', '']);
    assert.deepEqual(manifestValue(created.bytes), manifestValue(manifest('dev')));
  });

  it('a role that is there says which fields change, in exactly the bytes that are sent', () => {
    server.putRole(manifest('dev', 'logins: [dev]'));
    const changed = plan(manifest('dev', 'logins: [dev, ops]'), server.allRoles);
    assert.equal(changed.status, 'changed');
    assert.deepEqual(changed.diffs, [{ path: ['spec', 'allow', 'logins'], removed: [], added: ['ops'] }]);
    assert.deepEqual(manifestValue(changed.bytes), manifestValue(manifest('dev', 'logins: [dev, ops]')));
  });

  it('what means the same is nothing to send', () => {
    server.putRole({
      kind: 'role',
      version: 'v7',
      metadata: { name: 'dev' },
      spec: { allow: { node_labels: { env: ['dev'] } }, options: { max_session_ttl: '1h0m0s' }, deny: {} },
    });
    const text = manifest('dev', 'node_labels: {env: dev}').replace(
      'spec:',
      'spec:\n  options: {max_session_ttl: 1h}',
    );
    assert.equal(plan(text, server.allRoles).status, 'same');
  });

  it('beside it the server’s version differs only where something changes', () => {
    server.putRole({
      kind: 'role',
      version: 'v7',
      metadata: { name: 'dev' },
      spec: {
        allow: { logins: ['dev'] },
        deny: {},
        options: { forward_agent: false, max_session_ttl: '1h0m0s', ssh_file_copy: true },
      },
    });
    const text = manifest('dev', 'logins: [ops]').replace('spec:', 'spec:\n  options: {max_session_ttl: 1h}');
    const { bytes, heldText } = plan(text, server.allRoles);
    const otherLines = (yaml: string): string[] =>
      yaml.split('\n').filter((line) => !/- (dev|ops)/.test(line));
    assert.deepEqual(otherLines(heldText), otherLines(bytes));
    assert.match(heldText, /- dev\n/);
  });

  it('but a value of the server’s own that would go is shown', () => {
    const spec = { allow: { logins: ['dev'] }, options: { max_session_ttl: '2h0m0s' } };
    server.putRole({ kind: 'role', version: 'v7', metadata: { name: 'dev' }, spec });
    const { status, heldText, bytes } = plan(manifest('dev'), server.allRoles);
    assert.deepEqual([status, /2h/.test(heldText), /2h/.test(bytes)], ['changed', true, false]);
  });

  it('a safer option that would be left out stands on the side of the server', () => {
    const role = manifestValue(manifest('dev'));
    const options = { port_forwarding: false, ssh_file_copy: true, create_host_user_mode: 'off' };
    server.putRole({ ...role, spec: { allow: { logins: ['dev'] }, options } });
    const { status, heldText, diffs } = plan(manifest('dev'), server.allRoles);
    assert.equal(status, 'changed');
    assert.match(heldText, /port_forwarding: false/);
    assert.match(heldText, /create_host_user_mode: "off"/);
    assert.doesNotMatch(heldText, /ssh_file_copy/);
    assert.deepEqual(
      diffs.map(({ path }) => path.at(-1)),
      ['port_forwarding', 'create_host_user_mode'],
    );
  });

  it('the revision in a manifest is not sent', () => {
    const { revision } = server.putRole(manifest('dev'));
    const text = manifest('dev', 'logins: [ops]', `  revision: ${revision}\n`);
    const { bytes, status, manifestRevision } = plan(text, server.allRoles);
    assert.deepEqual([status, manifestRevision, bytes.includes('revision')], ['changed', revision, false]);
  });

  for (const origin of ['terraform', 'kubernetes', 'okta', 'config-file', 'something new'])
    it(`a role kept by ${origin} is shown and never sent`, () => {
      const metadata = { name: 'dev', labels: { 'teleport.dev/origin': origin } };
      server.putRole({ kind: 'role', version: 'v7', metadata, spec: { allow: {} } });
      const { status, owner } = plan(manifest('dev', 'logins: [ops]'), server.allRoles);
      assert.deepEqual([status, owner], ['ownedElsewhere', untrusted(origin)]);
    });

  it('one made by hand is not kept by anybody', () => {
    const metadata = { name: 'dev', labels: { 'teleport.dev/origin': 'dynamic' } };
    server.putRole({ kind: 'role', version: 'v7', metadata, spec: { allow: {} } });
    assert.equal(plan(manifest('dev'), server.allRoles).status, 'changed');
  });

  it('a role of Teleport itself is refused, one that it comes with is named as that', () => {
    const labelled = (type: string): void =>
      void server.putRole({
        kind: 'role',
        version: 'v7',
        metadata: { name: 'dev', labels: { 'teleport.internal/resource-type': type } },
        spec: { allow: {} },
      });
    labelled('system');
    assert.equal(refusalOf(server.allRoles, manifest('dev')).kind, 'system');
    labelled('preset');
    assert.equal(plan(manifest('dev'), server.allRoles).preset, true);
  });

  it('a role that others let people request is sent before them', () => {
    const askingRole = manifest('dev', 'request: {roles: [admin]}');
    const wanted = readRoles([], askingRole, manifest('other'), manifest('admin'));
    const names = planRoles(wanted, [], () => undefined).map(({ name }) => name);
    assert.deepEqual(names, ['admin', 'dev', 'other']);
  });

  it('what takes rights away is sent last: a refusal before it leaves everybody as they were', () => {
    server.putRole(manifest('dev', 'kubernetes_groups: [admins]'));
    server.putRole(manifest('lead', 'logins: [lead]'));
    const wanted = readRoles(
      server.allRoles,
      manifest('dev', 'request: {roles: [admin]}'),
      manifest('asker', 'request: {roles: [admin, lead]}'),
      manifest('reviewer', 'review_requests: {roles: [admin]}'),
      manifest('approver', 'rules: [{resources: [access_request], verbs: [list, read, update]}]'),
      manifest('lead', 'logins: [other]'),
      manifest('admin'),
    );
    const names = planRoles(wanted, server.allRoles, () => undefined).map(({ name }) => name);
    assert.deepEqual(names, ['admin', 'reviewer', 'approver', 'asker', 'lead', 'dev']);
  });

  it('what a role lets people ask for is there, comes with it, or is named as lacking', () => {
    server.putRole(manifest('there'));
    const askingRole = manifest('dev', "request: {roles: [there, new, '123', 'kube-*', '{{x}}', '^a$']}");
    const wanted = readRoles(server.allRoles, askingRole, manifest('new'));
    const missing = planRoles(wanted, server.allRoles, () => undefined).map(
      (planned) => planned.missingRoles,
    );
    assert.deepEqual(missing, [undefined, ['123']]);
  });

  it('two that name each other are sent in the order of the files', () => {
    const wanted = readRoles(
      [],
      manifest('a', 'request: {roles: [b]}'),
      manifest('b', 'request: {roles: [a]}'),
    );
    assert.equal(planRoles(wanted, [], () => undefined).length, 2);
  });
});

describe('Apply refuses everything', () => {
  const none: readonly StoredResource[] = [];

  it('where one file has an error, and names its line', () => {
    const refusal = refusalOf(none, manifest('a'), manifest('b').replace('allow', 'Allow'));
    assert.ok(refusal.kind === 'problem');
    assert.deepEqual([refusal.problem.code, refusal.line], ['wrongCase', 6]);
    assert.equal(refusal.source.file, 'file:///1.yaml');
  });

  it('where a role stands in two files', () => {
    const refusal = refusalOf(none, manifest('a'), manifest('b'), manifest('a'));
    assert.ok(refusal.kind === 'twice');
    assert.equal(refusal.source.file, 'file:///2.yaml');
  });

  it('where a file holds other kinds too', () => {
    for (const kind of ['user', 'token', 'lock']) {
      const text = `${manifest('a')}---\nkind: ${kind}\nversion: v2\nmetadata: {name: x}\nspec: {}\n`;
      const refusal = refusalOf(none, text);
      assert.ok(refusal.kind === 'problem');
      assert.deepEqual([refusal.problem.code, refusal.line], ['otherKind', 8]);
    }
  });

  it('where a field is unknown, unless the server’s role has that very field', () => {
    const text = manifest('dev', 'logins: [dev], bogus_field: 3');
    const refusal = refusalOf(none, text);
    assert.ok(refusal.kind === 'problem' && refusal.problem.code === 'unknownField');
    const storedRole = (name: string, allow: Record<string, number>): StoredResource => ({
      name: untrusted(name),
      revision: 'r',
      document: { kind: 'role', version: 'v7', metadata: { name }, spec: { allow } },
    });
    assert.equal(refusalOf([storedRole('ops', { bogus_field: 3 })], text).kind, 'problem');
    assert.equal(refusalOf([storedRole('dev', { other_field: 3 })], text).kind, 'problem');
    assert.equal(plan(text, [storedRole('dev', { bogus_field: 2 })]).status, 'changed');
  });

  it('where a file is empty', () => {
    assert.match(refusalOf(none, '').kind, /empty|problem/);
  });

  for (const [what, text] of [
    ['a merge', 'x: &a {b: 1}\n<<: *a\n'],
    ['a JSON stream', '{"kind":"role"}{"kind":"user"}'],
    ['a key that stands twice', manifest('a').replace('version: v7', 'version: v7\nversion: v6')],
    ['a list of five megabytes', `- ${'x'.repeat(5_000_000)}`],
  ] as const)
    it(`where there is ${what}`, () => assert.equal(refusalOf(none, text).kind, 'problem'));
});

describe('a file that changes between question and Apply', () => {
  it('is found, also when it is gone', () => {
    const before = sources('a', 'b');
    assert.equal(firstChangedSource(before, sources('a', 'b')), undefined);
    assert.equal(firstChangedSource(before, sources('a', 'c'))?.file, 'file:///1.yaml');
    assert.equal(firstChangedSource(before, sources('a'))?.file, 'file:///1.yaml');
  });
});

describe('what somebody else changed since is not overwritten', () => {
  let server: MemoryCluster;
  beforeEach(() => {
    server = new MemoryCluster();
  });
  const edited = manifest('dev', 'logins: [dev, mine]');

  it('the version that was fetched is no longer the server’s', () => {
    const base = baseOf(server.putRole(manifest('dev')));
    server.putRole(manifest('dev', 'logins: [dev, theirs]'));
    const stale = plan(edited, server.allRoles, base);
    assert.equal(stale.status, 'stale');
    assert.match(stale.base?.server ?? '', /theirs/);
    assert.doesNotMatch(stale.base?.text ?? 'theirs', /theirs/);
  });

  it('the revision that the manifest names is no longer the server’s', () => {
    const { revision } = server.putRole(manifest('dev'));
    const text = manifest('dev', 'logins: [mine]', `  revision: ${revision}\n`);
    assert.equal(plan(text, server.allRoles).status, 'changed');
    server.putRole(manifest('dev', 'logins: [theirs]'));
    assert.equal(plan(text, server.allRoles).status, 'stale');
  });

  it('going on says what it takes away of theirs, and nothing else', () => {
    const base = baseOf(server.putRole(manifest('dev', 'logins: [dev, gone], db_roles: [x]')));
    server.putRole(manifest('dev', 'logins: [dev, theirs], db_roles: [x, both]'));
    const text = manifest('dev', 'logins: [dev, gone, mine], db_roles: [x, both]');
    const { overwritten } = plan(text, server.allRoles, base);
    assert.deepEqual(overwritten, [
      { path: ['spec', 'allow', 'logins'], removed: ['theirs'], added: ['gone'] },
    ]);
    const words = overwrittenWords([{ name: untrusted('dev'), diffs: overwritten }]);
    assert.match(
      words,
      /^This takes away what was changed on the cluster since, in dev:\n {4}allow\.logins: /,
    );
    assert.match(words, /− “theirs”, \+ “gone”$/);
  });

  it('where it is not known what they changed, that is said', () => {
    const { revision } = server.putRole(manifest('dev'));
    server.putRole(manifest('dev', 'logins: [theirs]'));
    const { overwritten } = plan(
      manifest('dev', 'logins: [mine]', `  revision: ${revision}\n`),
      server.allRoles,
    );
    assert.equal(overwritten, undefined);
    assert.match(overwrittenWords([{ name: untrusted('dev'), diffs: overwritten }]), /stands below/);
  });

  it('somebody removed it', () => {
    const base = baseOf(server.putRole(manifest('dev')));
    assert.equal(plan(edited, [], base).status, 'stale');
  });

  it('unless it is what the file says already', () => {
    const base = baseOf(server.putRole(manifest('dev')));
    server.putRole(edited);
    assert.equal(plan(edited, server.allRoles, base).status, 'same');
  });

  it('unless it was written anew with the same in it', () => {
    const base = baseOf(server.putRole(manifest('dev')));
    server.putRole(manifest('dev'));
    assert.equal(plan(edited, server.allRoles, base).status, 'changed');
  });

  it('until the person goes on from the server’s version, and that holds for this version only', () => {
    const { revision } = server.putRole(manifest('dev'));
    const text = manifest('dev', 'logins: [mine]', `  revision: ${revision}\n`);
    const theirs = server.putRole(manifest('dev', 'logins: [theirs]'));
    const accepted = { ...baseOf(theirs), instead: revision };
    assert.equal(plan(text, server.allRoles, accepted).status, 'changed');
    server.putRole(manifest('dev', 'logins: [again]'));
    assert.equal(plan(text, server.allRoles, accepted).status, 'stale');
  });

  it('a role that is gone is made anew once that was said', () => {
    const accepted = { revision: '', document: {} };
    assert.equal(plan(edited, [], accepted).status, 'new');
    server.putRole(manifest('dev', 'logins: [theirs]'));
    assert.equal(plan(edited, server.allRoles, accepted).status, 'stale');
  });
});
