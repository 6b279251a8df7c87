import { delimiter, dirname, isAbsolute, relative, resolve } from 'node:path';

/** Environment variables of a process, as Node gives them. */
export type Environment = Readonly<Record<string, string | undefined>>;

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

/**
 * Whether an absolute path is one of these folders or lies inside one. `..` in the path is resolved first.
 */
export function isInside(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => {
    const fromFolder = relative(folder, resolve(path));
    // A root folder contains every path. If the workspace is the root, no program could be used.
    if (dirname(folder) === folder) return false;
    return fromFolder !== '..' && !/^\.\.[/\\]/.test(fromFolder) && !isAbsolute(fromFolder);
  });
}

/**
 * The folders of PATH, without relative entries and folders of the workspace. Every search for a program and
 * the PATH of every process use it.
 * @param more further folders, after those of PATH
 */
export function pathWithoutWorkspace(
  env: Environment,
  workspace: readonly string[],
  ...more: readonly string[]
): string[] {
  // Windows spells the name `Path`.
  const name = Object.keys(env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
  return [env[name] ?? '', ...more]
    .join(delimiter)
    .split(delimiter)
    .filter((folder) => isAbsolute(folder) && !isInside(folder, workspace));
}

/**
 * The part of an environment that tsh and tctl inherit: the allowed variables, and PATH without the workspace.
 */
export function cleanEnvironment(parent: Environment, workspace: readonly string[]): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [key, value] of Object.entries(parent)) {
    if (value !== undefined && inheritedVariables.some((pattern) => pattern.test(key))) env[key] = value;
  }
  return { ...env, PATH: pathWithoutWorkspace(parent, workspace).join(delimiter) };
}

/**
 * The environment of a tsh or tctl process on one home.
 * @param parent the environment of this program
 * @param home TELEPORT_HOME: the profile folder to work on
 * @param mainLogin the main login's folder; its `bin` holds the tools that Teleport downloaded
 * @param workspace the workspace folders; PATH does not contain them
 */
export function tshEnvironment(
  parent: Environment,
  home: string,
  mainLogin: string,
  workspace: readonly string[],
): Record<string, string> {
  return {
    ...cleanEnvironment(parent, workspace),
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

/**
 * The environment of an elevated shell: the user's own, with the private home in place of the main login.
 * @param folder the private home's `current`
 * @param tsh the tsh program in use; its folder is added to PATH, so that the shell finds it
 * @param workspace the workspace folders; PATH does not contain them
 */
export function shellEnvironment(
  parent: Environment,
  {
    folder,
    kubeconfig,
    tsh,
    workspace,
  }: { folder: string; kubeconfig: string; tsh: string; workspace: readonly string[] },
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [key, value] of Object.entries(parent)) {
    if (value !== undefined && !removedVariables.test(key) && key.toUpperCase() !== 'PATH') env[key] = value;
  }
  return {
    ...env,
    TERM: 'xterm-256color',
    COLORTERM: 'truecolor',
    PATH: pathWithoutWorkspace(parent, workspace, dirname(tsh)).join(delimiter),
    TELEPORT_HOME: folder,
    KUBECONFIG: kubeconfig,
    // A line in the user's start-up file uses it to set TELEPORT_HOME and KUBECONFIG again.
    JIT_ACCESS_HOME: dirname(folder),
    // By default tsh adds the elevated key to the agent, where the key outlives the drop.
    TELEPORT_ADD_KEYS_TO_AGENT: 'no',
  };
}

/** The environment of a visible `tsh login` on the main login's folder. It lets tsh open a browser. */
export function signInEnvironment(
  parent: Environment,
  mainLogin: string,
  workspace: readonly string[],
): Record<string, string> {
  const env = tshEnvironment(parent, mainLogin, mainLogin, workspace);
  delete env['TELEPORT_LOGIN_BROWSER'];
  delete env['TELEPORT_ADD_KEYS_TO_AGENT'];
  return { ...env, TERM: 'xterm-256color' };
}
