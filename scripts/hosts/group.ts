import { type ChildProcess, spawn, spawnSync } from 'node:child_process';

/** A program in a process group of its own: extension hosts that hang outlive the server, but not its group. */
export interface ProcessGroup {
  readonly child: ChildProcess;
  /** Settles when the program itself is gone. */
  readonly ended: Promise<void>;
  kill(this: void, signal: NodeJS.Signals): void;
  /** Asks the group to end, and ends it when it has not after `grace` milliseconds. */
  stop(grace: number): Promise<void>;
}

/** Starts `file` as the first of a group, which does not outlive this process. */
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
      // The whole group is gone.
    }
  };
  const killAll = (): void => kill('SIGKILL');
  process.once('exit', killAll);
  return {
    child,
    ended,
    kill,
    async stop(grace) {
      kill('SIGTERM');
      const late = setTimeout(killAll, grace);
      await ended;
      clearTimeout(late);
      killAll();
      process.off('exit', killAll);
    },
  };
}
