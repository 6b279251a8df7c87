import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { KnownShell } from './shellDialects.ts';
import type { Environment } from '../environment/environment.ts';

/** A start-up file of a shell. */
export interface StartUpFile {
  readonly path: string;
  /** The name shown to the user. It never contains text from the machine's files or variables. */
  readonly label: string;
}

/**
 * The files that an interactive shell may read at its start, in reading order. The list is longer than what
 * one shell reads, because that depends on how the shell is started.
 * @param zdotdir the folder of zsh's own files, if it is not the home folder
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
        // A folder. Its label stands for all files in it, because file names are untrusted text.
        { path: join(folder, 'fish', 'conf.d'), label: `${label}/fish/conf.d` },
        // The file in which `set -U` stores variables.
        { path: join(folder, 'fish', 'fish_variables'), label: `${label}/fish/fish_variables` },
        { path: join(folder, 'fish', 'config.fish'), label: `${label}/fish/config.fish` },
      ];
    }
  }
}

/** A text of the modification times and sizes of files. It changes when one of the files changes. */
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
  const stats = await stat(path).catch(() => undefined);
  return stats ? `${path} ${String(stats.mtimeMs)} ${String(stats.size)}` : '';
}

/** The label of the last file that sets a variable; undefined if no file sets it. */
export async function findSettingFile(
  variable: string,
  files: readonly StartUpFile[],
): Promise<string | undefined> {
  const labels = await Promise.all(
    files.map(async ({ path, label }) => (setsVariable(await readText(path), variable) ? [label] : [])),
  );
  return labels.flat().at(-1);
}

/** The text of a file, or of all files in a folder. */
async function readText(path: string): Promise<string> {
  const names = await readdir(path).catch(() => undefined);
  if (!names) return readFile(path, 'utf8').catch(() => '');
  const texts = await Promise.all(names.map((name) => readFile(join(path, name), 'utf8').catch(() => '')));
  return texts.join('\n');
}

/**
 * Whether a start-up file sets or removes a variable. The line that the extension proposes (see
 * `restoreVariablesLine`) does not count.
 */
export function setsVariable(text: string, variable: string): boolean {
  const assignment = new RegExp(`(?:^|[\\s;&|({])${variable}\\+?=`);
  const setCommand = new RegExp(
    `(?:^|[\\s;&|({])(?:set|unset|SETUVAR|setenv)\\s(?:[^#;]*\\s)?${variable}(?![\\w])`,
  );
  return text
    .split('\n')
    .filter((line) => !/^\s*#/.test(line) && !line.includes('JIT_ACCESS_HOME'))
    .some((line) => assignment.test(line) || setCommand.test(line));
}
