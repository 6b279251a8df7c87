import assert from 'node:assert/strict';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { untrusted, type Untrusted } from '../../../../src/access/text/untrusted.ts';
import type { HomeRecord } from '../../../../src/state/elevation/homeRecords.ts';
import { KubeContextWatch } from '../../../../src/state/elevation/kubeContextWatch.ts';
import { TemporaryFolder, until } from '../../../support/temporaryFolder.ts';

const config = (kube: string, cluster = 'ent'): string =>
  `current-context: c\ncontexts: [{name: c, context: {user: u}}]\nusers: [{name: u, user: {exec: {args: [--kube-cluster=${kube}, --teleport-cluster=${cluster}]}}}]\n`;

describe('kubectl of an elevation that goes elsewhere', () => {
  let folder: TemporaryFolder;
  let drift: KubeContextWatch;
  let changes: number;
  beforeEach(async () => {
    folder = await TemporaryFolder.open();
    await mkdir(folder.at('home'));
    changes = 0;
    drift = new KubeContextWatch(() => (changes += 1));
  });
  afterEach(async () => {
    drift.dispose();
    await folder.close();
  });

  const record = (kube?: string): HomeRecord =>
    ({
      name: 'home',
      root: folder.path,
      cluster: untrusted('ent'),
      ...(kube === undefined ? {} : { kube: untrusted(kube) }),
    }) as HomeRecord;
  const write = async (text: string): Promise<void> => {
    await writeFile(folder.at('home', 'beside'), text);
    await rename(folder.at('home', 'beside'), folder.at('home', 'kubeconfig'));
  };
  const comesTo = (expected: string | undefined, kube = 'prod'): Promise<void> =>
    until(() => {
      const found: Untrusted | undefined = drift.mismatchOf(record(kube));
      return Promise.resolve(found === (expected === undefined ? undefined : untrusted(expected)));
    });

  it('is seen when the file changes, and when it is right again', async () => {
    await write(config('prod'));
    drift.watchHomes([record('prod')]);
    await until(() => Promise.resolve(changes === 1));
    assert.equal(drift.mismatchOf(record('prod')), undefined);
    await write(config('staging'));
    await comesTo('staging');
    await write(config('prod'));
    await comesTo(undefined);
  });

  it('is seen at once in a window that finds it so', async () => {
    await write(config('staging'));
    drift.watchHomes([record('prod')]);
    await comesTo('staging');
  });

  it('of another Teleport cluster is told apart from one with the same name here', async () => {
    await write(config('prod', 'leaf'));
    drift.watchHomes([record('prod')]);
    await comesTo('prod (leaf)');
  });

  it('that was accepted, or was pointed nowhere, is no mismatch', async () => {
    await write(config('staging'));
    drift.watchHomes([record('prod')]);
    await comesTo('staging');
    assert.equal(drift.mismatchOf(record('staging')), undefined);
    assert.equal(drift.mismatchOf(record()), undefined);
  });

  it('says nothing of a file that is garbage, gone, or never was', async () => {
    drift.watchHomes([record('prod')]);
    assert.equal(drift.mismatchOf(record('prod')), undefined);
    await write(config('staging'));
    await comesTo('staging');
    await write('a: [');
    await comesTo(undefined);
    await write(config('staging'));
    await comesTo('staging');
    await rm(folder.at('home', 'kubeconfig'));
    await comesTo(undefined);
  });

  it('is forgotten with its home', async () => {
    await write(config('staging'));
    drift.watchHomes([record('prod')]);
    await comesTo('staging');
    drift.watchHomes([]);
    await rm(folder.at('home'), { recursive: true });
    assert.equal(drift.mismatchOf(record('prod')), undefined);
  });
});
