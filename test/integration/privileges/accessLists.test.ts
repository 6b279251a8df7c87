import assert from 'node:assert/strict';
import { untrusted } from '../../../src/access/untrusted/untrusted.ts';
import { analyse, type PrivilegesReport } from '../../../src/privileges/report/analyse.ts';
import { readCensus } from '../../../src/privileges/census/readCensus.ts';
import { Home } from '../../../src/teleport/home/home.ts';
import { Tctl } from '../../../src/teleport/commands/tctl.ts';
import { DemoFixture } from '../../support/demo/demoCluster.ts';
import { TemporaryFolder } from '../../support/temporaryFolder.ts';
import { testClient } from '../../support/testClient.ts';

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
    const client = testClient(demo.cluster, { env: { PATH: process.env['PATH'] } });
    const census = await readCensus({
      tctl: new Tctl({ client, root: folder.path, configuration: folder.at('none') }),
      home: new Home(demo.cluster.homes[person] ?? ''),
      ...{ cluster: untrusted('c'), user: untrusted(person), now: () => Date.now() },
    });
    return analyse(census, { limit: 6 * 3_600_000 });
  }

  it('members of a list, and of a list in it, and its owner are found', async () => {
    const { findings } = await reportFor('eve');
    const holdersOf = (kind: string): unknown =>
      findings
        .find((finding) => finding.kind === kind)
        ?.holders.map(({ name, list: accessList }) => [name, accessList]);
    assert.deepEqual(holdersOf('kubernetes'), [
      ['bob', 'On call'],
      ['omar', 'On call'],
    ]);
    assert.deepEqual(holdersOf('ownsList'), [['rita', undefined]]);
  });
});
