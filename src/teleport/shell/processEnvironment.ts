import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { Environment } from '../environment/environment.ts';
import { differencesAtStart, type ElevatedEnvironment } from './environmentDifferences.ts';

/** The time in which a new process may still show its parent's environment, in ms. */
const settleTime = 300;

/**
 * The names of the variables that a new shell did not get as expected, because VS Code or another extension
 * changed them.
 * @param environ reads the environment with which a process was started, with entries separated by NUL
 * @returns empty on other systems than Linux, and for a process that has ended
 */
export async function lostVariables(
  pid: number,
  expected: ElevatedEnvironment,
  environ: (pid: number) => Promise<string | undefined> = readEnviron,
): Promise<string[]> {
  const readLost = async (): Promise<string[]> => {
    const text = await environ(pid);
    return text === undefined ? [] : differencesAtStart(variablesIn(text), expected);
  };
  if ((await readLost()).length === 0) return [];
  // Between fork and exec a process is a copy of its parent.
  await pause(settleTime);
  return readLost();
}

async function readEnviron(pid: number): Promise<string | undefined> {
  if (process.platform !== 'linux') return undefined;
  const text = await readFile(`/proc/${String(pid)}/environ`, 'utf8').catch(() => '');
  return text === '' ? undefined : text;
}

/** The variables in the text of an environment. */
function variablesIn(environ: string): Environment {
  const entries = environ.split('\0').filter((entry) => entry.includes('='));
  return Object.fromEntries(
    entries.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  );
}
