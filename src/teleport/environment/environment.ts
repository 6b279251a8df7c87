import { delimiter, dirname } from 'node:path';
import { accountHome } from './account.ts';
import { isFullPath, withoutWorkspace } from './withoutWorkspace.ts';

/** Environment variables of a process, as Node gives them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The name of a variable as the system compares it: Windows takes upper and lower case for the same. */
export const comparedName = (name: string, platform: NodeJS.Platform = process.platform): string =>
  platform === 'win32' ? name.toUpperCase() : name;

/**
 * The value of a variable. Windows spells some names differently, such as `Path`, and a copy of the environment
 * finds them only as they are spelled.
 * @param name in upper case
 */
export function valueOf(env: Environment, name: string): string | undefined {
  const spelled = Object.keys(env).find((key) => key.toUpperCase() === name) ?? name;
  return env[name] ?? env[spelled];
}

/**
 * The variables that tsh and tctl inherit: those that the system, a proxy, certificates, the language and a
 * browser sign-in need. Variables that begin with TELEPORT_, TSH_, ELECTRON_ or VSCODE_ and NODE_OPTIONS are
 * not inherited: TELEPORT_CLUSTER makes `login --request-id` do nothing, TELEPORT_USER changes the user, and
 * aliases run other programs.
 */
const inheritedVariables = [
  /^(HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|TZ|TMPDIR|TEMP|TMP)$/,
  /^LC_/,
  /^(HTTPS?_PROXY|NO_PROXY|ALL_PROXY)$/i,
  /^SSL_CERT_(FILE|DIR)$/,
  /^XDG_/,
  /^(DBUS_SESSION_BUS_ADDRESS|DISPLAY|WAYLAND_DISPLAY|BROWSER)$/,
  /^(USERPROFILE|APPDATA|LOCALAPPDATA|PROGRAMDATA|PROGRAMFILES(\(X86\))?|SYSTEMROOT|SYSTEMDRIVE|WINDIR|COMSPEC|PATHEXT|USERNAME|USERDOMAIN|HOMEDRIVE|HOMEPATH|COMPUTERNAME)$/i,
];

/** The first word of every call. TSH_UNALIAS disables aliases for them in a tsh configuration file. */
export const unaliasedCommands =
  'status,request,requests,login,logout,version,kube,ssh,ls,profiles,get,create,rm,lock,acl,bots';

/** Whether tsh and tctl inherit a variable with this name. */
export function isInherited(name: string, platform: NodeJS.Platform = process.platform): boolean {
  return inheritedVariables.some((pattern) => pattern.test(comparedName(name, platform)));
}

/** The folders of PATH, without the relative ones. */
export const pathFolders = (env: Environment): string[] =>
  (valueOf(env, 'PATH') ?? '').split(delimiter).filter(isFullPath);

/**
 * The folders of PATH, without relative folders and those of the workspace. Every search for a program and the
 * PATH of every process use it.
 * @param more further folders, after those of PATH
 */
export const pathWithoutWorkspace = (
  env: Environment,
  workspace: readonly string[],
  ...more: readonly string[]
): Promise<string[]> => withoutWorkspace([...pathFolders(env), ...more], workspace);

/**
 * Whether the workspace contains the home folder, and with it the user's own programs and files. The home folder is
 * that of the system, because a workspace may set HOME.
 */
export const containsHome = async (workspace: readonly string[]): Promise<boolean> =>
  (await withoutWorkspace([accountHome()], workspace)).length === 0;

/**
 * The wanted variables of an environment, and PATH, without paths of the workspace: a `.envrc` of it could name the
 * program that opens a browser, or certificates to believe. All paths are looked at together, because each look costs
 * system calls and every call of tsh needs this.
 * @param isWanted whether a variable is kept at all
 * @param more further folders, after those of PATH
 */
async function environmentWithoutWorkspace(
  parent: Environment,
  workspace: readonly string[],
  isWanted: (name: string) => boolean,
  ...more: readonly string[]
): Promise<Record<string, string>> {
  const wanted = Object.entries(parent).flatMap(([name, value]) =>
    value !== undefined && isWanted(name) && name.toUpperCase() !== 'PATH' ? [[name, value] as const] : [],
  );
  const folders = [...pathFolders(parent), ...more];
  const paths = wanted.flatMap(([, value]) => value.split(delimiter).filter(isFullPath));
  const outside = new Set(
    await withoutWorkspace([...new Set([...paths, ...folders, accountHome()])], workspace),
  );
  // A workspace that contains the home folder contains the user's own files.
  const isOwn = !outside.has(accountHome());
  const kept = wanted.flatMap(([name, value]) => {
    const left = isOwn ? value : listWithin(value, outside);
    return left === undefined ? [] : [[name, left] as const];
  });
  const path = folders.filter((folder) => outside.has(folder)).join(delimiter);
  return { ...Object.fromEntries(kept), PATH: path };
}

