import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFile, symlink, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { readKubeconfig } from '../../../../demo/kube/kubeconfig.ts';
import { pods } from '../../../../demo/kube/kubeKinds.ts';
import { runKubeServer } from '../../../../demo/kube/apiServer.ts';
import { readToken } from '../../../../demo/kube/token.ts';
import { KubeObjectStore } from '../../../../demo/kube/sampleObjects.ts';
import { newServerIdentity } from '../../../../demo/server/tlsCertificate.ts';
import { readState } from '../../../../demo/server/serverState.ts';
import { execute } from '../../../support/runProgram.ts';
import { DemoFixture, minute } from '../../../support/demo/demoCluster.ts';
import { KubeFixture } from '../../../support/demo/kubeDemo.ts';
import { readRecording } from '../../../support/recordings.ts';

const recorded = (name: string): string => readRecording(name).stdout;

describe('demo: tsh kube', () => {
  let kube: KubeFixture;
  beforeEach(async () => {
    kube = await KubeFixture.open();
  });
  afterEach(() => kube.close());

  it('shows the cluster to who holds kube-admin, and to nobody else', async () => {
    assert.equal((await kube.tsh('kube', 'ls', '--format=json')).stdout, recorded('kiso-kube-ls'));
    const { stdout } = await kube.demo.tsh('alice', ['kube', 'ls', '--format=json'], {
      KUBECONFIG: kube.kubeconfig,
    });
    assert.equal(stdout, recorded('kube-ls-none'));
  });

  it('logs in as recorded, and status names the cluster from then on', async () => {
    assert.equal((await kube.tsh('kube', 'login', 'prod-eu')).stdout, recorded('kiso-kube-login'));
    const status = JSON.parse((await kube.tsh('status', '--format=json')).stdout) as {
      active: { kubernetes_cluster: string };
    };
    assert.equal(status.active.kubernetes_cluster, 'prod-eu');
    assert.match((await kube.tsh('status')).stdout, /^ {2}Kubernetes cluster: "prod-eu"$/m);
    assert.match((await kube.tsh('kube', 'ls')).stdout, /^prod-eu +\* +$/m);
  });

  it('refuses a cluster that is unknown or not to be seen in the same words', async () => {
    const message = (name: string): string =>
      `kubernetes cluster "${name}" not found, check 'tsh kube ls' for a list of known clusters`;
    assert.ok((await kube.tsh('kube', 'login', 'nope')).stderr.includes(message('nope')));
    await kube.tsh('request', 'drop');
    assert.ok((await kube.tsh('kube', 'login', 'prod-eu')).stderr.includes(message('prod-eu')));
  });

  it('is refused offline, by a lock and once the login has ended', async () => {
    await kube.demo.setFaults({ match: 'kube', do: 'offline', times: 1 });
    assert.match((await kube.tsh('kube', 'login', 'prod-eu')).stderr, /connection error: desc/);
    await kube.lock();
    assert.match((await kube.tsh('kube', 'ls')).stderr, /access denied/);
    await kube.demo.moveClock(61 * minute);
    assert.match((await kube.tsh('kube', 'ls')).stderr, /ssh: cert has expired/);
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

  it('leaves what else is in a kubeconfig alone, and signing out selects it again', async () => {
    const otherKubeconfig = `apiVersion: v1
clusters:
- cluster:
    server: https://other.example.test
  name: other
contexts:
- context:
    cluster: other
    user: other
  name: other
current-context: other
kind: Config
preferences: {}
users:
- name: other
  user:
    token: secret
`;
    await kube.tsh('kube', 'ls');
    await writeFile(kube.kubeconfig, otherKubeconfig);
    await kube.login();
    const config = readKubeconfig(kube.kubeconfig);
    assert.equal(config['current-context'], 'ent.example.test-prod-eu');
    assert.deepEqual(config.contexts.map(({ name }) => name).sort(), ['ent.example.test-prod-eu', 'other']);
    await kube.tsh('logout');
    assert.equal(await readFile(kube.kubeconfig, 'utf8'), otherKubeconfig);
  });

  it('names the context as wished', async () => {
    await kube.tsh('kube', 'login', 'prod-eu', '--set-context-name=my-{{.KubeName}}');
    assert.equal(readKubeconfig(kube.kubeconfig)['current-context'], 'my-prod-eu');
    assert.match((await kube.tsh('status')).stdout, /^ {2}Kubernetes cluster: "prod-eu"$/m);
  });

  it('gives kubectl a credential in the version it asks for, an hour at most, the same until that is over', async () => {
    interface Credential {
      readonly apiVersion: string;
      readonly status: { readonly token: string; readonly expirationTimestamp: string };
    }
    const first = JSON.parse((await kube.credentials()).stdout) as Credential;
    const execInfo = JSON.stringify({
      kind: 'ExecCredential',
      apiVersion: 'client.authentication.k8s.io/v1',
    });
    const second = JSON.parse(
      (await kube.credentials({ KUBERNETES_EXEC_INFO: execInfo })).stdout,
    ) as Credential;
    assert.equal(first.apiVersion, 'client.authentication.k8s.io/v1beta1');
    assert.equal(second.apiVersion, 'client.authentication.k8s.io/v1');
    assert.equal(first.status.token, second.status.token);
    const { valid_until: validUntil } = await kube.demo.status('kube');
    assert.equal(Date.parse(validUntil) - Date.parse(first.status.expirationTimestamp), minute);
  });

  it('tells a token of another cluster from its own', async () => {
    const other = await DemoFixture.open();
    try {
      const { stdout } = await kube.credentials();
      const { token } = (JSON.parse(stdout) as { status: { token: string } }).status;
      assert.equal(readToken(readState(kube.dir), token)?.user, 'alice');
      assert.equal(readToken(readState(other.cluster.dir), token), undefined);
    } finally {
      await other.close();
    }
  });
});

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

  it('remembers which pods were deleted when it is started again', async () => {
    const demo = await DemoFixture.open();
    try {
      const now = (): number => 1e12;
      const store = new KubeObjectStore(demo.cluster.dir, now);
      const names = (objects: KubeObjectStore): string[] =>
        objects.list(pods, 'default').map(({ metadata }) => metadata.name);
      const [deletedPod] = store.list(pods, 'default');
      assert.ok(deletedPod);
      store.deletePod(deletedPod);
      assert.ok(!names(store).includes(deletedPod.metadata.name));
      assert.deepEqual(names(new KubeObjectStore(demo.cluster.dir, now)), names(store));
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
