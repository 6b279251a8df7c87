// Runs the scripts of this folder as on another machine: with own mounts, process ids, or an own host name.
import { execFile, execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Why `unshare` cannot be used here with these options; undefined where it can. */
export function whyNoNamespaces(options: readonly string[]): string | undefined {
  try {
    execFileSync('unshare', [...options, 'true'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return `unshare ${options.join(' ')} is not allowed here`;
  }
}

/** Another machine: own mounts and own process ids. */
export const otherMachine = ['-m', '-p', '-f', '--mount-proc'];

/**
 * Runs a script of this folder in own namespaces, and resolves to what it prints.
 * @param before shell commands that prepare the machine, for example mounts
 */
export async function runInNamespaces(
  options: readonly string[],
  before: readonly string[],
  script: string,
  ...args: readonly string[]
): Promise<string> {
  const file = fileURLToPath(new URL(script, import.meta.url));
  const shell = [...before, 'exec "$0" "$@"'].join(' && ');
  const { stdout } = await promisify(execFile)(
    'unshare',
    [...options, '/bin/sh', '-c', shell, process.execPath, file, ...args],
    { env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } },
  );
  return stdout;
}
