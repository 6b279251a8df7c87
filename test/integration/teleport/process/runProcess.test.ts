import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { recognise } from '../../../../src/teleport/process/failure.ts';
import type { Outcome, RunOptions } from '../../../../src/teleport/process/outcome.ts';
import { run } from '../../../../src/teleport/process/runProcess.ts';
import { isRunning } from '../../../../src/teleport/process/processId.ts';
import type { TemporaryFolder } from '../../../support/temporaryFolder.ts';
import { until, useTemporaryFolder } from '../../../support/temporaryFolder.ts';

/** The pid that a program wrote to the file `pid`. */
const pidIn = async (folder: TemporaryFolder): Promise<number> =>
  Number(await readFile(folder.at('pid'), 'utf8').catch(() => ''));

describe('running a program', () => {
  const folder = useTemporaryFolder();

  const start = (program: string, args: readonly string[] = [], options: Partial<RunOptions> = {}) =>
    run(program, args, { env: { PATH: '/usr/bin:/bin' }, cwd: folder.path, timeout: 5_000, ...options });
  const kindOf = (outcome: Outcome): string | undefined => recognise(outcome)?.kind;

  it('what it prints comes back as it was printed', async () => {
    const program = await folder.writeProgram(
      'prints',
      'printf "one\\n\\ntwo ä\\n"',
      'printf "warned\\n" >&2',
    );
    const outcome = await start(program);
    assert.deepEqual(outcome, { kind: 'exited', code: 0, stdout: 'one\n\ntwo ä\n', stderr: 'warned\n' });
    assert.equal(recognise(outcome), undefined);
  });

  it('arguments arrive as they are: no shell looks at them', async () => {
    const program = await folder.writeScript(
      'args',
      'process.stdout.write(JSON.stringify(process.argv.slice(2)))',
    );
    const args = ['--reason=$(id) `id` "x" \'y\'\nz;|&*', '', '--', '-x', '@file', '\u001b[31m'];
    const outcome = await start(program, args);
    assert.ok(outcome.kind === 'exited');
    assert.deepEqual(JSON.parse(outcome.stdout), args);
  });

  it('it sees the environment and the folder it was given, and nothing else of ours', async () => {
    process.env['JIT_LEAK'] = 'x';
    const program = await folder.writeProgram('env', '/usr/bin/env; pwd');
    const outcome = await start(program, [], { env: { ONLY: 'this' } });
    delete process.env['JIT_LEAK'];
    assert.ok(outcome.kind === 'exited');
    assert.match(outcome.stdout, /^ONLY=this$/m);
    assert.doesNotMatch(outcome.stdout, /JIT_LEAK|HOME=/);
    assert.match(outcome.stdout, new RegExp(`${folder.path}\n$`));
  });

  it('one that waits for a person to type ends at once: there is no input', async () => {
    const outcome = await start(await folder.writeProgram('asks', 'read answer; echo "got $answer"'));
    assert.deepEqual(outcome, { kind: 'exited', code: 0, stdout: 'got \n', stderr: '' });
  });

  it('one that is to be apart has a session of its own, and nothing it left in it goes on', async function () {
    if (process.platform !== 'linux') this.skip();
    const program = await folder.writeProgram(
      'apart',
      `sleep 60 & echo $! > ${folder.at('pid')}`,
      'cut -d" " -f6 /proc/$$/stat; echo $$',
    );
    const outcome = await start(program, [], { ownSession: true });
    assert.ok(outcome.kind === 'exited');
    const [session, pid] = outcome.stdout.trim().split('\n');
    assert.equal(session, pid);
    const childPid = await pidIn(folder);
    assert.ok(childPid > 0);
    await until(async () => !(await isRunning({ pid: childPid, stamp: '' })));
  });

  it('a failure keeps what it printed on both', async () => {
    const outcome = await start(
      await folder.writeProgram('fails', 'echo half; echo "ERROR: no" >&2; exit 3'),
    );
    assert.deepEqual(outcome, { kind: 'exited', code: 3, stdout: 'half\n', stderr: 'ERROR: no\n' });
    assert.equal(kindOf(outcome), 'refused');
  });

  it('one that hangs and ignores SIGTERM is ended all the same, and is said to have timed out', async () => {
    const program = await folder.writeProgram(
      'hangs',
      'trap "" TERM INT',
      `echo $$ > ${folder.at('pid')}`,
      'while :; do :; done',
    );
    const outcome = await start(program, [], { timeout: 300 });
    assert.equal(kindOf(outcome), 'timedOut');
    assert.equal(await isRunning({ pid: await pidIn(folder), stamp: '' }), false);
  });

  it('one that is cancelled is ended, and nothing is complained about', async () => {
    const program = await folder.writeProgram('waits', `echo $$ > ${folder.at('pid')}`, 'exec sleep 60');
    const stop = new AbortController();
    const running = start(program, [], { signal: stop.signal });
    await until(async () => (await pidIn(folder)) > 0);
    stop.abort();
    assert.equal(kindOf(await running), 'cancelled');
    assert.equal(await isRunning({ pid: await pidIn(folder), stamp: '' }), false);
  });

  it('one that was cancelled before it began never runs', async () => {
    const program = await folder.writeProgram('runs', `echo $$ > ${folder.at('pid')}`);
    const outcome = await start(program, [], { signal: AbortSignal.abort() });
    assert.equal(kindOf(outcome), 'cancelled');
    assert.ok(!(await pidIn(folder)));
  });

  it('its number is told as soon as it runs, once; one that never runs has none', async () => {
    const program = await folder.writeProgram('own', `echo $$`);
    const pids: number[] = [];
    const started = (pid: number): unknown => pids.push(pid);
    const running = start(program, [], { onStarted: started });
    assert.equal(pids.length, 1, 'before anything else can happen');
    const outcome = await running;
    assert.deepEqual(outcome.kind === 'exited' && Number(outcome.stdout), pids[0]);
    await start(folder.at('missing'), [], { onStarted: started });
    await start(program, [], { onStarted: started, signal: AbortSignal.abort() });
    assert.equal(pids.length, 1);
  });

  it('one that somebody killed is told by the signal', async () => {
    const outcome = await start(await folder.writeProgram('dies', 'kill -KILL $$'));
    assert.deepEqual(outcome, { kind: 'killed', signal: 'SIGKILL' });
    assert.equal(kindOf(outcome), 'unreadable');
  });

  it('what it left running in the background, with its output open, is not waited for', async () => {
    const program = await folder.writeProgram('forks', `sleep 60 & echo $! > ${folder.at('pid')}; echo done`);
    const outcome = await start(program);
    process.kill(await pidIn(folder));
    assert.deepEqual(outcome, { kind: 'exited', code: 0, stdout: 'done\n', stderr: '' });
  });

  it('a missing one, a folder and one that may not be run are not found', async () => {
    await writeFile(folder.at('plain'), '#!/bin/sh\n');
    for (const path of [folder.at('missing'), folder.path, folder.at('plain')]) {
      const outcome = await start(path);
      assert.equal(outcome.kind, 'spawnFailed', path);
      assert.equal(kindOf(outcome), 'notFound', path);
    }
  });

  it('arguments no program can be given are refused; nobody is told that tsh is missing', async () => {
    const program = await folder.writeProgram('any', 'true');
    for (const argument of ['a\u0000b', 'x'.repeat(1_000_000)]) {
      assert.equal(kindOf(await start(program, [argument])), 'refused');
    }
  });
});
