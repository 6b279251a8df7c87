import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { untrusted } from '../../../src/access/text/untrusted.ts';
import { Home } from '../../../src/teleport/home/home.ts';
import { emptyKubeconfig } from '../../../src/teleport/home/kubeconfig.ts';
import { nextGeneration } from '../../../src/teleport/home/privateHome.ts';
import { KubeShell } from '../../support/contract/kubeShell.ts';
import { skipTest, onEveryCluster } from '../../support/contract/suite.ts';

onEveryCluster('Kubernetes', (world) => {
  const named = (context: Mocha.Context): string =>
    world().description.kubeCluster ?? skipTest(context, 'the description names no Kubernetes cluster');

  it('a cluster is seen by whom the request lets in, and by nobody before', async function () {
    const name = untrusted(named(this));
    const mainLogin = await world().home('alice');
    const seen = async (home: Home) => (await world().kube.list(home)).map((cluster) => cluster.name);
    assert.ok(!(await seen(mainLogin)).includes(name));
    const { home } = await world().elevatedHome(mainLogin);
    assert.ok((await seen(home)).includes(name));
    await world().tsh.drop(home, []);
    assert.ok(!(await seen(home)).includes(name));
  });

  it('who may reach none sees none, which is no failure', async () => {
    assert.deepEqual(await world().kube.list(await world().home('bob')), []);
  });

  it('a cluster that is not there cannot be signed in to', async () => {
    const home = await world().privateHome(await world().home('alice'));
    await assert.rejects(world().kube.login(home, untrusted('no-such-cluster')));
  });

  it('kubectl works in the elevated shell until it is given back', async function () {
    const shell = await KubeShell.open(world(), this);
    assert.equal((await shell.version()).exit, 0);
    await world().tsh.drop(shell.home, []);
    assert.notEqual((await shell.version()).exit, 0);
  });

  it('its kubeconfig is the shell’s own, and names the home that stays', async function () {
    const own = join(await world().newFolder(), 'config');
    const { kube } = world().newClients({ KUBECONFIG: own });
    await mkdir(join(world().environment()['HOME'] ?? '', '.kube'), { recursive: true });
    const usual = join(world().environment()['HOME'] ?? '', '.kube', 'config');
    const mine = `${emptyKubeconfig}# mine\n`;
    await Promise.all([own, usual].map((file) => writeFile(file, mine)));
    const shell = await KubeShell.open(world(), this);
    await kube.login(shell.home, untrusted(named(this)));
    assert.deepEqual(await Promise.all([own, usual].map((file) => readFile(file, 'utf8'))), [mine, mine]);
    const { context, homes } = await shell.config();
    assert.notEqual(context, '');
    assert.deepEqual(homes, [shell.home.folder]);
  });

  it('over six swaps context and namespace stay, and no kubectl of those that run meanwhile fails', async function () {
    const shell = await KubeShell.open(world(), this);
    const mainLogin = await world().home('alice');
    const folder = dirname(shell.home.folder);
    assert.equal(
      (await shell.kubectl('config', 'set-context', '--current', '--namespace=kube-system')).exit,
      0,
    );
    const before = await shell.config();
    assert.equal(before.namespace, 'kube-system');
    let swapping = true;
    const failed: string[] = [];
    let ran = 0;
    const working = async (): Promise<void> => {
      while (swapping) {
        const { exit, stderr } = await shell.version();
        if (exit !== 0) failed.push(stderr);
        ran += 1;
      }
    };
    const workers = [working(), working()];
    for (let swap = 0; swap < 6; swap += 1) {
      const fresh = await nextGeneration(folder, mainLogin.folder);
      await world().tsh.assume(new Home(fresh.path, mainLogin.folder), shell.id);
      await fresh.activate();
    }
    swapping = false;
    await Promise.all(workers);
    assert.deepEqual(failed, []);
    assert.ok(ran >= 6);
    assert.deepEqual(await shell.config(), before);
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name.startsWith('gen-')),
      ['gen-7'],
    );
  });
});
