import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Home } from '../../../src/teleport/home/home.ts';
import { folderContents } from '../../support/folderContents.ts';
import { failsWith, skipTest, onEveryCluster } from '../../support/contract/suite.ts';

onEveryCluster('a private home', (fixture) => {
  let mainLogin: Home;
  beforeEach(async () => {
    mainLogin = await fixture().copyMainLogin('alice');
  });

  it('elevating in it leaves the main login as it was, byte for byte', async () => {
    const before = await folderContents(mainLogin.folder);
    const { validUntil } = await fixture().profile(mainLogin);
    const { home } = await fixture().elevatedHome(mainLogin);
    assert.deepEqual(await folderContents(mainLogin.folder), before);
    await fixture().tsh.drop(home, []);
    assert.deepEqual(await folderContents(mainLogin.folder), before);
    const after = await fixture().profile(mainLogin);
    assert.deepEqual([after.assumed, after.validUntil], [[], validUntil]);
  });

  it('is the least of a login, and yet a login', async () => {
    for (const other of ['keys/elsewhere.example.test', 'bin', 'tctl']) {
      await mkdir(join(mainLogin.folder, other), { recursive: true });
      await writeFile(join(mainLogin.folder, other, 'secret'), 'not ours');
    }
    const home = await fixture().privateHome(mainLogin);
    const names = (await readdir(home.folder)).filter((name) => !/\.yaml$|^config$/.test(name));
    assert.deepEqual(
      names.sort(),
      ['current-profile', 'keys', 'known_hosts'].filter((name) => names.includes(name)),
    );
    assert.equal((await readdir(join(home.folder, 'keys'))).length, 1);
    assert.deepEqual(await fixture().profile(home), await fixture().profile(mainLogin));
    await fixture().tsh.list(home);
  });

  it('no link is followed into it: neither a folder of keys, nor one planted among them', async () => {
    const keys = join(mainLogin.folder, 'keys');
    const [proxy = ''] = await readdir(keys);
    await symlink(join(mainLogin.folder, 'known_hosts'), join(keys, proxy, 'planted'));
    await failsWith(fixture().privateHome(mainLogin), 'untrustedHome');
    const other = await fixture().copyMainLogin('alice');
    await rename(join(other.folder, 'keys'), join(other.folder, 'elsewhere'));
    await symlink(join(other.folder, 'elsewhere'), join(other.folder, 'keys'));
    await failsWith(fixture().privateHome(other), 'untrustedHome');
  });

  it('a main login that is itself behind a link is copied', async () => {
    const link = join(await fixture().newFolder(), 'link');
    await symlink(mainLogin.folder, link);
    const home = await fixture().privateHome(new Home(link));
    assert.deepEqual(await fixture().profile(home), await fixture().profile(mainLogin));
  });

  it('of a login that was elevated as a whole is cleaned, and that login stays elevated', async () => {
    const id = await fixture().sharedApprovedRequest();
    await fixture().tsh.assume(mainLogin, id);
    const home = await fixture().privateHome(mainLogin);
    assert.deepEqual((await fixture().profile(home)).assumed, [id]);
    const clean = await fixture().tsh.drop(home, []);
    const { assumed, validUntil } = await fixture().profile(mainLogin);
    assert.deepEqual([clean.assumed, assumed], [[], [id]]);
    assert.equal(clean.validUntil, validUntil);
  });

  it('is made nowhere that others may enter', async function () {
    if (process.platform === 'win32') skipTest(this, 'Windows has other permissions');
    await fixture().privateHome(mainLogin);
    await chmod(fixture().root, 0o755);
    try {
      await failsWith(fixture().privateHome(mainLogin), 'untrustedHome');
    } finally {
      await chmod(fixture().root, 0o700);
    }
  });

  it('eight who ask it at the same time get eight right answers', async () => {
    const home = await fixture().privateHome(mainLogin);
    const ids = [await fixture().createRequest(), await fixture().createRequest()] as const;
    const id = await fixture().sharedApprovedRequest();
    const { tsh } = fixture();
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
