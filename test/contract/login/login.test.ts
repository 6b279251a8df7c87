import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rawText, untrusted } from '../../../src/access/untrusted/untrusted.ts';
import type { Home } from '../../../src/teleport/home/home.ts';
import { failsWith, skipTest, onEveryCluster, unknownId } from '../../support/contract/suite.ts';

const alice = untrusted('alice');

onEveryCluster('who is signed in', (fixture) => {
  it('the version of tsh is known without a login', async () => {
    assert.match(await fixture().tsh.version(await fixture().emptyHome()), /^\d+\.\d+\.\d+/);
  });

  it('a login says who, where, until when and with which roles', async () => {
    const login = await fixture().tsh.status(await fixture().home('alice'));
    assert.ok(login.kind === 'signedIn');
    const { user, proxy, cluster, roles, assumed, validUntil } = login.profile;
    assert.equal(user, 'alice');
    assert.match(rawText(proxy), /^https:\/\/[^/]+:\d+$/);
    assert.notEqual(cluster, '');
    assert.ok(roles.includes(untrusted('dev-team')));
    assert.deepEqual(assumed, []);
    assert.ok(validUntil > Date.now());
  });

  it('tctl names the cluster of the login', async () => {
    const { cluster } = await fixture().profile(await fixture().adminHome());
    assert.equal((await fixture().tctl.status(await fixture().adminHome())).cluster, cluster);
  });

  it('an empty home is signed out, for every command', async () => {
    const home = await fixture().emptyHome();
    const { tsh, tctl, kube, resources } = fixture();
    assert.deepEqual(await tsh.status(home), { kind: 'signedOut' });
    assert.deepEqual(await tsh.others(home), []);
    await failsWith(tsh.list(home), 'signedOut');
    await failsWith(tsh.show(home, unknownId), 'signedOut');
    await failsWith(tsh.assume(home, unknownId), 'signedOut');
    await failsWith(tsh.drop(home, []), 'signedOut');
    await failsWith(kube.list(home), 'signedOut');
    await failsWith(resources.search(home, 'node'), 'signedOut');
    await failsWith(tctl.capabilities(home, alice), 'signedOut');
    await failsWith(fixture().privateHome(home), 'signedOut');
  });

  it('a login that has run out says whose it was, and nothing can be done with it', async function () {
    const { expired } = fixture().description;
    if (expired === undefined) skipTest(this, 'the description names no expired home');
    const home = await fixture().copyHome(expired);
    const login = await fixture().tsh.status(home);
    assert.ok(login.kind === 'expired');
    assert.equal(login.profile.user, 'alice');
    await failsWith(fixture().tsh.list(home), 'expired');
    await failsWith(fixture().tsh.drop(home, []), 'expired');
    await failsWith(fixture().tsh.assume(home, unknownId), 'needsTerminal');
    await failsWith(fixture().tctl.capabilities(home, alice), 'expired');
    assert.equal((await fixture().tsh.status(await fixture().privateHome(home))).kind, 'expired');
  });

  /** Copies alice's login and sets its proxy to a port on which nothing listens. */
  async function unreachableHome(): Promise<Home> {
    const home = await fixture().copyMainLogin('alice');
    const host = (await readFile(join(home.folder, 'current-profile'), 'utf8')).trim();
    const file = join(home.folder, `${host}.yaml`);
    const yaml = await readFile(file, 'utf8');
    await writeFile(file, yaml.replace(/^(\w+_addr: .*:)\d+$/gm, '$11'));
    return home;
  }

  it('a cluster that cannot be reached is told from one that refuses; the login is still known', async () => {
    const home = await unreachableHome();
    await failsWith(fixture().tsh.list(home), 'unreachable');
    await failsWith(fixture().tsh.assume(home, unknownId), 'unreachable');
    await failsWith(fixture().tsh.drop(home, []), 'unreachable');
    assert.equal((await fixture().tsh.status(home)).kind, 'signedIn');
  });
});

onEveryCluster('what one may ask for', (fixture) => {
  const capabilities = async (name: string, user: string) =>
    fixture().tctl.capabilities(await fixture().home(name), untrusted(user));

  it('is known to ordinary people', async () => {
    const { roles } = await capabilities('alice', 'alice');
    assert.ok(roles.includes(untrusted('kube-admin')));
    assert.ok(!roles.includes(untrusted('dev-team')));
  });

  it('comes with who could be asked', async () => {
    const { reviewers } = await capabilities('alice', 'alice');
    assert.deepEqual(reviewers, fixture().enterprise ? ['rita'] : []);
  });

  it('is nothing for some, which is no failure', async () => {
    const nobody = fixture().enterprise ? 'rita' : 'ana';
    assert.deepEqual((await capabilities(nobody, nobody)).roles, []);
  });

  it('is not told of others', async () => {
    await failsWith(capabilities('alice', 'bob'), 'notPermitted');
  });
});
