const minute = 60_000;

/** Counts how long nobody has been at a window. */
export class IdleTimer {
  readonly #later: (ms: number, task: () => void) => () => void;
  readonly #minutes: () => number;
  readonly #idle: () => void;
  #cancel: () => void = () => undefined;

  /**
   * @param later calls back after so many ms; the returned function cancels
   * @param minutes after how many the window is idle; 0 for never
   * @param idle told once, until somebody has been there again
   */
  constructor(later: (ms: number, task: () => void) => () => void, minutes: () => number, idle: () => void) {
    this.#later = later;
    this.#minutes = minutes;
    this.#idle = idle;
  }

  /** Somebody is at the window now, or nobody is any more. */
  attend(active: boolean): void {
    this.#cancel();
    const minutes = this.#minutes();
    if (!active && minutes > 0) this.#cancel = this.#later(minutes * minute, this.#idle);
  }

  stop(): void {
    this.#cancel();
  }
}
