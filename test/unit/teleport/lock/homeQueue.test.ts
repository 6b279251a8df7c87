import assert from 'node:assert/strict';
import { preemptedByWrite, HomeQueue } from '../../../../src/teleport/lock/homeQueue.ts';
import { gate } from '../../../support/temporaryFolder.ts';

/** A task that notes its begin and its end. It ends when the test calls `end` or when its signal aborts. */
class Task {
  readonly #notes: string[];
  readonly #name: string;
  readonly #end = gate();
  readonly started = gate();
  aborted: unknown;

  constructor(notes: string[], name: string) {
    this.#notes = notes;
    this.#name = name;
  }

  end(): void {
    this.#end.open();
  }

  readonly run = async (signal?: AbortSignal): Promise<string> => {
    this.#notes.push(`${this.#name} begins`);
    this.started.open();
    const stopped = new Promise<void>((resolve) => {
      const stop = (): void => {
        this.aborted = signal?.reason;
        resolve();
      };
      if (signal?.aborted) stop();
      signal?.addEventListener('abort', stop);
    });
    await Promise.race([this.#end.opened, stopped]);
    this.#notes.push(`${this.#name} ends`);
    if (signal?.aborted) throw new Error('ended early');
    return this.#name;
  };
}

describe('the turn on a home', () => {
  let queue: HomeQueue;
  let notes: string[];
  const task = (name: string): Task => new Task(notes, name);
  beforeEach(() => {
    queue = new HomeQueue();
    notes = [];
  });

  it('one call runs at a time, in the order asked', async () => {
    const [a, b, c] = [task('a'), task('b'), task('c')];
    const all = [queue.write(a.run), queue.read('b', b.run), queue.write(c.run)];
    for (const each of [c, b, a]) each.end();
    assert.deepEqual(await Promise.all(all), ['a', 'b', 'c']);
    assert.deepEqual(notes, ['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });

  it('goes on after a call that failed', async () => {
    const failing = queue.write(() => Promise.reject(new Error('no')));
    const next = queue.write(() => Promise.resolve('yes'));
    await assert.rejects(failing, /no/);
    assert.equal(await next, 'yes');
  });

  it('two who ask the same share one process', async () => {
    const a = task('a');
    const both = [queue.read('same', a.run), queue.read('same', task('never').run)];
    a.end();
    assert.deepEqual(await Promise.all(both), ['a', 'a']);
    assert.deepEqual(notes, ['a begins', 'a ends']);
  });

  it('who asks the same after it was answered is answered anew', async () => {
    const [a, b] = [task('a'), task('b')];
    a.end();
    b.end();
    assert.equal(await queue.read('same', a.run), 'a');
    assert.equal(await queue.read('same', b.run), 'b');
  });

  it('different questions are not mixed up', async () => {
    const [a, b] = [task('a'), task('b')];
    a.end();
    b.end();
    assert.deepEqual(await Promise.all([queue.read('one', a.run), queue.read('two', b.run)]), ['a', 'b']);
  });

  it('the same write twice is done twice', async () => {
    const [a, b] = [task('a'), task('a')];
    a.end();
    b.end();
    await Promise.all([queue.write(a.run), queue.write(b.run)]);
    assert.deepEqual(notes, ['a begins', 'a ends', 'a begins', 'a ends']);
  });

  it('who reads after a write is never given what was read before it', async () => {
    const [old, write, fresh] = [task('old'), task('write'), task('fresh')];
    const before = queue.read('same', old.run);
    const writing = queue.write(write.run);
    const after = queue.read('same', fresh.run);
    for (const each of [old, write, fresh]) each.end();
    assert.deepEqual(await Promise.all([before, writing, after]), ['old', 'write', 'fresh']);
  });

  it('one of two who ask leaves; the other is answered', async () => {
    const a = task('a');
    const leaving = new AbortController();
    const leavingCall = queue.read('same', a.run, { signal: leaving.signal });
    const stayingCall = queue.read('same', a.run);
    await a.started.opened;
    leaving.abort();
    await assert.rejects(leavingCall, { name: 'AbortError' });
    a.end();
    assert.equal(await stayingCall, 'a');
    assert.equal(a.aborted, undefined);
  });

  it('when the last one who asked leaves, the process ends', async () => {
    const a = task('a');
    const leaving = [new AbortController(), new AbortController()];
    const reads = leaving.map(({ signal }) => queue.read('same', a.run, { signal }));
    await a.started.opened;
    for (const each of leaving) each.abort();
    for (const each of reads) await assert.rejects(each);
    assert.notEqual(a.aborted, undefined);
    const again = task('again');
    again.end();
    assert.equal(await queue.read('same', again.run), 'again', 'nobody joins what was ended');
  });

  it('who had left before asking runs nothing that lasts', async () => {
    const a = task('a');
    await assert.rejects(queue.read('same', a.run, { signal: AbortSignal.abort() }));
    assert.equal(await queue.write(() => Promise.resolve('next')), 'next');
  });

  it('who leaves before a write began is not kept waiting, and nothing is written', async () => {
    const [a, never] = [task('a'), task('never')];
    const first = queue.write(a.run);
    const leaving = new AbortController();
    const leavingCall = queue.write(never.run, leaving.signal);
    const abortedWrite = queue.write(never.run, AbortSignal.abort());
    await assert.rejects(abortedWrite, { name: 'AbortError' });
    await a.started.opened;
    leaving.abort();
    await assert.rejects(leavingCall, { name: 'AbortError' });
    a.end();
    assert.equal(await first, 'a');
    assert.equal(await queue.write(() => Promise.resolve('next')), 'next');
    assert.deepEqual(notes, ['a begins', 'a ends']);
  });

  it('who leaves a write that has begun is told what came of it', async () => {
    const a = task('a');
    const leaving = new AbortController();
    const writing = queue.write(a.run, leaving.signal);
    await a.started.opened;
    leaving.abort();
    a.end();
    assert.equal(await writing, 'a');
  });

  it('a background read makes way for a write', async () => {
    const [read, write] = [task('read'), task('write')];
    const reading = queue.read('same', read.run, { background: true });
    reading.catch(() => undefined);
    await read.started.opened;
    const writing = queue.write(write.run);
    write.end();
    assert.equal(await writing, 'write');
    assert.equal(read.aborted, preemptedByWrite);
    await assert.rejects(reading);
  });

  it('a read that a person waits for does not make way, also when it began in the background', async () => {
    const [read, write] = [task('read'), task('write')];
    const reading = queue.read('same', read.run, { background: true });
    const userRead = queue.read('same', read.run);
    await read.started.opened;
    const writing = queue.write(write.run);
    read.end();
    write.end();
    assert.deepEqual(await Promise.all([reading, userRead, writing]), ['read', 'read', 'write']);
  });
});
