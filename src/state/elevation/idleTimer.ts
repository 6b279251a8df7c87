const minute = 60_000;

/** Measures how long a window has been idle. */
export class IdleTimer {
  readonly #later: (ms: number, task: () => void) => () => void;
  readonly #minutes: () => number;
  readonly #onIdle: () => void;
  #cancel: () => void = () => undefined;

  /**
   * @param later runs a task after `ms`; the returned function cancels it
   * @param minutes the idle time in minutes; 0 for never
   * @param onIdle called once when the time has passed without activity
   */
  constructor(
    later: (ms: number, task: () => void) => () => void,
    minutes: () => number,
    onIdle: () => void,
  ) {
    this.#later = later;
    this.#minutes = minutes;
    this.#onIdle = onIdle;
  }

  /** Called when the user becomes active or inactive in the window. */
  setActive(active: boolean): void {
    this.#cancel();
    const minutes = this.#minutes();
    if (!active && minutes > 0) this.#cancel = this.#later(minutes * minute, this.#onIdle);
  }

  dispose(): void {
    this.#cancel();
  }
}
