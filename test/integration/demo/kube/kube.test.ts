import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { symlink, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { readKubeconfig } from '../../../../demo/kube/kubeconfig.ts';
import { runKubeServer } from '../../../../demo/kube/apiServer.ts';
import { readToken } from '../../../../demo/kube/token.ts';
import { newServerIdentity } from '../../../../demo/server/tlsCertificate.ts';
import { readState } from '../../../../demo/server/serverState.ts';
import { execute, type ProgramResult } from '../../../support/runProgram.ts';
import { DemoFixture, minute } from '../../../support/demo/demoCluster.ts';
import { findProgram, KubeFixture, startProgram } from '../../../support/demo/kubeDemo.ts';

describe('demo: tsh kube', () => {
  let kube: KubeFixture;
  beforeEach(async () => {
    kube = await KubeFixture.open();
  });
  afterEach(() => kube.close());

  it('names the cluster in the status and in the list once one has logged in to it', async () => {
    await kube.login();
    assert.match((await kube.tsh('status')).stdout, /^ {2}Kubernetes cluster: "prod-eu"$/m);
    assert.match((await kube.tsh('kube', 'ls')).stdout, /^prod-eu +\* +$/m);
  });

  it('writes the home as it really lies into the kubeconfig, a link followed', async () => {
    const link = kube.demo.home('link');
    await symlink(kube.demo.home('kube'), link);
    await execute(kube.demo.cluster.tsh, ['kube', 'login', 'prod-eu'], {
      ...kube.env(),
      TELEPORT_HOME: link,
    });
    const [exec] = readKubeconfig(kube.kubeconfig).users.map(({ user }) => user.exec);
    assert.deepEqual(exec?.env, [{ name: 'TELEPORT_HOME', value: kube.demo.home('kube') }]);
    assert.equal(exec.command, kube.demo.cluster.tsh);
  });

  it('leaves what else is in a kubeconfig alone, also when one signs out', async () => {
    const other = {
      clusters: [{ name: 'other', cluster: { server: 'https://other.example.test' } }],
      contexts: [{ name: 'other', context: { cluster: 'other', user: 'other' } }],
      users: [{ name: 'other', user: { token: 'secret' } }],
    };
    await kube.tsh('kube', 'ls');
    await writeFile(kube.kubeconfig, JSON.stringify({ ...other, 'current-context': 'other' }));
    await kube.login();
    const config = readKubeconfig(kube.kubeconfig);
    assert.equal(config['current-context'], 'ent.example.test-prod-eu');
    assert.deepEqual(config.contexts.map(({ name }) => name).sort(), ['ent.example.test-prod-eu', 'other']);
    await kube.tsh('logout');
    const { clusters, contexts, users } = readKubeconfig(kube.kubeconfig);
    assert.deepEqual({ clusters, contexts, users }, other);
  });

  it('gives kubectl a credential an hour at most, the same until that is over', async () => {
    interface Credential {
      readonly status: { readonly token: string; readonly expirationTimestamp: string };
    }
    const [first, second] = [await kube.credentials(), await kube.credentials()];
    assert.equal(second.stdout, first.stdout);
    const { status } = JSON.parse(first.stdout) as Credential;
    const { valid_until: validUntil } = await kube.demo.status('kube');
    assert.equal(Date.parse(validUntil) - Date.parse(status.expirationTimestamp), minute);
    const state = readState(kube.dir);
    assert.equal(readToken(state, status.token)?.user, 'alice');
    assert.equal(readToken({ ...state, secret: 'of another cluster' }, status.token), undefined);
  });
});

for (const { called, find } of [
  { called: 'the stand-in', find: (kube: KubeFixture) => kube.demo.cluster.kubectl },
  { called: 'a real kubectl', find: () => findProgram('kubectl') },
]) {
  describe(`demo: Kubernetes with ${called}`, () => {
    let kube: KubeFixture;
    let program: string;
    before(async function () {
      kube = await (await KubeFixture.open()).login();
      program = find(kube) ?? '';
      if (program) return;
      console.log('    left out: no kubectl');
      this.skip();
    });
    after(() => kube.close());
    const kubectl = (...args: readonly string[]): Promise<ProgramResult> =>
      execute(program, args, kube.env());

    it('shows what is in the cluster, in one namespace and in all', async () => {
      const { stdout, stderr } = await kubectl('get', 'pods', '-A');
      assert.match(stdout, /^NAMESPACE +NAME +READY +STATUS +RESTARTS +AGE\n/, stderr);
      assert.match(stdout, /^payments +api-\S+ +1\/1 +Running +0 +3d$/m);
      assert.match((await kubectl('get', 'nodes')).stdout, /^prod-eu-1 +Ready +<none> +20d +v1\.31\.4$/m);
      assert.match((await kubectl('get', 'ns', 'payments')).stdout, /^payments +Active +20d$/m);
      const { stderr: empty } = await kubectl('get', 'po', '-n', 'empty');
      assert.equal(empty, 'No resources found in empty namespace.\n');
      const { stderr: missing } = await kubectl('get', 'pod/x');
      assert.equal(missing, 'Error from server (NotFound): pods "x" not found\n');
    });

    it('tells what one may do, and that the demo does not play more', async () => {
      assert.equal((await kubectl('auth', 'can-i', 'delete', 'pods')).stdout, 'yes\n');
      const { exit, stderr } = await kubectl('delete', 'pod', 'x');
      assert.equal(exit, 1);
      assert.match(stderr, /the demo cluster does not play .*, only get, auth can-i, version and proxy/);
    });

    it('keeps the namespace chosen when one logs in to the cluster again', async () => {
      await kubectl('config', 'set-context', '--current', '--namespace=payments');
      await kube.login();
      assert.match((await kubectl('get', 'pods')).stdout, /^api-/m);
      assert.equal((await kubectl('config', 'current-context')).stdout, 'ent.example.test-prod-eu\n');
    });

    it('is refused at once by a lock, also through a proxy that runs, though the credential is still good', async () => {
      const proxy = startProgram(program, ['proxy', '--port=0'], kube.env());
      try {
        await proxy.waitForOutput('Starting to serve on');
        const [, port = ''] = /127\.0\.0\.1:(\d+)/.exec(proxy.printed()) ?? [];
        const status = (): Promise<number | undefined> =>
          new Promise((resolve, reject) => {
            get(`http://127.0.0.1:${port}/api/v1/nodes`, (response) => {
              response.resume();
              resolve(response.statusCode);
            }).once('error', reject);
          });
        assert.equal(await status(), 200);
        await kube.lock();
        assert.equal(await status(), 403);
        assert.equal((await kube.credentials()).exit, 0);
        const { stderr } = await kubectl('get', 'pods');
        assert.equal(stderr, 'Error from server (Forbidden): [00] access denied\n');
      } finally {
        proxy.child.kill();
        await proxy.ended;
      }
    });
  });
}

const isAnswering = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

describe('demo: the API server', () => {
  it('runs once for a cluster and ends when the cluster’s folder is gone', async () => {
    const kube = await KubeFixture.open();
    const { port, dir } = kube;
    await Promise.all([kube.credentials(), kube.login(), kube.credentials()]);
    assert.ok(await isAnswering(port));
    const program = join(dir, '..', 'demo.cjs');
    const second = await execute(process.execPath, [program, 'kube', dir], {});
    assert.deepEqual([second.exit, second.stdout], [0, 'another one answers\n']);
    await kube.close();
    while (await isAnswering(port)) await wait(20);
  });

  it('ends when nobody has asked it for a while', async () => {
    const demo = await DemoFixture.open();
    try {
      const printed: string[] = [];
      const code = await runKubeServer(demo.cluster.dir, {
        idleLimit: 200,
        say: (text) => printed.push(text),
      });
      assert.deepEqual([code, printed], [0, ['ready\n']]);
      assert.equal(await isAnswering(readState(demo.cluster.dir).kube?.port ?? 0), false);
    } finally {
      await demo.close();
    }
  });

  it('answers with a certificate for the address and the name that a kubeconfig gives', () => {
    const name = 'kube-teleport-proxy-alpn.teleport.cluster.local';
    const certificate = new X509Certificate(newServerIdentity(name).certificate);
    assert.equal(certificate.checkIP('127.0.0.1'), '127.0.0.1');
    assert.equal(certificate.checkHost(name), name);
    assert.ok(certificate.verify(certificate.publicKey));
    assert.ok(certificate.ca);
  });
});
