import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Outcome } from './outcome.ts';
import { neutralFolder } from './ownFolder.ts';
import { processExists, sendSignal } from './signals.ts';

/**
 * A process: its number, and the stamp of its start. The number alone is no identity, because the system gives
 * it to a later process.
 */
export interface ProcessId {
  readonly pid: number;
  /**
   * When the process was started: clock ticks since boot on Linux, ms since 1970 on macOS (whole seconds) and
   * Windows. Empty when it is not known. A clock that is set later changes none of them.
   */
  readonly stamp: string;
}

/** How long `ps` or PowerShell may take, in ms. */
const readTimeout = 5_000;

/** @returns undefined when the process does not run, an empty stamp when its start cannot be read */
export async function stampOf(pid: number): Promise<string | undefined> {
  return (await stampsOf([pid])).get(pid);
}

/** The stamps of those processes that run; empty where the start cannot be read. */
async function stampsOf(pids: readonly number[]): Promise<Map<number, string>> {
  if (process.platform === 'linux') {
    return new Map(
      pids.flatMap((pid) => {
        const stat = readStat(pid);
        return stat ? [[pid, stat.stamp]] : [];
      }),
    );
  }
  // Most asked for have ended, and that costs no process.
  const existing = pids.filter(processExists);
  if (existing.length === 0) return new Map();
  const outcome = await (process.platform === 'win32' ? askPowershell(existing) : askPs(existing));
  if (outcome.kind !== 'exited') return new Map(existing.map((pid) => [pid, '']));
  const found = process.platform === 'win32' ? readPowershell(outcome.stdout) : readPs(outcome.stdout);
  // What another user runs may not be asked for on Windows: it runs, and its start is unknown.
  if (process.platform === 'win32') for (const pid of existing) if (!found.has(pid)) found.set(pid, '');
  return found;
}

/** The stamp of a process that was started just now; empty where it would take another process to read it. */
export const stampAtStart = (pid: number): string =>
  process.platform === 'linux' ? (readStat(pid)?.stamp ?? '') : '';

/** The start of a process in ms since 1970; undefined where the stamp counts from the boot or is unknown. */
export const startedAt = ({ stamp }: ProcessId): number | undefined =>
  process.platform === 'linux' || stamp === '' ? undefined : Number(stamp);

/** A process in /proc, as its stat file has it. */
export interface ProcessStat {
  readonly name: string;
  readonly parent: number;
  readonly stamp: string;
}

/** Reads /proc/<pid>/stat; undefined for a process that does not run. A zombie has ended. */
export function readStat(pid: number): ProcessStat | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  const nameEnd = stat.lastIndexOf(')');
  const fields = stat.slice(nameEnd + 2).split(' ');
  if (nameEnd < 0 || fields[0] === 'Z' || fields[0] === 'X') return undefined;
  const name = stat.slice(stat.indexOf('(') + 1, nameEnd);
  return { name, parent: Number(fields[1]), stamp: fields[19] ?? '' };
}

/** The environment for `ps`: English, and times that do not depend on the time zone. */
export const psEnvironment = { LC_ALL: 'C', TZ: 'UTC0' };

// Loaded at the first use, because on Linux no program is needed.
const askPs = async (pids: readonly number[]): Promise<Outcome> =>
  (await import('./runProcess.ts')).run('/bin/ps', ['-o', 'pid=,state=,lstart=', '-p', pids.join(',')], {
    env: psEnvironment,
    cwd: neutralFolder(),
    timeout: readTimeout,
  });

/** Reads lines such as `  4711 S Mon Dec  1 03:04:34 2026`. */
export function readPs(output: string): Map<number, string> {
  return new Map(
    output.split('\n').flatMap((line): [number, string][] => {
      const match = /^\s*(\d+)\s+(\S+)\s+(.*)$/.exec(line);
      if (!match || match[2]?.startsWith('Z')) return [];
      return [[Number(match[1]), stampOfStart(match[3] ?? '')]];
    }),
  );
}

/** The stamp for a start as `ps` prints it in UTC; empty when it is not a time. */
export function stampOfStart(text: string): string {
  const at = Date.parse(`${text.trim()} UTC`);
  return Number.isFinite(at) ? String(at) : '';
}

function askPowershell(pids: readonly number[]): Promise<Outcome> {
  const root = process.env['SystemRoot'] ?? 'C:\\Windows';
  const program = join(root, 'System32', 'WindowsPowerShell', 'v1.0', 'powershell.exe');
  const script = `Get-Process -Id ${pids.join(',')} -ErrorAction SilentlyContinue | ForEach-Object { "$($_.Id) $($_.StartTime.ToFileTimeUtc())" }`;
  return import('./runProcess.ts').then(({ run }) =>
    run(program, ['-NoProfile', '-NonInteractive', '-Command', script], {
      env: { SystemRoot: root },
      cwd: neutralFolder(),
      timeout: readTimeout,
    }),
  );
}

/** From 1601, where Windows counts from, to 1970, in ms. */
const windowsEpoch = 11_644_473_600_000;

/** Reads lines such as `4711 134091234567890123`: the number, and the start in 100 ns since 1601. */
export function readPowershell(output: string): Map<number, string> {
  return new Map(
    output.split('\n').flatMap((line): [number, string][] => {
      const match = /^(\d+) (\d{15,20})\s*$/.exec(line);
      if (!match) return [];
      const ms = BigInt(match[2] ?? 0) / 10_000n - BigInt(windowsEpoch);
      return [[Number(match[1]), String(ms)]];
    }),
  );
}

/**
 * Whether a process may still run. With an unknown start every process with the number counts, so that nothing
 * that is in use is taken for left over. Nobody may signal or adopt a process for this answer: see `stillSame`.
 */
export async function isRunning({ pid, stamp }: ProcessId): Promise<boolean> {
  const now = await stampOf(pid);
  return now !== undefined && (stamp === '' || now === '' || now === stamp);
}

/** Those of the processes that certainly still run: number and start are the same. */
export async function stillSame<P extends ProcessId>(processes: readonly P[]): Promise<P[]> {
  const known = processes.filter(({ stamp }) => stamp !== '');
  const stamps = await stampsOf(known.map(({ pid }) => pid));
  return known.filter(({ pid, stamp }) => stamps.get(pid) === stamp);
}

/**
 * Sends signals, each only to processes whose number and start are checked just before. A process whose start is
 * unknown gets none, and neither does this process.
 */
export async function signalProcesses(
  processes: readonly ProcessId[],
  names: readonly NodeJS.Signals[],
): Promise<void> {
  // On Linux a look costs nothing, so each process is looked at by itself. Elsewhere one program tells of all.
  const groups = process.platform === 'linux' ? processes.map((each) => [each]) : [processes];
  for (const group of groups) {
    for (const name of names) {
      for (const { pid } of await stillSame(group)) if (pid !== process.pid) sendSignal(pid, name);
    }
  }
}
