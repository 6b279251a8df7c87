import assert from 'node:assert/strict';
import { preemptedByWrite, HomeQueue } from '../../../../src/teleport/lock/homeQueue.ts';
import { gate } from '../../../support/temporaryFolder.ts';

/** A task that ends when the test says so, or as soon as it is aborted; notes what it does. */
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
  let turn: HomeQueue;
  let notes: string[];
  const task = (name: string): Task => new Task(notes, name);
  beforeEach(() => {
    turn = new HomeQueue();
    notes = [];
  });

  it('one call runs at a time, in the order asked', async () => {
    const [a, b, c] = [task('a'), task('b'), task('c')];
    const all = [turn.write(a.run), turn.read('b', b.run), turn.write(c.run)];
    for (const one of [c, b, a]) one.end();
    assert.deepEqual(await Promise.all(all), ['a', 'b', 'c']);
    assert.deepEqual(notes, ['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });

  it('goes on after a call that failed', async () => {
    const failing = turn.write(() => Promise.reject(new Error('no')));
    const next = turn.write(() => Promise.resolve('yes'));
    await assert.rejects(failing, /no/);
    assert.equal(await next, 'yes');
  });

  it('two who ask the same share one process', async () => {
    const a = task('a');
    const both = [turn.read('same', a.run), turn.read('same', task('never').run)];
    a.end();
    assert.deepEqual(await Promise.all(both), ['a', 'a']);
    assert.deepEqual(notes, ['a begins', 'a ends']);
  });

  it('who asks the same after it was answered is answered anew', async () => {
    const [a, b] = [task('a'), task('b')];
    a.end();
    b.end();
    assert.equal(await turn.read('same', a.run), 'a');
    assert.equal(await turn.read('same', b.run), 'b');
  });

  it('different questions are not mixed up', async () => {
    const [a, b] = [task('a'), task('b')];
    a.end();
    b.end();
    assert.deepEqual(await Promise.all([turn.read('one', a.run), turn.read('two', b.run)]), ['a', 'b']);
  });

  it('the same write twice is done twice', async () => {
    const [a, b] = [task('a'), task('a')];
    a.end();
    b.end();
    await Promise.all([turn.write(a.run), turn.write(b.run)]);
    assert.deepEqual(notes, ['a begins', 'a ends', 'a begins', 'a ends']);
  });

  it('who reads after a write is never given what was read before it', async () => {
    const [old, write, fresh] = [task('old'), task('write'), task('fresh')];
    const before = turn.read('same', old.run);
    const writing = turn.write(write.run);
    const after = turn.read('same', fresh.run);
    for (const one of [old, write, fresh]) one.end();
    assert.deepEqual(await Promise.all([before, writing, after]), ['old', 'write', 'fresh']);
  });

  it('one of two who ask leaves; the other is answered', async () => {
    const a = task('a');
    const leaving = new AbortController();
    const left = turn.read('same', a.run, { signal: leaving.signal });
    const stays = turn.read('same', a.run);
    await a.started.opened;
    leaving.abort();
    await assert.rejects(left, { name: 'AbortError' });
    a.end();
    assert.equal(await stays, 'a');
    assert.equal(a.aborted, undefined);
  });

  it('when the last one who asked leaves, the process ends', async () => {
    const a = task('a');
    const leaving = [new AbortController(), new AbortController()];
    const asked = leaving.map(({ signal }) => turn.read('same', a.run, { signal }));
    await a.started.opened;
    for (const one of leaving) one.abort();
    for (const one of asked) await assert.rejects(one);
    assert.notEqual(a.aborted, undefined);
    const again = task('again');
    again.end();
    assert.equal(await turn.read('same', again.run), 'again', 'nobody joins what was ended');
  });

  it('who had left before asking runs nothing that lasts', async () => {
    const a = task('a');
    await assert.rejects(turn.read('same', a.run, { signal: AbortSignal.abort() }));
    assert.equal(await turn.write(() => Promise.resolve('next')), 'next');
  });

  it('who leaves before a write began is not kept waiting, and nothing is written', async () => {
    const [a, never] = [task('a'), task('never')];
    const first = turn.write(a.run);
    const leaving = new AbortController();
    const left = turn.write(never.run, leaving.signal);
    const early = turn.write(never.run, AbortSignal.abort());
    await assert.rejects(early, { name: 'AbortError' });
    await a.started.opened;
    leaving.abort();
    await assert.rejects(left, { name: 'AbortError' });
    a.end();
    assert.equal(await first, 'a');
    assert.equal(await turn.write(() => Promise.resolve('next')), 'next');
    assert.deepEqual(notes, ['a begins', 'a ends']);
  });

  it('who leaves a write that has begun is told what came of it', async () => {
    const a = task('a');
    const leaving = new AbortController();
    const writing = turn.write(a.run, leaving.signal);
    await a.started.opened;
    leaving.abort();
    a.end();
    assert.equal(await writing, 'a');
  });

  it('a background read makes way for a write', async () => {
    const [read, write] = [task('read'), task('write')];
    const reading = turn.read('same', read.run, { background: true });
    reading.catch(() => undefined);
    await read.started.opened;
    const writing = turn.write(write.run);
    write.end();
    assert.equal(await writing, 'write');
    assert.equal(read.aborted, preemptedByWrite);
    await assert.rejects(reading);
  });

  it('a read that a person waits for does not make way, also when it began in the background', async () => {
    const [read, write] = [task('read'), task('write')];
    const reading = turn.read('same', read.run, { background: true });
    const wanted = turn.read('same', read.run);
    await read.started.opened;
    const writing = turn.write(write.run);
    read.end();
    write.end();
    assert.deepEqual(await Promise.all([reading, wanted, writing]), ['read', 'read', 'write']);
  });
});
