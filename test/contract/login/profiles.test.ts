import assert from 'node:assert/strict';
import { folderContents } from '../../support/folderContents.ts';
import { onEveryCluster, failureKindOf } from '../../support/contract/suite.ts';

onEveryCluster('signing out', (world) => {
  it('with one login there is no other to switch to', async () => {
    assert.deepEqual(await world().tsh.others(await world().home('alice')), []);
  });

  it('of a copy leaves the main login as it is, byte for byte', async () => {
    const mainLogin = await world().copyMainLogin('alice');
    const before = await folderContents(mainLogin.folder);
    const home = await world().privateHome(mainLogin);
    await world().tsh.logout(home);
    assert.deepEqual(await world().tsh.status(home), { kind: 'signedOut' });
    assert.deepEqual(await folderContents(mainLogin.folder), before);
    assert.equal((await world().tsh.list(mainLogin)).unreadable, 0);
  });

  it('of one login by its name is signing out where there is one', async () => {
    const mainLogin = await world().copyMainLogin('alice');
    await world().tsh.logout(mainLogin, await world().profile(mainLogin));
    assert.notEqual((await world().tsh.status(mainLogin)).kind, 'signedIn');
    assert.notEqual(await failureKindOf(world().tsh.list(mainLogin)), undefined);
  });

  it('leaves a private copy elevated: it is given back apart', async () => {
    const mainLogin = await world().copyMainLogin('alice');
    const { home, id } = await world().elevatedHome(mainLogin);
    await world().tsh.logout(mainLogin);
    assert.deepEqual((await world().profile(home)).assumed, [id]);
    await world().tsh.list(home);
    assert.deepEqual((await world().tsh.drop(home, [])).assumed, []);
  });

  it('where nobody is signed in is done at once', async () => {
    const home = await world().emptyHome();
    await world().tsh.logout(home);
    assert.deepEqual(await world().tsh.status(home), { kind: 'signedOut' });
  });
});
