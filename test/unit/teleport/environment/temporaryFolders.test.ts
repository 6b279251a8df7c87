import assert from 'node:assert/strict';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { neutralFolder, runtimeFolder } from '../../../../src/teleport/process/ownFolder.ts';
import { foldersInWorkspace, withOwnFolders } from '../../../../src/teleport/environment/temporaryFolders.ts';
import { useTemporaryFolder } from '../../../support/temporaryFolder.ts';

describe('folders for temporary files', () => {
  const folder = useTemporaryFolder();
  let workspace: string[];
  beforeEach(async () => {
    await mkdir(folder.at('ws', 'tmp'), { recursive: true });
    await mkdir(folder.at('own'));
    await symlink(folder.at('ws', 'tmp'), folder.at('linked'));
    workspace = [folder.at('ws')];
  });

  it('of a workspace hold no private home, and no program of ours runs there', async () => {
    for (const path of [folder.at('ws', 'tmp'), folder.at('linked'), folder.at('ws'), 'tmp', './tmp']) {
      for (const name of ['TMPDIR', 'TMP', 'TEMP', 'XDG_RUNTIME_DIR']) {
        const env = await withOwnFolders({ [name]: path, HOME: '/home/ana' }, workspace);
        assert.match(runtimeFolder(env), /^(\/var)?\/tmp\/jit-access-\d+$/, `${name}=${path}`);
        assert.deepEqual(await foldersInWorkspace({ [name]: path, HOME: '/home/ana' }, workspace), [name]);
        assert.ok(!Object.values(env).includes(path));
        assert.equal(env['HOME'], '/home/ana');
      }
    }
    assert.equal(neutralFolder(), '/');
  });

  it('elsewhere stay as they are', async () => {
    const env = { TMPDIR: folder.at('own'), XDG_RUNTIME_DIR: folder.at('own') };
    assert.equal(await withOwnFolders(env, workspace), env);
    assert.equal(await withOwnFolders(env, []), env);
    assert.deepEqual(await foldersInWorkspace(env, workspace), []);
    const none = { HOME: '/home/ana' };
    assert.equal(await withOwnFolders(none, workspace), none);
  });

  it('of which one is left are used: the one outside takes the place of the one inside', async () => {
    const env = await withOwnFolders({ TMPDIR: folder.at('ws', 'tmp'), TMP: folder.at('own') }, workspace);
    assert.ok(runtimeFolder(env).startsWith(join(folder.at('own'), 'jit-access-')));
  });

  it('are others where the workspace is the usual folder itself', async () => {
    const env = await withOwnFolders({}, ['/tmp']);
    assert.match(runtimeFolder(env), /^\/var\/tmp\/jit-access-\d+$/);
  });
});
