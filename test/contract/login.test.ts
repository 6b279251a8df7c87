import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bare, foreign } from '../../src/access/text.ts';
import { Tsh } from '../../src/teleport/tsh.ts';
import { failsWith, lacking, onEveryCluster, unknown } from './world.ts';

onEveryCluster('who is signed in', (world) => {
  it('the version of tsh is known without a login', async () => {
    assert.match(await world().tsh.version(await world().emptyHome()), /^\d+\.\d+\.\d+/);
  });

  it('a login says who, where, until when and with which roles', async () => {
    const login = await world().tsh.status(await world().home('alice'));
    assert.ok(login.kind === 'signedIn');
    const { user, proxy, cluster, roles, assumed, validUntil } = login.profile;
    assert.equal(user, 'alice');
    assert.match(bare(proxy), /^https:\/\/[^/]+:\d+$/);
    assert.notEqual(cluster, '');
    assert.ok(roles.includes(foreign('dev-team')));
    assert.deepEqual(assumed, []);
    assert.ok(validUntil > Date.now());
  });

  it('an empty home is signed out, for every command', async () => {
    const home = await world().emptyHome();
    assert.deepEqual(await world().tsh.status(home), { kind: 'signedOut' });
    await failsWith(world().tsh.list(home), 'signedOut');
    await failsWith(world().tsh.show(home, unknown), 'signedOut');
    await failsWith(world().tsh.assume(home, unknown), 'signedOut');
    await failsWith(world().tsh.capabilities(home, foreign('alice')), 'signedOut');
  });

  it('a login that has run out says whose it was, and nothing can be done with it', async function () {
    const { expired } = world().description;
    if (expired === undefined) lacking(this, 'the description names no expired home');
    const home = await world().copied(expired);
    const login = await world().tsh.status(home);
    assert.ok(login.kind === 'expired');
    assert.equal(login.profile.user, 'alice');
    await failsWith(world().tsh.list(home), 'expired');
    await failsWith(world().tsh.drop(home, []), 'expired');
    await failsWith(world().tsh.assume(home, unknown), 'needsTerminal');
    await failsWith(world().tsh.capabilities(home, foreign('alice')), 'expired');
  });

  it('what one may ask for is known to ordinary people', async () => {
    const { roles } = await world().tsh.capabilities(await world().home('alice'), foreign('alice'));
    assert.ok(roles.includes(foreign('kube-admin')));
    assert.ok(!roles.includes(foreign('dev-team')));
  });

  it('what others may ask for is not', async () => {
    const asked = world().tsh.capabilities(await world().home('alice'), foreign('bob'));
    await failsWith(asked, 'notPermitted');
  });

  it('a cluster that cannot be reached is told from one that refuses; the login is still known', async function () {
    const home = await world().copyOf('alice');
    const host = (await readFile(join(home.folder, 'current-profile'), 'utf8')).trim();
    const file = join(home.folder, `${host}.yaml`);
    const yaml = await readFile(file, 'utf8');
    await writeFile(file, yaml.replace(/^(web_proxy_addr: ).*$/m, '$1127.0.0.1:1'));
    const answered = await world()
      .tsh.list(home)
      .then(
        () => true,
        () => false,
      );
    if (answered) lacking(this, 'this cluster answers whatever address the profile names');
    await failsWith(world().tsh.list(home), 'unreachable');
    assert.equal((await world().tsh.status(home)).kind, 'signedIn');
  });

  it('variables of Teleport in our own environment change nothing', async () => {
    const tsh = new Tsh(
      world().client({
        TELEPORT_CLUSTER: 'leaf',
        TELEPORT_PROXY: '127.0.0.1:9',
        TELEPORT_USER: 'root',
        TELEPORT_HOME: '/nowhere',
        TSH_UNALIAS: 'none',
        NODE_OPTIONS: '--no-such-option',
      }),
    );
    const home = await world().copyOf('alice');
    assert.equal((await tsh.status(home)).kind, 'signedIn');
    const id = await world().granted();
    const profile = await tsh.assume(home, id);
    assert.deepEqual(profile.assumed, [id]);
  });
});
