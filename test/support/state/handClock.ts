// A clock that tests turn, and the one timer on it.
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../../src/state/clock.ts';
import type { WatchdogTimers } from '../../../src/state/elevation/watchdogLoop.ts';
import { now, second } from '../samples.ts';

/** Lets everything that can go on without time go on. Nothing in these tests touches the disk or a process. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await setImmediate();
}

export class Time implements Clock {
  #now = now;
  #tasks: { readonly at: number; readonly task: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  readonly later = (ms: number, task: () => void): (() => void) => {
    const entry = { at: this.#now + ms, task };
    this.#tasks.push(entry);
    return () => {
      this.#tasks = this.#tasks.filter((one) => one !== entry);
    };
  };

  /** In how many seconds something happens by itself; undefined when nothing ever does. */
  get next(): number | undefined {
    return this.#tasks.length === 0
      ? undefined
      : (Math.min(...this.#tasks.map(({ at }) => at)) - this.#now) / second;
  }

  /** Lets time pass; what is due happens at its moment. */
  async pass(ms: number): Promise<void> {
    const until = this.#now + ms;
    await settle();
    for (;;) {
      const due = this.#tasks.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.#tasks = this.#tasks.filter((one) => one !== due);
      this.#now = Math.max(this.#now, due.at);
      due.task();
      await settle();
    }
    this.#now = until;
  }

  /** The computer's clock is changed, or it slept: timers go by how much time passed for them, which is none. */
  jump(ms: number): void {
    this.#now += ms;
    this.#tasks = this.#tasks.map(({ at, task }) => ({ at: at + ms, task }));
  }
}

/** The timers of a watchdog, which a test sees and lets ring. */
export class HandTimers implements WatchdogTimers {
  /** What is to happen when it stays alone; undefined while nothing is set to give back. */
  alone: (() => void) | undefined;
  /** When it looks whether the end has come, and how. */
  end: { readonly instant: number; readonly look: () => void } | undefined;

  readonly after = (_ms: number, task: () => void): (() => void) => {
    this.alone = task;
    return () => {
      this.alone = undefined;
    };
  };

  readonly at = (instant: number, look: () => void): (() => void) => {
    this.end = { instant, look };
    return () => {
      this.end = undefined;
    };
  };

  /** It has been alone for long enough. */
  ring(): void {
    this.alone?.();
  }
}
