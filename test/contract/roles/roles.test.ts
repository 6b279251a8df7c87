import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rawText, untrusted, type Untrusted } from '../../../src/access/text/untrusted.ts';
import type { Home } from '../../../src/teleport/home/home.ts';
import { roleNamesOf, type StoredResource } from '../../../src/teleport/output/adminSchema.ts';
import { eventually, failsWith, onEveryCluster, failureKindOf, tshMessage } from '../../support/contract/suite.ts';

/** A role that gives nothing to nobody. */
const manifest = (name: Untrusted, allow: object = { logins: ['nobody'] }): string =>
  JSON.stringify({ kind: 'role', version: 'v7', metadata: { name: rawText(name) }, spec: { allow } });

/** What a role's document says at a path. */
const at = ({ document }: StoredResource, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], document);

onEveryCluster('roles', (world) => {
  let admin: Home;
  before(async () => {
    admin = await world().adminHome();
  });
  const newName = (start = 'jit-contract-'): Untrusted => {
    const name = `${start}${randomBytes(6).toString('hex')}`;
    world().onClose(() => world().runDirectly('tctl', admin, ['rm', '--', `role/${name}`]));
    return untrusted(name);
  };
  const write = (name: Untrusted, bytes: string, revision?: string): Promise<StoredResource> =>
    world().tctl.writeRole(admin, name, bytes, revision);

  it('are read by who administers, whole and with a revision', async () => {
    const roles = await world().tctl.roles(admin);
    const found = roles.find(({ name }) => name === untrusted('dev-team'));
    assert.ok(found && found.revision !== '');
    assert.deepEqual(at(found, 'spec', 'allow', 'logins'), ['dev']);
    assert.deepEqual(await world().tctl.role(admin, untrusted('dev-team')), found);
  });

  it('so are people, with the roles they hold', async () => {
    const users = await world().tctl.users(admin);
    const alice = users.find(({ name }) => name === untrusted('alice'));
    assert.ok(alice && roleNamesOf(alice).includes(untrusted('dev-team')));
  });

  it('a role that is not there is gone', () =>
    failsWith(world().tctl.role(admin, untrusted('no-such-role')), 'gone'));

  it('can be made and changed; what the server then holds comes back', async () => {
    const name = newName();
    const made = await write(name, manifest(name));
    assert.deepEqual([made.name, at(made, 'spec', 'allow', 'logins')], [name, ['nobody']]);
    const changed = await write(name, manifest(name, { logins: ['nobody', 'none'] }), made.revision);
    assert.notEqual(changed.revision, made.revision);
    assert.deepEqual(at(changed, 'spec', 'allow', 'logins'), ['nobody', 'none']);
    assert.deepEqual(await world().tctl.role(admin, name), changed);
  });

  it('a change based on an older revision is refused; tctl itself would have overwritten', async () => {
    const name = newName();
    const { revision } = await write(name, manifest(name));
    const theirs = await write(name, manifest(name, { logins: ['theirs'] }), revision);
    await failsWith(write(name, manifest(name, { logins: ['ours'] }), revision), 'changed');
    await failsWith(write(name, manifest(name, { logins: ['ours'] })), 'changed');
    assert.deepEqual(await world().tctl.role(admin, name), theirs);
    const file = join(await world().newFolder(), 'role.yaml');
    const stale = { name: rawText(name), revision };
    const spec = { allow: { logins: ['ours'] } };
    await writeFile(file, JSON.stringify({ kind: 'role', version: 'v7', metadata: stale, spec }));
    assert.equal((await world().runDirectly('tctl', admin, ['create', '-f', file])).exit, 0);
    const now = () => world().tctl.role(admin, name);
    const written = await eventually(now, (held) => held.revision !== theirs.revision);
    assert.deepEqual(at(written, 'spec', 'allow', 'logins'), ['ours']);
  });

  it('a role that is no longer there is not made again by a change', async () => {
    const name = newName();
    const { revision } = await write(name, manifest(name));
    await world().runDirectly('tctl', admin, ['rm', '--', `role/${rawText(name)}`]);
    await eventually(
      () => failureKindOf(world().tctl.role(admin, name)),
      (why) => why === 'gone',
    );
    await failsWith(write(name, manifest(name), revision), 'changed');
  });

  it('a field that the server does not know is dropped without a word, and seen to be', async () => {
    const name = newName();
    const made = await write(name, manifest(name, { logins: ['nobody'], bogus_field: 3 }));
    assert.equal(at(made, 'spec', 'allow', 'bogus_field'), undefined);
    assert.deepEqual(at(made, 'spec', 'allow', 'logins'), ['nobody']);
  });

  it('what the server refuses is said in its words, and changes nothing', async () => {
    const name = newName();
    const made = await write(name, manifest(name));
    const refused = await failsWith(
      write(name, manifest(name, { request: { roles: 7 } }), made.revision),
      'refused',
    );
    assert.notEqual(tshMessage(refused), '');
    assert.deepEqual(await world().tctl.role(admin, name), made);
  });

  it('a name may look like an option or a file', async () => {
    for (const start of ['-jit-contract-', '@jit-contract-']) {
      const name = newName(start);
      assert.equal((await write(name, manifest(name))).name, name);
    }
  });

  it('what else hands out roles is listed for who administers; others are told which rule they lack', async () => {
    const bob = await world().home('bob');
    for (const kind of ['connectors', 'saml', 'oidc', 'github', 'bot', 'trusted_cluster']) {
      const listed = await world().runDirectly('tctl', admin, ['get', kind, '--format=json']);
      assert.ok(listed.exit === 0 && Array.isArray(JSON.parse(listed.stdout)), kind);
      const { exit, stderr } = await world().runDirectly('tctl', bob, ['get', kind, '--format=json']);
      assert.deepEqual(
        [exit, /access denied to perform action "\w+" on "\w+"/.test(stderr)],
        [1, true],
        kind,
      );
    }
  });

  it('are not for ordinary people, and that is noticed', async () => {
    const home = await world().home('bob');
    const { tctl, abilities } = world().newClients();
    const name = newName();
    await failsWith(tctl.roles(home), 'notPermitted');
    await failsWith(tctl.role(home, untrusted('editor')), 'notPermitted');
    await failsWith(tctl.users(home), 'notPermitted');
    await failsWith(tctl.writeRole(home, name, manifest(name), undefined), 'notPermitted');
    assert.deepEqual([abilities.get('readRoles'), abilities.get('readUsers')], [false, false]);
    await failsWith(world().tctl.role(admin, name), 'gone');
  });
});
