import type { LockOptions } from './processLock.ts';

/** The lock on a home between processes, held while a task of this process runs. */
export interface HeldLock {
  /**
   * Records the running tsh process, so that the next holder can end it if this window is killed.
   * @param pid undefined once the process has ended
   */
  recordProcess(pid: number | undefined): void;
  release(): void;
}

/**
 * The queue of the calls on one home. Calls run one after another, because parallel tsh calls on a home fail.
 * Waiting reads with the same name share one call; writes never do. A write aborts a background read, also a
 * read in another window.
 */
export class HomeQueue {
  readonly #takeLock: ((options: LockOptions) => Promise<HeldLock>) | undefined;
  #last: Promise<unknown> = Promise.resolve();
  readonly #waitingReads = new Map<string, Read<unknown>>();
  #lock: HeldLock | undefined;

  /** @param takeLock takes the lock between processes; omitted for a home that no other process uses */
  constructor(takeLock?: (options: LockOptions) => Promise<HeldLock>) {
    this.#takeLock = takeLock;
  }

  /**
   * Queues a write. A background read in progress is aborted.
   * @param signal cancels the write while it waits; a task that has started must handle the signal itself
   */
  write<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    for (const read of this.#waitingReads.values()) if (read.background) read.stop.abort(preemptedByWrite);
    // A read after this write must not share the result of a read from before it.
    this.#waitingReads.clear();
    if (!signal) return this.#append(task, { urgent: true });
    return new Promise((resolve, reject) => {
      const cancel = (): void => reject(signal.reason as Error);
      if (signal.aborted) cancel();
      signal.addEventListener('abort', cancel, { once: true });
      const start = (): Promise<T> => {
        signal.throwIfAborted();
        signal.removeEventListener('abort', cancel);
        return task();
      };
      this.#append(start, { signal, urgent: true }).then(resolve, reject);
    });
  }

  /**
   * Queues a read, or joins a waiting read with the same name.
   * @param signal cancels this call only; the process is ended when all joined calls are cancelled
   * @param background lets writes abort the read
   */
  read<T>(
    name: string,
    task: (signal: AbortSignal) => Promise<T>,
    { signal, background = false }: { signal?: AbortSignal | undefined; background?: boolean } = {},
  ): Promise<T> {
    const waiting = this.#waitingReads.get(name) as Read<T> | undefined;
    const read = waiting && !waiting.stop.signal.aborted ? waiting : this.#startRead(name, task);
    read.background &&= background;
    return read.join(signal);
  }

  /**
   * Records the process of the running task beside the lock.
   * @param pid undefined once the process has ended
   */
  recordProcess(pid: number | undefined): void {
    this.#lock?.recordProcess(pid);
  }

  #startRead<T>(name: string, task: (signal: AbortSignal) => Promise<T>): Read<T> {
    const stop = new AbortController();
    const onUrgentWaiter = (): void => {
      if (read.background) stop.abort(preemptedByWrite);
    };
    const read = new Read<T>(
      stop,
      this.#append(() => task(stop.signal), { signal: stop.signal, onUrgentWaiter }).finally(() => {
        if (this.#waitingReads.get(name) === read) this.#waitingReads.delete(name);
      }),
    );
    this.#waitingReads.set(name, read);
    return read;
  }

  #append<T>(task: () => Promise<T>, options: LockOptions): Promise<T> {
    const next = this.#last.then(() => this.#run(task, options));
    this.#last = next.catch(() => undefined);
    return next;
  }

  async #run<T>(task: () => Promise<T>, options: LockOptions): Promise<T> {
    // A missing lock must not block access: if it cannot be taken, calls are serial in this window only.
    // A read that was cancelled while it waited needs no lock: its own signal ends it at once.
    if (!options.signal?.aborted) this.#lock = await this.#takeLock?.(options).catch(() => undefined);
    try {
      return await task();
    } finally {
      this.#lock?.release();
      this.#lock = undefined;
    }
  }
}

/** The abort reason of a background read when a write aborts it. */
export const preemptedByWrite = 'a write goes first';

/** A waiting or running read, shared by all callers that joined it. */
class Read<T> {
  readonly stop: AbortController;
  readonly #result: Promise<T>;
  #callers = 0;
  /** True while no foreground call waits for the read. */
  background = true;

  constructor(stop: AbortController, result: Promise<T>) {
    this.stop = stop;
    this.#result = result;
    result.catch(() => undefined);
  }

  /** Waits for the shared result. Aborting the signal ends the read only when no other caller waits. */
  join(signal: AbortSignal | undefined): Promise<T> {
    this.#callers += 1;
    if (!signal) return this.#result;
    return new Promise<T>((resolve, reject) => {
      const cancel = (): void => {
        this.#callers -= 1;
        if (this.#callers === 0) this.stop.abort();
        reject(signal.reason as Error);
      };
      if (signal.aborted) {
        cancel();
        return;
      }
      signal.addEventListener('abort', cancel, { once: true });
      this.#result.then(resolve, reject).finally(() => signal.removeEventListener('abort', cancel));
    });
  }
}
