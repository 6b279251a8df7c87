import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Home } from '../../../src/teleport/home/home.ts';
import { folderContents } from '../../support/folderContents.ts';
import { failsWith, skipTest, onEveryCluster } from '../../support/contract/suite.ts';

onEveryCluster('a private home', (world) => {
  let mainLogin: Home;
  beforeEach(async () => {
    mainLogin = await world().copyMainLogin('alice');
  });

  it('elevating in it leaves the main login as it was, byte for byte', async () => {
    const before = await folderContents(mainLogin.folder);
    const { validUntil } = await world().profile(mainLogin);
    const { home } = await world().elevatedHome(mainLogin);
    assert.deepEqual(await folderContents(mainLogin.folder), before);
    await world().tsh.drop(home, []);
    assert.deepEqual(await folderContents(mainLogin.folder), before);
    const after = await world().profile(mainLogin);
    assert.deepEqual([after.assumed, after.validUntil], [[], validUntil]);
  });

  it('is the least of a login, and yet a login', async () => {
    for (const other of ['keys/elsewhere.example.test', 'bin', 'tctl']) {
      await mkdir(join(mainLogin.folder, other), { recursive: true });
      await writeFile(join(mainLogin.folder, other, 'secret'), 'not ours');
    }
    const home = await world().privateHome(mainLogin);
    const names = (await readdir(home.folder)).filter((name) => !/\.yaml$|^config$/.test(name));
    assert.deepEqual(
      names.sort(),
      ['current-profile', 'keys', 'known_hosts'].filter((name) => names.includes(name)),
    );
    assert.equal((await readdir(join(home.folder, 'keys'))).length, 1);
    assert.deepEqual(await world().profile(home), await world().profile(mainLogin));
    await world().tsh.list(home);
  });

  it('no link is followed into it: neither a folder of keys, nor one planted among them', async () => {
    const keys = join(mainLogin.folder, 'keys');
    const [proxy = ''] = await readdir(keys);
    await symlink(join(mainLogin.folder, 'known_hosts'), join(keys, proxy, 'planted'));
    await failsWith(world().privateHome(mainLogin), 'untrustedHome');
    const other = await world().copyMainLogin('alice');
    await rename(join(other.folder, 'keys'), join(other.folder, 'elsewhere'));
    await symlink(join(other.folder, 'elsewhere'), join(other.folder, 'keys'));
    await failsWith(world().privateHome(other), 'untrustedHome');
  });

  it('a main login that is itself behind a link is copied', async () => {
    const link = join(await world().newFolder(), 'link');
    await symlink(mainLogin.folder, link);
    const home = await world().privateHome(new Home(link));
    assert.deepEqual(await world().profile(home), await world().profile(mainLogin));
  });

  it('of a login that was elevated as a whole is cleaned, and that login stays elevated', async () => {
    const id = await world().sharedApprovedRequest();
    await world().tsh.assume(mainLogin, id);
    const home = await world().privateHome(mainLogin);
    assert.deepEqual((await world().profile(home)).assumed, [id]);
    const clean = await world().tsh.drop(home, []);
    const { assumed, validUntil } = await world().profile(mainLogin);
    assert.deepEqual([clean.assumed, assumed], [[], [id]]);
    assert.equal(clean.validUntil, validUntil);
  });

  it('is made nowhere that others may enter', async function () {
    if (process.platform === 'win32') skipTest(this, 'Windows has other permissions');
    await world().privateHome(mainLogin);
    await chmod(world().root, 0o755);
    try {
      await failsWith(world().privateHome(mainLogin), 'untrustedHome');
    } finally {
      await chmod(world().root, 0o700);
    }
  });

  it('eight who ask it at the same time get eight right answers', async () => {
    const home = await world().privateHome(mainLogin);
    const ids = [await world().createRequest(), await world().createRequest()] as const;
    const id = await world().sharedApprovedRequest();
    const { tsh } = world();
    const [first, second, login, list, elevated, again, dropped, last] = await Promise.all([
      tsh.show(home, ids[0]),
      tsh.show(home, ids[1]),
      tsh.status(home),
      tsh.list(home),
      tsh.assume(home, id),
      tsh.show(home, ids[0]),
      tsh.drop(home, []),
      tsh.status(home),
    ]);
    assert.deepEqual([first.id, second.id, again.id], [...ids, ids[0]]);
    assert.ok(login.kind === 'signedIn' && login.profile.assumed.length === 0);
    assert.equal(list.unreadable, 0);
    assert.deepEqual(elevated.assumed, [id]);
    assert.deepEqual(dropped.assumed, []);
    assert.ok(last.kind === 'signedIn' && last.profile.assumed.length === 0);
  });
});
