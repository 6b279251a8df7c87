import { setImmediate } from 'node:timers/promises';

/** How long one piece of work may keep everything else waiting, in ms. */
const piece = 40;

/**
 * For long work: called often, it lets everything else run now and then.
 * @throws the signal's reason
 */
export function yieldRegularly(signal?: AbortSignal): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < piece) return;
    await setImmediate();
    signal?.throwIfAborted();
    since = performance.now();
  };
}
