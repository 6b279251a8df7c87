import { spawn } from 'node:child_process';
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Elevation } from '../../../../src/access/elevation.ts';
import type { Fault } from '../../../../demo/client/faults.ts';
import { type FailureKind } from '../../../../src/teleport/process/failure.ts';
import { homeProcesses } from '../../../../src/teleport/process/processes.ts';
import { currentOf } from '../../../../src/teleport/home/privateHome.ts';
import { limits } from '../../../../src/teleport/commands/tshCalls.ts';
import { dropResultWords } from '../../../../src/text/dropResult.ts';
import { until } from '../../../support/temporaryFolder.ts';
import { isPidRunning } from '../../../support/state/demoElevations.ts';
import { ElevationSuite } from '../../../support/state/elevationSuite.ts';
import { failsWith } from '../../../support/failsWith.ts';
import { loadRun } from '../../../support/testClient.ts';

/** Where tsh stops during a drop, the fault, its failure kind, and what the message says of the cluster. */
const interruptions: readonly (readonly [
  where: string,
  fault: Fault,
  kind: FailureKind,
  told: 'not' | 'unsure',
])[] = [
  ['dies before it drops', { match: 'request drop', do: 'stop-before' }, 'unreadable', 'unsure'],
  ['dies after it dropped', { match: 'request drop', do: 'stop-after' }, 'unreadable', 'unsure'],
  ['is killed while it drops', { match: 'request drop', do: 'killed' }, 'unreadable', 'unsure'],
  ['hangs while it drops', { match: 'request drop', do: 'hang' }, 'timedOut', 'unsure'],
  ['finds the proxy gone', { match: 'request drop', do: 'offline' }, 'unreachable', 'not'],
  ['is refused', { match: 'request drop', do: 'fail' }, 'refused', 'not'],
  ['dies while it verifies', { match: 'status', do: 'stop-before' }, 'unreadable', 'unsure'],
  ['verifies with garbage', { match: 'status', do: 'garbage' }, 'unreadable', 'unsure'],
  ['verifies with half an answer', { match: 'status', do: 'half' }, 'unreadable', 'unsure'],
  ['hangs while it verifies', { match: 'status', do: 'hang' }, 'timedOut', 'unsure'],
];

