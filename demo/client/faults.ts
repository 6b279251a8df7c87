// Faults on request, for tests: `<dir>/faults.json`.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { readLogin } from './profileFolder.ts';
import { exclusively, replaceFile } from '../server/serverState.ts';

export interface Fault {
  /** The start of the arguments, joined with spaces. */
  readonly match: string;
  /** Only with this person's login. */
  readonly person?: string;
  /**
   * hang: never answers · slow: answers after `ms` · garbage: answers what cannot be read · half: half the
   * answer, then exit 0 · huge: 100 MB of an answer · german: refuses in words nobody expects · offline: the proxy
   * is gone · fail: the server fails · killed: half the answer, then a signal · stop-before, stop-after: dies
   * before or after it did what it was asked, saying nothing · lost: does what it was asked, and the connection ends
   * before the answer · refuse: the server says `words`.
   */
  readonly do:
    | ('hang' | 'slow' | 'garbage' | 'half' | 'huge' | 'german' | 'offline' | 'fail')
    | ('killed' | 'stop-before' | 'stop-after' | 'lost' | 'refuse');
  readonly words?: string;
  readonly ms?: number;
  /** How many such calls are spared before it happens; counts down. */
  readonly skip?: number;
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
    if (fault?.skip) {
      faults[at] = { ...fault, skip: fault.skip - 1 };
      replaceFile(file, JSON.stringify(faults));
      return undefined;
    }
    if (fault?.times !== undefined) {
      faults[at] = { ...fault, times: fault.times - 1 };
      replaceFile(file, JSON.stringify(faults));
    }
    return fault;
  });
}

/** What happens before the command is looked at; the exit code where that is all. */
const spoilers: Partial<Record<Fault['do'], (fault: Fault) => Promise<number | undefined>>> = {
  hang: () => new Promise(() => setInterval(() => undefined, 60_000)),
  slow: (fault) => wait(fault.ms ?? 1000, undefined),
  'stop-before': () => {
    process.kill(process.pid, 'SIGKILL');
    return Promise.resolve(undefined);
  },
  garbage: () => {
    process.stdout.write('\u0000\ufffd{"kind": [}\n<html>502 Bad Gateway</html>\n');
    return Promise.resolve(0);
  },
  huge: async () => {
    await pour();
    return 0;
  },
};

/** Does what a fault does before the command; resolves to the exit code when that is all. */
export const spoil = async (fault: Fault | undefined): Promise<number | undefined> =>
  fault && spoilers[fault.do]?.(fault);

const megabyte = 1024 * 1024;

/** 100 MB of one request, for as long as somebody reads. */
async function pour(): Promise<void> {
  const { stdout } = process;
  const write = (text: string): Promise<void> =>
    new Promise((done) => {
      stdout.write(text, () => done());
    });
  // Who stops reading ends it.
  stdout.on('error', () => process.exit(1));
  await write('[{"kind": "access_request", "spec": {"request_reason": "');
  for (let left = 100; left > 0; left--) await write('x'.repeat(megabyte));
  await write('"}}]');
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
