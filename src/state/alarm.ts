/** How often the clock is read while a task waits, in ms, so that a jump of the clock is noticed in time. */
const readEvery = 1_000;

/**
 * Runs a task when the clock has reached an instant, or when as much real time has passed. So the task runs
 * in time after the machine slept, and also after the clock was set back.
 * @param at the instant; Infinity sets no alarm
 * @returns a function that cancels the alarm
 */
export function alarm(now: () => number, at: number, task: () => void): () => void {
  if (at === Infinity) return () => undefined;
  const started = performance.now();
  const wait = at - now();
  let timer: NodeJS.Timeout;
  const check = (): void => {
    const left = Math.min(at - now(), wait - (performance.now() - started));
    if (left <= 0) task();
    else timer = setTimeout(check, Math.min(left, readEvery));
  };
  timer = setTimeout(check, Math.max(0, Math.min(wait, readEvery)));
  return () => clearTimeout(timer);
}

/** The time and the timers of `afterAwake`, both in ms. `later` returns a function that cancels the timer. */
export interface RealTime {
  readonly now: () => number;
  readonly later: (ms: number, task: () => void) => () => void;
}

const realTime: RealTime = {
  now: () => performance.now(),
  later: (ms, task) => {
    const timer = setTimeout(task, ms);
    return () => clearTimeout(timer);
  },
};

/**
 * Runs a task after `ms` in which this process could run. Time that passed while the machine slept, or while
 * it was too busy to run this process, does not count, because other processes could not run then either.
 * @returns a function that cancels the task
 */
export function afterAwake(ms: number, task: () => void, { now, later }: RealTime = realTime): () => void {
  const started = now();
  let cancel = later(Math.min(ms, readEvery), () => {
    const left = ms - Math.min(now() - started, 2 * readEvery);
    if (left <= 0) task();
    else cancel = afterAwake(left, task, { now, later });
  });
  return () => cancel();
}
