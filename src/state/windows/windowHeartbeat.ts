/** How often the window is asked for an answer, and how long it may take, in ms. */
const usual = { every: 5_000, limit: 5_000 };

/**
 * Whether the part of this window that a person sees still answers. When a browser crashes, this process lives on for
 * hours, still says that it has the focus, and whatever is shown in it nobody sees.
 */
export class WindowHeartbeat {
  readonly #roundTrip: () => PromiseLike<unknown>;
  readonly #timing: typeof usual;
  readonly #listeners = new Set<(answers: boolean) => void>();
  #answers = false;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  /** @param roundTrip asks the window for anything; may never settle */
  constructor(roundTrip: () => PromiseLike<unknown>, timing = usual) {
    this.#roundTrip = roundTrip;
    this.#timing = timing;
  }

  /** Whether it answered when it was last asked; false until it was. */
  get alive(): boolean {
    return this.#answers;
  }

  /** Calls back when it stops answering, and when it does again; the returned function ends that. */
  onChange(listener: (answers: boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  start(): void {
    const { every, limit } = this.#timing;
    const next = (): void => {
      if (!this.#stopped) this.#timer = setTimeout(() => this.start(), every);
    };
    this.#timer = setTimeout(() => this.#set(false), limit);
    // One question at a time: what does not answer is not asked again before it has.
    this.#ask().then((answered) => {
      clearTimeout(this.#timer);
      this.#set(answered);
      next();
    }, next);
  }

  /** Whether it answers just now, within so many ms. */
  async now(limit: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), limit);
    });
    return Promise.race([this.#ask(), late]).finally(() => clearTimeout(timer));
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#set(false);
  }

  async #ask(): Promise<boolean> {
    try {
      await this.#roundTrip();
      return true;
    } catch {
      return false;
    }
  }

  #set(answers: boolean): void {
    const now = answers && !this.#stopped;
    if (now === this.#answers) return;
    this.#answers = now;
    for (const listener of [...this.#listeners]) listener(now);
  }
}
