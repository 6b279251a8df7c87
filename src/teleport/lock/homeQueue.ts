import type { LockOptions } from './processLock.ts';

/** The home's seat among all windows, while a task of ours runs. */
export interface HeldLock {
  /** Notes which process runs, for whoever takes the turn over; undefined once it has ended. */
  note(pid: number | undefined): void;
  release(): void;
}

/**
 * The turn on one home: its calls run one after another, because parallel tsh calls on a home fail.
 * Reads of the same name that still wait are joined; writes never are, and a write aborts a background read, also one
 * of another window.
 */
export class HomeQueue {
  readonly #take: ((wanting: LockOptions) => Promise<HeldLock>) | undefined;
  #last: Promise<unknown> = Promise.resolve();
  readonly #waiting = new Map<string, Read<unknown>>();
  #held: HeldLock | undefined;

  /** @param take waits for the turn among all windows; left out where there is only this one */
  constructor(take?: (wanting: LockOptions) => Promise<HeldLock>) {
    this.#take = take;
  }

  /**
   * Runs a write when its turn comes; a background read in progress makes way.
   * @param signal leaves while waiting; a task that has begun is its own to end
   */
  write<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    for (const read of this.#waiting.values()) if (read.background) read.stop.abort(writeGoesFirst);
    // Who reads after this write must not be handed what was read before it.
    this.#waiting.clear();
    if (!signal) return this.#append(task, { hurry: true });
    return new Promise((resolve, reject) => {
      const leave = (): void => reject(signal.reason as Error);
      if (signal.aborted) leave();
      signal.addEventListener('abort', leave, { once: true });
      const begin = (): Promise<T> => {
        signal.throwIfAborted();
        signal.removeEventListener('abort', leave);
        return task();
      };
      this.#append(begin, { signal, hurry: true }).then(resolve, reject);
    });
  }

  /**
   * Runs a read when its turn comes, or joins one of the same name.
   * @param signal leaves the read; the process ends when the last one who asked has left
   */
  read<T>(
    name: string,
    task: (signal: AbortSignal) => Promise<T>,
    { signal, background = false }: { signal?: AbortSignal | undefined; background?: boolean } = {},
  ): Promise<T> {
    const joined = this.#waiting.get(name) as Read<T> | undefined;
    const read = joined && !joined.stop.signal.aborted ? joined : this.#start(name, task);
    read.background &&= background;
    return read.join(signal);
  }

  /** Notes the process of the task that has the turn; undefined once it has ended. */
  note(pid: number | undefined): void {
    this.#held?.note(pid);
  }

  #start<T>(name: string, task: (signal: AbortSignal) => Promise<T>): Read<T> {
    const stop = new AbortController();
    const onHurry = (): void => {
      if (read.background) stop.abort(writeGoesFirst);
    };
    const read = new Read<T>(
      stop,
      this.#append(() => task(stop.signal), { signal: stop.signal, onHurry }).finally(() => {
        if (this.#waiting.get(name) === read) this.#waiting.delete(name);
      }),
    );
    this.#waiting.set(name, read);
    return read;
  }

  #append<T>(task: () => Promise<T>, wanting: LockOptions): Promise<T> {
    const next = this.#last.then(() => this.#run(task, wanting));
    this.#last = next.catch(() => undefined);
    return next;
  }

  async #run<T>(task: () => Promise<T>, wanting: LockOptions): Promise<T> {
    // Access must not be lost because of a lock: where none can be had, calls are serial in this window only.
    // A read that was left while it waited says so itself: its signal ends it before it begins.
    if (!wanting.signal?.aborted) this.#held = await this.#take?.(wanting).catch(() => undefined);
    try {
      return await task();
    } finally {
      this.#held?.release();
      this.#held = undefined;
    }
  }
}

/** Why a background read was ended. */
export const writeGoesFirst = 'a write goes first';

class Read<T> {
  readonly stop: AbortController;
  readonly #result: Promise<T>;
  #askers = 0;
  /** True while nobody in the foreground waits for it. */
  background = true;

  constructor(stop: AbortController, result: Promise<T>) {
    this.stop = stop;
    this.#result = result;
    result.catch(() => undefined);
  }

  /** Waits with the others; leaving ends the read only when nobody else waits. */
  join(signal: AbortSignal | undefined): Promise<T> {
    this.#askers += 1;
    if (!signal) return this.#result;
    return new Promise<T>((resolve, reject) => {
      const leave = (): void => {
        this.#askers -= 1;
        if (this.#askers === 0) this.stop.abort();
        reject(signal.reason as Error);
      };
      if (signal.aborted) {
        leave();
        return;
      }
      signal.addEventListener('abort', leave, { once: true });
      this.#result.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
    });
  }
}
