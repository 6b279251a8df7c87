// Faults that tests inject into the demo programs through `<dir>/faults.json`.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { readLogin } from './profileFolder.ts';
import { withFileLock, replaceFile } from '../server/serverState.ts';

/** A fault for the calls it matches. The file `faults.json` holds a list of these. */
export interface Fault {
  /** The start of the arguments, joined with spaces. */
  readonly match: string;
  /** Limits the fault to calls with the login of this user. */
  readonly person?: string;
  /**
   * - hang: The call never ends.
   * - slow: The call starts after `ms`.
   * - garbage: The call prints unreadable output and exits with 0.
   * - half: The call prints half of its output and exits with 0.
   * - huge: The call prints 100 MB.
   * - german: The call fails with a message in German.
   * - offline: The proxy does not answer.
   * - fail: The server reports an internal error.
   * - killed: The call prints half of its output and dies by a signal.
   * - stop-before, stop-after: The call dies by a signal before or after its work and prints nothing.
   * - lost: The call does its work, but the connection ends before the answer.
   * - refuse: The server refuses with the message `words`.
   */
  readonly do:
    | ('hang' | 'slow' | 'garbage' | 'half' | 'huge' | 'german' | 'offline' | 'fail')
    | ('killed' | 'stop-before' | 'stop-after' | 'lost' | 'refuse');
  readonly words?: string;
  /** The delay of `slow`, 1000 ms if absent. */
  readonly ms?: number;
  /** The number of matching calls to spare before the fault occurs. Counts down in the file. */
  readonly skip?: number;
  /** How many calls the fault hits. Counts down in the file. Absent for every call. */
  readonly times?: number;
}

/** Returns the fault for this call, if any, and counts it in the file. */
export function takeFault(dir: string, home: string, argv: readonly string[]): Fault | undefined {
  const file = join(dir, 'faults.json');
  if (!read(file).length) return undefined;
  return withFileLock(file, () => {
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

/** The faults that act before the command. They resolve to an exit code when the call ends with them. */
const earlyFaults: Partial<Record<Fault['do'], (fault: Fault) => Promise<number | undefined>>> = {
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
    await writeHugeRequest();
    return 0;
  },
};

/**
 * Applies a fault that acts before the command. Resolves to an exit code when the call ends with the fault.
 */
export const applyFault = async (fault: Fault | undefined): Promise<number | undefined> =>
  fault && earlyFaults[fault.do]?.(fault);

const megabyte = 1024 * 1024;

/** Writes a request of 100 MB to stdout. */
async function writeHugeRequest(): Promise<void> {
  const { stdout } = process;
  const write = (text: string): Promise<void> =>
    new Promise((done) => {
      stdout.write(text, () => done());
    });
  // The reader has closed the pipe, so the rest would go nowhere.
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
