// A clock that tests turn, and the one timer on it.
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../../src/state/clock.ts';
import type { WatchdogTimers } from '../../../src/state/elevation/watchdogLoop.ts';
import { now, second } from '../samples.ts';

/** Lets everything that can go on without time go on. Nothing in these tests touches the disk or a process. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await setImmediate();
}

export class HandClock implements Clock {
  #now = now;
  #timers: { readonly at: number; readonly task: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  readonly later = (ms: number, task: () => void): (() => void) => {
    const entry = { at: this.#now + ms, task };
    this.#timers.push(entry);
    return () => {
      this.#timers = this.#timers.filter((each) => each !== entry);
    };
  };

  /** In how many seconds something happens by itself; undefined when nothing ever does. */
  get secondsToNext(): number | undefined {
    return this.#timers.length === 0
      ? undefined
      : (Math.min(...this.#timers.map(({ at }) => at)) - this.#now) / second;
  }

  /** Lets time pass; what is due happens at its moment. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    await settle();
    for (;;) {
      const due = this.#timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.#timers = this.#timers.filter((each) => each !== due);
      this.#now = Math.max(this.#now, due.at);
      due.task();
      await settle();
    }
    this.#now = until;
  }

  /** The computer's clock is changed, or it slept: timers go by how much time passed for them, which is none. */
  jump(ms: number): void {
    this.#now += ms;
    this.#timers = this.#timers.map(({ at, task }) => ({ at: at + ms, task }));
  }
}

/** The timers of a watchdog, which a test sees and lets ring. */
export class HandTimers implements WatchdogTimers {
  /** What is to happen when it stays alone; undefined while nothing is set to give back. */
  aloneTask: (() => void) | undefined;
  /** When it looks whether the end has come, and how. */
  endCheck: { readonly instant: number; readonly look: () => void } | undefined;

  readonly after = (_ms: number, task: () => void): (() => void) => {
    this.aloneTask = task;
    return () => {
      this.aloneTask = undefined;
    };
  };

  readonly at = (instant: number, look: () => void): (() => void) => {
    this.endCheck = { instant, look };
    return () => {
      this.endCheck = undefined;
    };
  };

  /** It has been alone for long enough. */
  runAloneTask(): void {
    this.aloneTask?.();
  }
}
