import assert from 'node:assert/strict';
import * as fs from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { ensureOwnFolder, folderOfUser, runtimeFolder } from '../../../../src/teleport/process/ownFolder.ts';
import * as homes from '../../../../src/teleport/home/privateHome.ts';
import { failsWith } from '../../../support/failsWith.ts';
import { useTemporaryFolder } from '../../../support/temporaryFolder.ts';

const { chmod, chown, lchown, lstat, mkdir, readdir, readFile, readlink, rename, rm, symlink, writeFile } =
  fs;
const { fillHome, makeHome, removeHome } = homes;
const proxy = 'ent.example.test';

describe('a private home', () => {
  const folder = useTemporaryFolder();
  let mainLogin: string;
  let root: string;

  beforeEach(async () => {
    mainLogin = folder.at('tsh');
    root = folder.at('run');
    const keys = join(mainLogin, 'keys', proxy);
    await mkdir(join(keys, 'alice-kube'), { recursive: true });
    await mkdir(join(mainLogin, 'keys', 'other.test'), { recursive: true });
    await mkdir(join(mainLogin, 'bin'));
    const files = {
      'current-profile': proxy,
      [`${proxy}.yaml`]: 'web_proxy_addr: x',
      'other.test.yaml': 'x',
      known_hosts: 'x',
      [`keys/${proxy}/alice`]: 'key',
      [`keys/${proxy}/alice-kube/prod`]: 'cert',
      'keys/other.test/alice': 'key of another cluster',
      'bin/tsh': 'program',
    };
    for (const [name, text] of Object.entries(files)) await writeFile(join(mainLogin, name), text);
  });

  /** Every path below a folder with its mode, or with `link` for a symbolic link. */
  async function modesBelow(path: string): Promise<string[]> {
    const entries = await readdir(path, { recursive: true });
    const names = entries.filter((name) => !name.startsWith('current/'));
    return Promise.all(
      names.sort().map(async (name) => {
        const stats = await lstat(join(path, name));
        return `${name} ${stats.isSymbolicLink() ? 'link' : (stats.mode & 0o777).toString(8)}`;
      }),
    );
  }
  async function filledHome(): Promise<string> {
    const home = await makeHome(root);
    await fillHome(home.folder, mainLogin);
    return home.folder;
  }

  it('holds the least a login needs, readable by nobody else', async () => {
    const before = process.umask(0);
    try {
      assert.deepEqual(await modesBelow(await filledHome()), [
        'current link',
        'gen-1 700',
        'gen-1/current-profile 600',
        `gen-1/${proxy}.yaml 600`,
        'gen-1/keys 700',
        `gen-1/keys/${proxy} 700`,
        `gen-1/keys/${proxy}/alice 600`,
        `gen-1/keys/${proxy}/alice-kube 700`,
        `gen-1/keys/${proxy}/alice-kube/prod 600`,
        'gen-1/known_hosts 600',
        'kubeconfig 600',
      ]);
    } finally {
      process.umask(before);
    }
  });

  it('its current is the generation, and its kubeconfig names no cluster yet', async () => {
    const home = await filledHome();
    assert.equal(await readlink(homes.currentOf(home)), 'gen-1');
    assert.equal(await readFile(join(homes.currentOf(home), 'known_hosts'), 'utf8'), 'x');
    assert.match(await readFile(homes.kubeconfigOf(home), 'utf8'), /^contexts: \[\]$/m);
  });

  it('takes the configuration along, and no program', async () => {
    await mkdir(join(mainLogin, 'config'));
    await writeFile(join(mainLogin, 'config', 'config.yaml'), 'x');
    await writeFile(join(mainLogin, 'config', 'secret'), 'x');
    const files = await modesBelow(join(await filledHome(), 'gen-1', 'config'));
    assert.deepEqual(files, ['config.yaml 600']);
  });

  it('does without known_hosts', async () => {
    await rm(join(mainLogin, 'known_hosts'));
    await filledHome();
  });

  it('each has a name that cannot be guessed, in a folder that only its owner may enter', async () => {
    const [one, other] = [await makeHome(root), await makeHome(root)];
    assert.match(one.name, /^[0-9a-f]{32}$/);
    assert.notEqual(one.name, other.name);
    for (const path of [root, one.folder]) assert.equal((await lstat(path)).mode & 0o777, 0o700);
  });

  it('no link inside the login is followed: the copy would elevate the main login', async () => {
    const places = [
      'keys',
      `keys/${proxy}`,
      `keys/${proxy}/alice`,
      `keys/${proxy}/alice-kube`,
      `${proxy}.yaml`,
    ];
    for (const place of [...places, 'current-profile', 'known_hosts']) {
      const [from, to] = [join(mainLogin, place), folder.at('moved')];
      await rename(from, to);
      await symlink(to, from);
      await failsWith(filledHome(), 'untrustedHome', place);
      await rm(from);
      await rename(to, from);
    }
    await filledHome();
  });

  it('a planted link, a file or a folder others may enter in its place is refused', async () => {
    await mkdir(folder.at('theirs'), { mode: 0o700 });
    await symlink(folder.at('theirs'), root);
    await failsWith(makeHome(root), 'untrustedHome', 'link');
    await writeFile(folder.at('file'), '');
    await failsWith(makeHome(folder.at('file')), 'untrustedHome', 'file');
    for (const mode of [0o710, 0o701, 0o755, 0o777]) {
      await mkdir(folder.at(`loose${mode}`));
      await chmod(folder.at(`loose${mode}`), mode);
      await failsWith(makeHome(folder.at(`loose${mode}`)), 'untrustedHome', mode.toString(8));
    }
    assert.deepEqual(await readdir(folder.at('theirs')), []);
  });

  it('nobody signed in: there is nothing to copy', async () => {
    const home = await makeHome(root);
    await failsWith(fillHome(home.folder, folder.at('missing')), 'signedOut');
    for (const name of ['', '../..', 'a/b', '.', '-x']) {
      await writeFile(join(mainLogin, 'current-profile'), name);
      await failsWith(fillHome(home.folder, mainLogin), 'signedOut', name);
    }
  });

  it('is removed as a whole, twice if need be, and nothing but it', async () => {
    const [one, other] = [await makeHome(root), await makeHome(root)];
    await fillHome(one.folder, mainLogin);
    await removeHome(root, one.name);
    await removeHome(root, one.name);
    assert.deepEqual(await readdir(root), [other.name]);
    assert.equal(await readFile(join(mainLogin, 'known_hosts'), 'utf8'), 'x');
  });

  it('only what is named like one is ever removed', async () => {
    for (const name of [
      '',
      '.',
      '..',
      '../tsh',
      '*',
      'x',
      'A'.repeat(32),
      `${'a'.repeat(31)}/`,
      'a'.repeat(33),
    ]) {
      await failsWith(removeHome(root, name), 'untrustedHome', name);
    }
  });

  it('lies in the runtime folder, else in the temporary one, by user', () => {
    assert.equal(runtimeFolder({ XDG_RUNTIME_DIR: folder.path }), folder.at('jit-access'));
    const temporary = join(tmpdir(), `jit-access-${String(userInfo().uid)}`);
    assert.equal(runtimeFolder({}), temporary);
    assert.equal(runtimeFolder({ XDG_RUNTIME_DIR: 'relative' }), temporary);
    assert.equal(runtimeFolder({ XDG_RUNTIME_DIR: folder.at('missing') }), temporary);
  });

  it('a name in /tmp that another user has taken is answered with another place, the same for all windows', async function () {
    if (userInfo().uid !== 0) this.skip();
    const taken = folder.at('jit-access-0');
    await mkdir(taken, { mode: 0o777 });
    assert.equal(folderOfUser(folder.path), taken, 'it is ours');
    await chown(taken, 65_534, 65_534);
    // Neither is one that somebody makes where they expect the other place.
    await mkdir(folder.at('jit-access-0-000000'));
    await chown(folder.at('jit-access-0-000000'), 65_534, 65_534);
    const other = folderOfUser(folder.path);
    assert.match(other, /\/jit-access-0-\w{6}$/);
    assert.notEqual(other, folder.at('jit-access-0-000000'));
    assert.equal(folderOfUser(folder.path), other);
    await ensureOwnFolder(other);
    await rm(taken, { recursive: true });
    await symlink(other, taken);
    await lchown(taken, 65_534, 65_534);
    assert.equal(folderOfUser(folder.path), other, "nor is another user's link");
  });
});
