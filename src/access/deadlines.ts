import { endOf, type Elevation } from './elevation.ts';
import type { Instant } from './untrusted/untrusted.ts';

const second = 1_000;
const minute = 60 * second;

/** Urgency of the time left: `calm` before the warning period, `soon` in it, `last` in the last minute. */
export type Urgency = 'calm' | 'soon' | 'last';

/** The time left as a view shows it, and the instant at which the shown text changes next. */
export interface Countdown {
  readonly urgency: Urgency;
  /** Shown while calm, `seconds` after that. Both are rounded up, so 0 appears only at the end. */
  readonly minutes: number;
  readonly seconds: number;
  readonly nextChange: Instant;
}

/** Warning period before an elevation ends, in ms: ten minutes, or a third of its duration if shorter. */
export function warningPeriod(elevation: Elevation): number {
  const duration = elevation.since === undefined ? Infinity : endOf(elevation).at - elevation.since;
  // A start after the end means that the clock was wrong, so the duration is unknown.
  return Math.min(10 * minute, duration > 0 ? duration / 3 : Infinity);
}

/** A warning before an elevation ends: `soon` when the warning period begins, `last` a minute before. */
export type EndWarning = 'soon' | 'last';

/** The warning that is due for an elevation; undefined before the warning period and after the end. */
export function endWarningDue(elevation: Elevation, now: Instant): EndWarning | undefined {
  const left = endOf(elevation).at - now;
  if (left <= 0 || left > warningPeriod(elevation)) return undefined;
  return left > minute ? 'soon' : 'last';
}

/**
 * Computes the time left until `end`. Absolute instants keep it right after sleep, reload and clock changes.
 * @param secondsFrom how long before the end the countdown starts to show seconds, in ms
 */
export function countdown(now: Instant, end: Instant, secondsFrom: number): Countdown {
  const left = Math.max(0, end - now);
  const seconds = Math.ceil(left / second);
  const minutes = Math.ceil(left / minute);
  const urgency: Urgency = left > secondsFrom ? 'calm' : left > minute ? 'soon' : 'last';
  const step = urgency === 'calm' ? end - (minutes - 1) * minute : end - (seconds - 1) * second;
  const nextChange = left === 0 ? Infinity : urgency === 'calm' ? Math.min(step, end - secondsFrom) : step;
  return { urgency, minutes, seconds, nextChange };
}

/** The countdown to the end of an elevation. */
export function elevationCountdown(elevation: Elevation, now: Instant): Countdown {
  return countdown(now, endOf(elevation).at, warningPeriod(elevation));
}

/** Minutes left at which the text for screen readers changes. It stays the same in between. */
const milestones = [1, 5, 10];

/** The milestone passed most recently before `end`, in minutes; undefined before the first milestone. */
export function milestone(now: Instant, end: Instant): number | undefined {
  return milestones.find((minutes) => end - now <= minutes * minute);
}

/** The earliest of the instants after `now`, or Infinity if none is. */
export function earliestAfter(now: Instant, instants: readonly Instant[]): Instant {
  return Math.min(Infinity, ...instants.filter((instant) => instant > now));
}
