import { spawn } from 'node:child_process';
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Elevation } from '../../../../src/access/elevation.ts';
import type { Fault } from '../../../../demo/client/faults.ts';
import type { FailureKind } from '../../../../src/teleport/process/failure.ts';
import { failureOf } from '../../../../src/teleport/process/failure.ts';
import { run } from '../../../../src/teleport/process/runProcess.ts';
import { homeProcesses } from '../../../../src/teleport/process/processes.ts';
import { currentOf } from '../../../../src/teleport/home/privateHome.ts';
import { limits } from '../../../../src/teleport/commands/tsh.ts';
import { dropResultWords } from '../../../../src/text/dropResult.ts';
import { folderContents } from '../../../support/folderContents.ts';
import { DemoFixture } from '../../../support/demo/demoCluster.ts';
import { TemporaryFolder, until } from '../../../support/temporaryFolder.ts';
import { DemoWindow, isPidRunning } from '../../../support/state/demoElevations.ts';

/** Where tsh stops while access is given back, how, as what that is understood, and what is said of it. */
const cuts: readonly (readonly [where: string, fault: Fault, kind: FailureKind, told: 'not' | 'unsure'])[] = [
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

describe('giving back in a bad moment', function () {
  this.timeout(20_000);
  let demo: DemoFixture;
  let folder: TemporaryFolder;
  let desk: DemoWindow;
  before(async () => {
    demo = await DemoFixture.open();
  });
  after(() => demo.close());
  beforeEach(async () => {
    folder = await TemporaryFolder.open();
    desk = await DemoWindow.openSignedIn(demo, folder);
  });
  afterEach(async () => {
    limits.drop = 5_000;
    await demo.setFaults();
    await folder.close();
  });

  const inside = (elevation: Elevation) =>
    homeProcesses(desk.folderOf(elevation), [], () => Promise.resolve(run));
  /** The private home of a shell, gone with all that ran in it; the main login as it was. */
  async function nothingIsLeft(elevation: Elevation, mainLogin: Record<string, string>): Promise<void> {
    assert.deepEqual(await desk.homes(), []);
    assert.deepEqual(desk.store.snapshot.elevations, []);
    // A tsh of ours that hung is ended, by force if need be, a moment after nobody waits for it any more.
    await until(async () => (await inside(elevation)).length === 0);
    assert.deepEqual(await folderContents(desk.mainLogin.folder), mainLogin);
  }
  const notes = async (): Promise<number> =>
    (await readFile(folder.at('storage', 'journal.jsonl'), 'utf8')).split('"givenBack"').length - 1;

  for (const [where, fault, kind, told] of cuts) {
    it(`tsh ${where}: everything here is gone, and no more is said than is known`, async () => {
      const elevation = await desk.elevate();
      const mainLogin = await folderContents(desk.mainLogin.folder);
      const { shell } = await desk.startShell(elevation, folder);
      await demo.setFaults(fault);
      if (fault.do === 'hang') limits.drop = 700;
      const given = await desk.elevationDrops.drop(elevation);
      assert.equal(given?.dropFailure?.kind, kind);
      assert.match(
        dropResultWords(given, given.at),
        told === 'not' ? /the cluster could not be told/ : /whether the cluster was told is not known/,
      );
      assert.equal(await isPidRunning(shell), false);
      await nothingIsLeft(elevation, mainLogin);
    });
  }

  it('two windows drop at once: one says it, both find it gone, and it is noted once', async () => {
    const elevation = await desk.elevate();
    const other = await DemoWindow.open(demo, folder, desk.mainLogin.folder);
    const mainLogin = await folderContents(desk.mainLogin.folder);
    const given = await Promise.all([desk, other].map((one) => one.elevationDrops.drop(elevation)));
    assert.equal(given.filter((one) => one !== undefined).length, 1);
    assert.deepEqual(other.store.snapshot.elevations, []);
    assert.equal(await notes(), 1);
    await nothingIsLeft(elevation, mainLogin);
  });

  it('two windows drop the main login at once: the same', async () => {
    const other = await DemoWindow.open(demo, folder, desk.mainLogin.folder);
    const request = await desk.sharedApprovedRequest();
    const elevated = await desk.tsh.assume(desk.mainLogin, request.id);
    for (const one of [desk, other]) await one.elevations.updateMainLogin(elevated, request.id);
    const given = await Promise.all(
      [desk, other].map((one) => {
        const [elevation] = one.store.snapshot.elevations;
        return elevation ? one.elevationDrops.drop(elevation) : assert.fail('not elevated');
      }),
    );
    assert.equal(given.filter((one) => one !== undefined).length, 1);
    for (const one of [desk, other]) assert.deepEqual(one.store.snapshot.elevations, []);
    assert.deepEqual((await desk.profile()).assumed, []);
    assert.equal(await notes(), 1);
  });

  it('tsh dies after it dropped the main login: tried again, it is found gone', async () => {
    const request = await desk.sharedApprovedRequest();
    await desk.elevations.updateMainLogin(await desk.tsh.assume(desk.mainLogin, request.id), request.id);
    const [elevation] = desk.store.snapshot.elevations;
    assert.ok(elevation);
    await demo.setFaults({ match: 'request drop', do: 'stop-after', times: 1 });
    await assert.rejects(desk.elevationDrops.drop(elevation), (error) => failureOf(error)?.kind === 'unreadable');
    assert.equal(await desk.elevationDrops.drop(elevation), undefined);
    assert.deepEqual(desk.store.snapshot.elevations, []);
    assert.deepEqual((await desk.profile()).assumed, []);
  });

  it('a proxy in the background that has left its shell is named, and ended', async () => {
    const elevation = await desk.elevate();
    const mainLogin = await folderContents(desk.mainLogin.folder);
    await symlink('/bin/sleep', folder.at('kubectl'));
    const pids = folder.at('pid');
    const terminal = await folder.writeProgram(
      'terminal',
      `setsid nohup ${folder.at('kubectl')} 60 >/dev/null 2>&1 & echo $! > ${pids}.part; mv ${pids}.part ${pids}`,
    );
    const env = { PATH: '/usr/bin:/bin', TELEPORT_HOME: currentOf(desk.folderOf(elevation)) };
    spawn(terminal, { env, stdio: 'ignore' });
    await until(() => existsSync(pids));
    const proxy = Number(await readFile(pids, 'utf8'));
    await until(async () => (await inside(elevation)).some(({ name }) => name === 'kubectl'));
    let named: readonly string[] = [];
    const given = await desk.elevationDrops.drop(elevation, (programs) => {
      named = programs;
      return Promise.resolve(true);
    });
    assert.deepEqual(named, ['kubectl']);
    assert.ok(given && !(await isPidRunning(proxy)));
    await nothingIsLeft(elevation, mainLogin);
  });

  it('a link planted in place of the copy in use: nothing is dropped through it, and it is removed', async () => {
    const elevation = await desk.elevate();
    const other = await desk.newApprovedRequest();
    await desk.tsh.assume(desk.mainLogin, other.id);
    const mainLogin = await folderContents(desk.mainLogin.folder);
    const current = currentOf(desk.folderOf(elevation));
    await rm(current);
    await symlink(desk.mainLogin.folder, current);
    const given = await desk.elevationDrops.drop(elevation);
    assert.equal(given?.dropFailure?.kind, 'untrustedHome');
    await nothingIsLeft(elevation, mainLogin);
    assert.deepEqual((await desk.profile()).assumed, [other.id]);
    assert.ok(existsSync(join(desk.mainLogin.folder, 'current-profile')));
  });
});
