/**
 * While an alarm is set, the clock is read this often, in ms, so that a jump of the clock is noticed in time.
 */
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
