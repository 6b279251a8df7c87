import assert from 'node:assert/strict';
import { contents } from '../../support/folderContents.ts';
import { onEveryCluster, whyNot } from '../../support/contract/suite.ts';

onEveryCluster('signing out', (world) => {
  it('with one login there is no other to switch to', async () => {
    assert.deepEqual(await world().tsh.others(await world().home('alice')), []);
  });

  it('of a copy leaves the everyday login as it is, byte for byte', async () => {
    const everyday = await world().copyOf('alice');
    const before = await contents(everyday.folder);
    const home = await world().privateHome(everyday);
    await world().tsh.logout(home);
    assert.deepEqual(await world().tsh.status(home), { kind: 'signedOut' });
    assert.deepEqual(await contents(everyday.folder), before);
    assert.equal((await world().tsh.list(everyday)).unreadable, 0);
  });

  it('of one login by its name is signing out where there is one', async () => {
    const everyday = await world().copyOf('alice');
    await world().tsh.logout(everyday, await world().profile(everyday));
    assert.notEqual((await world().tsh.status(everyday)).kind, 'signedIn');
    assert.notEqual(await whyNot(world().tsh.list(everyday)), undefined);
  });

  it('leaves a private copy elevated: it is given back apart', async () => {
    const everyday = await world().copyOf('alice');
    const { home, id } = await world().elevated(everyday);
    await world().tsh.logout(everyday);
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
