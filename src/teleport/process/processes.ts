import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { hostname, uptime } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { Run } from './outcome.ts';
import { neutralFolder } from './ownFolder.ts';

/** A process of this machine. The start stamp distinguishes it from a later process with the same id. */
export interface ProcessId {
  readonly pid: number;
  readonly stamp: string;
}

/** A row of the process table. */
interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  /** Whether its environment names the private home. */
  readonly usesHome: boolean;
}

/** A process that uses a private home. */
export interface HomeProcess {
  readonly pid: number;
  /** The program's name; untrusted text, sanitised where it is shown. */
  readonly name: string;
  /** Whether it is a running call of this extension, not a program of the user. */
  readonly isOwnCall: boolean;
}

/**
 * Identifies this machine and its current boot. A process id is only valid within one boot.
 * @param now the time of this machine
 */
export async function bootId(now: number): Promise<string> {
  const linux = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  const boot = linux.trim() || String(Math.round((now - uptime() * 1000) / 60_000));
  return `${hostname()} ${boot}`;
}

/**
 * The start stamp of a process: its start time in clock ticks since boot on Linux, empty on other systems.
 * @returns undefined when the process does not run
 */
export async function stampOf(pid: number): Promise<string | undefined> {
  if (process.platform !== 'linux') return isAlive(pid) ? '' : undefined;
  return readStat(await readFile(statOf(pid), 'utf8').catch(() => ''))?.stamp;
}

/**
 * The start stamp of a running process, read synchronously; empty when it is unknown.
 * @throws the system's error on Linux when the process does not exist
 */
export function stampOfSync(pid: number): string {
  return process.platform === 'linux' ? (readStat(readFileSync(statOf(pid), 'utf8'))?.stamp ?? '') : '';
}

const statOf = (pid: number): string => `/proc/${String(pid)}/stat`;

/** Reads /proc/<pid>/stat; undefined for a process that does not run. */
function readStat(stat: string): { name: string; parent: number; stamp: string | undefined } | undefined {
  const nameEnd = stat.lastIndexOf(')');
  const fields = stat.slice(nameEnd + 2).split(' ');
  // A zombie has ended; its parent has not read its exit code yet.
  if (nameEnd < 0 || fields[0] === 'Z') return undefined;
  return { name: stat.slice(stat.indexOf('(') + 1, nameEnd), parent: Number(fields[1]), stamp: fields[19] };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Whether this process still runs, not a later process with the same id. */
export async function isRunning({ pid, stamp }: ProcessId): Promise<boolean> {
  const now = await stampOf(pid);
  return now !== undefined && (stamp === '' || now === stamp);
}

/**
 * The processes that use a private home: its shells, every process with the home in its environment, and all
 * their descendants. On Windows only the shells are found.
 * @param shells the shells that were opened on the home
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
  const runningShells = new Set(running.flat());
  const found = new Set(runningShells);
  for (const row of rows) if (row.usesHome) found.add(row.pid);
  for (let grown = true; grown;) {
    grown = false;
    for (const row of rows) {
      if (found.has(row.parent) && !found.has(row.pid)) {
        found.add(row.pid);
        grown = true;
      }
    }
  }
  found.delete(process.pid);
  const byPid = new Map(rows.map((row) => [row.pid, row]));
  const isOwnCall = (pid: number): boolean => {
    const parent = byPid.get(pid)?.parent;
    if (parent === undefined || runningShells.has(pid)) return false;
    return parent === process.pid || isOwnCall(parent);
  };
  return [...found].map((pid) => ({ pid, name: byPid.get(pid)?.name ?? '', isOwnCall: isOwnCall(pid) }));
}

/** Reads the process table on Linux. */
async function fromProc(folder: string): Promise<ProcessRow[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const rows = await Promise.all(
    pids.map(async (pid): Promise<ProcessRow[]> => {
      const stat = readStat(await readFile(statOf(pid), 'utf8').catch(() => ''));
      if (!stat) return [];
      // The environment of another user's process cannot be read; such a process does not use the home.
      const environ = await readFile(`/proc/${String(pid)}/environ`, 'utf8').catch(() => '');
      return [{ ...stat, pid, usesHome: environ.includes(folder) }];
    }),
  );
  return rows.flat();
}

/**
 * Reads the process table on macOS. `ps -E` shows the environment of the user's processes after the command.
 */
async function fromPs(folder: string, run: Run): Promise<ProcessRow[]> {
  if (process.platform === 'win32') return [];
  const outcome = await run('/bin/ps', ['-axwwE', '-o', 'pid=,ppid=,command='], {
    env: { LANG: 'C' },
    cwd: neutralFolder(),
    timeout: 5_000,
  });
  if (outcome.kind !== 'exited') return [];
  return outcome.stdout.split('\n').flatMap((line): ProcessRow[] => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\S+)(.*)$/.exec(line);
    if (!match) return [];
    const [, pid, parent, program = '', rest = ''] = match;
    const name = program.slice(program.lastIndexOf('/') + 1);
    return [{ pid: Number(pid), parent: Number(parent), name, usesHome: rest.includes(folder) }];
  });
}

/**
 * Ends processes and waits until they have ended. Sends SIGHUP and SIGTERM first, because an interactive
 * shell ends only on SIGHUP, then SIGKILL. A process that hangs in the kernel may outlive the call.
 * @param patience the time limit before and again after SIGKILL, in ms
 */
export async function endProcesses(
  processes: readonly Pick<HomeProcess, 'pid'>[],
  patience = 1_500,
): Promise<void> {
  const send = (names: readonly NodeJS.Signals[], pids: readonly number[]): void => {
    for (const pid of pids) {
      for (const name of names) {
        try {
          process.kill(pid, name);
        } catch {
          // The process has already ended.
        }
      }
    }
  };
  let remaining = processes.map(({ pid }) => pid);
  const wait = async (step: number): Promise<void> => {
    for (let waited = 0; waited < patience && remaining.length > 0; waited += step) {
      await pause(step);
      const alive = await Promise.all(
        remaining.map(async (pid) => ((await stampOf(pid)) === undefined ? [] : [pid])),
      );
      remaining = alive.flat();
    }
  };
  send(process.platform === 'win32' ? ['SIGTERM'] : ['SIGCONT', 'SIGHUP', 'SIGTERM'], remaining);
  await wait(50);
  send(['SIGKILL'], remaining);
  await wait(5);
}
