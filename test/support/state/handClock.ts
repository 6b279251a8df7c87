// A clock that tests advance by hand, with its timers.
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../../src/state/clock.ts';
import type { WatchdogTimers } from '../../../src/state/elevation/watchdogLoop.ts';
import { now, second } from '../samples.ts';

/**
 * Lets all promises settle that do not wait for time. Ten rounds of the event loop are enough, because these
 * tests use neither the disk nor processes.
 */
export async function settle(): Promise<void> {
  for (let round = 0; round < 10; round += 1) await setImmediate();
}

/** A clock whose time changes only when a test advances it. */
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

  /** The seconds until the next timer, or undefined when no timer is set. */
  get secondsToNext(): number | undefined {
    return this.#timers.length === 0
      ? undefined
      : (Math.min(...this.#timers.map(({ at }) => at)) - this.#now) / second;
  }

  /** Advances the time. Runs each timer that becomes due at its time. */
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

  /**
   * Moves the time without running timers, as when the computer's clock is changed or the computer sleeps.
   * The remaining time of the timers stays the same, because timers do not run during sleep.
   */
  jump(ms: number): void {
    this.#now += ms;
    this.#timers = this.#timers.map(({ at, task }) => ({ at: at + ms, task }));
  }
}

/** The timers of a watchdog. A test can read and run their tasks. */
export class HandTimers implements WatchdogTimers {
  /**
   * The task for a watchdog without connected windows, which drops access. Undefined when the timer is not
   * set.
   */
  graceTask: (() => void) | undefined;
  /** The check whether the elevation has ended, and its time. */
  endCheck: { readonly instant: number; readonly look: () => void } | undefined;

  readonly after = (_ms: number, task: () => void): (() => void) => {
    this.graceTask = task;
    return () => {
      this.graceTask = undefined;
    };
  };

  readonly at = (instant: number, look: () => void): (() => void) => {
    this.endCheck = { instant, look };
    return () => {
      this.endCheck = undefined;
    };
  };

  /** Runs the task as if the watchdog had been without windows for its whole grace. */
  runGraceTask(): void {
    const task = this.graceTask;
    this.graceTask = undefined;
    task?.();
  }
}
