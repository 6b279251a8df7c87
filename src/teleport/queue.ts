/**
 * The turn on one home: its calls run one after another, because parallel tsh calls on a home fail.
 * Reads of the same name that still wait are joined; writes never are, and a write aborts a background read.
 */
export class Turn {
  #last: Promise<unknown> = Promise.resolve();
  readonly #waiting = new Map<string, Read<unknown>>();

  /** Runs a write when its turn comes; a background read in progress makes way. */
  write<T>(task: () => Promise<T>): Promise<T> {
    for (const read of this.#waiting.values()) if (read.background) read.stop.abort(makeWay);
    // Who reads after this write must not be handed what was read before it.
    this.#waiting.clear();
    return this.#append(task);
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

  #start<T>(name: string, task: (signal: AbortSignal) => Promise<T>): Read<T> {
    const stop = new AbortController();
    const read = new Read<T>(
      stop,
      this.#append(() => task(stop.signal)).finally(() => {
        if (this.#waiting.get(name) === read) this.#waiting.delete(name);
      }),
    );
    this.#waiting.set(name, read);
    return read;
  }

  #append<T>(task: () => Promise<T>): Promise<T> {
    const next = this.#last.then(task);
    this.#last = next.catch(() => undefined);
    return next;
  }
}

/** Why a background read was ended. */
export const makeWay = 'a write goes first';

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
