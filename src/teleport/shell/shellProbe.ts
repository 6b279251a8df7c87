import type { KnownShell } from './shellDialects.ts';

/** The variables that make a terminal an elevated one. */
export const variables = ['TELEPORT_HOME', 'KUBECONFIG'] as const;
export type Variable = (typeof variables)[number];

/** What a shell has after its start-up files. */
export interface ShellReading {
  readonly values: Readonly<Record<Variable, string>>;
  /** Where zsh looks for its start-up files. */
  readonly zdotdir: string;
}

/**
 * How a shell is asked what it has, once its start-up files are through: interactive, as in a terminal.
 * @param own the person's own arguments, of which none may be a command
 * @param mark unguessable: start-up files print things too
 */
export function probeArguments(shell: KnownShell, own: readonly string[], mark: string): string[] {
  const names = [...variables, 'ZDOTDIR'];
  const words = names.map((name) => (shell === 'fish' ? `"$${name}"` : `"\${${name}-}"`)).join(' ');
  // The end of a value is a NUL, which none can hold; the line itself, should somebody print it, has none.
  const print = `builtin printf '%s\\0%s\\0%s\\0%s\\0%s' ${mark} ${words} ${mark}`;
  return [...own, '-i', '-c', print];
}

/** Reads what a shell printed; undefined where the answer is not in it. */
export function readShell(printed: string, mark: string): ShellReading | undefined {
  // The shell comes last; what printed the same before it was a start-up file.
  const end = printed.lastIndexOf(`\0${mark}`);
  const begin = printed.lastIndexOf(`${mark}\0`, end - 1);
  if (end < 0 || begin < 0) return undefined;
  const [, home, kubeconfig, zdotdir, ...rest] = printed.slice(begin, end).split('\0');
  if (home === undefined || kubeconfig === undefined || zdotdir === undefined || rest.length > 0)
    return undefined;
  return { values: { TELEPORT_HOME: home, KUBECONFIG: kubeconfig }, zdotdir };
}

/** Which variables are not what they were set to. */
export function replacedVariables(
  values: Readonly<Record<string, string | undefined>>,
  expected: Readonly<Record<string, string>>,
): Variable[] {
  return variables.filter((name) => values[name] !== expected[name]);
}
