import assert from 'node:assert/strict';
import { untrusted } from '../../../src/access/untrusted/untrusted.ts';
import type { Home } from '../../../src/teleport/home/home.ts';
import { failsWith, skipTest, onEveryCluster, unknownId } from '../../support/contract/suite.ts';

const kubeAdmin = untrusted('kube-admin');

onEveryCluster('giving back', (fixture) => {
  let mainLogin: Home;
  before(async () => {
    mainLogin = await fixture().home('alice');
  });

  it('what is given back is no longer in use, and the end stays cut', async () => {
    const { home } = await fixture().elevatedHome(mainLogin);
    const { validUntil } = await fixture().profile(home);
    const after = await fixture().tsh.drop(home, []);
    assert.deepEqual(after.assumed, []);
    assert.ok(!after.roles.includes(kubeAdmin));
    assert.equal(after.validUntil, validUntil);
  });

  it('the server is none the wiser: the request stays as it was, and can be used again', async () => {
    const { home, id } = await fixture().elevatedHome(mainLogin);
    const before = await fixture().show(id);
    await fixture().tsh.drop(home, []);
    assert.deepEqual(await fixture().show(id), before);
    const again = await fixture().tsh.assume(await fixture().privateHome(mainLogin), id);
    assert.deepEqual(again.assumed, [id]);
  });

  it('of two, one can be given back and the other kept; then all', async () => {
    const { home, id: first } = await fixture().elevatedHome(mainLogin);
    const other = await fixture().newApprovedRequest();
    const both = await fixture().tsh.assume(home, other);
    assert.deepEqual([...both.assumed].sort(), [first, other].sort());
    assert.deepEqual((await fixture().tsh.drop(home, [first])).assumed, [other]);
    assert.deepEqual((await fixture().tsh.drop(home, [])).assumed, []);
  });

  it('giving back what was never assumed does no harm', async () => {
    const { home, id } = await fixture().elevatedHome(mainLogin);
    assert.deepEqual((await fixture().tsh.drop(home, [unknownId])).assumed, [id]);
    assert.deepEqual((await fixture().tsh.drop(await fixture().copyMainLogin('alice'), [])).assumed, []);
  });

  it('what was deleted on the server stays in use until its end, and is given back like others', async function () {
    const { home, id } = await fixture().elevatedHomeWith(await fixture().newApprovedRequest(), mainLogin);
    if (!(await fixture().removeRequest(id))) skipTest(this, 'nobody here may delete a request');
    await failsWith(fixture().show(id), 'gone');
    assert.deepEqual((await fixture().profile(home)).assumed, [id]);
    await fixture().tsh.list(home);
    assert.deepEqual((await fixture().tsh.drop(home, [id])).assumed, []);
  });

  it('of three, one can be given back and one kept although the third was deleted', async function () {
    const { home, id: deleted } = await fixture().elevatedHomeWith(
      await fixture().newApprovedRequest(),
      mainLogin,
    );
    const [wanted, kept] = [await fixture().newApprovedRequest(), await fixture().sharedApprovedRequest()];
    await fixture().tsh.assume(home, wanted);
    await fixture().tsh.assume(home, kept);
    if (!(await fixture().removeRequest(deleted))) skipTest(this, 'nobody here may delete a request');
    assert.deepEqual((await fixture().tsh.drop(home, [wanted])).assumed, [kept]);
  });

  it('all can be given back although one was deleted', async function () {
    const { home, id: deleted } = await fixture().elevatedHomeWith(
      await fixture().newApprovedRequest(),
      mainLogin,
    );
    await fixture().tsh.assume(home, await fixture().sharedApprovedRequest());
    if (!(await fixture().removeRequest(deleted))) skipTest(this, 'nobody here may delete a request');
    assert.deepEqual((await fixture().tsh.drop(home, [])).assumed, []);
  });
});
