import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { rawText, untrusted, type Instant, type RequestId } from '../../../src/access/text/untrusted.ts';
import type { Home } from '../../../src/teleport/home/home.ts';
import { lockWords } from '../../../src/teleport/commands/lockWords.ts';
import { eventually, failsWith, minute, onEveryCluster, failureKindOf } from '../../support/contract/suite.ts';

onEveryCluster('revoking', (world) => {
  let mainLogin: Home;
  let admin: Home;
  before(async () => {
    mainLogin = await world().home('alice');
    admin = await world().adminHome();
  });

  async function lock(id: RequestId, until?: Instant): Promise<string> {
    const end = until ?? (await world().show(id)).grantEnds + minute;
    const name = await world().tctl.lock(admin, id, 'revoked, ask "omar"', end);
    world().onClose(() => world().tctl.unlock(admin, name));
    return name;
  }
  const cut = (home: Home) =>
    eventually(
      () => failureKindOf(world().tsh.list(home)),
      (why) => why === 'locked',
    );
  const works = (home: Home) =>
    eventually(
      () => failureKindOf(world().tsh.list(home)),
      (why) => why === undefined,
    );
  const words = (id: RequestId) => lockWords(world().tsh, world().root, mainLogin, id);

  it('a lock cuts what is elevated by the request and nothing else; undone, it works again', async () => {
    const { home, id } = await world().elevatedHomeWith(await world().newApprovedRequest(), mainLogin);
    const { home: other } = await world().elevatedHome(mainLogin);
    const name = await lock(id);
    await cut(home);
    await failsWith(world().tsh.drop(home, []), 'locked');
    assert.deepEqual((await world().profile(home)).assumed, [id]);
    await world().tsh.list(other);
    await world().tsh.list(mainLogin);
    assert.equal((await world().show(id)).state, 'approved');
    await world().tctl.unlock(admin, name);
    await works(home);
    await failsWith(world().tctl.unlock(admin, name), 'gone');
  });

  it('its words are told by a throwaway copy, of which nothing is left', async () => {
    const { home, id } = await world().elevatedHomeWith(await world().newApprovedRequest(), mainLogin);
    const homes = await readdir(world().root);
    assert.equal(await words(id), undefined);
    await lock(id);
    await cut(home);
    assert.equal(await words(id), untrusted('revoked, ask "omar"'));
    await failsWith(world().tsh.assume(await world().privateHome(mainLogin), id), 'locked');
    assert.deepEqual((await world().profile(mainLogin)).assumed, []);
    assert.equal((await readdir(world().root)).length, homes.length + 1);
  });

  it('when a lock ends, the same certificate works again: it must reach past the end of the grant', async () => {
    const { home, id } = await world().elevatedHomeWith(await world().newApprovedRequest(), mainLogin);
    // The clock of the cluster counts, not the one of this machine.
    const { created } = await world().show(await world().createRequest());
    await lock(id, created + 4_000);
    await cut(home);
    await works(home);
  });

  it('in the main login the same lock takes everything away, which its status does not tell', async () => {
    const whole = await world().copyMainLogin('alice');
    const id = await world().newApprovedRequest();
    await world().tsh.assume(whole, id);
    await lock(id);
    await cut(whole);
    await failsWith(world().tsh.show(whole, id), 'locked');
    await failsWith(world().tsh.drop(whole, []), 'locked');
    await failsWith(world().tsh.assume(whole, id), 'locked');
    assert.deepEqual((await world().profile(whole)).assumed, [id]);
  });

  it('locks can be read: what they cut, why and until when', async () => {
    const id = await world().createRequest();
    const until = (await world().show(id)).grantEnds;
    const name = await lock(id, until);
    const locks = await eventually(
      () => world().tctl.locks(admin),
      (all) => all.some((one) => one.request === id),
    );
    const found = locks.find((one) => one.request === id);
    assert.equal(rawText(found?.name ?? untrusted('')), name);
    assert.equal(found?.message, untrusted('revoked, ask "omar"'));
    assert.ok(Math.abs((found.expires ?? 0) - until) <= 1_000);
  });

  it('is not for ordinary people, who may not even look', async () => {
    const { tctl, abilities } = world().newClients();
    const { home, id } = await world().elevatedHome(mainLogin);
    await failsWith(tctl.lock(mainLogin, id, 'mine', Date.now() + minute), 'notPermitted');
    await failsWith(tctl.locks(mainLogin), 'notPermitted');
    assert.deepEqual([abilities.get('lock'), abilities.get('readLocks')], [false, false]);
    await world().tsh.list(home);
  });
});

onEveryCluster(
  'revoking for good',
  (world) => {
    it('is a lock past the end, and a denial: what is in use is cut, and it cannot be assumed again', async () => {
      const [mainLogin, ana] = [await world().home('alice'), await world().home('ana')];
      const { home, id } = await world().elevatedHomeWith(await world().newApprovedRequest(), mainLogin);
      const words = { reason: 'incident over', me: untrusted('ana') };
      await world().tctl.decide(ana, id, 'deny', words);
      await world().tsh.list(home);
      const end = (await world().show(id)).grantEnds + minute;
      const name = await world().tctl.lock(ana, id, 'revoked', end);
      world().onClose(() => world().tctl.unlock(ana, name));
      await eventually(
        () => failureKindOf(world().tsh.list(home)),
        (why) => why === 'locked',
      );
      await world().tctl.unlock(ana, name);
      await eventually(
        () => failureKindOf(world().tsh.list(home)),
        (why) => why === undefined,
      );
      await failsWith(world().tsh.assume(await world().privateHome(mainLogin), id), 'denied');
    });
  },
  'community',
);
