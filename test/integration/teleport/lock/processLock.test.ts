import assert from 'node:assert/strict';
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { connectToLock } from '../../../../src/teleport/lock/localSocket.ts';
import {
  fitsSocketPath,
  pipeName,
  takeLock,
  takeNamedPipe,
  type ProcessLock,
} from '../../../../src/teleport/lock/processLock.ts';
import { TemporaryFolder, gate, until } from '../../../support/temporaryFolder.ts';
import { OtherProcess } from '../../../support/processes/otherProcess.ts';

describe('a seat for one process at a time', function () {
  this.timeout(20_000);
  let folder: TemporaryFolder;
  let others: OtherProcess[];
  beforeEach(async () => {
    folder = await TemporaryFolder.open();
    others = [];
  });
  afterEach(async () => {
    await Promise.all(others.map((other) => other.kill()));
    await folder.close();
  });

  const path = (): string => folder.at('seat');
  const sitter = (...args: readonly string[]): OtherProcess => {
    const other = new OtherProcess('lockHolder.ts', ...(args.length > 0 ? args : [path()]));
    others.push(other);
    return other;
  };
  /** Notes when a seat is there, without waiting for it. */
  const noted = (seat: Promise<ProcessLock>): { taken: boolean; seat: Promise<ProcessLock> } => {
    const note = { taken: false, seat };
    void seat.then(
      () => (note.taken = true),
      () => undefined,
    );
    return note;
  };

  it('is free when nobody has it, and leaves nothing behind', async () => {
    for (let i = 0; i < 3; i++) (await takeLock(path())).release();
    assert.deepEqual(await readdir(folder.path), []);
  });

  it('who comes second waits until the first lets go', async () => {
    const heard = gate();
    const first = await takeLock(path(), { onUrgentWaiter: heard.open });
    const second = noted(takeLock(path(), { urgent: true }));
    const other = sitter();
    const third = noted(takeLock(path()));
    await heard.opened;
    (await takeLock(folder.at('another'))).release();
    assert.equal(second.taken || third.taken || other.lines.length > 0, false);
    first.release();
    await Promise.all([
      second.seat.then((seat) => seat.release()),
      third.seat.then((seat) => seat.release()),
      other.waitForLine('taken').then(() => other.closeInput()),
    ]);
    assert.deepEqual(await readdir(folder.path), []);
  });

  it('never two at once, however many want it', async () => {
    let sitting = 0;
    let most = 0;
    const sit = async (): Promise<void> => {
      for (let i = 0; i < 5; i++) {
        const seat = await takeLock(path(), { urgent: i % 2 === 0 });
        most = Math.max(most, ++sitting);
        await new Promise(setImmediate);
        sitting -= 1;
        seat.release();
      }
    };
    await Promise.all(Array.from({ length: 12 }, sit));
    assert.equal(most, 1);
  });

  it('is free at once when the process that has it is killed', async () => {
    const other = sitter();
    await other.waitForLine('taken');
    const mine = noted(takeLock(path(), { urgent: true }));
    await other.waitForLine('hurried');
    assert.equal(mine.taken, false);
    await other.kill();
    (await mine.seat).release();
    // Its file goes too, removed by whoever looks at it next.
    (await takeLock(path(), {})).release();
    await until(async () => (await readdir(folder.path)).length === 0);
  });

  it('what killed processes left is removed, while many want the seat', async () => {
    for (let i = 0; i < 3; i++) {
      const other = sitter();
      await other.waitForLine('taken');
      await other.kill();
    }
    assert.equal((await readdir(folder.path)).length, 1, 'each removed what the one before had left');
    let sitting = 0;
    const sit = async (): Promise<number> => {
      const seat = await takeLock(path());
      const at = ++sitting;
      await new Promise(setImmediate);
      sitting -= 1;
      seat.release();
      return at;
    };
    assert.deepEqual(await Promise.all(Array.from({ length: 6 }, sit)), [1, 1, 1, 1, 1, 1]);
    assert.deepEqual(await readdir(folder.path), []);
  });

  it('who waits can leave, and the others are not disturbed', async () => {
    const first = await takeLock(path());
    const leaving = new AbortController();
    const left = takeLock(path(), { signal: leaving.signal });
    const stays = takeLock(path());
    leaving.abort(new Error('left'));
    await assert.rejects(left, /left/);
    first.release();
    (await stays).release();
    await assert.rejects(takeLock(path(), { signal: AbortSignal.abort(new Error('before')) }), /before/);
    assert.deepEqual(await readdir(folder.path), []);
  });

  it('leaving while connected to the one who has it', async () => {
    const heard = gate();
    const first = await takeLock(path(), { onUrgentWaiter: heard.open });
    const leaving = new AbortController();
    const left = takeLock(path(), { signal: leaving.signal, urgent: true });
    await heard.opened;
    leaving.abort(new Error('left'));
    await assert.rejects(left, /left/);
    first.release();
    (await takeLock(path(), { signal: new AbortController().signal })).release();
  });

  it('a seat that was taken is not lost when its asker leaves later', async () => {
    const leaving = new AbortController();
    const heard = gate();
    const seat = await takeLock(path(), { signal: leaving.signal, onUrgentWaiter: heard.open });
    leaving.abort();
    const next = noted(takeLock(path(), { urgent: true }));
    await heard.opened;
    assert.equal(next.taken, false);
    seat.release();
    (await next.seat).release();
  });

  it('who has it hears that somebody cannot wait, in another process too; who can wait says nothing', async () => {
    const other = sitter();
    await other.waitForLine('taken');
    const patient = noted(takeLock(path()));
    const hurried = noted(takeLock(path(), { urgent: true }));
    await other.waitForLine('hurried');
    assert.deepEqual(other.lines, ['taken', 'hurried']);
    await other.closeInput();
    const first = await Promise.race([patient.seat, hurried.seat]);
    first.release();
    await Promise.all([patient.seat, hurried.seat].map(async (seat) => (await seat).release()));
  });

  it('files, folders and links that lie where sockets do are nobody', async () => {
    const other = sitter(folder.at('elsewhere'));
    await other.waitForLine('taken');
    const live = (await readdir(folder.path)).find((name) => name.startsWith('elsewhere.')) ?? assert.fail();
    await writeFile(folder.at('seat.000'), 'x');
    await mkdir(folder.at('seat.001'));
    await symlink(folder.at(live), folder.at('seat.002'));
    await symlink('/nowhere', folder.at('seat.003'));
    (await takeLock(path())).release();
    assert.deepEqual(
      (await readdir(folder.path)).filter((name) => name.startsWith('seat')),
      ['seat.000', 'seat.001', 'seat.002', 'seat.003'],
      'and none of ours to remove',
    );
  });

  it('a folder that is not there or cannot be written is a failure, not a wait', async () => {
    await assert.rejects(takeLock(folder.at('missing', 'seat')), { code: /^(ENOENT|EACCES)$/ });
    await assert.rejects(takeLock('/proc/seat'));
    await writeFile(folder.at('file'), '');
    await assert.rejects(takeLock(folder.at('file', 'seat')));
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
    const name = pipeName('C:\\Users\\Ana\\AppData\\Local\\jit-access\\turns\\a');
    assert.match(name, /^\\\\\.\\pipe\\jit-access-[0-9a-f]{32}$/);
    assert.equal(pipeName('c:/users/ana/appdata/local/jit-access/turns/A'), name);
    assert.notEqual(pipeName('C:\\Users\\Bob\\AppData\\Local\\jit-access\\turns\\a'), name);
  });

  // Linux' abstract names behave as pipes do: one owner, and gone with it.
  (process.platform === 'linux' ? describe : describe.skip)('by a name that ends with its process', () => {
    const name = (): string => `\0${folder.path}`;

    it('who comes second waits until the first lets go; who leaves, leaves', async () => {
      const heard = gate();
      const first = await takeNamedPipe(name(), { onUrgentWaiter: heard.open });
      const leaving = new AbortController();
      const left = takeNamedPipe(name(), { signal: leaving.signal });
      const second = noted(takeNamedPipe(name(), { urgent: true }));
      await heard.opened;
      leaving.abort(new Error('left'));
      await assert.rejects(left, /left/);
      assert.equal(second.taken, false);
      first.release();
      (await second.seat).release();
    });

    it('is free at once when the process that has it is killed', async () => {
      const other = sitter(`@${folder.path}`);
      await other.waitForLine('taken');
      const mine = noted(takeNamedPipe(name(), { urgent: true }));
      await other.waitForLine('hurried');
      assert.equal(mine.taken, false);
      await other.kill();
      (await mine.seat).release();
    });
  });

  it('one that listens but never answers is waited for, and can be left', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(folder.at('seat.0'), resolve));
    const asked = new Promise((resolve) => silent.once('connection', resolve));
    const leaving = new AbortController();
    const waiting = takeLock(path(), { signal: leaving.signal });
    await asked;
    leaving.abort(new Error('left'));
    await assert.rejects(waiting, /left/);
    silent.close();
  });

  it('a file whose process is gone is told from one that answers', async () => {
    const other = sitter();
    await other.waitForLine('taken');
    const file = folder.at((await readdir(folder.path))[0] ?? '');
    const peer = await connectToLock(file);
    assert.ok(peer !== 'stale' && (await peer?.holdsLock) === true);
    await other.kill();
    assert.equal(await connectToLock(file), 'stale');
  });
});
