import assert from 'node:assert/strict';
import { mkdir, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { connectToLock } from '../../../../src/teleport/lock/localSocket.ts';
import {
  fitsSocketPath,
  pipeName,
  pipeOf,
  takeLock,
  takeNamedPipe,
  type ProcessLock,
} from '../../../../src/teleport/lock/processLock.ts';
import { gate, until, useTemporaryFolder } from '../../../support/temporaryFolder.ts';
import type { OtherProcess } from '../../../support/processes/otherProcess.ts';
import { useOtherProcesses } from '../../../support/backgroundPrograms.ts';

describe('a seat for one process at a time', () => {
  const folder = useTemporaryFolder();
  const startProcess = useOtherProcesses();

  const path = (): string => folder.at('lock');
  const startHolder = (lock = path()): OtherProcess => startProcess('lockHolder.ts', lock);
  /** Records when the lock is taken, without waiting for it. */
  const observe = (lock: Promise<ProcessLock>): { isTaken: boolean; lock: Promise<ProcessLock> } => {
    const note = { isTaken: false, lock };
    void lock.then(
      () => (note.isTaken = true),
      () => undefined,
    );
    return note;
  };

  it('is free when nobody has it, and leaves nothing behind', async () => {
    for (let i = 0; i < 3; i++) (await takeLock(path())).release();
    assert.deepEqual(await readdir(folder.path), []);
  });

  it('who comes second waits until the first lets go', async () => {
    const urgentHeard = gate();
    const first = await takeLock(path(), { onUrgentWaiter: urgentHeard.open });
    const second = observe(takeLock(path(), { urgent: true }));
    const other = startHolder();
    const third = observe(takeLock(path()));
    await urgentHeard.opened;
    (await takeLock(folder.at('another'))).release();
    assert.equal(second.isTaken || third.isTaken || other.lines.length > 0, false);
    first.release();
    await Promise.all([
      second.lock.then((lock) => lock.release()),
      third.lock.then((lock) => lock.release()),
      other.waitForLine('taken').then(() => other.closeInput()),
    ]);
    assert.deepEqual(await readdir(folder.path), []);
  });

  it('never two at once, however many want it', async () => {
    let holders = 0;
    let maxHolders = 0;
    const holdLock = async (): Promise<void> => {
      for (let i = 0; i < 5; i++) {
        const lock = await takeLock(path(), { urgent: i % 2 === 0 });
        maxHolders = Math.max(maxHolders, ++holders);
        await new Promise(setImmediate);
        holders -= 1;
        lock.release();
      }
    };
    await Promise.all(Array.from({ length: 12 }, holdLock));
    assert.equal(maxHolders, 1);
  });

  it('is free at once when the process that has it is killed', async () => {
    const other = startHolder();
    await other.waitForLine('taken');
    const waiting = observe(takeLock(path(), { urgent: true }));
    await other.waitForLine('urgent');
    assert.equal(waiting.isTaken, false);
    await other.kill();
    (await waiting.lock).release();
    // The next process that takes the lock removes the file of the killed process.
    (await takeLock(path(), {})).release();
    await until(async () => (await readdir(folder.path)).length === 0);
  });

  it('what killed processes left is removed, while many want the seat', async () => {
    for (let i = 0; i < 3; i++) {
      const other = startHolder();
      await other.waitForLine('taken');
      await other.kill();
    }
    assert.equal((await readdir(folder.path)).length, 1, 'each removed what the one before had left');
    let holders = 0;
    const holdLock = async (): Promise<number> => {
      const lock = await takeLock(path());
      const at = ++holders;
      await new Promise(setImmediate);
      holders -= 1;
      lock.release();
      return at;
    };
    assert.deepEqual(await Promise.all(Array.from({ length: 6 }, holdLock)), [1, 1, 1, 1, 1, 1]);
    assert.deepEqual(await readdir(folder.path), []);
  });

  it('who waits can leave, and the others are not disturbed', async () => {
    const first = await takeLock(path());
    const leaving = new AbortController();
    const leavingWaiter = takeLock(path(), { signal: leaving.signal });
    const patientWaiter = takeLock(path());
    leaving.abort(new Error('left'));
    await assert.rejects(leavingWaiter, /left/);
    first.release();
    (await patientWaiter).release();
    await assert.rejects(takeLock(path(), { signal: AbortSignal.abort(new Error('before')) }), /before/);
    assert.deepEqual(await readdir(folder.path), []);
  });

  it('leaving while connected to the one who has it', async () => {
    const urgentHeard = gate();
    const first = await takeLock(path(), { onUrgentWaiter: urgentHeard.open });
    const leaving = new AbortController();
    const leavingWaiter = takeLock(path(), { signal: leaving.signal, urgent: true });
    await urgentHeard.opened;
    leaving.abort(new Error('left'));
    await assert.rejects(leavingWaiter, /left/);
    first.release();
    (await takeLock(path(), { signal: new AbortController().signal })).release();
  });

  it('a seat that was taken is not lost when its asker leaves later', async () => {
    const leaving = new AbortController();
    const urgentHeard = gate();
    const lock = await takeLock(path(), { signal: leaving.signal, onUrgentWaiter: urgentHeard.open });
    leaving.abort();
    const next = observe(takeLock(path(), { urgent: true }));
    await urgentHeard.opened;
    assert.equal(next.isTaken, false);
    lock.release();
    (await next.lock).release();
  });

  it('who has it hears that somebody cannot wait, in another process too; who can wait says nothing', async () => {
    const other = startHolder();
    await other.waitForLine('taken');
    const patient = observe(takeLock(path()));
    const urgent = observe(takeLock(path(), { urgent: true }));
    await other.waitForLine('urgent');
    assert.deepEqual(other.lines, ['taken', 'urgent']);
    await other.closeInput();
    const first = await Promise.race([patient.lock, urgent.lock]);
    first.release();
    await Promise.all([patient.lock, urgent.lock].map(async (lock) => (await lock).release()));
  });

  it('files, folders and links that lie where sockets do are nobody', async () => {
    const other = startHolder(folder.at('elsewhere'));
    await other.waitForLine('taken');
    const socketName =
      (await readdir(folder.path)).find((name) => name.startsWith('elsewhere.')) ?? assert.fail();
    await writeFile(folder.at('lock.000'), 'x');
    await mkdir(folder.at('lock.001'));
    await symlink(folder.at(socketName), folder.at('lock.002'));
    await symlink('/nowhere', folder.at('lock.003'));
    (await takeLock(path())).release();
    assert.deepEqual(
      (await readdir(folder.path)).filter((name) => name.startsWith('lock')),
      ['lock.000', 'lock.001', 'lock.002', 'lock.003'],
      'and none of ours to remove',
    );
  });

  it('a folder that is not there or cannot be written is a failure, not a wait', async () => {
    await assert.rejects(takeLock(folder.at('missing', 'lock')), { code: /^(ENOENT|EACCES)$/ });
    await assert.rejects(takeLock('/proc/lock'));
    await writeFile(folder.at('file'), '');
    await assert.rejects(takeLock(folder.at('file', 'lock')));
  });

  it('a path too long for a socket is refused, never cut', async () => {
    const long = folder.at('x'.repeat(85 - Buffer.byteLength(folder.path)));
    assert.equal(Buffer.byteLength(`${long}.0123456789abc`), 100);
    assert.equal(fitsSocketPath(long), false);
    assert.equal(fitsSocketPath(long.slice(1)), true);
    assert.equal(fitsSocketPath('ä'.repeat(43)), false, 'bytes count, not letters');
    await assert.rejects(takeLock(long), RangeError);
    (await takeLock(long.slice(0, -1))).release();
    assert.deepEqual(await readdir(folder.path), []);
  });

  it('on Windows it is a pipe: one name for a path however it is spelled, without the path in it', () => {
    const name = pipeName('C:\\Users\\Ana\\AppData\\Local\\jit-access\\locks\\a', 's');
    assert.match(name, /^\\\\\.\\pipe\\jit-access-[0-9a-f]{32}$/);
    assert.equal(pipeName('c:/users/ana/appdata/local/jit-access/locks/A', 's'), name);
    assert.notEqual(pipeName('C:\\Users\\Bob\\AppData\\Local\\jit-access\\locks\\a', 's'), name);
  });

  it('nobody who knows the path can make that pipe first: its name comes from a secret in our own folder', async () => {
    const path = folder.at('a');
    const names = await Promise.all([pipeOf(path), pipeOf(path), pipeOf(path)]);
    assert.equal(new Set(names).size, 1, 'all windows find the same pipe, also when they start at once');
    const [secret] = await readdir(folder.path);
    assert.deepEqual(await readdir(folder.path), [secret], 'no draft is left');
    assert.equal((await stat(folder.at(secret ?? ''))).mode & 0o777, 0o600);
    assert.notEqual(names[0], pipeName(path, ''));
    await rm(folder.at(secret ?? ''));
    assert.notEqual(await pipeOf(path), names[0], 'another folder has another secret');
  });

  // Abstract socket names on Linux behave like named pipes: they have one owner and end with its process.
  (process.platform === 'linux' ? describe : describe.skip)('by a name that ends with its process', () => {
    const name = (): string => `\0${folder.path}`;

    it('who comes second waits until the first lets go; who leaves, leaves', async () => {
      const urgentHeard = gate();
      const first = await takeNamedPipe(name(), { onUrgentWaiter: urgentHeard.open });
      const leaving = new AbortController();
      const leavingWaiter = takeNamedPipe(name(), { signal: leaving.signal });
      const second = observe(takeNamedPipe(name(), { urgent: true }));
      await urgentHeard.opened;
      leaving.abort(new Error('left'));
      await assert.rejects(leavingWaiter, /left/);
      assert.equal(second.isTaken, false);
      first.release();
      (await second.lock).release();
    });

    it('is free at once when the process that has it is killed', async () => {
      const other = startHolder(`@${folder.path}`);
      await other.waitForLine('taken');
      const waiting = observe(takeNamedPipe(name(), { urgent: true }));
      await other.waitForLine('urgent');
      assert.equal(waiting.isTaken, false);
      await other.kill();
      (await waiting.lock).release();
    });
  });

  it('one that listens but never answers is waited for, and can be left', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(folder.at('lock.0'), resolve));
    const asked = new Promise((resolve) => silent.once('connection', resolve));
    const leaving = new AbortController();
    const waiting = takeLock(path(), { signal: leaving.signal });
    await asked;
    leaving.abort(new Error('left'));
    await assert.rejects(waiting, /left/);
    silent.close();
  });

  it('a file whose process is gone is told from one that answers', async () => {
    const other = startHolder();
    await other.waitForLine('taken');
    const file = folder.at((await readdir(folder.path))[0] ?? '');
    const peer = await connectToLock(file);
    assert.ok(peer !== 'stale' && (await peer?.holdsLock) === true);
    await other.kill();
    assert.equal(await connectToLock(file), 'stale');
  });
});
