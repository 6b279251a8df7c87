import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chown, mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Elevation } from '../../../../src/access/elevation.ts';
import type { HomeRecord } from '../../../../src/state/elevation/homeRecords.ts';
import { watchdogSocket } from '../../../../src/state/elevation/watchdogClient.ts';
import { leaderLockPath, locksFolder } from '../../../../src/teleport/lock/homeLocks.ts';
import { runtimeFolder } from '../../../../src/teleport/process/ownFolder.ts';
import { processSpace, type ProcessSpace } from '../../../../src/teleport/process/processSpace.ts';
import { DemoWindow, homeOf } from '../../../support/state/demoElevations.ts';
import { ElevationSuite } from '../../../support/state/elevationSuite.ts';
import { watchUntilDropped } from '../../../support/state/watchdogInProcess.ts';

describe('processes of one machine whose environment or id differs', () => {
  const suite = new ElevationSuite();
  const { folder } = suite;

  const openIn = (changes: Partial<ProcessSpace>): Promise<DemoWindow> =>
    DemoWindow.openWith(suite.demo, folder, {
      mainLogin: suite.window.mainLogin.folder,
      space: async () => ({ ...(await processSpace({})), ...changes }),
    });
  const recordOf = async (elevation: Elevation): Promise<HomeRecord> =>
    (await suite.window.records.read(homeOf(elevation))) ?? assert.fail('no record');

  it('a watchdog gives back the home that it was started for, whatever id it finds, and never the main login', async () => {
    const elevation = await suite.window.elevate();
    const ended = { pid: 2 ** 30, stamp: '1' };
    await suite.window.records.save({ ...(await recordOf(elevation)), window: ended });
    // The user elevates the main login in a shell of their own.
    const { id } = await suite.window.newApprovedRequest();
    await suite.window.tsh.assume(suite.window.mainLogin, id);
    await watchUntilDropped(await openIn({ machine: 'other' }), elevation, folder.at('w'));
    assert.equal(existsSync(suite.window.folderOf(elevation)), false, 'the home is gone');
    const profile = await suite.window.profile();
    assert.deepEqual(profile.assumed, [id], 'the main login stays elevated');
  });

  describe('as of windows that were started from different shells', () => {
    const home = 'ab'.repeat(16);
    const environments = (): Record<string, string>[] => [
      { HOME: '/home/ana' },
      { HOME: '/home/ana', TMPDIR: folder.at('nix-shell') },
      { HOME: '/home/ana', TMP: folder.at('nix-shell'), XDG_RUNTIME_DIR: folder.at('missing') },
    ];
    beforeEach(() => mkdir(folder.at('nix-shell')));

    it('one leads, and calls on one home take turns: TMPDIR does not count', async () => {
      const paths = await Promise.all(
        environments().map((env) => leaderLockPath(env, folder.at('storage'), '/home/ana/.tsh')),
      );
      assert.equal(new Set(paths).size, 1, paths.join(' '));
      const home = await Promise.all(environments().map((env) => locksFolder(env)));
      assert.equal(new Set(home).size, 1);
    });

    it('all find the watchdog of a home where the home lies, and start no other', async () => {
      const root = folder.at('nix-shell', 'jit-access-0');
      assert.equal(await watchdogSocket(root, home), `${root}/locks/w.${home.slice(0, 12)}`);
    });

    it("another user's XDG_RUNTIME_DIR, as after su, does not count", async function () {
      if (process.getuid?.() !== 0) this.skip();
      const theirs = folder.at('theirs');
      await mkdir(theirs, { mode: 0o700 });
      assert.equal(runtimeFolder({ XDG_RUNTIME_DIR: theirs }), folder.at('theirs', 'jit-access'));
      await chown(theirs, 65_534, 65_534);
      assert.equal(runtimeFolder({ XDG_RUNTIME_DIR: theirs }), runtimeFolder({}));
    });
  });

  it('an account that the system does not list, as in containers, has a place and an environment', async function () {
    if (process.getuid?.() !== 0) this.skip();
    const script = fileURLToPath(new URL('../../../support/processes/printSpace.ts', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [script], {
      ...{ uid: 54_321, gid: 54_321, cwd: '/' },
      env: { PATH: '/usr/bin:/bin', HOME: '/nowhere', TMPDIR: '/tmp' },
    });
    const { space, env, root } = JSON.parse(stdout) as {
      space: ProcessSpace;
      env: Record<string, string>;
      root: string;
    };
    assert.equal(space.user, '54321');
    assert.equal(env['HOME'], '/nowhere');
    assert.match(root, /jit-access-54321$/);
  });

  it('machines with one id, as of one image or template: what lies on the other is left alone', async () => {
    const elevation = await suite.window.elevate();
    const there: Partial<HomeRecord> = {
      root: folder.at('on-the-other-machine'),
      window: { pid: 2 ** 30, stamp: '1' },
    };
    await suite.window.records.save({ ...(await recordOf(elevation)), ...there });
    for (const changes of [{ pids: 'other' }, { boot: 'other', host: 'other.example' }]) {
      const beside = await openIn(changes);
      assert.deepEqual(beside.elevations.records, [], Object.keys(changes)[0]);
      assert.equal(beside.store.snapshot.elsewhere[0]?.at, 'otherMachine');
    }
    // The same machine after its start: its folder for private homes was emptied.
    const restarted = await openIn({ boot: 'other', pids: 'other' });
    assert.equal(restarted.elevations.records.length, 1);
  });

  it('a shell whose start is not known, as of an older version, stays in the record beside a new one', async () => {
    const elevation = await suite.window.elevate();
    const unknown = { pid: process.ppid, stamp: '' };
    await suite.window.elevations.change(homeOf(elevation), { shells: [unknown] });
    const { shell } = await suite.window.startShell(elevation, folder);
    const { shells } = await recordOf(elevation);
    assert.deepEqual(
      shells.map(({ pid }) => pid),
      [process.ppid, shell],
    );
    process.kill(shell);
  });
});
