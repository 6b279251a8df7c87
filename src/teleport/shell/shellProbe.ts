import type { Environment } from '../environment/environment.ts';
import type { KnownShell } from './shellDialects.ts';

/** The variables whose values a shell prints. */
const printedVariables = [
  'TELEPORT_HOME',
  'KUBECONFIG',
  'JIT_ACCESS_HOME',
  'TELEPORT_ADD_KEYS_TO_AGENT',
  'PATH',
  'ZDOTDIR',
] as const;

/** The shell commands that print the names of all variables that programs inherit, separated by spaces or lines. */
const exportedNames: Readonly<Record<KnownShell, string>> = {
  bash: '"$(builtin compgen -e)"',
  zsh: '"$(builtin typeset +x)"',
  // Older versions of fish make several words of several lines.
  fish: `(builtin set -nx | string join ' ')`,
};

/**
 * The arguments with which a shell prints its variables after its start-up files. The shell is interactive,
 * as in a terminal.
 * @param userArguments the user's own arguments; none of them may be a command
 * @param mark a random text that separates the values from the output of start-up files
 */
export function probeArguments(shell: KnownShell, userArguments: readonly string[], mark: string): string[] {
  const values = printedVariables.map((name) => (shell === 'fish' ? `"$${name}"` : `"\${${name}-}"`));
  const words = [mark, ...values, exportedNames[shell], mark];
  // A NUL ends each value, because no value can contain it. The command line itself contains none, in case it
  // is printed.
  return [
    ...userArguments,
    '-i',
    '-c',
    `builtin printf '${words.map(() => '%s').join('\\0')}' ${words.join(' ')}`,
  ];
}

/**
 * Reads the variables from a shell's output: those whose values it printed, and every other variable that its
 * programs inherit, with an empty value. Undefined if the output does not contain them.
 */
export function readShell(printed: string, mark: string): Environment | undefined {
  // The last marks count: the shell prints them last, and a start-up file may have printed the same before.
  const end = printed.lastIndexOf(`\0${mark}`);
  const begin = printed.lastIndexOf(`${mark}\0`, end - 1);
  if (end < 0 || begin < 0) return undefined;
  const [, ...values] = printed.slice(begin, end).split('\0');
  if (values.length !== printedVariables.length + 1) return undefined;
  const names = (values.at(-1) ?? '').split(/\s+/).filter((name) => name !== '');
  const printedValues = printedVariables.map((name, index) => [name, values[index]]);
  return Object.fromEntries([...names.map((name) => [name, '']), ...printedValues]) as Environment;
}
