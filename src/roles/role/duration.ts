const milliseconds: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** One number with its unit. */
const part = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h|d)/gy;

/**
 * Parses a duration in Teleport's format: `1h30m`, `90m`, `1h0m0s`, `-1h`, `0`. It also accepts days, as the
 * command line does, and `never`, as some fields do, which gives 0.
 * @returns milliseconds; undefined for a text that is not a duration
 */
export function readDuration(text: string): number | undefined {
  if (text === 'never' || /^[+-]?0$/.test(text)) return 0;
  const body = text.replace(/^[+-]/, '');
  let total = 0;
  let end = 0;
  for (const match of body.matchAll(part)) {
    end = match.index + match[0].length;
    total += Number(match[1]) * (milliseconds[match[2] ?? ''] ?? NaN);
  }
  if (end === 0 || end !== body.length || !Number.isFinite(total)) return undefined;
  return text.startsWith('-') ? -total : total;
}

/**
 * Writes a duration in the shortest form that Teleport accepts: `1h30m`.
 * @param length milliseconds; parts of a second are dropped
 */
export function writeDuration(length: number): string {
  const seconds = Math.floor(length / 1000);
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ] as const;
  return parts.map(([count, unit]) => (count ? `${count}${unit}` : '')).join('') || '0s';
}

/** The session limit in ms for a setting that is not a positive duration: six hours. */
const defaultSessionLimit = 6 * 3_600_000;

/**
 * The longest session that the setting allows, in ms; six hours for a
 * setting that is not a positive duration.
 */
export function sessionLimitOf(setting: string): number {
  const limit = readDuration(setting.trim());
  return limit !== undefined && limit > 0 ? limit : defaultSessionLimit;
}
