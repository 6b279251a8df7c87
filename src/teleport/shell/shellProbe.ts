import type { KnownShell } from './shellDialects.ts';
import type { Environment } from '../process/environment.ts';

/** The variables that make a terminal elevated. */
export const elevatedVariables = ['TELEPORT_HOME', 'KUBECONFIG'] as const;
/** A variable that makes a terminal elevated. */
export type ElevatedVariable = (typeof elevatedVariables)[number];

/** The variables of a shell after it has read its start-up files. */
export interface ShellReading {
  readonly values: Readonly<Record<ElevatedVariable, string>>;
  /** The folder of zsh's start-up files. */
  readonly zdotdir: string;
}

/**
 * The arguments with which a shell prints its variables after its start-up files. The shell is interactive,
 * as in a terminal.
 * @param userArguments the user's own arguments; none of them may be a command
 * @param mark a random text that separates the values from the output of start-up files
 */
export function probeArguments(shell: KnownShell, userArguments: readonly string[], mark: string): string[] {
  const names = [...elevatedVariables, 'ZDOTDIR'];
  const words = names.map((name) => (shell === 'fish' ? `"$${name}"` : `"\${${name}-}"`)).join(' ');
  // A NUL ends each value, because no value can contain it. The command line itself contains none, in case it
  // is printed.
  const print = `builtin printf '%s\\0%s\\0%s\\0%s\\0%s' ${mark} ${words} ${mark}`;
  return [...userArguments, '-i', '-c', print];
}

/** Reads the variables from a shell's output; undefined if the output does not contain them. */
export function readShell(printed: string, mark: string): ShellReading | undefined {
  // The last marks count: the shell prints them last, and a start-up file may have printed the same before.
  const end = printed.lastIndexOf(`\0${mark}`);
  const begin = printed.lastIndexOf(`${mark}\0`, end - 1);
  if (end < 0 || begin < 0) return undefined;
  const [, home, kubeconfig, zdotdir, ...rest] = printed.slice(begin, end).split('\0');
  if (home === undefined || kubeconfig === undefined || zdotdir === undefined || rest.length > 0)
    return undefined;
  return { values: { TELEPORT_HOME: home, KUBECONFIG: kubeconfig }, zdotdir };
}

/** The variables whose values differ from the expected ones. */
export function replacedVariables(
  values: Environment,
  expected: Readonly<Record<string, string>>,
): ElevatedVariable[] {
  return elevatedVariables.filter((name) => values[name] !== expected[name]);
}
