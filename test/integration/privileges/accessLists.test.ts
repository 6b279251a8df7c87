import assert from 'node:assert/strict';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { untrusted } from '../../../src/access/text/untrusted.ts';
import { analyse, type PrivilegesReport } from '../../../src/privileges/report/analyse.ts';
import { readCensus } from '../../../src/privileges/census/readCensus.ts';
import { Client } from '../../../src/teleport/commands/client.ts';
import { Home } from '../../../src/teleport/home/home.ts';
import { run } from '../../../src/teleport/process/runProcess.ts';
import { Tctl } from '../../../src/teleport/commands/tctl.ts';
import { DemoFixture } from '../../support/demo/demoCluster.ts';

// The recorded clusters had no access lists: here the reader meets those of the demo.
describe('standing privileges on a cluster with access lists', () => {
  let demo: DemoFixture;
  let folder: string;
  before(async () => {
    demo = await DemoFixture.open('enterprise', { accessLists: true });
    folder = await mkdtemp(join(await realpath(tmpdir()), 'jit-lists-'));
  });
  after(async () => {
    await demo.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function check(person: string): Promise<PrivilegesReport> {
    const client = new Client({
      loadRun: () => Promise.resolve(run),
      env: { PATH: process.env['PATH'] },
      programSearch: (name) => ({ setting: demo.cluster[name], env: {}, excludedFolders: [] }),
      log: () => undefined,
      elapsed: () => performance.now(),
    });
    const census = await readCensus({
      tctl: new Tctl({ client, root: folder, configuration: join(folder, 'none') }),
      home: new Home(demo.cluster.homes[person] ?? ''),
      ...{ cluster: untrusted('c'), user: untrusted(person), now: () => Date.now() },
    });
    return analyse(census, { limit: 6 * 3_600_000 });
  }

  const kubernetes = (findings: PrivilegesReport['findings']): number | undefined =>
    findings.find(({ kind }) => kind === 'kubernetes')?.holders.length;

  it('members of a list, and of a list in it, and its owner are found', async () => {
    const list = (name: string, roles: readonly string[]): object => ({
      ...{ kind: 'access_list', version: 'v1', metadata: { name } },
      spec: { title: `The ${name}`, owners: [{ name: 'rita' }], grants: { roles }, type: 'static' },
    });
    await demo.mustCreate('eve', list('oncall', ['kube-admin']), list('dbas', []));
    await demo.tctl('eve', 'acl', 'users', 'add', 'oncall', 'bob');
    await demo.tctl('eve', 'acl', 'users', 'add', '--kind=list', 'oncall', 'dbas');
    await demo.tctl('eve', 'acl', 'users', 'add', 'dbas', 'omar');
    let { findings } = await check('eve');
    // Lists lag.
    for (let asked = 0; asked < 30 && kubernetes(findings) !== 2; asked += 1)
      ({ findings } = await check('eve'));
    const of = (kind: string): unknown =>
      findings
        .find((finding) => finding.kind === kind)
        ?.holders.map(({ name, list: through }) => [name, through]);
    assert.deepEqual(of('kubernetes'), [
      ['bob', 'The oncall'],
      ['omar', 'The oncall'],
    ]);
    assert.deepEqual(of('ownsList'), [['rita', undefined]]);
  });
});