/** A path, or a list of paths as in PATH, with the full paths of a set only; undefined if none is left. */
function listWithin(value: string, paths: ReadonlySet<string>): string | undefined {
  const parts = value.split(delimiter);
  const left = parts.filter((part) => paths.has(part) || !isFullPath(part));
  if (left.length === parts.length) return value;
  return left.some((part) => part !== '') ? left.join(delimiter) : undefined;
}

/**
 * The part of an environment that tsh and tctl inherit: the allowed variables, and PATH without the workspace.
 */
export const cleanEnvironment = (
  parent: Environment,
  workspace: readonly string[],
): Promise<Record<string, string>> =>
  environmentWithoutWorkspace(parent, workspace, (name) => isInherited(name));

/**
 * The environment of a tsh or tctl process on one home.
 * @param parent the environment of this program
 * @param home TELEPORT_HOME: the profile folder to work on
 * @param mainLogin the main login's folder; its `bin` holds the tools that Teleport downloaded
 * @param workspace the workspace folders; PATH does not contain them
 */
export async function tshEnvironment(
  parent: Environment,
  home: string,
  mainLogin: string,
  workspace: readonly string[],
): Promise<Record<string, string>> {
  return {
    ...(await cleanEnvironment(parent, workspace)),
    TELEPORT_HOME: home,
    TELEPORT_TOOLS_DIR: `${mainLogin}/bin`,
    TELEPORT_ADD_KEYS_TO_AGENT: 'no',
    TELEPORT_LOGIN_BROWSER: 'none',
    TSH_UNALIAS: unaliasedCommands,
  };
}

/**
 * Variables that an elevated shell does not inherit: settings of other logins, and settings that run other
 * programs.
 */
const removedVariables =
  /^(TELEPORT_|TSH_|ELECTRON_|VSCODE_|JIT_ACCESS_|BASH_FUNC_|(NODE_OPTIONS|BASH_ENV|ENV|ZDOTDIR|PROMPT_COMMAND|LD_PRELOAD|DYLD_INSERT_LIBRARIES|KUBECONFIG|KUBE.*TOKEN)$)/;

/** Whether an elevated shell has no variable of this name, or one of this extension only. */
export function isRemoved(name: string, platform: NodeJS.Platform = process.platform): boolean {
  return removedVariables.test(comparedName(name, platform));
}

/** The variables that make a shell elevated, as this extension sets them. @param folder the private home's `current` */
export function elevatedSettings(folder: string, kubeconfig: string): Record<string, string> {
  return {
    TELEPORT_HOME: folder,
    KUBECONFIG: kubeconfig,
    // A line in the user's start-up file uses it to set TELEPORT_HOME and KUBECONFIG again.
    JIT_ACCESS_HOME: dirname(folder),
    // By default tsh adds the elevated key to the agent, where the key outlives the drop.
    TELEPORT_ADD_KEYS_TO_AGENT: 'no',
    // VS Code's shell integration would run what the Python extensions leave in a variable: a file of the workspace.
    VSCODE_PYTHON_AUTOACTIVATE_GUARD: '1',
  };
}

/**
 * The environment of an elevated shell: the user's own, with the private home in place of the main login.
 * @param folder the private home's `current`
 * @param tsh the tsh program in use; its folder is added to PATH, so that the shell finds it
 * @param workspace the workspace folders; PATH does not contain them
 */
export async function shellEnvironment(
  parent: Environment,
  {
    folder,
    kubeconfig,
    tsh,
    workspace,
  }: { folder: string; kubeconfig: string; tsh: string; workspace: readonly string[] },
): Promise<Record<string, string>> {
  return {
    ...(await environmentWithoutWorkspace(parent, workspace, (name) => !isRemoved(name), dirname(tsh))),
    TERM: 'xterm-256color',
    COLORTERM: 'truecolor',
    ...elevatedSettings(folder, kubeconfig),
  };
}

/** The environment of a visible `tsh login` on the main login's folder. It lets tsh open a browser. */
export async function signInEnvironment(
  parent: Environment,
  mainLogin: string,
  workspace: readonly string[],
): Promise<Record<string, string>> {
  const env = await tshEnvironment(parent, mainLogin, mainLogin, workspace);
  delete env['TELEPORT_LOGIN_BROWSER'];
  delete env['TELEPORT_ADD_KEYS_TO_AGENT'];
  return { ...env, TERM: 'xterm-256color' };
}
