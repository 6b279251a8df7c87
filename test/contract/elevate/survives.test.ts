import assert from 'node:assert/strict';
import { cp, readdir } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { untrusted } from '../../../src/access/untrusted/untrusted.ts';
import { Home } from '../../../src/teleport/home/home.ts';
import { removeHome } from '../../../src/teleport/home/privateHome.ts';
import { run } from '../../../src/teleport/process/runProcess.ts';
import { endProcesses, homeProcesses } from '../../../src/teleport/process/processes.ts';
import { KubeShell } from '../../support/contract/kubeShell.ts';
import { failsWith, onEveryCluster } from '../../support/contract/suite.ts';

onEveryCluster('what survives giving back', (fixture) => {
  /** Drops the access as the extension does: first on the cluster, then by removing the home. */
  async function dropHome(home: Home): Promise<void> {
    assert.deepEqual((await fixture().tsh.drop(home, [])).assumed, []);
    await removeHome(fixture().root, basename(dirname(home.folder)));
  }

  it('nothing of the home itself: neither files nor access', async () => {
    const mainLogin = await fixture().home('alice');
    const { home } = await fixture().elevatedHome(mainLogin);
    await dropHome(home);
    assert.ok(!(await readdir(fixture().root)).includes(basename(dirname(home.folder))));
    assert.deepEqual(await fixture().tsh.status(home), { kind: 'signedOut' });
    await failsWith(fixture().tsh.list(home), 'signedOut');
    assert.deepEqual((await fixture().profile(mainLogin)).assumed, []);
  });

  it('a second copy made before stays elevated', async () => {
    const { home, id } = await fixture().elevatedHome(await fixture().home('alice'));
    const copy = new Home(await fixture().newFolder());
    await cp(home.folder, copy.folder, { recursive: true, dereference: true });
    await dropHome(home);
    assert.deepEqual((await fixture().profile(copy)).assumed, [id]);
    await fixture().tsh.list(copy);
    const { kubeCluster } = fixture().description;
    if (kubeCluster === undefined) return;
    const seen = (await fixture().kube.list(copy)).map(({ name }) => name);
    assert.ok(seen.includes(untrusted(kubeCluster)));
  });

  it('a connection that is open stays open, until its program is ended', async function () {
    const shell = await KubeShell.open(fixture(), this);
    const folder = dirname(shell.home.folder);
    const { running, status } = await shell.proxy();
    fixture().onClose(() => running.end());
    assert.equal(await status(), 200);
    await dropHome(shell.home);
    assert.equal(await status(), 200);
    const residents = await homeProcesses(folder, [], () => Promise.resolve(run));
    assert.ok(residents.some(({ pid }) => pid === running.pid));
    await endProcesses(residents);
    await assert.rejects(status());
  });

  it('a kubectl that is typed afterwards gets nothing, and what it leaves in the home is swept', async function () {
    const shell = await KubeShell.open(fixture(), this);
    const name = basename(dirname(shell.home.folder));
    const kubeconfig = `${await fixture().newFolder()}/config`;
    await cp(shell.env['KUBECONFIG'] ?? '', kubeconfig);
    await dropHome(shell.home);
    const { exit } = await shell.version(`--kubeconfig=${kubeconfig}`);
    assert.notEqual(exit, 0);
    await removeHome(fixture().root, name);
    assert.ok(!(await readdir(fixture().root)).includes(name));
  });
});
