/** A resource that can be ended, such as a listener, a watcher or a timer. A second `dispose` does nothing. */
export interface Disposable {
  dispose(): void;
}

/** Registers a listener. @returns removes that listener, and no other */
export type Event<T> = (listener: (value: T) => unknown) => Disposable;

/**
 * An event with any number of listeners, each removable: the contract of VS Code's events, without VS Code.
 */
export class Emitter<T = void> {
  readonly #listeners = new Set<(value: T) => unknown>();

  readonly event: Event<T> = (listener) => {
    // Each registration gets its own function, because the same listener may be registered twice.
    const registered = (value: T): unknown => listener(value);
    this.#listeners.add(registered);
    return { dispose: () => this.#listeners.delete(registered) };
  };

  /** Calls every listener, in the order of registration. */
  fire(value: T): void {
    for (const listener of [...this.#listeners]) void listener(value);
  }

  /** Calls every listener and resolves when all have finished. @throws what a listener throws */
  async fireAndWait(value: T): Promise<void> {
    await Promise.all([...this.#listeners].map((listener) => listener(value)));
  }
}
