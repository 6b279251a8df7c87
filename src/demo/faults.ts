// Faults on request, for tests: `<dir>/faults.json`.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readLogin } from './home.ts';
import { exclusively, replaceFile } from './state.ts';

export interface Fault {
  /** The start of the arguments, joined with spaces. */
  readonly match: string;
  /** Only with this person's login. */
  readonly person?: string;
  /**
   * hang: never answers · slow: answers after `ms` · garbage: answers what cannot be read · half: half the
   * answer, then exit 0 · offline: the proxy is gone · fail: the server fails · stop-before, stop-after: dies
   * before or after it did what it was asked, saying nothing.
   */
  readonly do: 'hang' | 'slow' | 'garbage' | 'half' | 'offline' | 'fail' | 'stop-before' | 'stop-after';
  readonly ms?: number;
  /** How often it happens; counts down. Absent: always. */
  readonly times?: number;
}

/** The fault this run has, if any; counted. */
export function takeFault(dir: string, home: string, argv: readonly string[]): Fault | undefined {
  const file = join(dir, 'faults.json');
  if (!read(file).length) return undefined;
  return exclusively(file, () => {
    const faults = read(file);
    const at = faults.findIndex(
      (fault) =>
        argv.join(' ').startsWith(fault.match) &&
        fault.times !== 0 &&
        (fault.person === undefined || fault.person === personIn(home)),
    );
    const fault = faults[at];
    if (fault?.times !== undefined) {
      faults[at] = { ...fault, times: fault.times - 1 };
      replaceFile(file, JSON.stringify(faults));
    }
    return fault;
  });
}

function read(file: string): Fault[] {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Fault[];
  } catch {
    return [];
  }
}

function personIn(home: string): string | undefined {
  try {
    return readLogin(home)?.certificate.user;
  } catch {
    return undefined;
  }
}
