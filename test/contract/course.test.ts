import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { untrusted } from '../../src/access/untrusted/untrusted.ts';
import { removeHome } from '../../src/teleport/home/privateHome.ts';
import { folderContents } from '../support/folderContents.ts';
import { eventually, onEveryCluster } from '../support/contract/suite.ts';

onEveryCluster('the whole course', (fixture) => {
  it('asking, being asked, deciding, using, giving back', async () => {
    const { tsh } = fixture();
    const mainLogin = await fixture().copyMainLogin('alice');
    const before = await folderContents(mainLogin.folder);
    const reason = 'debugging production for client XYZ';

    const id = await fixture().createRequest({ reason, minutes: 30 });
    assert.equal((await tsh.show(mainLogin, id)).state, 'pending');

    const reviewer = await fixture().home(fixture().enterprise ? 'rita' : 'ana');
    const { requests } = await eventually(
      () => tsh.list(reviewer),
      (list) => list.requests.some((request) => request.id === id),
    );
    const listed = requests.find((request) => request.id === id);
    assert.deepEqual([listed?.user, listed?.reason, listed?.state], ['alice', reason, 'pending']);

    const decided = await fixture().decide(id, 'approve', 'go, INC-42');
    assert.deepEqual([decided.state, decided.resolveReason], ['approved', 'go, INC-42']);

    const home = await fixture().privateHome(mainLogin);
    const elevated = await tsh.assume(home, id);
    assert.deepEqual([...elevated.roles].sort(), ['dev-team', 'kube-admin'].map(untrusted));
    await tsh.list(home);

    const after = await tsh.drop(home, []);
    assert.deepEqual([after.assumed, after.roles], [[], ['dev-team']]);
    await removeHome(fixture().root, basename(dirname(home.folder)));
    assert.deepEqual(await readdir(fixture().root), []);
    assert.deepEqual(await folderContents(mainLogin.folder), before);
    assert.deepEqual(await tsh.show(mainLogin, id), decided);
  });
});
