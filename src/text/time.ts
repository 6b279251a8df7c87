import * as l10n from '@vscode/l10n';
import type { Countdown } from '../access/deadlines.ts';
import type { Instant } from '../access/text/untrusted.ts';
import { languageInUse } from './language.ts';
import { zoneInUse } from './timeZone.ts';

const hour = 60 * 60_000;

/** A format takes far longer to make than to use, and a long list uses it thousands of times. */
const formats = new Map<string, Intl.DateTimeFormat>();

function format(instant: Instant, options: Intl.DateTimeFormatOptions): string {
  // A format keeps the zone it was made in.
  const key = languageInUse() + zoneInUse() + Object.values(options).join();
  const known = formats.get(key) ?? new Intl.DateTimeFormat(languageInUse(), options);
  formats.set(key, known);
  return known.format(new Date(instant));
}

/** Minutes to add to local time for UTC. */
const offset = (instant: Instant): number => new Date(instant).getTimezoneOffset();

/** Whether local clocks show the same time a second time, because they are set back in between. */
function twice(instant: Instant): boolean {
  const own = offset(instant);
  return [instant - 3 * hour, instant + 3 * hour].some((near) => {
    const other = offset(near);
    return other !== own && offset(instant + (other - own) * 60_000) === other;
  });
}

/**
 * Local time of day, with the weekday when it is not within 12 hours, with the date when it is days away. Around
 * daylight saving it says its zone: where clocks go otherwise then than now, and where the same time comes twice.
 */
export function atTime(instant: Instant, now: Instant): string {
  const zoned = offset(instant) !== offset(now) || twice(instant);
  const time: Intl.DateTimeFormatOptions = {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    ...(zoned ? { timeZoneName: 'short' } : {}),
  };
  const away = Math.abs(instant - now);
  if (away < 12 * hour) return format(instant, time);
  if (away < 6 * 24 * hour) return format(instant, { weekday: 'short', ...time });
  return format(instant, { day: 'numeric', month: 'short', ...time });
}

/** Local date and time with the zone's name, for tooltips and the page. */
export function fully(instant: Instant): string {
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

/** The same instant as everybody reads it: `2026-11-22 04:10 UTC`. */
export function inUtc(instant: Instant): string {
  return `${new Date(instant).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** A length of time: `42 min`, `1 h`, `1 h 30 min`. */
export function span(minutes: number): string {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  if (hours === 0) return l10n.t('{0} min', rest);
  return rest === 0 ? l10n.t('{0} h', hours) : l10n.t('{0} h {1} min', hours, rest);
}

/** How long ago, or how long until: `6 min ago`, `in 2 h`. */
export function relative(instant: Instant, now: Instant): string {
  const minutes = Math.round((instant - now) / 60_000);
  const words = new Intl.RelativeTimeFormat(languageInUse(), { numeric: 'always', style: 'short' });
  if (Math.abs(minutes) < 1) return l10n.t('just now');
  if (Math.abs(minutes) < 60) return words.format(minutes, 'minute');
  const hours = Math.round(minutes / 60);
  return Math.abs(hours) < 48 ? words.format(hours, 'hour') : words.format(Math.round(hours / 24), 'day');
}

/** The time left: `42 min`, and `4:59` in the last part. */
export function timeLeft({ urgency, minutes, seconds }: Countdown): string {
  if (urgency === 'calm') return span(minutes);
  return `${String(Math.floor(seconds / 60))}:${String(seconds % 60).padStart(2, '0')}`;
}
