import { lastPart } from './deadlines.ts';
import { endOf, type Elevation } from './elevation.ts';
import type { Instant } from './text/untrusted.ts';

/** A moment before the end at which the person hears of it: when the last part begins, and a minute before. */
export type Notice = 'soon' | 'last';

const minute = 60_000;

/** Which notice an elevation has reached; undefined before the first, and after the end. */
export function noticeDue(elevation: Elevation, now: Instant): Notice | undefined {
  const left = endOf(elevation).at - now;
  if (left <= 0 || left > lastPart(elevation)) return undefined;
  return left > minute ? 'soon' : 'last';
}
