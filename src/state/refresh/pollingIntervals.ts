/** What the person is looking at, in one window or in any; decides how often tsh is asked. */
export interface Attention {
  /** The window has the focus. */
  readonly focused: boolean;
  /** One of our views is on screen. */
  readonly viewing: boolean;
}

const second = 1_000;

/** How long after asking for a request it is looked at most often, in ms. */
const fresh = 120 * second;

/** How often a pending request is asked about, in ms, `waited` ms after it was sent. */
export function waitingInterval(attention: Attention, waited: number): number {
  if (!attention.focused) return 15 * second;
  return waited < fresh ? 2 * second : 5 * second;
}

/** How often the list is asked for, in ms: Infinity when nobody sees it, and nobody is to be told who asks for review. */
export function listInterval(attention: Attention, reviewing: boolean): number {
  return attention.viewing || reviewing ? 60 * second : Infinity;
}

/** The pause after `failures` failed questions in a row, in ms: the cluster is not hammered while it is down. */
export function backOff(failures: number): number {
  return failures === 0 ? 0 : Math.min(60, 2 ** failures) * second;
}
