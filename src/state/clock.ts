import { readFileSync, statSync } from 'node:fs';

/** What time it is: milliseconds since the epoch (UTC). The only way anything here learns the time. */
export interface Clock {
  now(): number;
}

/** This machine's time. */
export const systemClock: Clock = { now: () => Date.now() };

/** How long an offset once read is believed without looking at the file again, in ms. */
const fresh = 200;

/**
 * This machine's time plus what `file` says: a whole number of ms as text. So one file moves every program
 * that reads it. A missing or unreadable file, or one that holds no number, counts as 0.
 */
export function offsetClock(file: string): Clock {
  let offset = 0;
  let readAs = '';
  let lookedAt = -Infinity;
  return {
    now() {
      const now = Date.now();
      if (Math.abs(now - lookedAt) >= fresh) {
        lookedAt = now;
        const stat = statSync(file, { throwIfNoEntry: false });
        const version = stat ? `${stat.mtimeMs}/${stat.size}/${stat.ino}` : '';
        if (version !== readAs) {
          readAs = version;
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
