import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Variable } from './shellProbe.ts';
import type { KnownShell } from './shellDialects.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** A start-up file: where it lies, and how we name it to the person, in words of our own. */
export interface StartUpFile {
  readonly path: string;
  readonly label: string;
}

/**
 * The files that an interactive shell reads at its start, those read last at the end. More than one shell reads:
 * which of them depends on how it is started.
 * @param zdotdir where zsh looks for its own, if not in the home folder
 */
export function startUpFiles(shell: KnownShell, env: Environment, zdotdir = ''): StartUpFile[] {
  const home = env['HOME'] ?? '';
  const global = (...paths: string[]): StartUpFile[] => paths.map((path) => ({ path, label: path }));
  const own = (...names: string[]): StartUpFile[] =>
    names.map((name) => ({ path: join(home, name), label: `~/${name}` }));
  switch (shell) {
    case 'bash':
      return [
        ...global('/etc/profile', '/etc/bash.bashrc', '/etc/bashrc'),
        ...own('.profile', '.bash_login', '.bash_profile', '.bash_aliases', '.bashrc'),
      ];
    case 'zsh': {
      const names = ['.zshenv', '.zprofile', '.zshrc', '.zlogin'];
      const moved =
        zdotdir === '' || zdotdir === home
          ? []
          : names.map((name) => ({ path: join(zdotdir, name), label: `$ZDOTDIR/${name}` }));
      return [
        ...global('/etc/zshenv', '/etc/zsh/zshenv', '/etc/zprofile', '/etc/zsh/zprofile'),
        ...global('/etc/zshrc', '/etc/zsh/zshrc', '/etc/zlogin', '/etc/zsh/zlogin'),
        ...own(...names),
        ...moved,
      ];
    }
    case 'fish': {
      const moved = env['XDG_CONFIG_HOME'] ?? '';
      const folder = moved === '' ? join(home, '.config') : moved;
      const label = moved === '' ? '~/.config' : '$XDG_CONFIG_HOME';
      return [
        ...global('/etc/fish/config.fish'),
        // A folder: the names of the files in it are not ours to say.
        { path: join(folder, 'fish', 'conf.d'), label: `${label}/fish/conf.d` },
        // Where `set -U` keeps what it sets.
        { path: join(folder, 'fish', 'fish_variables'), label: `${label}/fish/fish_variables` },
        { path: join(folder, 'fish', 'config.fish'), label: `${label}/fish/config.fish` },
      ];
    }
  }
}

/** When these files were last written and how long they are, as one text: another one when any of them changed. */
export async function stampsOf(files: readonly StartUpFile[]): Promise<string> {
  const stamps = await Promise.all(
    files.map(async ({ path }) => {
      const names = await readdir(path).catch(() => []);
      return Promise.all([path, ...names.map((name) => join(path, name))].map(stampOfFile));
    }),
  );
  return JSON.stringify(stamps);
}

async function stampOfFile(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  return found ? `${path} ${String(found.mtimeMs)} ${String(found.size)}` : '';
}

/** The label of the file that sets a variable, the last one if there are several; undefined where none can be found. */
export async function setter(variable: Variable, files: readonly StartUpFile[]): Promise<string | undefined> {
  const found = await Promise.all(
    files.map(async ({ path, label }) => (sets(await textOf(path), variable) ? [label] : [])),
  );
  return found.flat().at(-1);
}

/** What is in a file, or in all files of a folder. */
async function textOf(path: string): Promise<string> {
  const names = await readdir(path).catch(() => undefined);
  if (!names) return readFile(path, 'utf8').catch(() => '');
  const texts = await Promise.all(names.map((name) => readFile(join(path, name), 'utf8').catch(() => '')));
  return texts.join('\n');
}

/** Whether a line of a start-up file sets or takes away a variable; the line that we propose does not count. */
export function sets(text: string, variable: Variable): boolean {
  const assigned = new RegExp(`(?:^|[\\s;&|({])${variable}\\+?=`);
  const named = new RegExp(
    `(?:^|[\\s;&|({])(?:set|unset|SETUVAR|setenv)\\s(?:[^#;]*\\s)?${variable}(?![\\w])`,
  );
  return text
    .split('\n')
    .filter((line) => !/^\s*#/.test(line) && !line.includes('JIT_ACCESS_HOME'))
    .some((line) => assigned.test(line) || named.test(line));
}
