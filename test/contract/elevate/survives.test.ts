import assert from 'node:assert/strict';
import { cp, readdir } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { untrusted } from '../../../src/access/text/untrusted.ts';
import { Home } from '../../../src/teleport/home/home.ts';
import { removeHome } from '../../../src/teleport/home/privateHome.ts';
import { run } from '../../../src/teleport/process/runProcess.ts';
import { endProcesses, homeProcesses } from '../../../src/teleport/process/processes.ts';
import { KubeShell } from '../../support/contract/kubeShell.ts';
import { failsWith, onEveryCluster } from '../../support/contract/suite.ts';

onEveryCluster('what survives giving back', (world) => {
  /** As it is done: the cluster is told, then every file is removed. */
  async function giveBack(home: Home): Promise<void> {
    assert.deepEqual((await world().tsh.drop(home, [])).assumed, []);
    await removeHome(world().root, basename(dirname(home.folder)));
  }

  it('nothing of the home itself: neither files nor access', async () => {
    const mainLogin = await world().home('alice');
    const { home } = await world().elevatedHome(mainLogin);
    await giveBack(home);
    assert.ok(!(await readdir(world().root)).includes(basename(dirname(home.folder))));
    assert.deepEqual(await world().tsh.status(home), { kind: 'signedOut' });
    await failsWith(world().tsh.list(home), 'signedOut');
    assert.deepEqual((await world().profile(mainLogin)).assumed, []);
  });

  it('a second copy made before stays elevated', async () => {
    const { home, id } = await world().elevatedHome(await world().home('alice'));
    const copy = new Home(await world().newFolder());
    await cp(home.folder, copy.folder, { recursive: true, dereference: true });
    await giveBack(home);
    assert.deepEqual((await world().profile(copy)).assumed, [id]);
    await world().tsh.list(copy);
    const { kubeCluster } = world().description;
    if (kubeCluster === undefined) return;
    const seen = (await world().kube.list(copy)).map(({ name }) => name);
    assert.ok(seen.includes(untrusted(kubeCluster)));
  });

  it('a connection that is open stays open, until its program is ended', async function () {
    const shell = await KubeShell.open(world(), this);
    const folder = dirname(shell.home.folder);
    const { running, status } = await shell.proxy();
    world().onClose(() => running.end());
    assert.equal(await status(), 200);
    await giveBack(shell.home);
    assert.equal(await status(), 200);
    const residents = await homeProcesses(folder, [], () => Promise.resolve(run));
    assert.ok(residents.some(({ pid }) => pid === running.pid));
    await endProcesses(residents);
    await assert.rejects(status());
  });

  it('a kubectl that is typed afterwards gets nothing, and what it leaves in the home is swept', async function () {
    const shell = await KubeShell.open(world(), this);
    const name = basename(dirname(shell.home.folder));
    const kubeconfig = `${await world().newFolder()}/config`;
    await cp(shell.env['KUBECONFIG'] ?? '', kubeconfig);
    await giveBack(shell.home);
    const { exit } = await shell.version(`--kubeconfig=${kubeconfig}`);
    assert.notEqual(exit, 0);
    await removeHome(world().root, name);
    assert.ok(!(await readdir(world().root)).includes(name));
  });
});
