import assert from 'node:assert/strict';
import { rawText, untrusted } from '../../../../src/access/untrusted/untrusted.ts';
import type { RolePlan } from '../../../../src/roles/apply/rolePlan.ts';
import type { BaseVersion } from '../../../../src/roles/apply/baseVersions.ts';
import type { PlainObject } from '../../../../src/roles/role/value.ts';
import type { StoredResource } from '../../../../src/teleport/output/adminSchema.ts';
import { overwrittenWords } from '../../../../src/text/roles/questionText.ts';
import { manifest, MemoryCluster, manifestValue } from '../../../support/roles/memoryCluster.ts';

const baseOf = (stored: StoredResource): BaseVersion => ({
  revision: stored.revision,
  document: stored.document,
});

describe('what Apply would do', () => {
  let server: MemoryCluster;
  beforeEach(() => {
    server = new MemoryCluster();
  });
  const plan = (text: string, base?: BaseVersion): RolePlan => server.plans([text], base)[0] ?? assert.fail();
  const planNames = (...texts: readonly string[]): string[] =>
    server.plans(texts).map(({ name }) => rawText(name));
  /** Stores the role `dev` with this spec and metadata on the server. */
  const putDev = (spec: PlainObject, metadata: PlainObject = {}): StoredResource =>
    server.putRole({ kind: 'role', version: 'v7', metadata: { name: 'dev', ...metadata }, spec });

  it('a role that is not there is new, and nothing stands on the other side', () => {
    const created = plan(manifest('dev'));
    assert.deepEqual([created.status, created.heldText], ['new', '']);
    assert.deepEqual(manifestValue(created.bytes), manifestValue(manifest('dev')));
  });

  it('a role that is there says which fields change, in exactly the bytes that are sent', () => {
    server.putRole(manifest('dev', 'logins: [dev]'));
    const changed = plan(manifest('dev', 'logins: [dev, ops]'));
    assert.equal(changed.status, 'changed');
    assert.deepEqual(changed.diffs, [{ path: ['spec', 'allow', 'logins'], removed: [], added: ['ops'] }]);
    assert.deepEqual(manifestValue(changed.bytes), manifestValue(manifest('dev', 'logins: [dev, ops]')));
  });

  it('what means the same is nothing to send', () => {
    putDev({ allow: { node_labels: { env: ['dev'] } }, options: { max_session_ttl: '1h0m0s' }, deny: {} });
    const text = manifest('dev', 'node_labels: {env: dev}').replace(
      'spec:',
      'spec:\n  options: {max_session_ttl: 1h}',
    );
    assert.equal(plan(text).status, 'same');
  });

  it('beside it the server’s version differs only where something changes', () => {
    putDev({
      allow: { logins: ['dev'] },
      deny: {},
      options: { forward_agent: false, max_session_ttl: '1h0m0s', ssh_file_copy: true },
    });
    const text = manifest('dev', 'logins: [ops]').replace('spec:', 'spec:\n  options: {max_session_ttl: 1h}');
    const { bytes, heldText } = plan(text);
    const otherLines = (yaml: string): string[] =>
      yaml.split('\n').filter((line) => !/- (dev|ops)/.test(line));
    assert.deepEqual(otherLines(heldText), otherLines(bytes));
    assert.match(heldText, /- dev\n/);
  });

  it('but a value of the server’s own that would go is shown', () => {
    const spec = { allow: { logins: ['dev'] }, options: { max_session_ttl: '2h0m0s' } };
    putDev(spec);
    const { status, heldText, bytes } = plan(manifest('dev'));
    assert.deepEqual([status, /2h/.test(heldText), /2h/.test(bytes)], ['changed', true, false]);
  });

  it('a safer option that would be left out stands on the side of the server', () => {
    const options = { port_forwarding: false, ssh_file_copy: true, create_host_user_mode: 'off' };
    putDev({ allow: { logins: ['dev'] }, options });
    const { status, heldText, diffs } = plan(manifest('dev'));
    assert.equal(status, 'changed');
    assert.match(heldText, /port_forwarding: false/);
    assert.match(heldText, /create_host_user_mode: "off"/);
    assert.doesNotMatch(heldText, /ssh_file_copy/);
    assert.deepEqual(
      diffs.map(({ path }) => path.at(-1)),
      ['port_forwarding', 'create_host_user_mode'],
    );
  });

  describe('the order of a list', () => {
    const everything = 'ALL=(ALL) NOPASSWD: ALL';
    const noRoot = 'ALL=(ALL) !/bin/su, !/usr/bin/bash';
    const sudoers = (...lines: readonly string[]): string =>
      manifest('dev', `host_sudoers: ${JSON.stringify(lines)}`);

    it('of sudoers, where the last line counts, is a change that is shown in the order of each side', () => {
      putDev({ allow: { host_sudoers: [everything, noRoot] } });
      const { status, diffs, heldText, bytes } = plan(sudoers(noRoot, everything));
      assert.equal(status, 'changed');
      assert.deepEqual(diffs, [
        {
          path: ['spec', 'allow', 'host_sudoers'],
          removed: [everything, noRoot],
          added: [noRoot, everything],
        },
      ]);
      assert.ok(heldText.indexOf(everything) < heldText.indexOf(noRoot));
      assert.ok(bytes.indexOf(noRoot) < bytes.indexOf(everything));
      assert.equal(plan(sudoers(everything, noRoot)).status, 'same');
    });

    it('is whole where a line also comes or goes, or stands twice', () => {
      putDev({ allow: { host_sudoers: [everything, noRoot] } });
      for (const lines of [
        [noRoot, everything, 'x'],
        ['x', everything, noRoot],
        [noRoot],
        [everything, noRoot, everything],
      ])
        assert.deepEqual(plan(sudoers(...lines)).diffs, [
          { path: ['spec', 'allow', 'host_sudoers'], removed: [everything, noRoot], added: lines },
        ]);
    });

    it('of the modes to join a session counts, also that of policies and of rules beside a new one', () => {
      const join = (modes: readonly string[]): PlainObject => ({
        name: 'x',
        roles: ['dev'],
        kinds: ['k8s'],
        modes,
      });
      putDev({ allow: { join_sessions: [join(['observer', 'moderator'])] } });
      const text = (policies: readonly PlainObject[]): string =>
        manifest('dev', `join_sessions: ${JSON.stringify(policies)}`);
      assert.equal(plan(text([join(['moderator', 'observer'])])).status, 'changed');
      assert.equal(plan(text([join(['observer', 'moderator'])])).status, 'same');
      const [a, b, c] = ['node', 'role', 'user'].map((kind) => ({ resources: [kind], verbs: ['read'] }));
      putDev({ allow: { rules: [a!, b!] } });
      const turned = plan(manifest('dev', `rules: ${JSON.stringify([b, a, c])}`));
      assert.deepEqual(
        turned.diffs.map(({ removed, added }) => [removed, added]),
        [
          [
            [a, b],
            [b, a, c],
          ],
        ],
      );
    });

    it('of alternatives is no change, and the left side has that of the server', () => {
      putDev({ allow: { logins: ['root', 'dev', 'ops'] } }, { description: 'old' });
      assert.equal(plan(manifest('dev', 'logins: [dev, ops, root]', '  description: old\n')).status, 'same');
      const { heldText } = plan(manifest('dev', 'logins: [dev, ops, root]', '  description: new\n'));
      assert.match(heldText, /- root\n\s+- dev\n\s+- ops\n/);
    });

    it('and every value on the left side is the server’s own, whatever the file says', () => {
      const server = {
        allow: {
          logins: ['b', 'a', 'b'],
          node_labels: { env: ['prod'], team: ['y', 'x'] },
          host_sudoers: ['one', 'two'],
          request: { roles: ['z', 'y'] },
        },
      };
      const file = manifest(
        'dev',
        'logins: [a, b], node_labels: {team: [x, y], env: prod}, host_sudoers: [two, one], request: {roles: [y, z]}',
      );
      putDev(server);
      const left = manifestValue(plan(file).heldText) as { spec: { allow: PlainObject } };
      assert.deepEqual(left.spec.allow, {
        ...server.allow,
        node_labels: { env: 'prod', team: ['y', 'x'] },
      });
    });
  });

  it('the revision in a manifest is not sent', () => {
    const { revision } = server.putRole(manifest('dev'));
    const text = manifest('dev', 'logins: [ops]', `  revision: ${revision}\n`);
    const { bytes, status, manifestRevision } = plan(text);
    assert.deepEqual([status, manifestRevision, bytes.includes('revision')], ['changed', revision, false]);
  });

  for (const origin of ['terraform', 'kubernetes', 'okta', 'config-file', 'something new'])
    it(`a role kept by ${origin} is shown and never sent`, () => {
      putDev({ allow: {} }, { labels: { 'teleport.dev/origin': origin } });
      const { status, owner } = plan(manifest('dev', 'logins: [ops]'));
      assert.deepEqual([status, owner], ['ownedElsewhere', untrusted(origin)]);
    });

  it('one made by hand is not kept by anybody', () => {
    putDev({ allow: {} }, { labels: { 'teleport.dev/origin': 'dynamic' } });
    assert.equal(plan(manifest('dev')).status, 'changed');
  });

  it('a role of Teleport itself is refused, one that it comes with is named as that', () => {
    const type = 'teleport.internal/resource-type';
    putDev({ allow: {} }, { labels: { [type]: 'system' } });
    const refusal = server.read(manifest('dev'));
    assert.ok('kind' in refusal && refusal.kind === 'system');
    putDev({ allow: {} }, { labels: { [type]: 'preset' } });
    assert.equal(plan(manifest('dev')).preset, true);
  });

  it('a role that others let people request is sent before them', () => {
    const askingRole = manifest('dev', 'request: {roles: [admin]}');
    const names = planNames(askingRole, manifest('other'), manifest('admin'));
    assert.deepEqual(names, ['admin', 'dev', 'other']);
  });

  it('what takes rights away is sent last: a refusal before it leaves everybody as they were', () => {
    server.putRole(manifest('dev', 'kubernetes_groups: [admins]'));
    server.putRole(manifest('lead', 'logins: [lead]'));
    const names = planNames(
      manifest('dev', 'request: {roles: [admin]}'),
      manifest('asker', 'request: {roles: [admin, lead]}'),
      manifest('reviewer', 'review_requests: {roles: [admin]}'),
      manifest('approver', 'rules: [{resources: [access_request], verbs: [list, read, update]}]'),
      manifest('lead', 'logins: [other]'),
      manifest('admin'),
    );
    assert.deepEqual(names, ['admin', 'reviewer', 'approver', 'asker', 'lead', 'dev']);
  });

  it('what a role lets people ask for is there, comes with it, or is named as lacking', () => {
    server.putRole(manifest('there'));
    const askingRole = manifest('dev', "request: {roles: [there, new, '123', 'kube-*', '{{x}}', '^a$']}");
    const missing = server.plans([askingRole, manifest('new')]).map((planned) => planned.missingRoles);
    assert.deepEqual(missing, [undefined, ['123']]);
  });

  it('two that name each other are sent in the order of the files', () => {
    const names = planNames(manifest('a', 'request: {roles: [b]}'), manifest('b', 'request: {roles: [a]}'));
    assert.equal(names.length, 2);
  });

  describe('what somebody else changed since is not overwritten', () => {
    const edited = manifest('dev', 'logins: [dev, mine]');

    it('the version that was fetched is no longer the server’s', () => {
      const base = baseOf(server.putRole(manifest('dev')));
      server.putRole(manifest('dev', 'logins: [dev, theirs]'));
      const stale = plan(edited, base);
      assert.equal(stale.status, 'stale');
      assert.match(stale.base?.server ?? '', /theirs/);
      assert.doesNotMatch(stale.base?.text ?? 'theirs', /theirs/);
    });

    it('the revision that the manifest names is no longer the server’s', () => {
      const { revision } = server.putRole(manifest('dev'));
      const text = manifest('dev', 'logins: [mine]', `  revision: ${revision}\n`);
      assert.equal(plan(text).status, 'changed');
      server.putRole(manifest('dev', 'logins: [theirs]'));
      assert.equal(plan(text).status, 'stale');
    });

    it('going on says what it takes away of theirs, and nothing else', () => {
      const base = baseOf(server.putRole(manifest('dev', 'logins: [dev, gone], db_roles: [x]')));
      server.putRole(manifest('dev', 'logins: [dev, theirs], db_roles: [x, both]'));
      const text = manifest('dev', 'logins: [dev, gone, mine], db_roles: [x, both]');
      const { name, overwritten = [] } = plan(text, base);
      assert.deepEqual(overwritten, [
        { path: ['spec', 'allow', 'logins'], removed: ['theirs'], added: ['gone'] },
      ]);
      const words = overwrittenWords([{ name, overwritten }]);
      assert.match(
        words,
        /^This takes away what was changed on the cluster since, in dev:\n {4}allow\.logins: /,
      );
      assert.match(words, /− “theirs”, \+ “gone”$/);
    });

    it('where it is not known what they changed, that is said', () => {
      const { revision } = server.putRole(manifest('dev'));
      server.putRole(manifest('dev', 'logins: [theirs]'));
      const stale = plan(manifest('dev', 'logins: [mine]', `  revision: ${revision}\n`));
      assert.deepEqual([stale.status, stale.overwritten], ['stale', undefined]);
      assert.match(overwrittenWords([stale]), /stands below/);
    });

    it('somebody removed it', () => {
      const base = baseOf(server.putRole(manifest('dev')));
      server.roles.clear();
      assert.equal(plan(edited, base).status, 'stale');
    });

    it('unless it is what the file says already', () => {
      const base = baseOf(server.putRole(manifest('dev')));
      server.putRole(edited);
      assert.equal(plan(edited, base).status, 'same');
    });

    it('unless it was written anew with the same in it', () => {
      const base = baseOf(server.putRole(manifest('dev')));
      server.putRole(manifest('dev'));
      assert.equal(plan(edited, base).status, 'changed');
    });

    it('until the person goes on from the server’s version, and that holds for this version only', () => {
      const { revision } = server.putRole(manifest('dev'));
      const text = manifest('dev', 'logins: [mine]', `  revision: ${revision}\n`);
      const theirs = server.putRole(manifest('dev', 'logins: [theirs]'));
      const accepted = { ...baseOf(theirs), instead: revision };
      assert.equal(plan(text, accepted).status, 'changed');
      server.putRole(manifest('dev', 'logins: [again]'));
      assert.equal(plan(text, accepted).status, 'stale');
    });

    it('a role that is gone is made anew once that was said', () => {
      const accepted = { revision: '', document: {} };
      assert.equal(plan(edited, accepted).status, 'new');
      server.putRole(manifest('dev', 'logins: [theirs]'));
      assert.equal(plan(edited, accepted).status, 'stale');
    });
  });
});
