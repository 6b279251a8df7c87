// Programs that run beside a test and are killed at its end.
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { OtherProcess } from './processes/otherProcess.ts';
import { until, type TemporaryFolder } from './temporaryFolder.ts';

/**
 * Starts the scripts of `support/processes`, and kills them after each test of the suite in which this is
 * called.
 */
export function useOtherProcesses(): (script: string, ...args: readonly string[]) => OtherProcess {
  const started: OtherProcess[] = [];
  afterEach(() => Promise.all(started.splice(0).map((other) => other.kill())));
  return (script, ...args) => {
    const other = new OtherProcess(script, ...args);
    started.push(other);
    return other;
  };
}

/**
 * Starts shell scripts, and kills them after each test of the suite in which this is called. Resolves to the
 * pid once the last line is about to run.
 */
export function useBackgroundScripts(
  folder: TemporaryFolder,
): (name: string, lines: readonly string[], env?: Readonly<Record<string, string>>) => Promise<number> {
  const started: ChildProcess[] = [];
  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
  });
  return async (name, lines, env = {}) => {
    const readyFile = folder.at(`${name}.up`);
    const ready = `echo $$ > '${readyFile}'`;
    const program = await folder.writeProgram(name, ...lines.slice(0, -1), ready, ...lines.slice(-1));
    const child = spawn(program, { env: { PATH: '/usr/bin:/bin', ...env }, stdio: 'ignore' });
    started.push(child);
    await until(() => existsSync(readyFile) && child.pid !== undefined);
    return child.pid ?? 0;
  };
}
