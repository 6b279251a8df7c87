import { setImmediate } from 'node:timers/promises';

/** How long a long computation may block the event loop, in ms. */
const longestBlock = 40;

/**
 * Returns a function that a long computation calls often. It yields to the event loop when the computation
 * has blocked it for too long.
 * @throws the signal's reason, from the returned function
 */
export function yieldRegularly(signal?: AbortSignal): () => Promise<void> {
  let lastYield = performance.now();
  return async () => {
    if (performance.now() - lastYield < longestBlock) return;
    await setImmediate();
    signal?.throwIfAborted();
    lastYield = performance.now();
  };
}
