import assert from 'node:assert/strict';
import { mkdir, readdir, rename, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { foreign } from '../../src/access/text.ts';
import type { Home } from '../../src/teleport/home.ts';
import { limits } from '../../src/teleport/tsh.ts';
import { contents, failsWith, lacking, onEveryCluster, unknown } from './world.ts';

const hour = 60 * 60_000;
const kubeAdmin = foreign('kube-admin');

onEveryCluster('using and giving back', (world) => {
  let everyday: Home;
  beforeEach(async () => {
    everyday = await world().copyOf('alice');
  });
  const assumed = async (home: Home): Promise<readonly string[]> => (await world().profile(home)).assumed;

  it('a request is assumed in a private home; the everyday login stays as it was, byte for byte', async () => {
    const id = await world().granted();
    const before = await contents(everyday.folder);
    const { validUntil } = await world().profile(everyday);
    const home = await world().privateHome(everyday);
    const elevated = await world().tsh.assume(home, id);
    assert.deepEqual(elevated.assumed, [id]);
    assert.ok(elevated.roles.includes(kubeAdmin));
    assert.ok(elevated.validUntil <= Math.min(validUntil, Date.now() + hour + 5_000));
    await world().tsh.drop(home, []);
    assert.deepEqual(await contents(everyday.folder), before);
    const after = await world().profile(everyday);
    assert.deepEqual([after.assumed, after.validUntil], [[], validUntil]);
  });

  it('the least copy of a login is a login', async () => {
    const home = await world().privateHome(everyday);
    const names = (await readdir(home.folder)).filter((name) => !/\.yaml$|^config$/.test(name));
    assert.deepEqual(
      names.sort(),
      ['current-profile', 'keys', 'known_hosts'].filter((name) => names.includes(name)),
    );
    assert.deepEqual(await world().profile(home), await world().profile(everyday));
    await world().tsh.list(home);
  });

  it('no link is followed into the copy', async () => {
    const keys = join(everyday.folder, 'keys');
    await rename(keys, `${keys}-elsewhere`);
    await symlink(`${keys}-elsewhere`, keys);
    await failsWith(world().privateHome(everyday), 'untrustedHome');
  });

  it('what is given back is no longer in use, and the end stays cut', async () => {
    const home = await world().privateHome(everyday);
    const elevated = await world().tsh.assume(home, await world().granted());
    const after = await world().tsh.drop(home, []);
    assert.deepEqual(after.assumed, []);
    assert.ok(!after.roles.includes(kubeAdmin));
    assert.equal(after.validUntil, elevated.validUntil);
  });

  it('the approval can be used again, in a fresh copy with its full time', async () => {
    const id = await world().granted();
    const home = await world().privateHome(everyday);
    await world().tsh.drop(home, (await world().tsh.assume(home, id)).assumed);
    assert.equal((await world().show(id)).state, 'approved');
    const again = await world().tsh.assume(await world().privateHome(everyday), id);
    assert.deepEqual(again.assumed, [id]);
  });

  it('of two, one can be given back and the other kept', async () => {
    const [one, other] = [await world().granted(), await world().granted()];
    const home = await world().privateHome(everyday);
    await world().tsh.assume(home, one);
    const both = await world().tsh.assume(home, other);
    assert.deepEqual([...both.assumed].sort(), [one, other].sort());
    assert.deepEqual((await world().tsh.drop(home, [one])).assumed, [other]);
    assert.deepEqual((await world().tsh.drop(home, [])).assumed, []);
  });

  it('giving back what was never assumed does no harm', async () => {
    const id = await world().granted();
    const home = await world().privateHome(everyday);
    await world().tsh.assume(home, id);
    assert.deepEqual((await world().tsh.drop(home, [unknown])).assumed, [id]);
    assert.deepEqual((await world().tsh.drop(everyday, [])).assumed, []);
  });

  it('of two, one can be given back although the other was deleted', async function () {
    const [gone, wanted] = [await world().granted(), await world().granted()];
    const home = await world().privateHome(everyday);
    await world().tsh.assume(home, gone);
    await world().tsh.assume(home, wanted);
    if (!(await world().remove(gone))) lacking(this, 'nobody here may delete a request');
    assert.deepEqual((await world().tsh.drop(home, [wanted])).assumed, []);
  });

  it('a login that was elevated as a whole is copied, and then cleaned', async () => {
    const id = await world().granted();
    await world().tsh.assume(everyday, id);
    const home = await world().privateHome(everyday);
    assert.deepEqual(await assumed(home), [id]);
    assert.deepEqual((await world().tsh.drop(home, [])).assumed, []);
    assert.deepEqual(await assumed(everyday), [id]);
  });

  it('the whole login can be elevated and given back', async () => {
    const id = await world().granted();
    assert.deepEqual((await world().tsh.assume(everyday, id)).assumed, [id]);
    assert.deepEqual(await assumed(everyday), [id]);
    assert.deepEqual((await world().tsh.drop(everyday, [id])).assumed, []);
    assert.deepEqual(await assumed(everyday), []);
  });

  it('assuming what is still pending ends with our time limit, and nothing is elevated', async () => {
    const home = await world().privateHome(everyday);
    const id = await world().ask();
    const { assume } = limits;
    limits.assume = 1_500;
    try {
      await failsWith(world().tsh.assume(home, id), 'timedOut');
    } finally {
      limits.assume = assume;
    }
    assert.deepEqual(await assumed(home), []);
  });

  it('assuming what is denied, unknown or somebody else’s fails, and nothing is elevated', async () => {
    const home = await world().privateHome(everyday);
    const denied = await world().ask();
    await world().decide(denied, 'deny');
    await failsWith(world().tsh.assume(home, denied), 'denied');
    await failsWith(world().tsh.assume(home, unknown), 'gone');
    const bobs = await world().copyOf('bob');
    await failsWith(world().tsh.assume(bobs, await world().granted()), 'gone');
    assert.deepEqual(await assumed(home), []);
    assert.deepEqual(await assumed(bobs), []);
  });

  it('eight who ask one home at the same time get eight right answers', async () => {
    const home = await world().privateHome(everyday);
    const ids = await Promise.all([world().ask(), world().ask()]);
    const id = await world().granted();
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

  it('a home that is not there is signed out', async () => {
    await mkdir(join(everyday.folder, 'nothing'));
    const nowhere = await world().copied(join(everyday.folder, 'nothing'));
    assert.deepEqual(await world().tsh.status(nowhere), { kind: 'signedOut' });
  });
});
