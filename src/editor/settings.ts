import * as vscode from 'vscode';

/** Settings, by the key in package.json, with the value that counts when the user wrote nonsense. */
const defaults = {
  tshPath: '',
  tctlPath: '',
  teleportHome: '',
  proxy: '',
  roles: [] as readonly string[],
  'reason.minimumLength': 10,
  'reason.ticketPattern': '',
  'reason.skeleton': '',
  notifications: true,
  dropWhenIdle: 0,
  useAccess: 'ask',
  kubernetesCluster: '',
  'review.notify': true,
  exceptions: '',
  'manifests.longestSession': '6h',
};

export type Settings = typeof defaults;
export type SettingKey = keyof Settings;

/** Every setting's key, for the test that compares them with package.json. */
export const settingKeys = Object.keys(defaults) as SettingKey[];

/** What a setting is now. A value of another type than it should be counts as not set. */
export function setting<K extends SettingKey>(key: K): Settings[K] {
  const value: unknown = vscode.workspace.getConfiguration('jitAccess').get(key);
  const fallback: Settings[K] = defaults[key];
  if (Array.isArray(fallback)) {
    const isList = Array.isArray(value) && value.every((one) => typeof one === 'string');
    return (isList ? value : fallback) as Settings[K];
  }
  return (typeof value === typeof fallback ? value : fallback) as Settings[K];
}

/** Writes a user setting, for "Don't Show Again". */
export async function changeSetting<K extends SettingKey>(key: K, value: Settings[K]): Promise<void> {
  await vscode.workspace.getConfiguration('jitAccess').update(key, value, vscode.ConfigurationTarget.Global);
}

/** Calls back when one of our settings was changed. */
export function onSettingsChanged(listener: () => void): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration('jitAccess')) listener();
  });
}

/** Opens the settings editor at ours. */
export async function openSettings(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.openSettings', '@ext:jit-access.jit-access');
}

/** The names of the variables that the workspace wants to set in terminals. */
export function workspaceTerminalVariables(): string[] {
  const key = { win32: 'windows', darwin: 'osx' }[process.platform as string] ?? 'linux';
  const found = vscode.workspace
    .getConfiguration('terminal.integrated.env')
    .inspect<Record<string, unknown>>(key);
  const names = [found?.workspaceValue, found?.workspaceFolderValue].flatMap((value) =>
    Object.keys(value ?? {}),
  );
  return [...new Set(names)];
}

/** The shell the user chose for VS Code's terminals, if it is an absolute path; never what a workspace says. */
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
