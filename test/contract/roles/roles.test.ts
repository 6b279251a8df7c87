import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rawText, untrusted, type Untrusted } from '../../../src/access/untrusted/untrusted.ts';
import type { Home } from '../../../src/teleport/home/home.ts';
import { roleNamesOf, type StoredResource } from '../../../src/teleport/output/adminSchema.ts';
import {
  eventually,
  failsWith,
  onEveryCluster,
  failureKindOf,
  tshMessage,
} from '../../support/contract/suite.ts';

/** Returns the manifest of a role that grants no access to anybody. */
const manifest = (name: Untrusted, allow: object = { logins: ['nobody'] }): string =>
  JSON.stringify({ kind: 'role', version: 'v7', metadata: { name: rawText(name) }, spec: { allow } });

/** Returns the value at a path of a role's document. */
const valueAt = ({ document }: StoredResource, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], document);

onEveryCluster('roles', (fixture) => {
  let admin: Home;
  before(async () => {
    admin = await fixture().adminHome();
  });
  const newName = (prefix = 'jit-contract-'): Untrusted => {
    const name = `${prefix}${randomBytes(6).toString('hex')}`;
    fixture().onClose(() => fixture().runDirectly('tctl', admin, ['rm', '--', `role/${name}`]));
    return untrusted(name);
  };
  const write = (name: Untrusted, bytes: string, revision?: string): Promise<StoredResource> =>
    fixture().tctl.writeRole(admin, name, bytes, revision);

  it('are read by who administers, whole and with a revision', async () => {
    const roles = await fixture().tctl.roles(admin);
    const found = roles.find(({ name }) => name === untrusted('dev-team'));
    assert.ok(found && found.revision !== '');
    assert.deepEqual(valueAt(found, 'spec', 'allow', 'logins'), ['dev']);
    assert.deepEqual(await fixture().tctl.role(admin, untrusted('dev-team')), found);
  });

  it('so are people, with the roles they hold', async () => {
    const users = await fixture().tctl.users(admin);
    const alice = users.find(({ name }) => name === untrusted('alice'));
    assert.ok(alice && roleNamesOf(alice).includes(untrusted('dev-team')));
  });

  it('a role that is not there is gone', () =>
    failsWith(fixture().tctl.role(admin, untrusted('no-such-role')), 'gone'));

  it('can be made and changed; what the server then holds comes back', async () => {
    const name = newName();
    const created = await write(name, manifest(name));
    assert.deepEqual([created.name, valueAt(created, 'spec', 'allow', 'logins')], [name, ['nobody']]);
    const changed = await write(name, manifest(name, { logins: ['nobody', 'none'] }), created.revision);
    assert.notEqual(changed.revision, created.revision);
    assert.deepEqual(valueAt(changed, 'spec', 'allow', 'logins'), ['nobody', 'none']);
    assert.deepEqual(await fixture().tctl.role(admin, name), changed);
  });

  it('a change based on an older revision is refused; tctl itself would have overwritten', async () => {
    const name = newName();
    const { revision } = await write(name, manifest(name));
    const theirs = await write(name, manifest(name, { logins: ['theirs'] }), revision);
    await failsWith(write(name, manifest(name, { logins: ['ours'] }), revision), 'changed');
    await failsWith(write(name, manifest(name, { logins: ['ours'] })), 'changed');
    assert.deepEqual(await fixture().tctl.role(admin, name), theirs);
    const file = join(await fixture().newFolder(), 'role.yaml');
    const stale = { name: rawText(name), revision };
    const spec = { allow: { logins: ['ours'] } };
    await writeFile(file, JSON.stringify({ kind: 'role', version: 'v7', metadata: stale, spec }));
    assert.equal((await fixture().runDirectly('tctl', admin, ['create', '-f', file])).exit, 0);
    const readRole = () => fixture().tctl.role(admin, name);
    const written = await eventually(readRole, (role) => role.revision !== theirs.revision);
    assert.deepEqual(valueAt(written, 'spec', 'allow', 'logins'), ['ours']);
  });

  it('a role that is no longer there is not made again by a change', async () => {
    const name = newName();
    const { revision } = await write(name, manifest(name));
    await fixture().runDirectly('tctl', admin, ['rm', '--', `role/${rawText(name)}`]);
    await eventually(
      () => failureKindOf(fixture().tctl.role(admin, name)),
      (kind) => kind === 'gone',
    );
    await failsWith(write(name, manifest(name), revision), 'changed');
  });

  it('a field that the server does not know is dropped without a word, and seen to be', async () => {
    const name = newName();
    const created = await write(name, manifest(name, { logins: ['nobody'], bogus_field: 3 }));
    assert.equal(valueAt(created, 'spec', 'allow', 'bogus_field'), undefined);
    assert.deepEqual(valueAt(created, 'spec', 'allow', 'logins'), ['nobody']);
  });

  it('what the server refuses is said in its words, and changes nothing', async () => {
    const name = newName();
    const created = await write(name, manifest(name));
    const refused = await failsWith(
      write(name, manifest(name, { request: { roles: 7 } }), created.revision),
      'refused',
    );
    assert.notEqual(tshMessage(refused), '');
    assert.deepEqual(await fixture().tctl.role(admin, name), created);
  });

  it('a name may look like an option or a file', async () => {
    for (const prefix of ['-jit-contract-', '@jit-contract-']) {
      const name = newName(prefix);
      assert.equal((await write(name, manifest(name))).name, name);
    }
  });

  it('what else hands out roles is listed for who administers; others are told which rule they lack', async () => {
    const bob = await fixture().home('bob');
    for (const kind of ['connectors', 'saml', 'oidc', 'github', 'bot', 'trusted_cluster']) {
      const listed = await fixture().runDirectly('tctl', admin, ['get', kind, '--format=json']);
      assert.ok(listed.exit === 0 && Array.isArray(JSON.parse(listed.stdout)), kind);
      const { exit, stderr } = await fixture().runDirectly('tctl', bob, ['get', kind, '--format=json']);
      assert.deepEqual(
        [exit, /access denied to perform action "\w+" on "\w+"/.test(stderr)],
        [1, true],
        kind,
      );
    }
  });

  it('are not for ordinary people, and that is noticed', async () => {
    const home = await fixture().home('bob');
    const { tctl, abilities } = fixture().newClients();
    const name = newName();
    await failsWith(tctl.roles(home), 'notPermitted');
    await failsWith(tctl.role(home, untrusted('editor')), 'notPermitted');
    await failsWith(tctl.users(home), 'notPermitted');
    await failsWith(tctl.writeRole(home, name, manifest(name), undefined), 'notPermitted');
    assert.deepEqual([abilities.get('readRoles'), abilities.get('readUsers')], [false, false]);
    await failsWith(fixture().tctl.role(admin, name), 'gone');
  });
});
