import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createCluster, signInUser, type DemoCluster } from '../../../../demo/createCluster.ts';
import { Refusal } from '../../../../demo/cli/refusal.ts';
import { addKnownCluster } from '../../../../demo/server/knownClusters.ts';
import { readRoleManifest, readStoredRole } from '../../../../demo/resources/roles.ts';
import { refuseWithoutReason } from '../../../../demo/tsh/tshLogin.ts';
import { recordedVersion } from '../../../../demo/cli/teleportVersion.ts';
import { DemoFixture } from '../../../support/demo/demoCluster.ts';

interface Profiles {
  readonly active: { readonly profile_url: string; readonly cluster: string; readonly roles?: string[] };
  readonly profiles: readonly { readonly profile_url: string; readonly cluster: string }[];
}

describe('demo: several profiles in one home', () => {
  let demo: DemoFixture;
  let secondCluster: DemoCluster;
  before(async () => {
    demo = await DemoFixture.open();
    const program = join(demo.cluster.dir, '..', 'demo.cjs');
    const proxy = 'proxy.second.test:443';
    const address = { cluster: 'second.test', proxy };
    secondCluster = await createCluster(join(demo.cluster.dir, '..', 'second'), {
      edition: 'community',
      node: process.execPath,
      program,
      ...address,
    });
    addKnownCluster(demo.cluster.dir, secondCluster.dir);
    await signInUser(secondCluster.dir, 'alice', demo.home('alice'));
  });
  after(() => demo.close());

  const status = async (): Promise<Profiles> =>
    JSON.parse((await demo.tsh('alice', ['status', '--format=json'])).stdout) as Profiles;

  it('the last login is the active one, the others are listed', async () => {
    const { active, profiles } = await status();
    assert.equal(active.profile_url, 'https://proxy.second.test:443');
    assert.deepEqual(
      profiles.map(({ cluster }) => cluster),
      ['ent.example.test'],
    );
    const { stdout } = await demo.tsh('alice', ['status']);
    assert.match(
      stdout,
      /^> Profile URL: +https:\/\/proxy\.second\.test[^]*\n {2}Profile URL: +https:\/\/localhost/,
    );
  });

  it('login --proxy switches, and commands go to the cluster of the active profile', async () => {
    assert.equal((await demo.tsh('alice', ['login', '--proxy=localhost:13080'])).exit, 0);
    assert.equal((await status()).active.cluster, 'ent.example.test');
    await demo.createRequest('alice');
    await demo.waitForLists();
    assert.equal((await demo.list('alice')).length, 1);
    await demo.tsh('alice', ['login', '--proxy=proxy.second.test']);
    assert.equal((await demo.list('alice')).length, 0);
  });

  it('--proxy names the profile for one command only', async () => {
    const result = await demo.tsh('alice', ['request', 'ls', '--format=json', '--proxy=localhost:13080']);
    assert.equal((JSON.parse(result.stdout) as unknown[]).length, 1);
    assert.equal((await status()).active.cluster, 'second.test');
  });

  it('logout of one proxy takes the keys and leaves the rest', async () => {
    await demo.copyHome('alice', 'out');
    const loggedOut = await demo.tsh('out', ['logout', '--proxy=proxy.second.test', '--user=alice']);
    assert.equal(loggedOut.stdout, 'Logged out alice from proxy.second.test.\n');
    const { exit, stdout, stderr } = await demo.tsh('out', ['status', '--format=json']);
    assert.equal(exit, 1);
    assert.match(stderr, /Active profile expired/);
    const printedStatus = JSON.parse(stdout) as Profiles;
    assert.equal(printedStatus.active.roles, undefined);
    assert.equal(printedStatus.profiles.length, 1);
    assert.match((await demo.tsh('out', ['request', 'ls'])).stderr, /no SSH auth methods loaded/);
    assert.equal((await demo.tsh('out', ['request', 'ls', '--proxy=localhost'])).exit, 0);
    assert.match((await demo.tsh('out', ['logout', '--user=alice'])).stdout, /^Specify --proxy and --user/);
    await demo.tsh('out', ['logout']);
    assert.match((await demo.tsh('out', ['status'])).stderr, /Not logged in/);
  });

  it('a profile of a proxy nobody answers at is offline; status comes from disk', async () => {
    await demo.copyHome('bob', 'moved');
    const file = join(demo.home('moved'), 'localhost.yaml');
    await writeFile(file, (await readFile(file, 'utf8')).replaceAll(':13080', ':1'));
    assert.match(
      (await demo.tsh('moved', ['request', 'ls'])).stderr,
      /dial tcp 127\.0\.0\.1:1: connect: connection refused/,
    );
    assert.match((await demo.tsh('moved', ['login'])).stderr, /Teleport proxy not available at localhost:1/);
    assert.equal((await demo.tsh('moved', ['status'])).exit, 0);
  });
});

describe('demo: a leaf cluster', () => {
  let demo: DemoFixture;
  before(async () => {
    demo = await DemoFixture.open();
  });
  after(() => demo.close());

  it('can be selected: requests still work, tctl refuses until the root is selected again', async () => {
    await demo.tsh('eve', ['login', 'leaf.example.test']);
    assert.match((await demo.tsh('eve', ['status'])).stdout, /Cluster: +leaf\.example\.test/);
    assert.match((await demo.tsh('eve', ['clusters'])).stdout, /^leaf\.example\.test +online +leaf +\* *$/m);
    assert.equal((await demo.tsh('eve', ['request', 'ls'])).exit, 0);
    const { stderr } = await demo.tctl('eve', 'requests', 'ls');
    assert.match(
      stderr,
      /your credentials are for cluster "leaf\.example\.test", please run `tsh login "ent\.example\.test"`/,
    );
    await demo.tsh('eve', ['login', 'ent.example.test']);
    assert.equal((await demo.tctl('eve', 'status')).exit, 0);
  });

  it('stays selected when a request is assumed and given back', async () => {
    await demo.tsh('alice', ['login', 'leaf.example.test']);
    const id = await demo.createApprovedRequest('alice');
    await demo.assume('alice', id);
    await demo.tsh('alice', ['request', 'drop']);
    const { stdout } = await demo.tsh('alice', ['status']);
    assert.match(stdout, /Cluster: +leaf\.example\.test/);
  });
});

describe('demo: roles that need a reason', () => {
  const options = { request_access: 'reason', request_prompt: 'Ticket number, please (INC-nnn)' };
  const manifest = {
    kind: 'role',
    version: 'v7',
    metadata: { name: 'dev-team' },
    spec: { options, allow: { request: { roles: ['kube-admin'] } } },
  };

  it('a first login asks for it in the words of the role', () => {
    const role = readStoredRole(
      readRoleManifest(manifest, { edition: 'enterprise', version: recordedVersion }),
    );
    assert.throws(
      () => refuseWithoutReason([role], ''),
      new Refusal('--request-reason must be specified, prompt=Ticket number, please (INC-nnn)'),
    );
    refuseWithoutReason([role], 'INC-1');
  });
});
