import * as vscode from 'vscode';
import { variableNames } from './terminalEnvironment.ts';

/**
 * The names of the environment variables that settings set in terminals: those of the user and of the workspace.
 * VS Code leaves them all out of a local elevated terminal, but sets them in one of a remote window, which ignores
 * `strictEnv` (source: remoteTerminalChannel.ts).
 */
export function terminalVariables(): string[] {
  const key = { win32: 'windows', darwin: 'osx' }[process.platform as string] ?? 'linux';
  const config = vscode.workspace.getConfiguration('terminal.integrated.env');
  const inspected = config.inspect<unknown>(key);
  return variableNames([
    // What counts now, with the settings of a remote machine, which `inspect` does not tell apart.
    config.get<unknown>(key),
    ...[inspected?.globalValue, inspected?.workspaceValue, inspected?.workspaceFolderValue],
  ]);
}

/** The shell of the default terminal profile in the user settings. A workspace must not choose it. */
export function chosenShell(): { path: string; args: string[] } | undefined {
  const system = { win32: 'windows', darwin: 'osx' }[process.platform as string] ?? 'linux';
  const config = vscode.workspace.getConfiguration('terminal.integrated');
  const name = config.inspect<string | null>(`defaultProfile.${system}`)?.globalValue;
  const profiles = config.inspect<Record<string, unknown>>(`profiles.${system}`);
  const profile = name ? { ...profiles?.defaultValue, ...profiles?.globalValue }[name] : undefined;
  if (typeof profile !== 'object' || profile === null || !('path' in profile)) return undefined;
  const path = Array.isArray(profile.path) ? (profile.path as unknown[])[0] : profile.path;
  const args = 'args' in profile && Array.isArray(profile.args) ? profile.args : [];
  if (typeof path !== 'string') return undefined;
  return { path, args: args.filter((arg): arg is string => typeof arg === 'string') };
}

/** A setting by which an extension types a command into new terminals. */
export type TypingSetting = 'python.terminal.activateEnvironment' | 'python-envs.terminal.autoActivationType';

/**
 * The setting by which an installed Python extension types into new terminals, as in this window; undefined if
 * none does. (Sources: terminals/activation.ts of ms-python.python, terminalManager.ts of
 * ms-python.vscode-python-environments, which takes the older setting where its own is not set.)
 */
export function typingSetting(): TypingSetting | undefined {
  const isInstalled = (name: string): boolean =>
    vscode.extensions.getExtension(`ms-python.${name}`) !== undefined;
  const isOn = vscode.workspace.getConfiguration('python').get('terminal.activateEnvironment') !== false;
  if (isInstalled('vscode-python-environments')) {
    const type = vscode.workspace.getConfiguration('python-envs').inspect('terminal.autoActivationType');
    const chosen = type?.workspaceFolderValue ?? type?.workspaceValue ?? type?.globalValue;
    const types = chosen === undefined ? isOn : chosen !== 'off';
    return types ? 'python-envs.terminal.autoActivationType' : undefined;
  }
  return isInstalled('python') && isOn ? 'python.terminal.activateEnvironment' : undefined;
}
