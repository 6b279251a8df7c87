import assert from 'node:assert/strict';
import { foreign } from '../../src/access/text.ts';
import { eventually, failsWith, lacking, onEveryCluster, unknown } from './world.ts';

const minute = 60_000;

/** Texts that mean something to a shell, to tsh or to a terminal. */
const reasons: Readonly<Record<string, string>> = {
  'several lines': 'one\ntwo\n\nthree',
  'lines like those of tsh': `x\nRequest ID: ${unknown}\nStatus: APPROVED`,
  quotes: `it's "quoted" \\ \`id\` $(id) $HOME %s ; & | <x>`,
  'escape codes': 'a\u001b[31mred\u001b[0m\u0007b',
  'direction marks': 'a\u202etxt\u202cb',
  'a leading @, which names a file to tsh': '@/etc/hostname',
  'a leading -, which could be an option': '-d --nowait',
  'an equals sign': '--reason=other',
  'letters of the world': 'Größe 東京 😀',
  '4,096 bytes': 'ä'.repeat(2048),
};

onEveryCluster('asking', (world) => {
  for (const [what, reason] of Object.entries(reasons)) {
    it(`a reason with ${what} comes back as it was sent`, async () => {
      const id = await world().ask({ reason });
      assert.equal((await world().show(id)).reason, foreign(reason));
    });
  }

  it('a request says who asks for what, and waits', async () => {
    const id = await world().ask();
    const request = await world().show(id);
    assert.equal(request.id, id);
    assert.equal(request.user, 'alice');
    assert.deepEqual(request.roles, [foreign('kube-admin')]);
    assert.equal(request.state, 'pending');
    assert.deepEqual(request.reviews, []);
    assert.ok(request.decideBy > request.created && request.decideBy <= request.grantEnds);
  });

  it('the reviewers asked for are those of the request', async () => {
    const reviewers = [foreign('eve'), foreign('omar')];
    const { suggestedReviewers } = await world().show(await world().ask({ reviewers }));
    assert.deepEqual([...suggestedReviewers].sort(), reviewers);
  });

  it('a duration is granted as asked, or cut to what the cluster allows', async () => {
    const most = world().enterprise ? 240 : 60;
    for (const minutes of [30, 120, 1440]) {
      const { created, grantEnds } = await world().show(await world().ask({ minutes }));
      const granted = world().enterprise ? Math.min(minutes, most) : most;
      assert.equal(Math.round((grantEnds - created) / minute), granted, `asked for ${String(minutes)}`);
    }
  });

  it('a list catches up with what was made, and shows the same as asking for one', async () => {
    const id = await world().ask();
    const home = await world().home('alice');
    const found = await eventually(
      async () => (await world().tsh.list(home)).requests.find((request) => request.id === id),
      (request) => request !== undefined,
    );
    assert.deepEqual(found, await world().show(id));
  });

  it('nothing in a list is unreadable', async () => {
    await world().ask();
    assert.equal((await world().tsh.list(await world().home('alice'))).unreadable, 0);
  });

  it('people do not see each other’s requests, unless they review or administer', async () => {
    const id = await world().ask();
    await failsWith(world().show(id, 'bob'), 'gone');
    assert.equal((await world().show(id, world().enterprise ? 'rita' : 'ana')).id, id);
  });

  it('a request that was cut off after sending is found again', async () => {
    const home = await world().home('alice');
    const reason = `found again ${String(Math.random())}`;
    const draft = { roles: [foreign('kube-admin')], reason, minutes: 60, reviewers: [] };
    const since = Date.now();
    assert.equal(await world().tsh.findCreated(home, draft, foreign('alice'), since), undefined);
    const id = await world().ask({ reason });
    await eventually(
      () => world().tsh.findCreated(home, draft, foreign('alice'), since),
      (found) => found === id,
    );
  });

  it('a role that nobody may ask for is refused, and nothing is made', async () => {
    for (const role of ['does-not-exist', 'access']) {
      await failsWith(world().ask({ roles: [foreign(role)] }), 'notRequestable');
    }
  });

  it('a reason of 5,000 bytes is too long', () =>
    failsWith(world().ask({ reason: 'x'.repeat(5000) }), 'tooLong'));

  it('a request nobody knows is gone', () => failsWith(world().show(unknown), 'gone'));

  it('a request that was deleted is gone', async function () {
    const id = await world().ask();
    await world().show(id);
    if (!(await world().remove(id))) lacking(this, 'nobody here may delete a request');
    await failsWith(world().show(id), 'gone');
  });
});
