import assert from 'node:assert/strict';
import { untrusted } from '../../../src/access/untrusted/untrusted.ts';
import { analyse, type PrivilegesReport } from '../../../src/privileges/report/analyse.ts';
import { readCensus } from '../../../src/privileges/census/readCensus.ts';
import { Client } from '../../../src/teleport/commands/client.ts';
import { Home } from '../../../src/teleport/home/home.ts';
import { run } from '../../../src/teleport/process/runProcess.ts';
import { Tctl } from '../../../src/teleport/commands/tctl.ts';
import { DemoFixture } from '../../support/demo/demoCluster.ts';
import { TemporaryFolder } from '../../support/temporaryFolder.ts';

// The recorded clusters had no access lists, so this test reads those of the demo cluster.
describe('standing privileges on a cluster with access lists', () => {
  let demo: DemoFixture;
  let folder: TemporaryFolder;
  before(async () => {
    demo = await DemoFixture.open('enterprise', { accessLists: true });
    folder = await TemporaryFolder.open();
  });
  after(async () => {
    await demo.close();
    await folder.close();
  });

  async function reportFor(person: string): Promise<PrivilegesReport> {
    const client = new Client({
      loadRun: () => Promise.resolve(run),
      env: { PATH: process.env['PATH'] },
      programSearch: (name) => ({ setting: demo.cluster[name], env: {}, excludedFolders: [] }),
      log: () => undefined,
      elapsed: () => performance.now(),
    });
    const census = await readCensus({
      tctl: new Tctl({ client, root: folder.path, configuration: folder.at('none') }),
      home: new Home(demo.cluster.homes[person] ?? ''),
      ...{ cluster: untrusted('c'), user: untrusted(person), now: () => Date.now() },
    });
    return analyse(census, { limit: 6 * 3_600_000 });
  }

  const kubernetesHolders = (findings: PrivilegesReport['findings']): number | undefined =>
    findings.find(({ kind }) => kind === 'kubernetes')?.holders.length;

  it('members of a list, and of a list in it, and its owner are found', async () => {
    const accessListManifest = (name: string, roles: readonly string[]): object => ({
      ...{ kind: 'access_list', version: 'v1', metadata: { name } },
      spec: { title: `The ${name}`, owners: [{ name: 'rita' }], grants: { roles }, type: 'static' },
    });
    await demo.mustCreate(
      'eve',
      accessListManifest('oncall', ['kube-admin']),
      accessListManifest('dbas', []),
    );
    await demo.tctl('eve', 'acl', 'users', 'add', 'oncall', 'bob');
    await demo.tctl('eve', 'acl', 'users', 'add', '--kind=list', 'oncall', 'dbas');
    await demo.tctl('eve', 'acl', 'users', 'add', 'dbas', 'omar');
    let { findings } = await reportFor('eve');
    // Lists lag behind writes, so the census is read until it shows both holders.
    for (let attempt = 0; attempt < 30 && kubernetesHolders(findings) !== 2; attempt += 1)
      ({ findings } = await reportFor('eve'));
    const holdersOf = (kind: string): unknown =>
      findings
        .find((finding) => finding.kind === kind)
        ?.holders.map(({ name, list: accessList }) => [name, accessList]);
    assert.deepEqual(holdersOf('kubernetes'), [
      ['bob', 'The oncall'],
      ['omar', 'The oncall'],
    ]);
    assert.deepEqual(holdersOf('ownsList'), [['rita', undefined]]);
  });
});
