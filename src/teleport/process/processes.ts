import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { Run } from './outcome.ts';
import { neutralFolder } from './ownFolder.ts';
import {
  psEnvironment,
  readStat,
  signalProcesses,
  stampOfStart,
  stillSame,
  type ProcessId,
} from './processId.ts';
import { processExists } from './signals.ts';

/** A row of the process table. */
interface ProcessRow extends ProcessId {
  readonly parent: number;
  readonly name: string;
  /** Whether its environment names the private home. */
  readonly usesHome: boolean;
  /** Which part of VS Code it is; undefined for other programs. */
  readonly editor: 'extensionHost' | 'other' | undefined;
  /** Whether it is a watchdog of this extension. */
  readonly isWatchdog: boolean;
}

/** A process that uses a private home. */
export interface HomeProcess extends ProcessId {
  /** The program's name; untrusted text, sanitised where it is shown. */
  readonly name: string;
  /** Whether it is a running call of this extension, not a program of the user. */
  readonly isOwnCall: boolean;
  /**
   * Whether it belongs to a VS Code window that was opened from an elevated terminal: a process of VS Code, or
   * what its extension host started. A shell in a terminal of that window does not.
   */
  readonly isWindow: boolean;
}

/**
 * The processes that use a private home: its shells, every process with the home in its environment, and all
 * their descendants. On Windows only the shells are found. This window and processes whose start is unknown are
 * left out, and the watchdogs of other homes that a window inside the home has started: they drop what it leaves.
 * @param shells the shells that were opened on the home
 */
export async function homeProcesses(
  folder: string,
  shells: readonly ProcessId[],
  loadRun: () => Promise<Run>,
): Promise<HomeProcess[]> {
  const rows = process.platform === 'linux' ? await fromProc(folder) : await fromPs(folder, await loadRun());
  const byPid = new Map(rows.map((row) => [row.pid, row]));
  const runningShells = new Map((await stillSame(shells)).map((shell) => [shell.pid, shell]));
  const found = new Set(runningShells.keys());
  for (const row of rows) if (row.usesHome) found.add(row.pid);
  // Also when the window of this process was opened from an elevated terminal.
  found.delete(process.pid);
  for (let grown = true; grown;) {
    grown = false;
    for (const { parent, pid, isWatchdog } of rows) {
      if (!found.has(parent) || found.has(pid) || pid === process.pid || isWatchdog) continue;
      found.add(pid);
      grown = true;
    }
  }
  const isThisWindowInside = byPid.get(process.pid)?.usesHome ?? false;
  /** The nearest process from this one upwards for which `test` holds. */
  const nearest = (pid: number, test: (row: ProcessRow) => boolean): ProcessRow | undefined => {
    const seen = new Set<number>();
    for (let row = byPid.get(pid); row && !seen.has(row.pid); row = byPid.get(row.parent)) {
      if (test(row)) return row;
      seen.add(row.pid);
    }
    return undefined;
  };
  const isOwnCall = (pid: number): boolean => {
    // What a window inside the home runs has the home in its environment too.
    if (isThisWindowInside) return false;
    const top = nearest(pid, (row) => row.parent === process.pid || runningShells.has(row.pid));
    return top !== undefined && !runningShells.has(top.pid);
  };
  const isWindow = (pid: number): boolean => {
    if (byPid.get(pid)?.editor) return true;
    const above = nearest(pid, (row) => row.editor !== undefined || row.pid === process.pid);
    if (above?.pid === process.pid) return isThisWindowInside;
    return above?.editor === 'extensionHost' && found.has(above.pid);
  };
  return [...found].flatMap((pid): HomeProcess[] => {
    const { stamp = '' } = byPid.get(pid) ?? runningShells.get(pid) ?? {};
    const name = byPid.get(pid)?.name ?? '';
    const each = { pid, stamp, name, isOwnCall: isOwnCall(pid), isWindow: isWindow(pid) };
    // A window that was opened from the home must not end itself.
    return stamp === '' || (isThisWindowInside && each.isWindow) ? [] : [each];
  });
}

