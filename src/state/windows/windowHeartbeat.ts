import { Emitter } from '../emitter.ts';

/** How often the window is checked, and how long its answer may take, in ms. */
const defaultTiming = { every: 5_000, limit: 5_000 };

/**
 * Checks whether the visible part of this window still answers. After a browser crash the extension host
 * lives on for hours and still reports that the window has the focus, but the user sees nothing of what it
 * shows.
 */
export class WindowHeartbeat {
  readonly #roundTrip: () => PromiseLike<unknown>;
  readonly #timing: typeof defaultTiming;
  readonly #changed = new Emitter<boolean>();
  /** Fires when the window stops answering (false), and when it answers again (true). */
  readonly onDidChange = this.#changed.event;
  #alive = false;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  /** @param roundTrip calls the window and resolves with its answer; it may never settle */
  constructor(roundTrip: () => PromiseLike<unknown>, timing = defaultTiming) {
    this.#roundTrip = roundTrip;
    this.#timing = timing;
  }

  /** Whether the window answered the last check; false before the first check. */
  get alive(): boolean {
    return this.#alive;
  }

  /** Starts the checks, at once and then every 5 s. `dispose` ends them. */
  start(): void {
    const { every, limit } = this.#timing;
    const next = (): void => {
      if (!this.#stopped) this.#timer = setTimeout(() => this.start(), every);
    };
    this.#timer = setTimeout(() => this.#set(false), limit);
    // The next check waits for the answer to this one, so that checks do not pile up in a window that hangs.
    this.#check().then((answered) => {
      clearTimeout(this.#timer);
      this.#set(answered);
      next();
    }, next);
  }

  /** Checks the window now. @returns whether it answered within `limit` ms */
  async checkNow(limit: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), limit);
    });
    return Promise.race([this.#check(), late]).finally(() => clearTimeout(timer));
  }

  /** Ends the checks. The window then counts as one that does not answer. */
  dispose(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#set(false);
  }

  async #check(): Promise<boolean> {
    try {
      await this.#roundTrip();
      return true;
    } catch {
      return false;
    }
  }

  #set(answered: boolean): void {
    const alive = answered && !this.#stopped;
    if (alive === this.#alive) return;
    this.#alive = alive;
    this.#changed.fire(alive);
  }
}