describe('giving back in a bad moment', () => {
  const suite = new ElevationSuite();
  const { folder } = suite;

  const processesIn = (elevation: Elevation) => homeProcesses(suite.window.folderOf(elevation), [], loadRun);
  /** Asserts that the private home and its processes are gone and that the main login is unchanged. */
  async function nothingIsLeft(elevation: Elevation, mainLogin: Record<string, string>): Promise<void> {
    // A tsh call that hangs is ended shortly after its time limit, by force if necessary.
    await until(async () => (await processesIn(elevation)).length === 0);
    await suite.window.nothingIsLeft(mainLogin);
  }
  const journaledDrops = async (): Promise<number> =>
    (await readFile(folder.at('storage', 'journal.jsonl'), 'utf8')).split('"dropped"').length - 1;

  for (const [where, fault, kind, clusterTold] of interruptions) {
    it(`tsh ${where}: everything here is gone, and no more is said than is known`, async () => {
      const elevation = await suite.window.elevate();
      const mainLogin = await suite.window.mainLoginFiles();
      const { shell } = await suite.window.startShell(elevation, folder);
      await suite.demo.setFaults(fault);
      assert.equal(limits.drop, 5_000);
      if (fault.do === 'hang') limits.drop = 700;
      const dropResult = await suite.window.elevationDrops.drop(elevation);
      assert.equal(dropResult?.dropFailure?.kind, kind);
      assert.match(
        dropResultWords(dropResult, dropResult.at),
        clusterTold === 'not' ? /the cluster could not be told/ : /whether the cluster was told is not known/,
      );
      assert.equal(await isPidRunning(shell), false);
      await nothingIsLeft(elevation, mainLogin);
    });
  }

  it('two windows drop at once: one says it, both find it gone, and it is noted once', async () => {
    const elevation = await suite.window.elevate();
    const otherWindow = await suite.openWindow();
    const mainLogin = await suite.window.mainLoginFiles();
    const dropResults = await Promise.all(
      [suite.window, otherWindow].map((window) => window.elevationDrops.drop(elevation)),
    );
    assert.equal(dropResults.filter((result) => result !== undefined).length, 1);
    assert.deepEqual(otherWindow.store.snapshot.elevations, []);
    assert.equal(await journaledDrops(), 1);
    await nothingIsLeft(elevation, mainLogin);
  });

  it('two windows drop the main login at once: the same', async () => {
    const otherWindow = await suite.openWindow();
    const request = await suite.window.sharedApprovedRequest();
    const windows = [suite.window, otherWindow];
    for (const window of windows) await window.elevateMainLogin(request);
    const dropResults = await Promise.all(
      windows.map(({ elevationDrops, store }) => {
        const [elevation = assert.fail('not elevated')] = store.snapshot.elevations;
        return elevationDrops.drop(elevation);
      }),
    );
    assert.equal(dropResults.filter((result) => result !== undefined).length, 1);
    for (const window of windows) assert.deepEqual(window.store.snapshot.elevations, []);
    assert.deepEqual((await suite.window.profile()).assumed, []);
    assert.equal(await journaledDrops(), 1);
  });

  it('tsh dies after it dropped the main login: tried again, it is found gone', async () => {
    const elevation = await suite.window.elevateMainLogin(await suite.window.sharedApprovedRequest());
    await suite.demo.setFaults({ match: 'request drop', do: 'stop-after', times: 1 });
    await failsWith(suite.window.elevationDrops.drop(elevation), 'unreadable');
    assert.equal(await suite.window.elevationDrops.drop(elevation), undefined);
    assert.deepEqual(suite.window.store.snapshot.elevations, []);
    assert.deepEqual((await suite.window.profile()).assumed, []);
  });

  it('a proxy in the background that has left its shell is named, and ended', async () => {
    const elevation = await suite.window.elevate();
    const mainLogin = await suite.window.mainLoginFiles();
    await symlink('/bin/sleep', folder.at('kubectl'));
    const pidFile = folder.at('pid');
    const terminal = await folder.writeProgram(
      'terminal',
      `setsid nohup ${folder.at('kubectl')} 60 >/dev/null 2>&1 & echo $! > ${pidFile}.part; mv ${pidFile}.part ${pidFile}`,
    );
    const env = { PATH: '/usr/bin:/bin', TELEPORT_HOME: currentOf(suite.window.folderOf(elevation)) };
    spawn(terminal, { env, stdio: 'ignore' });
    await until(() => existsSync(pidFile));
    const proxy = Number(await readFile(pidFile, 'utf8'));
    await until(async () => (await processesIn(elevation)).some(({ name }) => name === 'kubectl'));
    let programNames: readonly string[] = [];
    const dropResult = await suite.window.elevationDrops.drop(elevation, (programs) => {
      programNames = programs;
      return Promise.resolve('end');
    });
    assert.deepEqual(programNames, ['kubectl']);
    assert.ok(dropResult && !(await isPidRunning(proxy)));
    await nothingIsLeft(elevation, mainLogin);
  });

  it('a link planted in place of the copy in use: nothing is dropped through it, and it is removed', async () => {
    const elevation = await suite.window.elevate();
    const other = await suite.window.newApprovedRequest();
    await suite.window.tsh.assume(suite.window.mainLogin, other.id);
    const mainLogin = await suite.window.mainLoginFiles();
    const current = currentOf(suite.window.folderOf(elevation));
    await rm(current);
    await symlink(suite.window.mainLogin.folder, current);
    const dropResult = await suite.window.elevationDrops.drop(elevation);
    assert.equal(dropResult?.dropFailure?.kind, 'untrustedHome');
    await nothingIsLeft(elevation, mainLogin);
    assert.deepEqual((await suite.window.profile()).assumed, [other.id]);
    assert.ok(existsSync(join(suite.window.mainLogin.folder, 'current-profile')));
  });
});
