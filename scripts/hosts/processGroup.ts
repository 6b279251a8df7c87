import { type ChildProcess, spawn, spawnSync } from 'node:child_process';

/**
 * A program in its own process group. A hanging extension host outlives its server, but not a kill of the
 * group.
 */
export interface ProcessGroup {
  readonly child: ChildProcess;
  /** Settles when the program itself has ended. */
  readonly ended: Promise<void>;
  kill(this: void, signal: NodeJS.Signals): void;
  /**
   * Sends SIGTERM to the group. Sends SIGKILL when the program has ended, or after `graceMs` at the latest.
   */
  stop(graceMs: number): Promise<void>;
}

/** Starts `file` in a new process group. The group is killed when this process exits. */
export function startGroup(file: string, args: readonly string[], env: NodeJS.ProcessEnv): ProcessGroup {
  const child = spawn(file, args, {
    env,
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const kill = (signal: NodeJS.Signals): void => {
    if (child.pid === undefined) return;
    if (process.platform === 'win32') {
      spawnSync('taskkill', ['/pid', String(child.pid), '/T', '/F']);
      return;
    }
    try {
      process.kill(-child.pid, signal);
    } catch {
      // The whole group has ended already.
    }
  };
  const killAll = (): void => kill('SIGKILL');
  process.once('exit', killAll);
  return {
    child,
    ended,
    kill,
    async stop(graceMs) {
      kill('SIGTERM');
      const timer = setTimeout(killAll, graceMs);
      await ended;
      clearTimeout(timer);
      killAll();
      process.off('exit', killAll);
    },
  };
}
