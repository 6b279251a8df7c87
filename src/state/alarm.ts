/** How far time may jump unnoticed, in ms: while something is due, the clock is read this often. */
const glance = 1_000;

/**
 * Calls back when the clock has reached an instant, or when as much real time has passed: so a machine that slept is
 * on time, and a clock that is set back does not stop anything.
 * @param at may be Infinity: nothing is due
 * @returns cancels
 */
export function alarm(now: () => number, at: number, task: () => void): () => void {
  if (at === Infinity) return () => undefined;
  const started = performance.now();
  const wait = at - now();
  let timer: NodeJS.Timeout;
  const look = (): void => {
    const left = Math.min(at - now(), wait - (performance.now() - started));
    if (left <= 0) task();
    else timer = setTimeout(look, Math.min(left, glance));
  };
  timer = setTimeout(look, Math.max(0, Math.min(wait, glance)));
  return () => clearTimeout(timer);
}
