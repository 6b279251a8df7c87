import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { get } from 'node:http';
import { issueToken } from '../../../../demo/kube/token.ts';
import { readState } from '../../../../demo/server/serverState.ts';
import { execute, type ProgramResult } from '../../../support/runProgram.ts';
import { minute, roleManifest } from '../../../support/demo/demoCluster.ts';
import {
  startProgram,
  KubeFixture,
  findProgram,
  type BackgroundProgram,
} from '../../../support/demo/kubeDemo.ts';

const programs = [
  { called: 'the stand-in', find: (kube: KubeFixture) => kube.demo.cluster.kubectl },
  { called: 'a real kubectl', find: () => findProgram('kubectl') },
];

for (const { called, find } of programs) {
  describe(`demo: Kubernetes with ${called}`, () => {
    let kube: KubeFixture;
    let program: string;
    const started: BackgroundProgram[] = [];

    before(async function () {
      kube = await KubeFixture.open();
      const found = find(kube);
      await kube.close();
      if (found === undefined) {
        console.log('    left out: no kubectl');
        this.skip();
      }
    });
    beforeEach(async () => {
      kube = await (await KubeFixture.open()).login();
      program = find(kube) ?? '';
    });
    afterEach(async () => {
      for (const { child, ended } of started.splice(0)) {
        child.kill();
        await ended;
      }
      await kube.close();
    });

    const kubectl = (...args: readonly string[]): Promise<ProgramResult> =>
      execute(program, args, kube.env());
    const start = (...args: readonly string[]): BackgroundProgram => {
      const background = startProgram(program, args, kube.env());
      started.push(background);
      return background;
    };
    const podNames = async (): Promise<string[]> =>
      (await kubectl('get', 'pods', '-o', 'name')).stdout.trim().split('\n');

    it('shows what is in the cluster, in all namespaces', async () => {
      const { stdout, stderr } = await kubectl('get', 'pods', '-A');
      assert.match(stdout, /^NAMESPACE +NAME +READY +STATUS +RESTARTS +AGE\n/, stderr);
      assert.match(stdout, /^payments +api-\S+ +1\/1 +Running +0 +3d$/m);
      assert.match((await kubectl('get', 'nodes')).stdout, /^prod-eu-1 +Ready +<none> +20d +v1\.31\.4$/m);
      assert.match((await kubectl('get', 'deploy', 'web')).stdout, /^web +2\/2 +2 +2 +20d$/m);
      assert.equal(
        (await kubectl('get', 'cm', '-n', 'empty')).stderr,
        'No resources found in empty namespace.\n',
      );
    });

    it('gives one thing as JSON and YAML', async () => {
      const [pod = ''] = await podNames();
      const { stdout } = await kubectl('get', pod, '-o', 'json');
      assert.equal((JSON.parse(stdout) as { metadata: { name: string } }).metadata.name, pod.slice(4));
      assert.match((await kubectl('get', pod, '-o', 'yaml')).stdout, /^kind: Pod$/m);
    });

    it('deletes a pod, and finds another in its place', async () => {
      const before = await podNames();
      const [deletedPod = ''] = before;
      assert.equal((await kubectl('delete', deletedPod)).stdout, `pod "${deletedPod.slice(4)}" deleted\n`);
      const after = await podNames();
      assert.equal(after.length, before.length);
      assert.ok(!after.includes(deletedPod));
      assert.equal(
        (await kubectl('get', deletedPod)).stderr,
        `Error from server (NotFound): pods "${deletedPod.slice(4)}" not found\n`,
      );
    });

    it('tells who one is and what one may do', async () => {
      assert.match(
        (await kubectl('auth', 'whoami')).stdout,
        /^Username +alice\nGroups +\[system:masters system:authenticated\]$/m,
      );
      assert.equal((await kubectl('auth', 'can-i', 'delete', 'pods')).stdout, 'yes\n');
    });

    it('lets viewers read the namespace default and nothing else', async () => {
      const allow = { kubernetes_labels: { '*': '*' }, kubernetes_groups: ['viewers'] };
      await kube.demo.mustCreate('eve', roleManifest('viewer', { allow }));
      const state = readState(kube.dir);
      const viewer = {
        user: 'bob',
        kubernetesGroups: ['viewers'],
        roles: ['viewer'],
        requests: [],
        validUntil: 1e14,
        ...{ cluster: state.cluster, resources: [], logins: [], issued: 0, key: '' },
      };
      await kube.useToken(issueToken(state, viewer, 'prod-eu'));
      assert.match((await kubectl('get', 'pods')).stdout, /^web-/m);
      assert.equal(
        (await kubectl('get', 'pods', '-n', 'payments')).stderr,
        'Error from server (Forbidden): pods is forbidden: User "bob" cannot list resource "pods" in API group "" in the namespace "payments"\n',
      );
      const [pod = ''] = await podNames();
      assert.match((await kubectl('delete', pod)).stderr, /cannot delete resource "pods"/);
      const { exit, stdout } = await kubectl('auth', 'can-i', 'delete', 'pods');
      assert.deepEqual([exit, stdout], [1, 'no\n']);
    });

    it('keeps the namespace chosen when one logs in to the cluster again', async () => {
      await kubectl('config', 'set-context', '--current', '--namespace=payments');
      await kube.login();
      assert.match((await kubectl('get', 'pods')).stdout, /^api-/m);
      assert.match((await kubectl('config', 'get-contexts')).stdout, / payments\n$/);
      assert.equal((await kubectl('config', 'current-context')).stdout, 'ent.example.test-prod-eu\n');
    });

    it('is refused by the plug-in once the access was given back', async () => {
      await kube.tsh('request', 'drop');
      const { exit, stderr } = await kubectl('get', 'pods');
      assert.equal(exit, 1);
      assert.match(stderr, /Your user's Teleport role does not allow Kubernetes access\./);
      assert.match(
        stderr,
        /^Unable to connect to the server: getting credentials: exec: executable .+ failed with exit code 1$/m,
      );
    });

    it('makes a deleted home again, because the plug-in asks for a password', async () => {
      await rename(kube.demo.home('kube'), kube.demo.home('gone'));
      assert.match((await kubectl('get', 'pods')).stderr, /cannot perform password login without a terminal/);
      assert.ok(existsSync(kube.demo.home('kube')));
      assert.match((await kubectl('get', 'pods')).stderr, /Having problems with relogin/);
    });

    it('is refused at once by a lock, though its credential is still good', async () => {
      assert.equal((await kubectl('get', 'pods')).exit, 0);
      await kube.lock();
      assert.equal((await kube.credentials()).exit, 0);
      assert.equal(
        (await kubectl('get', 'pods')).stderr,
        'Error from server (Forbidden): [00] access denied\n',
      );
    });

    it('has to log in once its token has ended', async () => {
      const { stdout } = await kube.credentials();
      await kube.useToken((JSON.parse(stdout) as { status: { token: string } }).status.token);
      assert.equal((await kubectl('get', 'pods')).exit, 0);
      await kube.demo.moveClock(61 * minute);
      assert.equal(
        (await kubectl('get', 'pods')).stderr,
        'error: You must be logged in to the server (Unauthorized)\n',
      );
    });

    it('follows what a pod says until a lock cuts it', async () => {
      const [pod = ''] = await podNames();
      const logs = start('logs', '-f', pod.slice(4));
      await logs.waitForOutput('listening on :8080');
      await logs.waitForOutput('GET /healthz 200');
      await kube.lock();
      await logs.ended;
    });

    it('keeps, as a proxy that runs, the access that was given back; a lock ends it', async () => {
      const proxy = start('proxy', '--port=0');
      await proxy.waitForOutput('Starting to serve on');
      const [, port] = /127\.0\.0\.1:(\d+)/.exec(proxy.printed()) ?? [];
      const status = (): Promise<number | undefined> =>
        new Promise((resolve, reject) => {
          get(`http://127.0.0.1:${port ?? ''}/api/v1/nodes`, (response) => {
            response.resume();
            resolve(response.statusCode);
          }).once('error', reject);
        });
      assert.equal(await status(), 200);
      await kube.tsh('request', 'drop');
      assert.equal((await kubectl('get', 'nodes')).exit, 1);
      assert.equal(await status(), 200);
      await kube.lock();
      assert.equal(await status(), 403);
    });
  });
}