/** Reads the process table on Linux. */
async function fromProc(folder: string): Promise<ProcessRow[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const rows = await Promise.all(
    pids.map(async (pid): Promise<ProcessRow[]> => {
      // The stamp comes first: of a process that has the number only by now it is not the stamp, and no signal
      // reaches that process.
      const stat = readStat(pid);
      if (!stat) return [];
      // The environment of another user's process cannot be read; such a process does not use the home.
      const [environ = '', command = ''] = await Promise.all(
        ['environ', 'cmdline'].map((file) =>
          readFile(`/proc/${String(pid)}/${file}`, 'utf8').catch(() => ''),
        ),
      );
      const line = command.split('\0').join(' ');
      const parts = { editor: partOfEditor(line, environ), isWatchdog: isWatchdog(line) };
      return [{ ...stat, pid, usesHome: environ.includes(folder), ...parts }];
    }),
  );
  return rows.flat();
}

/**
 * Reads the process table on macOS. `ps -E` shows the environment of the user's processes after the command.
 */
async function fromPs(folder: string, run: Run): Promise<ProcessRow[]> {
  if (process.platform === 'win32') return [];
  const outcome = await run('/bin/ps', ['-axwwE', '-o', 'pid=,ppid=,lstart=,command='], {
    env: psEnvironment,
    cwd: neutralFolder(),
    timeout: 5_000,
  });
  return outcome.kind === 'exited' ? readTable(outcome.stdout, folder) : [];
}

/** Reads lines such as `4711 1 Mon Dec  1 03:04:34 2026 /bin/zsh -l HOME=/Users/ana`. */
export function readTable(output: string, folder: string): ProcessRow[] {
  return output.split('\n').flatMap((line): ProcessRow[] => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\w+ +\w+ +\d+ [\d:]+ \d{4}) +(\S+)(.*)$/.exec(line);
    if (!match) return [];
    const [, pid, parent, started = '', program = '', rest = ''] = match;
    return [
      {
        ...{ pid: Number(pid), parent: Number(parent), stamp: stampOfStart(started) },
        name: program.slice(program.lastIndexOf('/') + 1),
        usesHome: rest.includes(folder),
        editor: partOfEditor(`${program}${rest}`, rest),
        isWatchdog: isWatchdog(rest),
      },
    ];
  });
}

/**
 * Which part of VS Code a process is. The desktop names it in the environment of the process, the server in the
 * command; other parts of the desktop have the name of the application.
 */
function partOfEditor(command: string, environment: string): ProcessRow['editor'] {
  if (/ --type=extensionHost\b/.test(command) || environment.includes('/node/extensionHostProcess'))
    return 'extensionHost';
  const isOther =
    / --type=(ptyHost|fileWatcher)\b|\/server-main\.js\b/.test(command) ||
    /\bVSCODE_(ESM|AMD)_ENTRYPOINT=vs\//.test(environment) ||
    /^(\S*\/)?(code(-insiders|-oss|-server|-tunnel)?|codium|vscodium|cursor|windsurf|Electron)( |$)/.test(
      command,
    );
  return isOther ? 'other' : undefined;
}

/** Whether a command is that of a watchdog, see `startWatchdog` in core.ts. */
const isWatchdog = (command: string): boolean => /[/\\]watchdog\.mjs \{"/.test(command);

/**
 * Ends processes and waits until they have ended. Sends SIGHUP and SIGTERM first, because an interactive
 * shell ends only on SIGHUP, then SIGKILL. Before each signal the process is checked: a later process that got
 * the number meanwhile gets none. A process that hangs in the kernel may outlive the call.
 * @param patience the time limit before and again after SIGKILL, in ms
 */
export async function endProcesses(processes: readonly ProcessId[], patience = 1_500): Promise<void> {
  let remaining = processes;
  const wait = async (step: number): Promise<void> => {
    for (let waited = 0; waited < patience && remaining.length > 0; waited += step) {
      await pause(step);
      remaining = await existing(remaining);
    }
  };
  const polite: NodeJS.Signals[] =
    process.platform === 'win32' ? ['SIGTERM'] : ['SIGCONT', 'SIGHUP', 'SIGTERM'];
  await signalProcesses(remaining, polite);
  await wait(50);
  await signalProcesses(remaining, ['SIGKILL']);
  await wait(5);
}

/** Those that seem to run still. Only Linux tells their start without a program of its own. */
async function existing(processes: readonly ProcessId[]): Promise<readonly ProcessId[]> {
  if (process.platform === 'linux') return stillSame(processes);
  return processes.filter(({ pid }) => processExists(pid));
}
