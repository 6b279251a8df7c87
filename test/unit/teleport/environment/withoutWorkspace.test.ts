import assert from 'node:assert/strict';
import { link, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  isInside,
  withoutWorkspace,
  workspaceFilter,
  type PathEntry,
} from '../../../../src/teleport/environment/withoutWorkspace.ts';
import { useTemporaryFolder } from '../../../support/temporaryFolder.ts';

describe('paths without the workspace', () => {
  const folder = useTemporaryFolder();
  let workspace: string[];
  beforeEach(async () => {
    await mkdir(folder.at('data', 'project', 'bin'), { recursive: true });
    await mkdir(folder.at('data', 'beside'));
    await symlink(folder.at('data', 'project'), folder.at('opened'));
    workspace = [folder.at('opened')];
  });
  const isKept = async (path: string, folders = workspace): Promise<boolean> =>
    (await withoutWorkspace([path], folders)).length === 1;
  const refused = async (path: string, folders = workspace): Promise<void> =>
    assert.equal(await isKept(path, folders), false, path);
  const kept = async (path: string, folders = workspace): Promise<void> =>
    assert.equal(await isKept(path, folders), true, path);

  it('lose those of a workspace that was opened through a link, under each of its names', async () => {
    for (const path of [
      folder.at('opened'),
      folder.at('opened', 'bin'),
      folder.at('data', 'project', 'bin'),
    ]) {
      await refused(path);
      await refused(path, [folder.at('data', 'project')]);
    }
  });

  it('lose a link into the workspace, also one over other links, and one to what is not there yet', async () => {
    await symlink(folder.at('data', 'project', 'bin'), folder.at('tools'));
    await symlink('tools', folder.at('again'));
    await symlink(folder.at('data', 'project', 'later', 'bin'), folder.at('dangling'));
    await symlink('../project', folder.at('data', 'beside', 'relative'));
    for (const name of ['tools', 'again', 'dangling', 'data/beside/relative', 'data/beside/relative/later'])
      await refused(folder.at(name));
  });

  it('lose a path that only leads through the workspace: the workspace can turn it', async () => {
    await symlink('/usr/bin', folder.at('data', 'project', 'out'));
    await refused(folder.at('data', 'project', 'out'));
    await refused(`${folder.at('opened')}/../beside`);
    // The system follows the link before it goes up, so that this is a folder of the workspace.
    await mkdir(folder.at('data', 'project', 'deep', 'deeper'), { recursive: true });
    await symlink(folder.at('data', 'project', 'deep', 'deeper'), folder.at('deep'));
    await refused(`${folder.at('deep')}/../bin`);
  });

  it('lose what is relative, empty, or a circle of links', async () => {
    await symlink(folder.at('circle'), folder.at('circle'));
    await symlink('/proc/self/cwd', folder.at('here'));
    // What `/proc/self/cwd` is, each process decides for itself by the folder it is in.
    const changing = ['/proc/self/cwd/bin', '/dev/../proc/self/cwd', folder.at('here'), '/dev/fd'];
    const relatives = ['', '.', './bin', '../x', 'bin', '~/bin', folder.at('circle')];
    for (const path of [...relatives, ...changing]) await refused(path);
    assert.deepEqual(await withoutWorkspace(['/proc/self/cwd', '/usr/bin'], []), ['/usr/bin']);
    assert.deepEqual(await withoutWorkspace(['', '.', 'bin', '/usr/bin'], []), ['/usr/bin']);
  });

  it('keep what lies beside it, around it, or nowhere, in their order and as they were written', async () => {
    await symlink(folder.at('data', 'beside'), folder.at('harmless'));
    await mkdir(folder.at('data', 'project2'));
    const paths = [
      folder.at('data'),
      folder.at('data', 'beside'),
      folder.at('harmless'),
      folder.at('data', 'project2'),
      folder.at('missing', 'bin'),
      `${folder.at('data', 'beside')}/`,
      '/',
    ];
    assert.deepEqual(await withoutWorkspace(paths, workspace), paths);
  });

  it('lose those of each folder of a workspace with several; the whole machine as a workspace takes none away', async () => {
    const folders = [...workspace, folder.at('data', 'beside'), folder.at('not there')];
    await refused(folder.at('data', 'beside', 'bin'), folders);
    await refused(folder.at('opened', 'bin'), folders);
    await refused(folder.at('not there', 'bin'), folders);
    await symlink('/', folder.at('all'));
    for (const all of ['/', folder.at('all')]) await kept('/usr/bin', [all]);
  });

  it('lose a program that is a link into the workspace, and keep one that is not', async () => {
    await writeFile(folder.at('data', 'project', 'bin', 'tsh'), '', { mode: 0o755 });
    await symlink(folder.at('data', 'project', 'bin', 'tsh'), folder.at('tsh'));
    await refused(folder.at('tsh'));
    await writeFile(folder.at('own'), '', { mode: 0o755 });
    await link(folder.at('own'), folder.at('same'));
    await kept(folder.at('same'));
  });

  describe('on other disks', () => {
    /** A disk with these entries; each look is counted. */
    const disk = (entries: Readonly<Record<string, PathEntry | Promise<PathEntry>>>, looks: string[] = []) =>
      workspaceFilter((path) => {
        looks.push(path);
        return Promise.resolve(entries[path] ?? {});
      }, 1);

    it('that take upper and lower case for the same, a folder is known by its identity', async () => {
      const filter = disk({ '/Work': { identity: '1:7' }, '/work': { identity: '1:7' } });
      assert.deepEqual(await filter(['/Work/bin', '/works/bin'], ['/work']), ['/works/bin']);
    });

    it('that are mounted in two places, too', async () => {
      const filter = disk({ '/mnt/ws': { identity: '9:2' }, '/home/me/ws': { identity: '9:2' } });
      assert.deepEqual(await filter(['/mnt/ws/bin', '/mnt/other'], ['/home/me/ws']), ['/mnt/other']);
    });

    it('that have no identities, paths are compared', async () => {
      const filter = disk({ '/tools': { link: '/ws/bin' } });
      assert.deepEqual(await filter(['/tools', '/usr/bin'], ['/ws']), ['/usr/bin']);
    });

    it('whose server never answers, what lies there is left out, asked for once, and nothing else waits', async () => {
      const looks: string[] = [];
      const never = new Promise<PathEntry>(() => undefined);
      const filter = disk({ '/mnt/dead': never }, looks);
      const paths = ['/mnt/dead/bin', '/usr/bin', '/mnt/dead/tools', '/mnt/dead'];
      for (let round = 0; round < 3; round++) assert.deepEqual(await filter(paths, ['/ws']), ['/usr/bin']);
      assert.equal(looks.filter((path) => path === '/mnt/dead').length, 1);
      assert.deepEqual(await filter(['/usr/bin', '/mnt/dead/x'], ['/mnt/dead/ws']), ['/usr/bin']);
    });
  });

  it('several mounts of a server that is gone leave Node a thread for the other files of the window', async () => {
    let looks = 0;
    const gone = workspaceFilter(() => {
      looks += 1;
      return new Promise<PathEntry>(() => undefined);
    }, 5);
    const mounts = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `/${name}/bin`);
    assert.deepEqual(await gone(mounts, ['/ws']), []);
    assert.equal(looks, 3);
  });

  it('a path with the sign of the parent folder in a name is inside', () => {
    assert.equal(isInside(join('/ws', '..bin'), ['/ws']), true);
    assert.equal(isInside('/ws2', ['/ws']), false);
  });
});
