/** Where the user looks, in one window or in all windows together. It decides how often tsh is called. */
export interface Attention {
  /** The window has the focus. */
  readonly focused: boolean;
  /** A view of this extension is on screen. */
  readonly viewing: boolean;
}

const second = 1_000;

/** For this long after sending, a pending request is polled most often, in ms. */
const freshFor = 120 * second;

/** How often a pending request is polled, in ms, `waited` ms after it was sent. */
export function waitingInterval(attention: Attention, waited: number): number {
  if (!attention.focused) return 15 * second;
  return waited < freshFor ? 2 * second : 5 * second;
}

/**
 * How often the list of requests is read, in ms. Infinity when no view is visible and no reviewer wants
 * announcements of new requests.
 */
export function listInterval(attention: Attention, reviewing: boolean): number {
  return attention.viewing || reviewing ? 60 * second : Infinity;
}

/** The pause after `failures` failed polls in a row, in ms, so that a cluster that is down is not flooded. */
export function backOff(failures: number): number {
  return failures === 0 ? 0 : Math.min(60, 2 ** failures) * second;
}
