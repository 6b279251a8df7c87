import * as l10n from '@vscode/l10n';
import type { Countdown } from '../access/deadlines.ts';
import type { Instant } from '../access/untrusted/untrusted.ts';
import { languageInUse } from './language.ts';
import { zoneInUse } from './timeZone.ts';

const hour = 60 * 60_000;

/** Cached formats. Creating one takes far longer than using it, and a long list needs thousands of uses. */
const formats = new Map<string, Intl.DateTimeFormat>();

function format(instant: Instant, options: Intl.DateTimeFormatOptions): string {
  // A format keeps the time zone in which it was created, so the zone is part of the key.
  const key = languageInUse() + zoneInUse() + Object.values(options).join();
  const cached = formats.get(key) ?? new Intl.DateTimeFormat(languageInUse(), options);
  formats.set(key, cached);
  return cached.format(new Date(instant));
}

/** Minutes that must be added to local time to get UTC. */
const offset = (instant: Instant): number => new Date(instant).getTimezoneOffset();

/** Whether local clocks show this time twice, because they are set back for the end of daylight saving. */
function isAmbiguous(instant: Instant): boolean {
  const ownOffset = offset(instant);
  return [instant - 3 * hour, instant + 3 * hour].some((near) => {
    const nearOffset = offset(near);
    return nearOffset !== ownOffset && offset(instant + (nearOffset - ownOffset) * 60_000) === nearOffset;
  });
}

/**
 * Formats a local time of day. The weekday is added if the instant is at least 12 hours away, the date if it
 * is at least six days away. Around a change of daylight saving the zone's name is added: if the offset
 * differs from that of `now`, or if clocks show the time twice.
 */
export function atTime(instant: Instant, now: Instant): string {
  const zoned = offset(instant) !== offset(now) || isAmbiguous(instant);
  const time: Intl.DateTimeFormatOptions = {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    ...(zoned ? { timeZoneName: 'short' } : {}),
  };
  const distance = Math.abs(instant - now);
  if (distance < 12 * hour) return format(instant, time);
  if (distance < 6 * 24 * hour) return format(instant, { weekday: 'short', ...time });
  return format(instant, { day: 'numeric', month: 'short', ...time });
}

/** Formats local date and time with the zone's name, for tooltips and pages. */
export function fullDateTime(instant: Instant): string {
  return format(instant, {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  });
}

/** Formats an instant in UTC: `2026-11-22 04:10 UTC`. */
export function inUtc(instant: Instant): string {
  return `${new Date(instant).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** Formats a duration in minutes: `42 min`, `1 h`, `1 h 30 min`. */
export function span(minutes: number): string {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  if (hours === 0) return l10n.t('{0} min', rest);
  return rest === 0 ? l10n.t('{0} h', hours) : l10n.t('{0} h {1} min', hours, rest);
}

/** Formats an instant relative to now: `6 min ago`, `in 2 h`. */
export function relative(instant: Instant, now: Instant): string {
  const minutes = Math.round((instant - now) / 60_000);
  const words = new Intl.RelativeTimeFormat(languageInUse(), { numeric: 'always', style: 'short' });
  if (Math.abs(minutes) < 1) return l10n.t('just now');
  if (Math.abs(minutes) < 60) return words.format(minutes, 'minute');
  const hours = Math.round(minutes / 60);
  return Math.abs(hours) < 48 ? words.format(hours, 'hour') : words.format(Math.round(hours / 24), 'day');
}

/** Formats the time left: `42 min` while calm, `4:59` in the warning period. */
export function timeLeft({ urgency, minutes, seconds }: Countdown): string {
  if (urgency === 'calm') return span(minutes);
  return `${String(Math.floor(seconds / 60))}:${String(seconds % 60).padStart(2, '0')}`;
}
