import assert from 'node:assert/strict';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { untrusted, type Untrusted } from '../../../../src/access/untrusted/untrusted.ts';
import type { HomeRecord } from '../../../../src/state/elevation/homeRecords.ts';
import { KubeContextWatch } from '../../../../src/state/elevation/kubeContextWatch.ts';
import { until, useTemporaryFolder } from '../../../support/temporaryFolder.ts';

const config = (kube: string, cluster = 'ent'): string =>
  `current-context: c\ncontexts: [{name: c, context: {user: u}}]\nusers: [{name: u, user: {exec: {args: [--kube-cluster=${kube}, --teleport-cluster=${cluster}]}}}]\n`;

describe('kubectl of an elevation that goes elsewhere', () => {
  const folder = useTemporaryFolder();
  let watch: KubeContextWatch;
  let changes: number;
  beforeEach(async () => {
    await mkdir(folder.at('home'));
    changes = 0;
    watch = new KubeContextWatch(() => (changes += 1));
  });
  afterEach(() => watch.dispose());

  const record = (kube?: string): HomeRecord =>
    ({
      name: 'home',
      root: folder.path,
      cluster: untrusted('ent'),
      ...(kube === undefined ? {} : { kube: untrusted(kube) }),
    }) as HomeRecord;
  const writeKubeconfig = async (text: string): Promise<void> => {
    await writeFile(folder.at('home', 'beside'), text);
    await rename(folder.at('home', 'beside'), folder.at('home', 'kubeconfig'));
  };
  const untilMismatch = (expected: string | undefined, kube = 'prod'): Promise<void> =>
    until(() => {
      const mismatch: Untrusted | undefined = watch.mismatchOf(record(kube));
      return Promise.resolve(mismatch === (expected === undefined ? undefined : untrusted(expected)));
    });

  it('is seen when the file changes, and when it is right again', async () => {
    await writeKubeconfig(config('prod'));
    watch.watchHomes([record('prod')]);
    await until(() => Promise.resolve(changes === 1));
    assert.equal(watch.mismatchOf(record('prod')), undefined);
    await writeKubeconfig(config('staging'));
    await untilMismatch('staging');
    await writeKubeconfig(config('prod'));
    await untilMismatch(undefined);
  });

  it('is seen at once in a window that finds it so', async () => {
    await writeKubeconfig(config('staging'));
    watch.watchHomes([record('prod')]);
    await untilMismatch('staging');
  });

  it('of another Teleport cluster is told apart from one with the same name here', async () => {
    await writeKubeconfig(config('prod', 'leaf'));
    watch.watchHomes([record('prod')]);
    await untilMismatch('prod (leaf)');
  });

  it('that was accepted, or was pointed nowhere, is no mismatch', async () => {
    await writeKubeconfig(config('staging'));
    watch.watchHomes([record('prod')]);
    await untilMismatch('staging');
    assert.equal(watch.mismatchOf(record('staging')), undefined);
    assert.equal(watch.mismatchOf(record()), undefined);
  });

  it('says nothing of a file that is garbage, gone, or never was', async () => {
    watch.watchHomes([record('prod')]);
    assert.equal(watch.mismatchOf(record('prod')), undefined);
    await writeKubeconfig(config('staging'));
    await untilMismatch('staging');
    await writeKubeconfig('a: [');
    await untilMismatch(undefined);
    await writeKubeconfig(config('staging'));
    await untilMismatch('staging');
    await rm(folder.at('home', 'kubeconfig'));
    await untilMismatch(undefined);
  });

  it('is forgotten with its home', async () => {
    await writeKubeconfig(config('staging'));
    watch.watchHomes([record('prod')]);
    await untilMismatch('staging');
    watch.watchHomes([]);
    await rm(folder.at('home'), { recursive: true });
    assert.equal(watch.mismatchOf(record('prod')), undefined);
  });
});
