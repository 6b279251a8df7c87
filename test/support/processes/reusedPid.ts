// Gives a process the number of one that has ended, as a busy machine does by itself.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, writeFileSync } from 'node:fs';

const lastPid = '/proc/sys/kernel/ns_last_pid';

/** Why numbers cannot be reused on purpose here; undefined where they can. */
export function whyNoReuse(): string | undefined {
  try {
    accessSync(lastPid, constants.W_OK);
    return undefined;
  } catch {
    return `${lastPid} may not be written here`;
  }
}

/**
 * Starts `sleep` under the number of a process that has ended. Another process may take it first, so this tries
 * again.
 * @param env the environment of the new process
 */
export async function startUnderPid(
  pid: number,
  env: Readonly<Record<string, string>> = {},
): Promise<ChildProcess> {
  for (let tries = 0; tries < 200; tries += 1) {
    writeFileSync(lastPid, String(pid - 1));
    const child = spawn('/bin/sleep', ['1000'], { stdio: 'ignore', env });
    if (child.pid === pid) return child;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  throw new Error(`The number ${String(pid)} was not free.`);
}
