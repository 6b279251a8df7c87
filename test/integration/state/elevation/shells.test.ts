import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { Elevation } from '../../../../src/access/elevation.ts';
import { stampOf } from '../../../../src/teleport/process/processId.ts';
import {
  FakeTerminal,
  fakeVscode,
  loadElevatedTerminals,
} from '../../../support/editor/terminalsOfVscode.ts';
import { startUnderPid, whyNoReuse } from '../../../support/processes/reusedPid.ts';
import { homeOf, isPidRunning } from '../../../support/state/demoElevations.ts';
import { ElevationSuite } from '../../../support/state/elevationSuite.ts';
import { until } from '../../../support/temporaryFolder.ts';

describe('the shells of a private home', () => {
  const suite = new ElevationSuite();
  const started: ChildProcess[] = [];
  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
    fakeVscode.terminals = [];
  });

  const startShell = async (): Promise<ChildProcess & { pid: number }> => {
    const child = spawn('/bin/sleep', ['1000'], { stdio: 'ignore', env: {} });
    started.push(child);
    await once(child, 'spawn');
    return child as ChildProcess & { pid: number };
  };
  const end = async (child: ChildProcess): Promise<void> => {
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  const shellsOf = (elevation: Elevation): number[] =>
    suite.window.elevations.record(homeOf(elevation))?.shells.map(({ pid }) => pid) ?? [];
  const shells = () => suite.window.elevations.shells;

  it('leave the record when they end, and at the latest when the next one starts', async () => {
    const elevation = await suite.window.elevate();
    const [one, two, three] = [await startShell(), await startShell(), await startShell()];
    await Promise.all([one, two].map(({ pid }) => shells().add(homeOf(elevation), pid)));
    assert.equal(shellsOf(elevation).length, 2, 'of two at once none is lost');
    await shells().remove(homeOf(elevation), one.pid);
    assert.deepEqual(shellsOf(elevation), [two.pid]);
    await end(two);
    await shells().add(homeOf(elevation), three.pid);
    assert.deepEqual(shellsOf(elevation), [three.pid]);
    assert.deepEqual((await suite.window.records.read(homeOf(elevation)))?.shells.length, 1);
  });

  it('one whose number another program has is none: that program is neither adopted nor ended', async function () {
    // A program of somebody else may take the number for good. Then the test begins again with another number.
    this.retries(4);
    const why = whyNoReuse();
    if (why !== undefined) {
      console.log(`      skipped: ${why}`);
      this.skip();
    }
    const elevation = await suite.window.elevate();
    const shell = await startShell();
    await shells().add(homeOf(elevation), shell.pid);
    assert.equal(await shells().homeOf(shell.pid), homeOf(elevation));
    // Starts are told in steps of 10 ms.
    await pause(30);
    await end(shell);
    const later = await startUnderPid(shell.pid);
    started.push(later);
    assert.equal(await shells().homeOf(shell.pid), undefined);
    assert.ok(await suite.window.elevationDrops.drop(elevation, () => assert.fail('asked')));
    assert.ok(await isPidRunning(shell.pid));
  });

  it('whose start an older version did not know are not adopted by their number', async () => {
    const elevation = await suite.window.elevate();
    const { pid } = await startShell();
    await suite.window.elevations.change(homeOf(elevation), { shells: [{ pid, stamp: '' }] });
    assert.equal(await shells().homeOf(pid), undefined);
  });

  describe('in terminals', () => {
    let terminals: InstanceType<Awaited<ReturnType<typeof loadElevatedTerminals>>>;
    let lastClosed: string[];
    before(async () => {
      terminals = new (await loadElevatedTerminals())();
      terminals.onDidCloseLast((home) => lastClosed.push(home));
      terminals.onDidEndShell(({ home, pid }) => void shells().remove(home, pid));
    });
    beforeEach(() => (lastClosed = []));
    after(() => terminals.dispose());

    /** Opens a terminal of an elevation with a new shell. */
    async function open(elevation: Elevation): Promise<{ terminal: FakeTerminal; pid: number }> {
      const { pid } = await startShell();
      fakeVscode.nextPid = pid;
      const home = homeOf(elevation);
      const onStarted = async (shell: number): Promise<boolean> => {
        await shells().add(home, shell);
        return true;
      };
      await terminals.open({ home, name: 'kube-admin', env: {}, onStarted });
      return { terminal: fakeVscode.terminals.at(-1)!, pid };
    }

    it('that are closed, or end by themselves, leave the record; after a reload they do not', async () => {
      const elevation = await suite.window.elevate();
      const opened = [await open(elevation), await open(elevation), await open(elevation)];
      const [user, process, reload] = opened.map(({ pid }) => pid);
      assert.deepEqual(shellsOf(elevation), [user, process, reload]);
      fakeVscode.close(opened[0]!.terminal, fakeVscode.reasons.User);
      await until(() => shellsOf(elevation).length === 2);
      fakeVscode.close(opened[1]!.terminal, fakeVscode.reasons.Process);
      await until(() => shellsOf(elevation).length === 1);
      fakeVscode.close(opened[2]!.terminal, fakeVscode.reasons.Shutdown);
      assert.deepEqual(shellsOf(elevation), [reload]);
      assert.deepEqual(lastClosed, []);
    });

    it('are found again after a reload by number and start; a revived one, with another process, is not', async () => {
      const elevation = await suite.window.elevate();
      const [shell, other] = [await startShell(), await startShell()];
      await shells().add(homeOf(elevation), shell.pid);
      const stamp = (await stampOf(other.pid)) ?? '';
      // VS Code revives a terminal under its old name, and its process has the number of a shell that has ended.
      const { shells: recorded } = suite.window.elevations.record(homeOf(elevation))!;
      const former = { pid: other.pid, stamp: String(Number(stamp) - 1) };
      await suite.window.elevations.change(homeOf(elevation), { shells: [...recorded, former] });
      const [restored, revived] = [new FakeTerminal(shell.pid), new FakeTerminal(other.pid)];
      const found: string[] = [];
      const looking = terminals.find(
        (pid) => shells().homeOf(pid),
        (home) => Promise.resolve(void found.push(home)),
      );
      fakeVscode.open(revived);
      fakeVscode.open(restored);
      await until(() => found.length > 0);
      await Promise.all([revived.processId, shells().homeOf(other.pid)]);
      assert.deepEqual(found, [homeOf(elevation)]);
      terminals.close(homeOf(elevation));
      assert.deepEqual(
        fakeVscode.terminals,
        [revived],
        'the other terminal stays open when access is dropped',
      );
      looking.dispose();
    });
  });
});
