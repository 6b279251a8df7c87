import assert from 'node:assert/strict';
import { chmod, lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWholeFile } from '../../../src/state/writeWholeFile.ts';
import { useTemporaryFolder } from '../../support/temporaryFolder.ts';

describe('a file of the user that is written', () => {
  const folder = useTemporaryFolder();

  it('is replaced as a whole, keeps its mode, and nothing is left beside it', async () => {
    const file = join(folder.path, 'exceptions.yaml');
    await writeWholeFile(file, 'new');
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    await chmod(file, 0o640);
    const before = await stat(file);
    await writeWholeFile(file, 'newer');
    const after = await stat(file);
    assert.deepEqual([await readFile(file, 'utf8'), after.mode & 0o777], ['newer', 0o640]);
    assert.notEqual(after.ino, before.ino, 'a reader of the old file keeps the old text');
    assert.deepEqual(await readdir(folder.path), ['exceptions.yaml']);
  });

  it('that is a link stays one', async () => {
    const target = join(folder.path, 'target.yaml');
    const link = join(folder.path, 'link.yaml');
    await writeFile(target, 'old');
    await symlink(target, link);
    await writeWholeFile(link, 'new');
    assert.ok((await lstat(link)).isSymbolicLink());
    assert.equal(await readFile(target, 'utf8'), 'new');
  });

  it('that cannot be written stays as it is', async () => {
    const taken = join(folder.path, 'folder.yaml');
    await mkdir(taken);
    await writeFile(join(taken, 'x'), 'x');
    await assert.rejects(writeWholeFile(taken, 'new'));
    assert.deepEqual(await readdir(taken), ['x']);
    assert.ok((await readdir(folder.path)).every((name) => !name.endsWith('.tmp')));
  });
});
