import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { replacedVariables, variables, type Variable } from './shellProbe.ts';

/** How long after its start a process may still show the environment of the one that started it, in ms. */
const settles = 300;

/**
 * Which of our variables a process was not given as they were meant: another extension's entry wins over ours. Linux
 * only; elsewhere, and of a process that is gone, nothing is said.
 * @param environ reads the environment a process was started with, entries divided by NUL
 */
export async function lostVariables(
  pid: number,
  expected: Readonly<Record<string, string>>,
  environ: (pid: number) => Promise<string | undefined> = environOf,
): Promise<Variable[]> {
  const look = async (): Promise<Variable[]> => {
    const text = await environ(pid);
    return text === undefined ? [] : lost(text, expected);
  };
  if ((await look()).length === 0) return [];
  // Between its making and its start a process is a copy of its parent.
  await pause(settles);
  return look();
}

async function environOf(pid: number): Promise<string | undefined> {
  if (process.platform !== 'linux') return undefined;
  const text = await readFile(`/proc/${String(pid)}/environ`, 'utf8').catch(() => '');
  return text === '' ? undefined : text;
}

/** Which of our variables an environment holds otherwise, or has VS Code's shell integration replace afterwards. */
export function lost(environ: string, expected: Readonly<Record<string, string>>): Variable[] {
  const entries = environ.split('\0').map((entry) => {
    const at = entry.indexOf('=');
    return [entry.slice(0, at), entry.slice(at + 1)] as const;
  });
  const values = Object.fromEntries(entries);
  const later = ['VSCODE_ENV_REPLACE', 'VSCODE_ENV_PREPEND', 'VSCODE_ENV_APPEND'].map((name) => values[name]);
  const wrong = new Set(replacedVariables(values, expected));
  return variables.filter(
    (name) => wrong.has(name) || later.some((list) => new RegExp(`(?:^|:)${name}=`).test(list ?? '')),
  );
}
