import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import {
  isRunning,
  readPowershell,
  readPs,
  signalProcesses,
  stampOf,
  startedAt,
  stillSame,
} from '../../../../src/teleport/process/processId.ts';
import { endProcesses, homeProcesses, readTable } from '../../../../src/teleport/process/processes.ts';
import { endGroupOf } from '../../../../src/teleport/process/signals.ts';
import { startUnderPid, whyNoReuse } from '../../../support/processes/reusedPid.ts';
import { useTemporaryFolder } from '../../../support/temporaryFolder.ts';
import { loadRun } from '../../../support/testClient.ts';

describe('a process is its number and its start', () => {
  const folder = useTemporaryFolder();
  const started: ChildProcess[] = [];
  const platform = process.platform;
  const pretend = (name: NodeJS.Platform): void => {
    Object.defineProperty(process, 'platform', { value: name });
  };
  afterEach(() => {
    pretend(platform);
    for (const child of started.splice(0)) child.kill('SIGKILL');
  });

  const startSleep = async (): Promise<ChildProcess & { pid: number }> => {
    const child = spawn('/bin/sleep', ['1000'], { stdio: 'ignore', env: {} });
    started.push(child);
    await once(child, 'spawn');
    // Starts are told in steps of 10 ms.
    await pause(30);
    return child as ChildProcess & { pid: number };
  };
  const isThere = ({ exitCode, signalCode }: ChildProcess): boolean =>
    exitCode === null && signalCode === null;
  const idOf = async (pid: number) => ({ pid, stamp: (await stampOf(pid)) ?? assert.fail('it runs') });

  describe('whose number another process has by now', function () {
    // A program of somebody else may take the number for good. Then the test begins again with another number.
    this.retries(4);

    /** Ends a process, and starts another one under its number. */
    async function reuse(child: ChildProcess & { pid: number }): Promise<ChildProcess> {
      child.kill('SIGKILL');
      await once(child, 'exit');
      const later = await startUnderPid(child.pid);
      started.push(later);
      return later;
    }

    before(function () {
      const why = whyNoReuse();
      if (why !== undefined) {
        console.log(`      skipped: ${why}`);
        this.skip();
      }
    });

    it('gets no SIGKILL: the other ended politely while it was waited for', async () => {
      const child = await startSleep();
      const ended = endProcesses([await idOf(child.pid)]);
      await once(child, 'exit');
      const later = await startUnderPid(child.pid);
      started.push(later);
      await ended;
      assert.ok(isThere(later));
    });

    for (const name of ['linux', 'darwin'] as const) {
      it(`gets no signal at all, is not running and is no shell, as on ${name}`, async () => {
        pretend(name);
        const child = await startSleep();
        const before = await idOf(child.pid);
        // `ps` counts whole seconds.
        if (name === 'darwin') before.stamp = String(Number(before.stamp) - 5_000);
        const later = await reuse(child);
        await signalProcesses([before], ['SIGTERM', 'SIGKILL']);
        await endProcesses([before], 50);
        assert.ok(isThere(later));
        assert.equal(await isRunning(before), false);
        assert.deepEqual(await stillSame([before]), []);
        assert.deepEqual(await homeProcesses(folder.at('home'), [before], loadRun), []);
      });
    }

    it('a group of processes gets no signal when its number is that of a later process', async () => {
      const child = await startSleep();
      const later = await reuse(child);
      endGroupOf(child.pid);
      assert.ok(isThere(later));
    });
  });

  for (const name of ['linux', 'darwin', 'win32'] as const) {
    it(`with an unknown start it gets no signal, but counts as running, as on ${name}`, async () => {
      pretend(name);
      const child = await startSleep();
      const unknown = { pid: child.pid, stamp: '' };
      await signalProcesses([unknown], ['SIGKILL']);
      await endProcesses([unknown], 50);
      assert.ok(isThere(child));
      assert.equal(await isRunning(unknown), true);
      assert.deepEqual(await homeProcesses(folder.at('home'), [unknown], loadRun), []);
    });
  }

  it('is never this process, and never a group', async () => {
    const self = await idOf(process.pid);
    await signalProcesses(
      [self, { pid: 0, stamp: '0' }, { pid: -1, stamp: '1' }, { pid: 1.5, stamp: '1' }],
      ['SIGKILL'],
    );
    assert.ok(existsSync(`/proc/${String(process.pid)}`) || platform !== 'linux');
  });

  it('has the same start in every time zone, as ps tells it', async function () {
    if (!existsSync('/bin/ps')) this.skip();
    pretend('darwin');
    const child = await startSleep();
    const { stamp } = await idOf(child.pid);
    const zone = process.env['TZ'];
    process.env['TZ'] = 'Asia/Kathmandu';
    try {
      assert.equal((await idOf(child.pid)).stamp, stamp);
    } finally {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    }
    await endProcesses([{ pid: child.pid, stamp }], 200);
    assert.ok(!isThere(child), 'and is ended by it');
    assert.equal(await stampOf(child.pid), undefined);
  });

  it('as ps and PowerShell print it; a process that has ended, or whose start is hidden, has none', () => {
    const at = Date.UTC(2026, 11, 1, 3, 4, 34);
    const ps =
      '  4711 S    Mon Dec  1 03:04:34 2026    \n 4712 Z    Mon Dec  1 03:04:34 2026\n 4713 R+   -\nps: bad\n';
    assert.deepEqual(
      [...readPs(ps)],
      [
        [4711, String(at)],
        [4713, ''],
      ],
    );
    const fileTime = String((BigInt(at) + 11_644_473_600_000n) * 10_000n + 1_234n);
    const powershell = `4711 ${fileTime}\r\n4712 \r\nGet-Process : Access is denied\r\n`;
    assert.deepEqual([...readPowershell(powershell)], [[4711, String(at)]]);
    pretend('win32');
    assert.equal(startedAt({ pid: 4711, stamp: String(at) }), at);
    assert.equal(startedAt({ pid: 4711, stamp: '' }), undefined);
  });

  it('the table of macOS tells number, parent, start, program and whether it uses the home', () => {
    const [shell, host] = readTable(
      [
        ' 4711     1 Mon Dec  1 03:04:34 2026     /bin/zsh -l TELEPORT_HOME=/r/jit-access/a/current',
        ' 4712  4711 Mon Dec  1 03:04:35 2026     /App/Code Helper (Plugin) --type=utility VSCODE_ESM_ENTRYPOINT=vs/workbench/api/node/extensionHostProcess',
        'nonsense',
      ].join('\n'),
      '/r/jit-access/a',
    );
    assert.deepEqual(shell, {
      ...{ pid: 4711, parent: 1, stamp: String(Date.UTC(2026, 11, 1, 3, 4, 34)) },
      ...{ name: 'zsh', usesHome: true, editor: undefined, isWatchdog: false },
    });
    assert.equal(host?.editor, 'extensionHost');
  });
});
