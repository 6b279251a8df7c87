import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { isRunning, stampOf } from '../../../../src/teleport/process/processId.ts';
import { endProcesses, homeProcesses } from '../../../../src/teleport/process/processes.ts';
import { until, useTemporaryFolder } from '../../../support/temporaryFolder.ts';
import { loadRun } from '../../../support/testClient.ts';
import { useBackgroundScripts } from '../../../support/backgroundPrograms.ts';

describe('what uses a private home', () => {
  const folder = useTemporaryFolder();
  const start = useBackgroundScripts(folder);
  const shellOf = async (pid: number) => ({ pid, stamp: (await stampOf(pid)) ?? '' });
  const pidsInside = async (...shells: readonly number[]): Promise<number[]> => {
    const shellProcesses = await Promise.all(shells.map(shellOf));
    return (await homeProcesses(folder.at('home'), shellProcesses, loadRun)).map(({ pid }) => pid);
  };
  const pidIn = async (name: string): Promise<number> => Number(await readFile(folder.at(name), 'utf8'));

  it('a shell, what it started, and what that started', async () => {
    const child = folder.at('child');
    const shell = await start('shell', [`sh -c 'sleep 60 & echo $! > ${child}; wait' &`, 'wait']);
    await until(() => existsSync(child));
    const found = await pidsInside(shell);
    assert.ok(found.includes(shell));
    assert.ok(found.includes(await pidIn('child')));
    assert.equal(found.length, 3);
  });

  it('what has the home in its environment, whoever started it', async () => {
    const named = await start('named', ['exec sleep 60'], { TELEPORT_HOME: folder.at('home', 'current') });
    const kube = await start('kube', ['exec sleep 60'], { KUBECONFIG: folder.at('home', 'kubeconfig') });
    assert.deepEqual((await pidsInside()).sort(), [named, kube].sort());
  });

  it('nothing else, and never ourselves', async () => {
    await start('other', ['exec sleep 60'], { TELEPORT_HOME: folder.at('another') });
    process.env['JIT_TEST_HOME'] = folder.at('home');
    assert.deepEqual(await pidsInside(), []);
    delete process.env['JIT_TEST_HOME'];
  });

  it('not a later process with the number of an earlier shell', async () => {
    const other = await start('other', ['exec sleep 60']);
    const found = await homeProcesses(folder.at('home'), [{ pid: other, stamp: '1' }], loadRun);
    assert.deepEqual(found, []);
    assert.equal(await isRunning({ pid: other, stamp: '1' }), false);
    assert.equal(await isRunning(await shellOf(other)), true);
  });

  it('has the name of its program', async () => {
    const pid = await start('kubectl', ['while :; do sleep 60; done'], { TELEPORT_HOME: folder.at('home') });
    const found = await homeProcesses(folder.at('home'), [], loadRun);
    assert.equal(found.find((each) => each.pid === pid)?.name, 'kubectl');
  });

  it('is ended, politely first', async () => {
    const answerFile = folder.at('said');
    const pid = await start('polite', [
      `trap 'echo bye > ${answerFile}; exit' HUP TERM`,
      'while :; do sleep 0.05; done',
    ]);
    await endProcesses([await shellOf(pid)]);
    assert.equal(await stampOf(pid), undefined);
    assert.equal(await readFile(answerFile, 'utf8'), 'bye\n');
  });

  it('is ended also when it ignores that, as an interactive shell does, or is stopped', async () => {
    const deaf = await start('deaf', ["trap '' HUP TERM INT", 'while :; do sleep 0.05; done']);
    const stopped = await start('stopped', ['exec sleep 60']);
    process.kill(stopped, 'SIGSTOP');
    const bystander = await start('bystander', ['exec sleep 60']);
    await endProcesses(await Promise.all([deaf, stopped].map(shellOf)), 200);
    assert.equal(await stampOf(deaf), undefined);
    assert.equal(await stampOf(stopped), undefined);
    assert.notEqual(await stampOf(bystander), undefined);
  });

  it('that has ended by itself does no harm', async () => {
    const pid = await start('short', ['exec true']);
    const short = await shellOf(pid);
    await until(async () => (await stampOf(pid)) === undefined);
    await endProcesses([short, { pid, stamp: '' }]);
    assert.deepEqual(await pidsInside(pid), []);
  });

  it('is a VS Code window where one was opened from an elevated terminal, with what its extensions started', async () => {
    const child = folder.at('child');
    // An extension host is known by its arguments.
    const host = await start(
      'host',
      [
        `[ "$1" ] || exec "$0" --type=extensionHost "$0"`,
        `sh -c 'echo $$ > ${child}; exec sleep 60' &`,
        'wait',
      ],
      { TELEPORT_HOME: folder.at('home') },
    );
    const program = await start('program', ['exec sleep 60'], { TELEPORT_HOME: folder.at('home') });
    await until(() => existsSync(child));
    const found = await homeProcesses(folder.at('home'), [], loadRun);
    const windowOf = (pid: number) => found.find((each) => each.pid === pid)?.isWindow;
    assert.equal(windowOf(host), true);
    assert.equal(windowOf(await pidIn('child')), true);
    assert.equal(windowOf(program), false);
  });

  it('is not the watchdog that such a window started: it would be ended with the window, and drop nothing', async () => {
    const pids = folder.at('watchdog');
    await promisify(execFile)('mkfifo', [folder.at('never')]);
    const host = await start(
      'host',
      [
        `[ "$1" ] || exec "$0" --type=extensionHost "$0"`,
        `env -i /bin/sh -c 'echo $$ > ${pids}; read -r wait < ${folder.at('never')}' ${folder.at('watchdog.mjs')} '{"storage":"/s"}' &`,
        'wait',
      ],
      { TELEPORT_HOME: folder.at('home') },
    );
    await until(() => existsSync(pids));
    const found = await pidsInside();
    assert.ok(found.includes(host));
    assert.ok(!found.includes(await pidIn('watchdog')));
  });

  it('is not that window for itself, nor what its extensions started: it would end itself', async () => {
    const program = await start('program', ['exec sleep 60'], { TELEPORT_HOME: folder.at('home') });
    const script = fileURLToPath(new URL('../../../support/processes/insideHome.ts', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [script, folder.at('home')], {
      env: { PATH: '/usr/bin:/bin', TELEPORT_HOME: folder.at('home', 'current') },
    });
    const found = JSON.parse(stdout) as { pid: number; isOwnCall: boolean }[];
    assert.deepEqual(
      found.map(({ pid, isOwnCall }) => [pid, isOwnCall]),
      [[program, false]],
    );
  });
});
