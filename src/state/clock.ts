import { readFileSync, statSync } from 'node:fs';

/**
 * The current time in milliseconds since the epoch (UTC). All code of the extension reads the time from a
 * clock.
 */
export interface Clock {
  now(): number;
}

/** The time of this machine. */
export const systemClock: Clock = { now: () => Date.now() };

/** An offset is used for this long, in ms, before the file is checked again. */
const freshFor = 200;

/**
 * The time of this machine plus the offset in `file`, a whole number of ms as text. So one file moves the
 * clock of every program that reads it. A file that is missing, unreadable or without a number counts as 0.
 */
export function offsetClock(file: string): Clock {
  let offset = 0;
  let readVersion = '';
  let checkedAt = -Infinity;
  return {
    now() {
      const now = Date.now();
      if (Math.abs(now - checkedAt) >= freshFor) {
        checkedAt = now;
        const stat = statSync(file, { throwIfNoEntry: false });
        const version = stat ? `${stat.mtimeMs}/${stat.size}/${stat.ino}` : '';
        if (version !== readVersion) {
          readVersion = version;
          offset = stat ? readOffset(file) : 0;
        }
      }
      return now + offset;
    },
  };
}

function readOffset(file: string): number {
  try {
    const text = readFileSync(file, 'utf8').trim();
    return /^-?\d+$/.test(text) ? Number(text) : 0;
  } catch {
    return 0;
  }
}
