import assert from 'node:assert/strict';
import { readdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RequestId } from '../../../src/access/untrusted/untrusted.ts';
import { Home } from '../../../src/teleport/home/home.ts';
import { nextGeneration, type Generation } from '../../../src/teleport/home/privateHome.ts';
import { RunningProgram } from '../../support/runningProgram.ts';
import { failsWith, minute, onEveryCluster } from '../../support/contract/suite.ts';

/**
 * A program that a shell starts. For each input line it asks tsh which requests are in use, in the
 * environment that it was started with.
 */
const statusProgram = `
  const { spawnSync } = require('node:child_process');
  process.stdin.on('data', () => {
    const { stdout, stderr } = spawnSync(process.argv[1], ['status', '--format=json'], {
      encoding: 'utf8', shell: process.platform === 'win32' });
    const { active } = JSON.parse(stdout || '{}');
    console.log('in use: ' + (active ? (active.active_requests ?? []).join() : stderr) + ';');
  });`;

onEveryCluster('continuing', (fixture) => {
  let mainLogin: Home;
  before(async () => {
    mainLogin = await fixture().home('alice');
  });
  const makeNextGeneration = (home: Home): Promise<Generation> =>
    nextGeneration(dirname(home.folder), mainLogin.folder);
  const assumeIn = async (generation: Generation, id: RequestId) =>
    fixture().tsh.assume(new Home(generation.path, mainLogin.folder), id);

  it('a successor gains nothing in the same home; in a fresh copy it has its full time', async () => {
    const { home } = await fixture().elevatedHomeWith(
      await fixture().newApprovedRequest({ minutes: 30 }),
      mainLogin,
    );
    const { validUntil } = await fixture().profile(home);
    const successor = await fixture().newApprovedRequest();
    const same = await fixture().tsh.assume(home, successor);
    assert.equal(same.assumed.length, 2);
    assert.ok(same.validUntil <= validUntil);
    const fresh = await makeNextGeneration(home);
    const profile = await assumeIn(fresh, successor);
    assert.deepEqual(profile.assumed, [successor]);
    const { created, grantEnds } = await fixture().show(successor);
    const latestEnd = Math.min(
      created + 60 * minute,
      grantEnds,
      (await fixture().profile(mainLogin)).validUntil,
    );
    assert.ok(profile.validUntil >= latestEnd - minute);
  });

  it('a program that runs on with the environment it had uses the successor from the swap on', async () => {
    const { home, id } = await fixture().elevatedHome(mainLogin);
    const tsh = fixture().description.tsh;
    const child = new RunningProgram(
      process.execPath,
      ['-e', statusProgram, tsh],
      await fixture().elevatedShellEnvironment(home),
    );
    fixture().onClose(() => child.end());
    const inUse = async (): Promise<string | undefined> => {
      child.writeLine('?');
      return (await child.waitForOutput(/in use: (.*);/))[1];
    };
    assert.equal(await inUse(), id);
    const fresh = await makeNextGeneration(home);
    const successor = await fixture().newApprovedRequest();
    await assumeIn(fresh, successor);
    assert.equal(await inUse(), id);
    await fresh.activate();
    assert.equal(await inUse(), successor);
    assert.deepEqual((await fixture().profile(home)).assumed, [successor]);
    await child.end();
  });

  it('the older generation is gone at once; one that is not taken leaves no trace', async () => {
    const { home, id } = await fixture().elevatedHome(mainLogin);
    const folder = dirname(home.folder);
    const before = await readdir(folder);
    await (await makeNextGeneration(home)).discard();
    assert.deepEqual(await readdir(folder), before);
    assert.deepEqual((await fixture().profile(home)).assumed, [id]);
    await (await makeNextGeneration(home)).activate();
    assert.equal((await readdir(folder)).filter((name) => name.startsWith('gen-')).length, 1);
    assert.deepEqual((await fixture().profile(home)).assumed, []);
  });

  it('a fresh copy that cannot be made safely is not made, and the access goes on', async () => {
    const { home, id } = await fixture().elevatedHome(mainLogin);
    const folder = dirname(home.folder);
    const before = await readdir(folder);
    const tampered = await fixture().copyMainLogin('alice');
    const [proxy = ''] = await readdir(join(tampered.folder, 'keys'));
    await symlink('/etc/hostname', join(tampered.folder, 'keys', proxy, 'planted'));
    await failsWith(nextGeneration(folder, tampered.folder), 'untrustedHome');
    assert.deepEqual(await readdir(folder), before);
    assert.deepEqual((await fixture().profile(home)).assumed, [id]);
  });
});

onEveryCluster(
  'renewing',
  (fixture) => {
    it('a grant longer than its certificate is renewed without approval, in a fresh copy', async () => {
      const mainLogin = await fixture().home('alice');
      const { home, id } = await fixture().elevatedHomeWith(
        await fixture().newApprovedRequest({ minutes: 180 }),
        mainLogin,
      );
      const before = await fixture().show(id);
      const { validUntil } = await fixture().profile(home);
      assert.ok(validUntil < before.grantEnds - 30 * minute);
      const fresh = await nextGeneration(dirname(home.folder), mainLogin.folder);
      const renewed = await fixture().tsh.assume(new Home(fresh.path, mainLogin.folder), id);
      assert.deepEqual(renewed.assumed, [id]);
      assert.ok(renewed.validUntil >= validUntil);
      await fresh.activate();
      assert.deepEqual((await fixture().profile(home)).validUntil, renewed.validUntil);
      assert.deepEqual(await fixture().show(id), before);
    });
  },
  'enterprise',
);
