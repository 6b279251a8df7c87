import assert from 'node:assert/strict';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { untrusted } from '../../../../src/access/untrusted/untrusted.ts';
import { findBase, rememberBase } from '../../../../src/roles/apply/baseVersions.ts';
import { StorageFiles } from '../../../../src/state/storageFiles.ts';
import { TemporaryFolder } from '../../../support/temporaryFolder.ts';
import { cluster, manifest, MemoryCluster } from '../../../support/roles/memoryCluster.ts';

describe('the version of a role that was fetched', () => {
  let folder: TemporaryFolder;
  let files: StorageFiles;
  const server = new MemoryCluster();
  beforeEach(async () => {
    folder = await TemporaryFolder.open();
    files = new StorageFiles(folder.at('storage'), () => undefined);
  });
  afterEach(() => folder.close());
  const storedFiles = async (): Promise<string[]> =>
    (await readdir(folder.at('storage', 'bases'))).map((name) => folder.at('storage', 'bases', name));

  it('is kept by cluster and name, for this person alone', async () => {
    const storedRole = server.putRole(manifest('dev'));
    await rememberBase(files, cluster, storedRole);
    assert.deepEqual(await findBase(files, cluster, storedRole.name), { cluster, ...storedRole });
    assert.equal(await findBase(files, untrusted('another'), storedRole.name), undefined);
    assert.equal(await findBase(files, cluster, untrusted('ops')), undefined);
    const [file = ''] = await storedFiles();
    assert.equal((await stat(file)).mode & 0o777, 0o600);
  });

  for (const name of [
    '../../../escape',
    '-rf',
    '@/etc/hostname',
    'CON',
    'a/b',
    'x'.repeat(5_000),
    '\u202e\u0000',
  ])
    it(`lies in a file of ours whatever the role is called: ${JSON.stringify(name.slice(0, 20))}`, async () => {
      const storedRole = { ...server.putRole(manifest('dev')), name: untrusted(name) };
      await rememberBase(files, cluster, storedRole);
      const names = await storedFiles();
      assert.match(names.map((file) => file.split('/').at(-1)).join(), /^[0-9a-f]{32}\.json$/);
      assert.equal((await findBase(files, cluster, storedRole.name))?.revision, storedRole.revision);
    });

  it('that cannot be read, or is of another role, is none', async () => {
    const storedRole = server.putRole(manifest('dev'));
    await rememberBase(files, cluster, storedRole);
    const [file = ''] = await storedFiles();
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('"name":"dev"', '"name":"ops"'));
    assert.equal(await findBase(files, cluster, storedRole.name), undefined);
    await writeFile(file, text.slice(0, 20));
    assert.equal(await findBase(files, cluster, storedRole.name), undefined);
  });
});
