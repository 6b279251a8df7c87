import * as vscode from 'vscode';

/** The settings by their keys in package.json, with the values used if a setting has the wrong type. */
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

/** The settings with their types, by key. */
export type Settings = typeof defaults;
/** The key of a setting, without the prefix `jitAccess.`. */
export type SettingKey = keyof Settings;

/** The keys of all settings, for the test that compares them with package.json. */
export const settingKeys = Object.keys(defaults) as SettingKey[];

/** Reads the current value of a setting. A value of the wrong type counts as not set. */
export function setting<K extends SettingKey>(key: K): Settings[K] {
  const value: unknown = vscode.workspace.getConfiguration('jitAccess').get(key);
  const fallback: Settings[K] = defaults[key];
  if (Array.isArray(fallback)) {
    const isList = Array.isArray(value) && value.every((item) => typeof item === 'string');
    return (isList ? value : fallback) as Settings[K];
  }
  return (typeof value === typeof fallback ? value : fallback) as Settings[K];
}

/** Writes a setting to the user settings, for "Don't Show Again". */
export async function changeSetting<K extends SettingKey>(key: K, value: Settings[K]): Promise<void> {
  await vscode.workspace.getConfiguration('jitAccess').update(key, value, vscode.ConfigurationTarget.Global);
}

/** Calls the listener when a setting of this extension changes. */
export function onDidChangeSettings(listener: () => void): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration('jitAccess')) listener();
  });
}

/** Opens the settings editor. @param query what it shows; this extension's settings when left out */
export async function openSettings(query = '@ext:jit-access.jit-access'): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.openSettings', query);
}
