import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { replacedVariables, elevatedVariables, type ElevatedVariable } from './shellProbe.ts';

/** The time in which a new process may still show its parent's environment, in ms. */
const settleTime = 300;

/**
 * The variables that a process did not get as expected, because another extension's entry replaced them.
 * @param environ reads the environment with which a process was started, with entries separated by NUL
 * @returns empty on other systems than Linux, and for a process that has ended
 */
export async function lostVariables(
  pid: number,
  expected: Readonly<Record<string, string>>,
  environ: (pid: number) => Promise<string | undefined> = readEnviron,
): Promise<ElevatedVariable[]> {
  const readLost = async (): Promise<ElevatedVariable[]> => {
    const text = await environ(pid);
    return text === undefined ? [] : lostVariablesIn(text, expected);
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

/** The variables that an environment changes, or that VS Code's shell integration will replace later. */
export function lostVariablesIn(
  environ: string,
  expected: Readonly<Record<string, string>>,
): ElevatedVariable[] {
  const entries = environ.split('\0').map((entry) => {
    const at = entry.indexOf('=');
    return [entry.slice(0, at), entry.slice(at + 1)] as const;
  });
  const values = Object.fromEntries(entries);
  const replacements = ['VSCODE_ENV_REPLACE', 'VSCODE_ENV_PREPEND', 'VSCODE_ENV_APPEND'].map(
    (name) => values[name],
  );
  const replaced = new Set(replacedVariables(values, expected));
  return elevatedVariables.filter(
    (name) =>
      replaced.has(name) || replacements.some((list) => new RegExp(`(?:^|:)${name}=`).test(list ?? '')),
  );
}
