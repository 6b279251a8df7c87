import assert from 'node:assert/strict';
import { untrusted } from '../../../src/access/text/untrusted.ts';
import type { Home } from '../../../src/teleport/home/home.ts';
import { failsWith, skipTest, onEveryCluster, unknownId } from '../../support/contract/suite.ts';

const kubeAdmin = untrusted('kube-admin');

onEveryCluster('giving back', (world) => {
  let mainLogin: Home;
  before(async () => {
    mainLogin = await world().home('alice');
  });

  it('what is given back is no longer in use, and the end stays cut', async () => {
    const { home } = await world().elevatedHome(mainLogin);
    const { validUntil } = await world().profile(home);
    const after = await world().tsh.drop(home, []);
    assert.deepEqual(after.assumed, []);
    assert.ok(!after.roles.includes(kubeAdmin));
    assert.equal(after.validUntil, validUntil);
  });

  it('the server is none the wiser: the request stays as it was, and can be used again', async () => {
    const { home, id } = await world().elevatedHome(mainLogin);
    const before = await world().show(id);
    await world().tsh.drop(home, []);
    assert.deepEqual(await world().show(id), before);
    const again = await world().tsh.assume(await world().privateHome(mainLogin), id);
    assert.deepEqual(again.assumed, [id]);
  });

  it('of two, one can be given back and the other kept; then all', async () => {
    const { home, id: one } = await world().elevatedHome(mainLogin);
    const other = await world().newApprovedRequest();
    const both = await world().tsh.assume(home, other);
    assert.deepEqual([...both.assumed].sort(), [one, other].sort());
    assert.deepEqual((await world().tsh.drop(home, [one])).assumed, [other]);
    assert.deepEqual((await world().tsh.drop(home, [])).assumed, []);
  });

  it('giving back what was never assumed does no harm', async () => {
    const { home, id } = await world().elevatedHome(mainLogin);
    assert.deepEqual((await world().tsh.drop(home, [unknownId])).assumed, [id]);
    assert.deepEqual((await world().tsh.drop(await world().copyMainLogin('alice'), [])).assumed, []);
  });

  it('what was deleted on the server stays in use until its end, and is given back like others', async function () {
    const { home, id } = await world().elevatedHomeWith(await world().newApprovedRequest(), mainLogin);
    if (!(await world().removeRequest(id))) skipTest(this, 'nobody here may delete a request');
    await failsWith(world().show(id), 'gone');
    assert.deepEqual((await world().profile(home)).assumed, [id]);
    await world().tsh.list(home);
    assert.deepEqual((await world().tsh.drop(home, [id])).assumed, []);
  });

  it('of three, one can be given back and one kept although the third was deleted', async function () {
    const { home, id: gone } = await world().elevatedHomeWith(await world().newApprovedRequest(), mainLogin);
    const [wanted, kept] = [await world().newApprovedRequest(), await world().sharedApprovedRequest()];
    await world().tsh.assume(home, wanted);
    await world().tsh.assume(home, kept);
    if (!(await world().removeRequest(gone))) skipTest(this, 'nobody here may delete a request');
    assert.deepEqual((await world().tsh.drop(home, [wanted])).assumed, [kept]);
  });

  it('all can be given back although one was deleted', async function () {
    const { home, id: gone } = await world().elevatedHomeWith(await world().newApprovedRequest(), mainLogin);
    await world().tsh.assume(home, await world().sharedApprovedRequest());
    if (!(await world().removeRequest(gone))) skipTest(this, 'nobody here may delete a request');
    assert.deepEqual((await world().tsh.drop(home, [])).assumed, []);
  });
});
