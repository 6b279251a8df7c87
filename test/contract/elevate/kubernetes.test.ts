import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { untrusted } from '../../../src/access/untrusted/untrusted.ts';
import { Home } from '../../../src/teleport/home/home.ts';
import { emptyKubeconfig } from '../../../src/teleport/home/kubeconfig.ts';
import { nextGeneration } from '../../../src/teleport/home/privateHome.ts';
import { KubeShell } from '../../support/contract/kubeShell.ts';
import { skipTest, onEveryCluster } from '../../support/contract/suite.ts';

onEveryCluster('Kubernetes', (fixture) => {
  const kubeClusterName = (context: Mocha.Context): string =>
    fixture().description.kubeCluster ?? skipTest(context, 'the description names no Kubernetes cluster');

  it('a cluster is seen by whom the request lets in, and by nobody before', async function () {
    const name = untrusted(kubeClusterName(this));
    const mainLogin = await fixture().home('alice');
    const seen = async (home: Home) => (await fixture().kube.list(home)).map((cluster) => cluster.name);
    assert.ok(!(await seen(mainLogin)).includes(name));
    const { home } = await fixture().elevatedHome(mainLogin);
    assert.ok((await seen(home)).includes(name));
    await fixture().tsh.drop(home, []);
    assert.ok(!(await seen(home)).includes(name));
  });

  it('who may reach none sees none, which is no failure', async () => {
    assert.deepEqual(await fixture().kube.list(await fixture().home('bob')), []);
  });

  it('a cluster that is not there cannot be signed in to', async () => {
    const home = await fixture().privateHome(await fixture().home('alice'));
    await assert.rejects(fixture().kube.login(home, untrusted('no-such-cluster')));
  });

  it('kubectl works in the elevated shell until it is given back', async function () {
    const shell = await KubeShell.open(fixture(), this);
    assert.equal((await shell.version()).exit, 0);
    await fixture().tsh.drop(shell.home, []);
    assert.notEqual((await shell.version()).exit, 0);
  });

  it('its kubeconfig is the shell’s own, and names the home that stays', async function () {
    const ownKubeconfig = join(await fixture().newFolder(), 'config');
    const { kube } = fixture().newClients({ KUBECONFIG: ownKubeconfig });
    await mkdir(join(fixture().environment()['HOME'] ?? '', '.kube'), { recursive: true });
    const defaultKubeconfig = join(fixture().environment()['HOME'] ?? '', '.kube', 'config');
    const content = `${emptyKubeconfig}# mine\n`;
    await Promise.all([ownKubeconfig, defaultKubeconfig].map((file) => writeFile(file, content)));
    const shell = await KubeShell.open(fixture(), this);
    await kube.login(shell.home, untrusted(kubeClusterName(this)));
    assert.deepEqual(
      await Promise.all([ownKubeconfig, defaultKubeconfig].map((file) => readFile(file, 'utf8'))),
      [content, content],
    );
    const { context, homes } = await shell.config();
    assert.notEqual(context, '');
    assert.deepEqual(homes, [shell.home.folder]);
  });

  it('over six swaps context and namespace stay, and no kubectl of those that run meanwhile fails', async function () {
    const shell = await KubeShell.open(fixture(), this);
    const mainLogin = await fixture().home('alice');
    const folder = dirname(shell.home.folder);
    assert.equal(
      (await shell.kubectl('config', 'set-context', '--current', '--namespace=kube-system')).exit,
      0,
    );
    const before = await shell.config();
    assert.equal(before.namespace, 'kube-system');
    let swapping = true;
    const failures: string[] = [];
    let runs = 0;
    const runKubectl = async (): Promise<void> => {
      while (swapping) {
        const { exit, stderr } = await shell.version();
        if (exit !== 0) failures.push(stderr);
        runs += 1;
      }
    };
    const workers = [runKubectl(), runKubectl()];
    for (let swap = 0; swap < 6; swap += 1) {
      const fresh = await nextGeneration(folder, mainLogin.folder);
      await fixture().tsh.assume(new Home(fresh.path, mainLogin.folder), shell.id);
      await fresh.activate();
    }
    swapping = false;
    await Promise.all(workers);
    assert.deepEqual(failures, []);
    assert.ok(runs >= 6);
    assert.deepEqual(await shell.config(), before);
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name.startsWith('gen-')),
      ['gen-7'],
    );
  });
});
