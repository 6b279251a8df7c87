import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { Home } from '../../../../src/teleport/home/home.ts';
import { run } from '../../../../src/teleport/process/runProcess.ts';
import { stampOf } from '../../../../src/teleport/process/processes.ts';
import { preemptedByWrite } from '../../../../src/teleport/lock/homeQueue.ts';
import { HomeLocks } from '../../../../src/teleport/lock/homeLocks.ts';
import { DemoFixture } from '../../../support/demo/demoCluster.ts';
import { TemporaryFolder, gate, until } from '../../../support/temporaryFolder.ts';
import { OtherProcess } from '../../../support/processes/otherProcess.ts';

const loadRun = () => Promise.resolve(run);

describe('the turn on a home, shared by windows', function () {
  this.timeout(30_000);
  let folder: TemporaryFolder;
  let others: OtherProcess[];
  let children: ChildProcess[];
  beforeEach(async () => {
    folder = await TemporaryFolder.open();
    others = [];
    children = [];
    for (const name of ['run', 'home', 'other']) await mkdir(folder.at(name), { mode: 0o700 });
  });
  afterEach(async () => {
    await Promise.all(others.map((other) => other.kill()));
    for (const child of children) child.kill('SIGKILL');
    await folder.close();
  });

  /** What another window of the same person has. */
  const turns = (runtime = folder.at('run')): HomeLocks =>
    new HomeLocks({ XDG_RUNTIME_DIR: runtime }, loadRun);
  const homeOf = (path = folder.at('home'), mainLogin = path): Home => new Home(path, mainLogin, turns());
  const asker = (tsh: string, home: string): OtherProcess => {
    const other = new OtherProcess('queuedCaller.ts', tsh, home, folder.at('run'));
    others.push(other);
    return other;
  };
  /** Whether a background read on the first home makes way for a write on the second. */
  async function isShared(first: Home, second: Home): Promise<boolean> {
    const [begun, end] = [gate(), gate()];
    let madeWay = false;
    const read = first.queue.read(
      'held',
      async (signal) => {
        signal.addEventListener('abort', () => {
          madeWay = true;
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
    return madeWay;
  }
  const notes = async (): Promise<string[]> =>
    (await readdir(folder.at('run', 'jit-access', 'turns'))).filter((name) => name.endsWith('.child'));
  /** A program in tsh's place, up and running for a home as one of ours is. */
  async function leftRunning(home: string, ...lines: readonly string[]): Promise<number> {
    const up = folder.at(`up-${String(children.length)}`);
    const file = await folder.writeProgram('left', ...lines, `echo > ${up}`, 'while :; do sleep 0.05; done');
    const child = spawn(file, { env: { PATH: '/usr/bin:/bin', TELEPORT_HOME: home }, stdio: 'ignore' });
    children.push(child);
    await until(() => existsSync(up));
    return child.pid ?? 0;
  }

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
      const windows = Array.from({ length: 8 }, () => asker(tsh, demo.home('alice')));
      await Promise.all(windows.map((window) => window.waitForLine('ready')));
      for (const window of windows) window.sendLine('go');
      await Promise.all(windows.map((window) => window.ended));
      const answers = windows.map(
        ({ lines: said }) =>
          JSON.parse(said[1] ?? 'null') as { id: string; user: string; reason: string } | null,
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
    assert.equal(await isShared(homeOf(), homeOf(folder.at('link'))), true);
    await mkdir(folder.at('third'));
    assert.equal(await isShared(homeOf(), homeOf(folder.at('third'))), false);
  });

  it('every generation of a private home has one turn; the main login has its own', async () => {
    await mkdir(folder.at('private', 'gen-1'), { recursive: true });
    await mkdir(folder.at('private', 'gen-2'));
    await symlink('gen-1', folder.at('private', 'current'));
    const window = (): Home => homeOf(folder.at('private', 'current'), folder.at('home'));
    assert.equal(await isShared(window(), window()), true);
    assert.equal(await isShared(homeOf(), window()), false);
    const first = window();
    const swapped = await first.queue.write(async () => {
      await rm(folder.at('private', 'current'));
      await symlink('gen-2', folder.at('private', 'current'));
      return true;
    });
    assert.equal(swapped && (await isShared(first, window())), true);
  });

  it('a write in one window ends a background read in another, and not one that somebody waits for', async () => {
    const [reading, writing] = [homeOf(), homeOf()];
    const begun = gate();
    const read = reading.queue.read(
      'list',
      (signal) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(new Error(String(signal.reason))));
          begun.open();
        }),
      { background: true },
    );
    read.catch(() => undefined);
    await begun.opened;
    assert.equal(await writing.queue.write(() => Promise.resolve('written')), 'written');
    await assert.rejects(read, new RegExp(preemptedByWrite));

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
    // While both go through a turn of their own, the write has had time to begin if it could.
    await isShared(homeOf(folder.at('other')), homeOf(folder.at('other')));
    end.open();
    await Promise.all([kept, write]);
    assert.deepEqual(order, ['read', 'written']);
  });

  it('who waits for another window can leave: reads and writes, waiting there or behind one that waits', async () => {
    const end = gate();
    const begun = gate();
    const long = homeOf().queue.write(() => {
      begun.open();
      return end.opened;
    });
    await begun.opened;
    const { queue: turn } = homeOf();
    const leaving = new AbortController();
    const { signal } = leaving;
    const never = (): Promise<never> => Promise.reject(new Error('it ran all the same'));
    const begins = (task: AbortSignal): Promise<string> =>
      task.aborted ? Promise.reject(new Error('ended')) : Promise.resolve('ran');
    const left = [
      turn.read('a', begins, { signal }),
      turn.write(never, signal),
      turn.write(never, signal),
      turn.read('b', begins, { signal }),
    ];
    const stays = turn.read('b', begins);
    leaving.abort(new Error('left'));
    for (const one of left) await assert.rejects(one, /left/);
    end.open();
    assert.equal(await stays, 'ran');
    await long;
    assert.equal(await turn.write(() => Promise.resolve('next')), 'next');
  });

  it("a killed window's tsh is ended before the next one begins, also when it hangs and is deaf", async () => {
    const pidFile = folder.at('pid');
    const hanging = await folder.writeProgram(
      'tsh',
      "trap '' TERM HUP INT",
      `echo $$ > ${pidFile}.part && mv ${pidFile}.part ${pidFile}`,
      'while :; do sleep 0.05; done',
    );
    const window = asker(hanging, folder.at('home'));
    await window.waitForLine('ready');
    window.sendLine('go');
    await until(() => existsSync(pidFile));
    const pid = Number(await readFile(pidFile, 'utf8'));
    await until(async () => (await notes()).length === 1);
    await window.kill();
    assert.notEqual(await stampOf(pid), undefined, 'it outlives its window');
    const found = await homeOf().queue.write(() => stampOf(pid));
    assert.equal(found, undefined, 'it was gone when the task began');
    assert.deepEqual(await notes(), []);
  });

  it('only that very process is ended: not a later one with its number, nor one that works on another home', async () => {
    const note = async (pid: number, stamp: string, home: string): Promise<void> => {
      const [name = ''] = await notes();
      await writeFile(folder.at('run', 'jit-access', 'turns', name), JSON.stringify({ pid, stamp, home }));
    };
    const { queue: turn } = homeOf();
    const [here, there] = [folder.at('home'), folder.at('other')];
    const [mine, foreign] = [await leftRunning(here), await leftRunning(there)];
    // A note is written while a task runs, so that its name need not be known here.
    const takenOver = async (pid: number, stamp: string): Promise<boolean> => {
      await turn.write(async () => {
        turn.recordProcess(process.pid);
        await note(pid, stamp, here);
      });
      await turn.write(() => Promise.resolve());
      assert.deepEqual(await notes(), []);
      return (await stampOf(pid)) === undefined;
    };
    assert.equal(await takenOver(mine, '1'), false);
    assert.equal(await takenOver(foreign, (await stampOf(foreign)) ?? ''), false);
    assert.equal(await takenOver(process.pid, (await stampOf(process.pid)) ?? ''), false);
    assert.equal(await takenOver(mine, (await stampOf(mine)) ?? ''), true);
  });

  it('a note that cannot be read keeps nobody waiting', async () => {
    const { queue: turn } = homeOf();
    for (const text of ['', '{"pid":1,"stamp":"","home":"/"}', '{"pid":-1}', '[]', '{"pid":12']) {
      await turn.write(async () => {
        turn.recordProcess(process.pid);
        const [name = ''] = await notes();
        await writeFile(folder.at('run', 'jit-access', 'turns', name), text);
      });
      assert.equal(await turn.write(() => Promise.resolve('next')), 'next');
    }
  });

  it('its folder is ours alone, and empty when nothing runs', async () => {
    await homeOf().queue.write(() => Promise.resolve());
    const path = folder.at('run', 'jit-access', 'turns');
    assert.equal((await stat(path)).mode & 0o777, 0o700);
    assert.deepEqual(await readdir(path), []);
  });

  it('where no folder of ours can be had the call goes on, serial in its window', async () => {
    const path = folder.at('run', 'jit-access');
    const works = async (): Promise<void> => {
      const { queue: turn } = homeOf();
      const order: string[] = [];
      await Promise.all([
        turn.write(async () => {
          await new Promise(setImmediate);
          order.push('first');
        }),
        turn.write(() => Promise.resolve(order.push('second'))),
      ]);
      assert.deepEqual(order, ['first', 'second']);
    };
    // A file, a link and a folder that others may enter, where ours should be.
    await writeFile(path, '');
    await works();
    await rm(path);
    await symlink(folder.at('other'), path);
    await works();
    assert.deepEqual(await readdir(folder.at('other')), [], 'nothing is put behind a link');
    await rm(path);
    await mkdir(path, { mode: 0o700 });
    await chmod(path, 0o755);
    await works();
    assert.deepEqual(await readdir(path), []);
    await chmod(path, 0o700);
    await mkdir(folder.at('run', 'jit-access', 'turns'), { mode: 0o777 });
    await chmod(folder.at('run', 'jit-access', 'turns'), 0o777);
    await works();
    assert.deepEqual(await readdir(folder.at('run', 'jit-access', 'turns')), []);
  });

  it('a runtime folder too deep for a socket is not used, and windows wait for each other all the same', async () => {
    const deep = folder.at('d'.repeat(60));
    await mkdir(deep, { mode: 0o700 });
    const window = (): Home => new Home(folder.at('home'), undefined, turns(deep));
    assert.equal(await isShared(window(), window()), true);
    assert.deepEqual(await readdir(deep), []);
  });
});
