import { endOf, type Elevation } from './elevation.ts';
import type { Instant } from './text/untrusted.ts';

const second = 1_000;
const minute = 60 * second;

/** How loud the time left is shown. */
export type Urgency = 'calm' | 'soon' | 'last';

/** Time left as it is shown, and the instant at which what is shown changes. */
export interface Countdown {
  readonly urgency: Urgency;
  /** Whole minutes (calm), else whole seconds; both rounded up, so that 0 is only shown at the end. */
  readonly minutes: number;
  readonly seconds: number;
  readonly nextChange: Instant;
}

/** The last part of an elevation, in ms: ten minutes, or a third of its life if that is shorter. */
export function lastPart(elevation: Elevation): number {
  const life = elevation.since === undefined ? Infinity : endOf(elevation).at - elevation.since;
  // Assumed after its end: the clock was wrong then, so nothing is known of its life.
  return Math.min(10 * minute, life > 0 ? life / 3 : Infinity);
}

/**
 * The time left until `end`, from absolute instants: sleep, reload and clock changes do no harm.
 * @param last how long before the end seconds are shown, in ms
 */
export function countdown(now: Instant, end: Instant, last: number): Countdown {
  const left = Math.max(0, end - now);
  const seconds = Math.ceil(left / second);
  const minutes = Math.ceil(left / minute);
  const urgency: Urgency = left > last ? 'calm' : left > minute ? 'soon' : 'last';
  const step = urgency === 'calm' ? end - (minutes - 1) * minute : end - (seconds - 1) * second;
  const nextChange = left === 0 ? Infinity : urgency === 'calm' ? Math.min(step, end - last) : step;
  return { urgency, minutes, seconds, nextChange };
}

/** The countdown of an elevation. */
export function elevationCountdown(elevation: Elevation, now: Instant): Countdown {
  return countdown(now, endOf(elevation).at, lastPart(elevation));
}

/** Minutes left of which a listener is told; between them nothing that is read aloud changes. */
const milestones = [1, 5, 10];

/** The milestone that was passed last on the way to `end`, in minutes; undefined before the first. */
export function milestone(now: Instant, end: Instant): number | undefined {
  return milestones.find((minutes) => end - now <= minutes * minute);
}

/** The next of these instants that lies ahead, or Infinity. */
export function nextOf(now: Instant, instants: readonly Instant[]): Instant {
  return Math.min(Infinity, ...instants.filter((instant) => instant > now));
}
