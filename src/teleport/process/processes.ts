import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { hostname, uptime } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { Run } from './outcome.ts';
import { neutralFolder } from '../home/home.ts';

/** A process of this machine. The stamp tells it from a later one with the same number. */
export interface ProcessId {
  readonly pid: number;
  readonly stamp: string;
}

interface Row {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  /** Whether its environment names the private home. */
  readonly named: boolean;
}

/** A process that uses a private home. */
export interface HomeProcess {
  readonly pid: number;
  /** The program's name; foreign text, made inert where it is shown. */
  readonly name: string;
  /** A call of ours that is under way, and no program of the person's. */
  readonly ours: boolean;
}

/** This machine and its present boot: process numbers mean nothing on another. */
export async function bootId(elapsedSince: (ms: number) => number): Promise<string> {
  const linux = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  const boot = linux.trim() || String(Math.round(elapsedSince(uptime() * 1000) / 60_000));
  return `${hostname()} ${boot}`;
}

/** When the process started, in its own words; undefined when there is no such process. */
export async function stampOf(pid: number): Promise<string | undefined> {
  if (process.platform !== 'linux') return isAlive(pid) ? '' : undefined;
  return stampIn(await readFile(statOf(pid), 'utf8').catch(() => ''));
}

/** The stamp of a process that runs, without waiting; empty where there is none to be had. */
export function stampNow(pid: number): string {
  return process.platform === 'linux' ? (stampIn(readFileSync(statOf(pid), 'utf8')) ?? '') : '';
}

const statOf = (pid: number): string => `/proc/${String(pid)}/stat`;

function stampIn(stat: string): string | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // A zombie has ended; only its parent has not noticed.
  return fields[0] === 'Z' ? undefined : fields[19];
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Whether this very process still runs. */
export async function isRunning({ pid, stamp }: ProcessId): Promise<boolean> {
  const now = await stampOf(pid);
  return now !== undefined && (stamp === '' || now === stamp);
}

/**
 * Everything that uses a private home: the shells, what they started, and whatever has the home in its environment.
 * On Windows only the shells are known.
 */
export async function homeProcesses(
  folder: string,
  shells: readonly ProcessId[],
  loadRun: () => Promise<Run>,
): Promise<HomeProcess[]> {
  const rows = process.platform === 'linux' ? await fromProc(folder) : await fromPs(folder, await loadRun());
  const running = await Promise.all(
    shells.map(async (shell) => ((await isRunning(shell)) ? [shell.pid] : [])),
  );
  const inside = new Set(running.flat());
  for (const row of rows) if (row.named) inside.add(row.pid);
  for (let grown = true; grown;) {
    grown = false;
    for (const row of rows) {
      if (inside.has(row.parent) && !inside.has(row.pid)) {
        inside.add(row.pid);
        grown = true;
      }
    }
  }
  inside.delete(process.pid);
  const byPid = new Map(rows.map((row) => [row.pid, row]));
  const ours = (pid: number): boolean => {
    const parent = byPid.get(pid)?.parent;
    if (parent === undefined || running.flat().includes(pid)) return false;
    return parent === process.pid || ours(parent);
  };
  return [...inside].map((pid) => ({ pid, name: byPid.get(pid)?.name ?? '', ours: ours(pid) }));
}

async function fromProc(folder: string): Promise<Row[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const rows = await Promise.all(
    pids.map(async (pid): Promise<Row[]> => {
      try {
        const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
        const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        if (state === 'Z') return [];
        // Another user's environment cannot be read, and is none of ours.
        const environ = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
        const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
        return [{ pid: Number(pid), parent: Number(parent), name, named: environ.includes(folder) }];
      } catch {
        return [];
      }
    }),
  );
  return rows.flat();
}

/** macOS: `ps -E` shows the environment of one's own processes behind the command. */
async function fromPs(folder: string, run: Run): Promise<Row[]> {
  if (process.platform === 'win32') return [];
  const outcome = await run('/bin/ps', ['-axwwE', '-o', 'pid=,ppid=,command='], {
    env: { LANG: 'C' },
    cwd: neutralFolder(),
    timeout: 5_000,
  });
  if (outcome.kind !== 'exited') return [];
  return outcome.stdout.split('\n').flatMap((line): Row[] => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\S+)(.*)$/.exec(line);
    if (!match) return [];
    const [, pid, parent, program = '', rest = ''] = match;
    const name = program.slice(program.lastIndexOf('/') + 1);
    return [{ pid: Number(pid), parent: Number(parent), name, named: rest.includes(folder) }];
  });
}

/**
 * Ends processes and waits for it: a polite signal (an interactive shell heeds only SIGHUP), then SIGKILL after
 * `patience` ms. One that hangs in the kernel is not waited for longer than that again.
 */
export async function endProcesses(
  residents: readonly Omit<HomeProcess, 'ours'>[],
  patience = 1_500,
): Promise<void> {
  const signal = (names: readonly NodeJS.Signals[], pids: readonly number[]): void => {
    for (const pid of pids) {
      for (const name of names) {
        try {
          process.kill(pid, name);
        } catch {
          // Already gone.
        }
      }
    }
  };
  let left = residents.map(({ pid }) => pid);
  const wait = async (step: number): Promise<void> => {
    for (let waited = 0; waited < patience && left.length > 0; waited += step) {
      await pause(step);
      const alive = await Promise.all(
        left.map(async (pid) => ((await stampOf(pid)) === undefined ? [] : [pid])),
      );
      left = alive.flat();
    }
  };
  signal(process.platform === 'win32' ? ['SIGTERM'] : ['SIGCONT', 'SIGHUP', 'SIGTERM'], left);
  await wait(50);
  signal(['SIGKILL'], left);
  await wait(5);
}
