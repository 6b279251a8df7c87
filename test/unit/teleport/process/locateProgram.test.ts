import assert from 'node:assert/strict';
import { chmod, mkdir, symlink, utimes, writeFile } from 'node:fs/promises';
import { delimiter } from 'node:path';
import { locateProgram, type ProgramSearch } from '../../../../src/teleport/process/locateProgram.ts';
import { failureOf } from '../../../../src/teleport/process/failure.ts';
import { failureWords } from '../../../../src/text/failure.ts';
import { failsWith } from '../../../support/failsWith.ts';
import { useTemporaryFolder } from '../../../support/temporaryFolder.ts';

/*
 * The machine may have a tsh in one of the usual places. So a test that expects no program uses the setting,
 * after which no other place is searched, or it asserts that another program is found instead.
 */
describe('finding tsh', () => {
  const folder = useTemporaryFolder();
  let tsh: string;
  beforeEach(async () => {
    await mkdir(folder.at('bin'));
    tsh = await folder.writeProgram('bin/tsh', 'true');
  });

  const searchWith = (changes: Partial<ProgramSearch>): ProgramSearch => ({
    setting: '',
    env: {},
    workspace: [],
    ...changes,
  });
  const locatedPath = async (changes: Partial<ProgramSearch>): Promise<string> =>
    (await locateProgram('tsh', searchWith(changes))).path;
  const notFound = (changes: Partial<ProgramSearch>, why: string): Promise<unknown> =>
    failsWith(locateProgram('tsh', searchWith(changes)), 'notFound', why);

  it('the setting goes first', async () => {
    await mkdir(folder.at('other'));
    const other = await folder.writeProgram('other/tsh', 'true');
    assert.equal(await locatedPath({ setting: other, env: { PATH: folder.at('bin') } }), other);
  });

  it('then PATH, in its order, however it is spelled', async () => {
    await mkdir(folder.at('other'));
    await folder.writeProgram('other/tsh', 'true');
    const path = [folder.at('missing'), folder.at('bin'), folder.at('other')].join(delimiter);
    assert.equal(await locatedPath({ env: { PATH: path } }), tsh);
    assert.equal(await locatedPath({ env: { Path: path } }), tsh);
  });

  it('a setting that names nothing that can be run is said to be wrong; nothing else is taken', async () => {
    await writeFile(folder.at('plain'), '#!/bin/sh\n');
    const env = { PATH: folder.at('bin') };
    await notFound({ setting: folder.at('missing'), env }, 'missing');
    await notFound({ setting: folder.at('plain'), env }, 'not executable');
    await notFound({ setting: folder.at('bin'), env }, 'a folder');
    for (const setting of ['bin/tsh', 'tsh', './tsh', '~/bin/tsh', ' ']) {
      const failing = locateProgram('tsh', searchWith({ setting, env }));
      await failsWith(failing, 'notFound', setting);
      const failure = failureOf(await failing.catch((error: unknown) => error));
      assert.ok(failure?.relativeSetting, setting);
      assert.match(failureWords(failure).text, /"Tsh Path" is not used.*Write the whole path/);
    }
  });

  it('a program in a folder on a link into the workspace is passed over, the next one taken', async () => {
    await mkdir(folder.at('ws', 'bin'), { recursive: true });
    const evil = await folder.writeProgram('ws/bin/tsh', 'true');
    await symlink(folder.at('ws', 'bin'), folder.at('way'));
    await mkdir(folder.at('linked'));
    await symlink(evil, folder.at('linked', 'tsh'));
    const path = [folder.at('way'), folder.at('linked'), folder.at('bin')].join(delimiter);
    assert.equal(await locatedPath({ env: { PATH: path }, workspace: [folder.at('ws')] }), tsh);
  });

  it('what cannot be run in PATH is passed over', async () => {
    await mkdir(folder.at('folder', 'tsh'), { recursive: true });
    await mkdir(folder.at('plain'));
    await writeFile(folder.at('plain', 'tsh'), '#!/bin/sh\n');
    const path = [folder.at('folder'), folder.at('plain'), folder.at('bin')].join(delimiter);
    assert.equal(await locatedPath({ env: { PATH: path } }), tsh);
  });

  it('relative entries of PATH are passed over, whatever folder we are in', async () => {
    const before = process.cwd();
    await mkdir(folder.at('ws', 'bin'), { recursive: true });
    await folder.writeProgram('ws/bin/tsh', 'true');
    process.chdir(folder.at('ws'));
    try {
      assert.equal(
        await locatedPath({ env: { PATH: ['bin', './bin', '', '.', folder.at('bin')].join(delimiter) } }),
        tsh,
      );
    } finally {
      process.chdir(before);
    }
  });

  describe('never runs what a workspace brings', () => {
    let workspace: string;
    let workspaceProgram: string;
    beforeEach(async () => {
      workspace = folder.at('ws');
      await mkdir(folder.at('ws', 'bin'), { recursive: true });
      workspaceProgram = await folder.writeProgram('ws/bin/tsh', 'true');
    });

    it('in PATH, also with .. in it', async () => {
      for (const entry of [
        folder.at('ws', 'bin'),
        `${folder.at('bin')}/../ws/bin`,
        `${workspace}/bin/`,
        `${workspace}//bin`,
      ]) {
        assert.equal(
          await locatedPath({
            env: { PATH: [entry, folder.at('bin')].join(delimiter) },
            workspace: [workspace],
          }),
          tsh,
        );
      }
    });

    it('by the setting', () =>
      notFound({ setting: workspaceProgram, workspace: [workspace] }, workspaceProgram));

    it('through a link elsewhere that leads into the workspace', async () => {
      await symlink(workspaceProgram, folder.at('link'));
      await symlink(folder.at('ws', 'bin'), folder.at('linked'));
      await notFound({ setting: folder.at('link'), workspace: [workspace] }, 'file');
      await notFound({ setting: folder.at('linked', 'tsh'), workspace: [workspace] }, 'folder');
    });

    it('through a link in the workspace that leads out of it: the workspace can turn it', async () => {
      await symlink(tsh, folder.at('ws', 'innocent'));
      await notFound({ setting: folder.at('ws', 'innocent'), workspace: [workspace] }, 'link');
    });

    it('when the workspace itself was opened through a link', async () => {
      await symlink(workspace, folder.at('opened'));
      await notFound({ setting: workspaceProgram, workspace: [folder.at('opened')] }, 'real path');
      await notFound({ setting: folder.at('opened', 'bin', 'tsh'), workspace: [workspace] }, 'link path');
    });

    it('when the name of its folder holds the sign that separates PATH', async () => {
      await mkdir(folder.at(`a${delimiter}b`));
      const oddProgram = await folder.writeProgram(`a${delimiter}b/tsh`, 'true');
      await notFound({ setting: oddProgram, workspace: [folder.at(`a${delimiter}b`)] }, oddProgram);
    });

    it('a folder beside it with a name that begins the same is not it', async () => {
      await mkdir(folder.at('ws2'));
      const siblingProgram = await folder.writeProgram('ws2/tsh', 'true');
      assert.equal(await locatedPath({ setting: siblingProgram, workspace: [workspace] }), siblingProgram);
    });
  });

  it('a program that was replaced is noticed', async () => {
    const before = await locateProgram('tsh', searchWith({ setting: tsh }));
    assert.deepEqual(await locateProgram('tsh', searchWith({ setting: tsh })), before);
    await utimes(tsh, 1, 1);
    assert.notEqual((await locateProgram('tsh', searchWith({ setting: tsh }))).stamp, before.stamp);
    await chmod(tsh, 0o644);
    await notFound({ setting: tsh }, 'no longer executable');
  });
});
