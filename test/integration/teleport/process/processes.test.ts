import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { run } from '../../../../src/teleport/process/runProcess.ts';
import * as processes from '../../../../src/teleport/process/processes.ts';
import { TemporaryFolder, until } from '../../../support/temporaryFolder.ts';

const { bootId, endProcesses: end, isRunning, homeProcesses: residentsOf, stampOf } = processes;
const loadRun = () => Promise.resolve(run);

describe('what uses a private home', () => {
  let folder: TemporaryFolder;
  let children: ChildProcess[];
  beforeEach(async () => {
    folder = await TemporaryFolder.open();
    children = [];
  });
  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL');
    await folder.close();
  });

  /** Starts a script; resolves to its pid once it is up. */
  async function start(
    name: string,
    lines: readonly string[],
    env: Record<string, string> = {},
  ): Promise<number> {
    const up = folder.at(`${name}.up`);
    const program = await folder.writeProgram(
      name,
      ...lines.slice(0, -1),
      `echo $$ > '${up}'`,
      lines.at(-1) ?? '',
    );
    const child = spawn(program, { env: { PATH: '/usr/bin:/bin', ...env }, stdio: 'ignore' });
    children.push(child);
    await until(() => existsSync(up) && child.pid !== undefined);
    return child.pid ?? 0;
  }
  const shellOf = async (pid: number) => ({ pid, stamp: (await stampOf(pid)) ?? '' });
  const inside = async (...shells: readonly number[]): Promise<number[]> => {
    const ids = await Promise.all(shells.map(shellOf));
    return (await residentsOf(folder.at('home'), ids, loadRun)).map(({ pid }) => pid);
  };
  const pidIn = async (name: string): Promise<number> => Number(await readFile(folder.at(name), 'utf8'));

  it('a shell, what it started, and what that started', async () => {
    const child = folder.at('child');
    const shell = await start('shell', [`sh -c 'sleep 60 & echo $! > ${child}; wait' &`, 'wait']);
    await until(() => existsSync(child));
    const found = await inside(shell);
    assert.ok(found.includes(shell));
    assert.ok(found.includes(await pidIn('child')));
    assert.equal(found.length, 3);
  });

  it('what has the home in its environment, whoever started it', async () => {
    const named = await start('named', ['exec sleep 60'], { TELEPORT_HOME: folder.at('home', 'current') });
    const kube = await start('kube', ['exec sleep 60'], { KUBECONFIG: folder.at('home', 'kubeconfig') });
    assert.deepEqual((await inside()).sort(), [named, kube].sort());
  });

  it('nothing else, and never ourselves', async () => {
    await start('other', ['exec sleep 60'], { TELEPORT_HOME: folder.at('another') });
    process.env['JIT_TEST_HOME'] = folder.at('home');
    assert.deepEqual(await inside(), []);
    delete process.env['JIT_TEST_HOME'];
  });

  it('not a later process with the number of an earlier shell', async () => {
    const other = await start('other', ['exec sleep 60']);
    const residents = await residentsOf(folder.at('home'), [{ pid: other, stamp: '1' }], loadRun);
    assert.deepEqual(residents, []);
    assert.equal(await isRunning({ pid: other, stamp: '1' }), false);
    assert.equal(await isRunning(await shellOf(other)), true);
  });

  it('has the name of its program', async () => {
    const pid = await start('kubectl', ['while :; do sleep 60; done'], { TELEPORT_HOME: folder.at('home') });
    const residents = await residentsOf(folder.at('home'), [], loadRun);
    assert.equal(residents.find((one) => one.pid === pid)?.name, 'kubectl');
  });

  it('is ended, politely first', async () => {
    const said = folder.at('said');
    const pid = await start('polite', [
      `trap 'echo bye > ${said}; exit' HUP TERM`,
      'while :; do sleep 0.05; done',
    ]);
    await end([{ pid, name: 'polite' }]);
    assert.equal(await stampOf(pid), undefined);
    assert.equal(await readFile(said, 'utf8'), 'bye\n');
  });

  it('is ended also when it ignores that, as an interactive shell does, or is stopped', async () => {
    const deaf = await start('deaf', ["trap '' HUP TERM INT", 'while :; do sleep 0.05; done']);
    const stopped = await start('stopped', ['exec sleep 60']);
    process.kill(stopped, 'SIGSTOP');
    const bystander = await start('bystander', ['exec sleep 60']);
    await end(
      [deaf, stopped].map((pid) => ({ pid, name: '' })),
      200,
    );
    assert.equal(await stampOf(deaf), undefined);
    assert.equal(await stampOf(stopped), undefined);
    assert.notEqual(await stampOf(bystander), undefined);
  });

  it('that has ended by itself does no harm', async () => {
    const pid = await start('short', ['exec true']);
    await until(async () => (await stampOf(pid)) === undefined);
    await end([{ pid, name: '' }]);
    assert.deepEqual(await inside(pid), []);
  });

  it('belongs to one boot of one machine', async () => {
    assert.equal(await bootId(() => 0), await bootId(() => 0));
    assert.notEqual(await bootId(() => 0), '');
  });
});
