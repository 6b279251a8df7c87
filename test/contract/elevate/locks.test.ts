import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { rawText, untrusted, type Instant, type RequestId } from '../../../src/access/untrusted/untrusted.ts';
import type { Home } from '../../../src/teleport/home/home.ts';
import { lockWords } from '../../../src/teleport/commands/lockWords.ts';
import {
  eventually,
  failsWith,
  minute,
  onEveryCluster,
  failureKindOf,
} from '../../support/contract/suite.ts';

onEveryCluster('revoking', (fixture) => {
  let mainLogin: Home;
  let admin: Home;
  before(async () => {
    mainLogin = await fixture().home('alice');
    admin = await fixture().adminHome();
  });

  async function lock(id: RequestId, until?: Instant): Promise<string> {
    const end = until ?? (await fixture().show(id)).grantEnds + minute;
    const name = await fixture().tctl.lock(admin, id, 'revoked, ask "omar"', end);
    fixture().onClose(() => fixture().tctl.unlock(admin, name));
    return name;
  }
  const waitUntilLocked = (home: Home) =>
    eventually(
      () => failureKindOf(fixture().tsh.list(home)),
      (kind) => kind === 'locked',
    );
  const waitUntilUsable = (home: Home) =>
    eventually(
      () => failureKindOf(fixture().tsh.list(home)),
      (kind) => kind === undefined,
    );
  const lockMessage = (id: RequestId) => lockWords(fixture().tsh, fixture().root, mainLogin, id);

  it('a lock cuts what is elevated by the request and nothing else; undone, it works again', async () => {
    const { home, id } = await fixture().elevatedHomeWith(await fixture().newApprovedRequest(), mainLogin);
    const { home: other } = await fixture().elevatedHome(mainLogin);
    const name = await lock(id);
    await waitUntilLocked(home);
    await failsWith(fixture().tsh.drop(home, []), 'locked');
    assert.deepEqual((await fixture().profile(home)).assumed, [id]);
    await fixture().tsh.list(other);
    await fixture().tsh.list(mainLogin);
    assert.equal((await fixture().show(id)).state, 'approved');
    await fixture().tctl.unlock(admin, name);
    await waitUntilUsable(home);
    await failsWith(fixture().tctl.unlock(admin, name), 'gone');
  });

  it('its words are told by a throwaway copy, of which nothing is left', async () => {
    const { home, id } = await fixture().elevatedHomeWith(await fixture().newApprovedRequest(), mainLogin);
    const homes = await readdir(fixture().root);
    assert.equal(await lockMessage(id), undefined);
    await lock(id);
    await waitUntilLocked(home);
    assert.equal(await lockMessage(id), untrusted('revoked, ask "omar"'));
    await failsWith(fixture().tsh.assume(await fixture().privateHome(mainLogin), id), 'locked');
    assert.deepEqual((await fixture().profile(mainLogin)).assumed, []);
    assert.equal((await readdir(fixture().root)).length, homes.length + 1);
  });

  it('when a lock ends, the same certificate works again: it must reach past the end of the grant', async () => {
    const { home, id } = await fixture().elevatedHomeWith(await fixture().newApprovedRequest(), mainLogin);
    // The cluster's clock decides when a lock ends, not the clock of this machine.
    const { created } = await fixture().show(await fixture().createRequest());
    await lock(id, created + 4_000);
    await waitUntilLocked(home);
    await waitUntilUsable(home);
  });

  it('in the main login the same lock takes everything away, which its status does not tell', async () => {
    const loginCopy = await fixture().copyMainLogin('alice');
    const id = await fixture().newApprovedRequest();
    await fixture().tsh.assume(loginCopy, id);
    await lock(id);
    await waitUntilLocked(loginCopy);
    await failsWith(fixture().tsh.show(loginCopy, id), 'locked');
    await failsWith(fixture().tsh.drop(loginCopy, []), 'locked');
    await failsWith(fixture().tsh.assume(loginCopy, id), 'locked');
    assert.deepEqual((await fixture().profile(loginCopy)).assumed, [id]);
  });

  it('locks can be read: what they cut, why and until when', async () => {
    const id = await fixture().createRequest();
    const until = (await fixture().show(id)).grantEnds;
    const name = await lock(id, until);
    const locks = await eventually(
      () => fixture().tctl.locks(admin),
      (all) => all.some((each) => each.request === id),
    );
    const found = locks.find((each) => each.request === id);
    assert.equal(rawText(found?.name ?? untrusted('')), name);
    assert.equal(found?.message, untrusted('revoked, ask "omar"'));
    assert.ok(Math.abs((found.expires ?? 0) - until) <= 1_000);
  });

  it('is not for ordinary people, who may not even look', async () => {
    const { tctl, abilities } = fixture().newClients();
    const { home, id } = await fixture().elevatedHome(mainLogin);
    await failsWith(tctl.lock(mainLogin, id, 'mine', Date.now() + minute), 'notPermitted');
    await failsWith(tctl.locks(mainLogin), 'notPermitted');
    assert.deepEqual([abilities.get('lock'), abilities.get('readLocks')], [false, false]);
    await fixture().tsh.list(home);
  });
});

onEveryCluster(
  'revoking for good',
  (fixture) => {
    it('is a lock past the end, and a denial: what is in use is cut, and it cannot be assumed again', async () => {
      const [mainLogin, ana] = [await fixture().home('alice'), await fixture().home('ana')];
      const { home, id } = await fixture().elevatedHomeWith(await fixture().newApprovedRequest(), mainLogin);
      const decision = { reason: 'incident over', me: untrusted('ana') };
      await fixture().tctl.decide(ana, id, 'deny', decision);
      await fixture().tsh.list(home);
      const end = (await fixture().show(id)).grantEnds + minute;
      const name = await fixture().tctl.lock(ana, id, 'revoked', end);
      fixture().onClose(() => fixture().tctl.unlock(ana, name));
      await eventually(
        () => failureKindOf(fixture().tsh.list(home)),
        (kind) => kind === 'locked',
      );
      await fixture().tctl.unlock(ana, name);
      await eventually(
        () => failureKindOf(fixture().tsh.list(home)),
        (kind) => kind === undefined,
      );
      await failsWith(fixture().tsh.assume(await fixture().privateHome(mainLogin), id), 'denied');
    });
  },
  'community',
);
