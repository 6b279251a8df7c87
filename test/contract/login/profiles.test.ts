import assert from 'node:assert/strict';
import { folderContents } from '../../support/folderContents.ts';
import { onEveryCluster, failureKindOf } from '../../support/contract/suite.ts';

onEveryCluster('signing out', (fixture) => {
  it('with one login there is no other to switch to', async () => {
    assert.deepEqual(await fixture().tsh.others(await fixture().home('alice')), []);
  });

  it('of a copy leaves the main login as it is, byte for byte', async () => {
    const mainLogin = await fixture().copyMainLogin('alice');
    const before = await folderContents(mainLogin.folder);
    const home = await fixture().privateHome(mainLogin);
    await fixture().tsh.logout(home);
    assert.deepEqual(await fixture().tsh.status(home), { kind: 'signedOut' });
    assert.deepEqual(await folderContents(mainLogin.folder), before);
    assert.equal((await fixture().tsh.list(mainLogin)).unreadable, 0);
  });

  it('of one login by its name is signing out where there is one', async () => {
    const mainLogin = await fixture().copyMainLogin('alice');
    await fixture().tsh.logout(mainLogin, await fixture().profile(mainLogin));
    assert.notEqual((await fixture().tsh.status(mainLogin)).kind, 'signedIn');
    assert.notEqual(await failureKindOf(fixture().tsh.list(mainLogin)), undefined);
  });

  it('leaves a private copy elevated: it is given back apart', async () => {
    const mainLogin = await fixture().copyMainLogin('alice');
    const { home, id } = await fixture().elevatedHome(mainLogin);
    await fixture().tsh.logout(mainLogin);
    assert.deepEqual((await fixture().profile(home)).assumed, [id]);
    await fixture().tsh.list(home);
    assert.deepEqual((await fixture().tsh.drop(home, [])).assumed, []);
  });

  it('where nobody is signed in is done at once', async () => {
    const home = await fixture().emptyHome();
    await fixture().tsh.logout(home);
    assert.deepEqual(await fixture().tsh.status(home), { kind: 'signedOut' });
  });
});
