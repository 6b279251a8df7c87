import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { Home } from '../../../../src/teleport/home/home.ts';
import { stampOf } from '../../../../src/teleport/process/processId.ts';
import { preemptedByWrite } from '../../../../src/teleport/lock/homeQueue.ts';
import type { Run } from '../../../../src/teleport/process/outcome.ts';
import { HomeLocks } from '../../../../src/teleport/lock/homeLocks.ts';
import { DemoFixture } from '../../../support/demo/demoCluster.ts';
import { gate, until, useTemporaryFolder } from '../../../support/temporaryFolder.ts';
import type { OtherProcess } from '../../../support/processes/otherProcess.ts';
import { loadRun } from '../../../support/testClient.ts';
import { useBackgroundScripts, useOtherProcesses } from '../../../support/backgroundPrograms.ts';

describe('the turn on a home, shared by windows', () => {
  const folder = useTemporaryFolder();
  const startProcess = useOtherProcesses();
  const startScript = useBackgroundScripts(folder);
  beforeEach(async () => {
    for (const name of ['run', 'home', 'other']) await mkdir(folder.at(name), { mode: 0o700 });
  });

  /** The locks of another window of the same user. */
  const homeLocks = (runtime = folder.at('run')): HomeLocks =>
    new HomeLocks({ XDG_RUNTIME_DIR: runtime }, loadRun);
  const homeOf = (path = folder.at('home'), mainLogin = path): Home => new Home(path, mainLogin, homeLocks());
  const startCaller = (tsh: string, home: string): OtherProcess =>
    startProcess('queuedCaller.ts', tsh, home, folder.at('run'));
  /** Whether a write on the second home aborts a background read on the first home. */
  async function sharesLock(first: Home, second: Home): Promise<boolean> {
    const [begun, end] = [gate(), gate()];
    let preempted = false;
    const read = first.queue.read(
      'held',
      async (signal) => {
        signal.addEventListener('abort', () => {
          preempted = signal.reason === preemptedByWrite;
          end.open();
        });
        begun.open();
        await end.opened;
      },
      { background: true },
    );
    await begun.opened;
    await second.queue.write(() => Promise.resolve());
    end.open();
    await read;
    return preempted;
  }
  const processNotes = async (): Promise<string[]> =>
    (await readdir(folder.at('run', 'jit-access', 'locks'))).filter((name) => name.endsWith('.child'));
  /** Starts a program that runs on a home like a tsh call of the extension. @returns its pid once it runs */
  const startLeftover = (name: string): Promise<number> =>
    startScript(`left-${name}`, ['while :; do sleep 0.05; done'], { TELEPORT_HOME: folder.at(name) });

  describe('with a demo cluster', () => {
    let demo: DemoFixture;
    before(async () => {
      demo = await DemoFixture.open();
    });
    after(() => demo.close());

    it('eight windows that ask on one home at the same time get eight right answers, one tsh at a time', async () => {
      const overlaps = folder.at('overlaps');
      const tsh = await folder.writeProgram(
        'tsh',
        `mkdir ${folder.at('one')} 2>/dev/null || echo "$*" >> ${overlaps}`,
        `"${demo.cluster.tsh}" "$@"; code=$?`,
        `rmdir ${folder.at('one')} 2>/dev/null; exit $code`,
      );
      const windows = Array.from({ length: 8 }, () => startCaller(tsh, demo.home('alice')));
      await Promise.all(windows.map((window) => window.waitForLine('ready')));
      for (const window of windows) window.sendLine('go');
      await Promise.all(windows.map((window) => window.ended));
      const answers = windows.map(
        ({ lines }) => JSON.parse(lines[1] ?? 'null') as { id: string; user: string; reason: string } | null,
      );
      assert.deepEqual(
        answers.map((answer) => [answer?.user, answer?.reason]),
        windows.map(({ pid }) => ['alice', `asked by ${String(pid)}`]),
      );
      assert.equal(new Set(answers.map((answer) => answer?.id)).size, 8);
      assert.equal(existsSync(overlaps), false, 'no two at once');
    });
  });

  it('links to one folder share a turn, other folders do not', async () => {
    await symlink(folder.at('home'), folder.at('link'));
    assert.equal(await sharesLock(homeOf(), homeOf(folder.at('link'))), true);
    await mkdir(folder.at('third'));
    assert.equal(await sharesLock(homeOf(), homeOf(folder.at('third'))), false);
  });

  it('every generation of a private home has one turn; the main login has its own', async () => {
    await mkdir(folder.at('private', 'gen-1'), { recursive: true });
    await mkdir(folder.at('private', 'gen-2'));
    await symlink('gen-1', folder.at('private', 'current'));
    const window = (): Home => homeOf(folder.at('private', 'current'), folder.at('home'));
    assert.equal(await sharesLock(window(), window()), true);
    assert.equal(await sharesLock(homeOf(), window()), false);
    const first = window();
    const swapped = await first.queue.write(async () => {
      await rm(folder.at('private', 'current'));
      await symlink('gen-2', folder.at('private', 'current'));
      return true;
    });
    assert.equal(swapped && (await sharesLock(first, window())), true);
  });

  it('a write in one window ends a background read in another, and not one that somebody waits for', async () => {
    const [reading, writing] = [homeOf(), homeOf()];
    assert.equal(await sharesLock(reading, writing), true);
    const order: string[] = [];
    const end = gate();
    const wanted = gate();
    const kept = reading.queue.read('list', async (signal) => {
      wanted.open();
      await end.opened;
      order.push(signal.aborted ? 'ended' : 'read');
    });
    await wanted.opened;
    const write = writing.queue.write(() => Promise.resolve(order.push('written')));
    // Another home takes two calls meanwhile, so a write that could begin has time to begin.
    await sharesLock(homeOf(folder.at('other')), homeOf(folder.at('other')));
    end.open();
    await Promise.all([kept, write]);
    assert.deepEqual(order, ['read', 'written']);
  });

  it('who waits for another window can leave: reads and writes, waiting there or behind one that waits', async () => {
    const end = gate();
    const begun = gate();
    const heldWrite = homeOf().queue.write(() => {
      begun.open();
      return end.opened;
    });
    await begun.opened;
    const { queue } = homeOf();
    const leaving = new AbortController();
    const { signal } = leaving;
    const mustNotRun = (): Promise<never> => Promise.reject(new Error('it ran all the same'));
    const begin = (task: AbortSignal): Promise<string> =>
      task.aborted ? Promise.reject(new Error('ended')) : Promise.resolve('ran');
    const left = [
      queue.read('a', begin, { signal }),
      queue.write(mustNotRun, signal),
      queue.write(mustNotRun, signal),
      queue.read('b', begin, { signal }),
    ];
    const stays = queue.read('b', begin);
    leaving.abort(new Error('left'));
    for (const call of left) await assert.rejects(call, /left/);
    end.open();
    assert.equal(await stays, 'ran');
    await heldWrite;
    assert.equal(await queue.write(() => Promise.resolve('next')), 'next');
  });

  it("a killed window's tsh is ended before the next one begins, also when it hangs and is deaf", async () => {
    const pidFile = folder.at('pid');
    const hanging = await folder.writeProgram(
      'tsh',
      "trap '' TERM HUP INT",
      `echo $$ > ${pidFile}.part && mv ${pidFile}.part ${pidFile}`,
      'while :; do sleep 0.05; done',
    );
    const window = startCaller(hanging, folder.at('home'));
    await window.waitForLine('ready');
    window.sendLine('go');
    await until(() => existsSync(pidFile));
    const pid = Number(await readFile(pidFile, 'utf8'));
    await until(async () => (await processNotes()).length === 1);
    await window.kill();
    assert.notEqual(await stampOf(pid), undefined, 'it outlives its window');
    const remainingStamp = await homeOf().queue.write(() => stampOf(pid));
    assert.equal(remainingStamp, undefined, 'it was gone when the task began');
    assert.deepEqual(await processNotes(), []);
  });

  it('only that very process is ended: not a later one with its number, nor one that works on another home', async () => {
    const note = async (pid: number, stamp: string, home: string): Promise<void> => {
      const [name = ''] = await processNotes();
      await writeFile(folder.at('run', 'jit-access', 'locks', name), JSON.stringify({ pid, stamp, home }));
    };
    const { queue } = homeOf();
    const ownHome = folder.at('home');
    const [ownProgram, otherProgram] = [await startLeftover('home'), await startLeftover('other')];
    // The note is overwritten while a task runs, because then the folder shows its name.
    const endsProcess = async (pid: number, stamp: string): Promise<boolean> => {
      await queue.write(async () => {
        queue.recordProcess(process.pid);
        await note(pid, stamp, ownHome);
      });
      await queue.write(() => Promise.resolve());
      assert.deepEqual(await processNotes(), []);
      return (await stampOf(pid)) === undefined;
    };
    assert.equal(await endsProcess(ownProgram, '1'), false);
    assert.equal(await endsProcess(otherProgram, (await stampOf(otherProgram)) ?? ''), false);
    assert.equal(await endsProcess(process.pid, (await stampOf(process.pid)) ?? ''), false);
    assert.equal(await endsProcess(ownProgram, (await stampOf(ownProgram)) ?? ''), true);
  });

  it('where starts are not known at once, as on macOS, only a process that was started when it was noted is ended', async function () {
    if (!existsSync('/bin/ps')) this.skip();
    // The ps of Linux spells the options of the one of macOS in another way.
    const run: Run = async (program, args, options) =>
      (await loadRun())(program, args[0] === '-axwwE' ? ['axwwe', ...args.slice(1)] : args, options);
    const locks = new HomeLocks({ XDG_RUNTIME_DIR: folder.at('run') }, () => Promise.resolve(run));
    const { queue } = new Home(folder.at('home'), undefined, locks);
    const ownProgram = await startLeftover('home');
    const { platform } = process;
    Object.defineProperty(process, 'platform', { value: 'darwin' });
    try {
      for (const [secondsLater, isEnded] of [
        [60, false],
        [-60, false],
        [0, true],
      ] as const) {
        await queue.write(async () => {
          queue.recordProcess(process.pid);
          const note = folder.at('run', 'jit-access', 'locks', (await processNotes())[0] ?? '');
          await writeFile(note, JSON.stringify({ pid: ownProgram, stamp: '', home: folder.at('home') }));
          const noted = Number(await stampOf(ownProgram)) / 1_000 + secondsLater;
          await utimes(note, noted, noted);
        });
        await queue.write(() => Promise.resolve());
        assert.equal((await stampOf(ownProgram)) === undefined, isEnded, String(secondsLater));
      }
    } finally {
      Object.defineProperty(process, 'platform', { value: platform });
    }
  });

  it('a note that cannot be read keeps nobody waiting', async () => {
    const { queue } = homeOf();
    for (const text of ['', '{"pid":1,"stamp":"","home":"/"}', '{"pid":-1}', '[]', '{"pid":12']) {
      await queue.write(async () => {
        queue.recordProcess(process.pid);
        const [name = ''] = await processNotes();
        await writeFile(folder.at('run', 'jit-access', 'locks', name), text);
      });
      assert.equal(await queue.write(() => Promise.resolve('next')), 'next');
    }
  });

  it('its folder is ours alone, and empty when nothing runs', async () => {
    await homeOf().queue.write(() => Promise.resolve());
    const path = folder.at('run', 'jit-access', 'locks');
    assert.equal((await stat(path)).mode & 0o777, 0o700);
    assert.deepEqual(await readdir(path), []);
  });

  it('where no folder of ours can be had the call goes on, serial in its window', async () => {
    const path = folder.at('run', 'jit-access');
    const assertWorks = async (): Promise<void> => {
      const { queue } = homeOf();
      const order: string[] = [];
      await Promise.all([
        queue.write(async () => {
          await new Promise(setImmediate);
          order.push('first');
        }),
        queue.write(() => Promise.resolve(order.push('second'))),
      ]);
      assert.deepEqual(order, ['first', 'second']);
    };
    // A file, a link, or a folder that other users may enter lies in place of the extension's folder.
    await writeFile(path, '');
    await assertWorks();
    await rm(path);
    await symlink(folder.at('other'), path);
    await assertWorks();
    assert.deepEqual(await readdir(folder.at('other')), [], 'nothing is put behind a link');
    await rm(path);
    await mkdir(path, { mode: 0o700 });
    await chmod(path, 0o755);
    await assertWorks();
    assert.deepEqual(await readdir(path), []);
    await chmod(path, 0o700);
    await mkdir(folder.at('run', 'jit-access', 'locks'), { mode: 0o777 });
    await chmod(folder.at('run', 'jit-access', 'locks'), 0o777);
    await assertWorks();
    assert.deepEqual(await readdir(folder.at('run', 'jit-access', 'locks')), []);
  });

  it('a runtime folder too deep for a socket is not used, and windows wait for each other all the same', async () => {
    const deep = folder.at('d'.repeat(60));
    await mkdir(deep, { mode: 0o700 });
    const window = (): Home => new Home(folder.at('home'), undefined, homeLocks(deep));
    assert.equal(await sharesLock(window(), window()), true);
    assert.deepEqual(await readdir(deep), []);
  });
});
