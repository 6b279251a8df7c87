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

const part = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h|d)/gy;

/**
 * A duration as Teleport writes and reads it: `1h30m`, `90m`, `1h0m0s`, `-1h`, `0`. Days are understood as well, as
 * the command line takes them. `never`, which some fields take, is zero.
 * @returns milliseconds, undefined for what is no duration
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

/** A length as Teleport reads it, in its shortest form: `1h30m`. @param length milliseconds, of which whole seconds count */
export function writeDuration(length: number): string {
  const seconds = Math.floor(length / 1000);
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ] as const;
  return parts.map(([count, unit]) => (count ? `${count}${unit}` : '')).join('') || '0s';
}

/** A team's limit where its setting says nothing that can be read, in ms. */
const usualLimit = 6 * 3_600_000;

/** The longest session that a setting allows, in ms; nonsense counts as six hours. */
export function limitIn(setting: string): number {
  const limit = readDuration(setting.trim());
  return limit !== undefined && limit > 0 ? limit : usualLimit;
}
