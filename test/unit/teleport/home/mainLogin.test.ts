import assert from 'node:assert/strict';
import { mkdir, symlink } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { chooseMainLogin } from '../../../../src/teleport/home/home.ts';
import { makeHome } from '../../../../src/teleport/home/privateHome.ts';
import { useTemporaryFolder } from '../../../support/temporaryFolder.ts';

describe('the folder of the main login', () => {
  const folder = useTemporaryFolder();
  const usual = join(homedir(), '.tsh');

  it('is that of the setting, else of TELEPORT_HOME, else the usual one; a relative path is never used', () => {
    assert.equal(chooseMainLogin('/mine', { TELEPORT_HOME: '/other' }).folder, '/mine');
    for (const setting of ['', 'tsh', './tsh', '../tsh', '~/.tsh', '.']) {
      assert.equal(chooseMainLogin(setting, { TELEPORT_HOME: '/other' }).folder, '/other', setting);
      const choice = chooseMainLogin('', { TELEPORT_HOME: setting });
      assert.deepEqual(choice, { folder: usual, refused: undefined }, setting);
    }
  });

  it('is never the private home of an elevated terminal from which VS Code was opened', async () => {
    await mkdir(folder.at('run'), { mode: 0o700 });
    const { folder: home } = await makeHome(folder.at('run', 'jit-access'));
    for (const path of [join(home, 'current'), home, `${home}/current/../gen-1/`]) {
      const choice = chooseMainLogin('', { TELEPORT_HOME: path });
      assert.deepEqual(choice, { folder: usual, refused: path });
      assert.equal(
        chooseMainLogin(path, { TELEPORT_HOME: '/env' }).folder,
        '/env',
        'also not by the setting',
      );
    }
    await symlink(home, folder.at('link'));
    assert.equal(chooseMainLogin('', { TELEPORT_HOME: folder.at('link') }).folder, usual, 'nor by a link');
  });

  it('nor one in another runtime folder, in the place of a taken one, of Windows, or that is gone already', () => {
    const name = '0123456789abcdef'.repeat(2);
    for (const path of [
      `/run/user/1000/jit-access/${name}/current`,
      `/tmp/jit-access-1000/${name}/gen-2`,
      `/tmp/jit-access-1000-aB3xYz/${name}/current`,
      `/C:\\Users\\Ana\\AppData\\Local\\JIT-Access\\${name.toUpperCase()}\\current`,
    ])
      assert.equal(chooseMainLogin('', { TELEPORT_HOME: path }).folder, usual, path);
    assert.equal(chooseMainLogin('', { TELEPORT_HOME: `/home/ana/${name}/current` }).refused, undefined);
  });

  it('nor a link to one that is gone; a circle of links is only a path', async () => {
    const gone = folder.at('run', 'jit-access', '0123456789abcdef'.repeat(2));
    await symlink(join(gone, 'current'), folder.at('dead'));
    await symlink('dead', folder.at('twice'));
    await symlink('circle', folder.at('circle'));
    for (const name of ['dead', 'twice'])
      assert.equal(chooseMainLogin('', { TELEPORT_HOME: folder.at(name) }).folder, usual, name);
    const circle = folder.at('circle');
    assert.deepEqual(chooseMainLogin('', { TELEPORT_HOME: circle }), { folder: circle, refused: undefined });
  });
});
