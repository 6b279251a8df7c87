import { warningPeriod } from './deadlines.ts';
import { endOf, type Elevation } from './elevation.ts';
import type { Instant } from './untrusted/untrusted.ts';

/** A warning before an elevation ends: `soon` when the warning period begins, `last` a minute before. */
export type EndWarning = 'soon' | 'last';

const minute = 60_000;

/** The warning that is due for an elevation; undefined before the warning period and after the end. */
export function endWarningDue(elevation: Elevation, now: Instant): EndWarning | undefined {
  const left = endOf(elevation).at - now;
  if (left <= 0 || left > warningPeriod(elevation)) return undefined;
  return left > minute ? 'soon' : 'last';
}
