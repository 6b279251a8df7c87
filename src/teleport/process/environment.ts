import { delimiter, dirname, isAbsolute, relative, resolve } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What our processes may inherit: what the system, a proxy, certificates, language and a browser sign-in need.
 * Nothing of TELEPORT_, TSH_, ELECTRON_, VSCODE_ and no NODE_OPTIONS: TELEPORT_CLUSTER makes `login --request-id`
 * do nothing, TELEPORT_USER changes who "me" is, aliases run other programs.
 */
const passed = [
  /^(HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|TZ|TMPDIR|TEMP|TMP)$/,
  /^LC_/,
  /^(HTTPS?_PROXY|NO_PROXY|ALL_PROXY)$/i,
  /^SSL_CERT_(FILE|DIR)$/,
  /^XDG_/,
  /^(DBUS_SESSION_BUS_ADDRESS|DISPLAY|WAYLAND_DISPLAY|BROWSER)$/,
  /^(USERPROFILE|APPDATA|LOCALAPPDATA|PROGRAMDATA|PROGRAMFILES(\(X86\))?|SYSTEMROOT|SYSTEMDRIVE|WINDIR|COMSPEC|PATHEXT|USERNAME|USERDOMAIN|HOMEDRIVE|HOMEPATH|COMPUTERNAME)$/i,
];

/** Every word with which our calls begin: an alias in a tsh configuration file must not replace it. */
export const ourWords =
  'status,request,requests,login,logout,version,kube,ssh,ls,profiles,get,create,rm,lock,acl,bots';

/** Whether an absolute path is one of these folders or lies inside one; `..` does not lead out. */
export function isInside(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => {
    const way = relative(folder, resolve(path));
    // Where the whole machine was opened, nothing would be left.
    if (dirname(folder) === folder) return false;
    return way !== '..' && !/^\.\.[/\\]/.test(way) && !isAbsolute(way);
  });
}

/** PATH with its absolute entries only, and none inside the given folders (the workspace). */
export function cleanPath(path: string, without: readonly string[]): string {
  return path
    .split(delimiter)
    .filter((entry) => isAbsolute(entry) && !isInside(entry, without))
    .join(delimiter);
}

/** PATH of an environment, however it is spelled (Windows says `Path`). */
export function pathOf(env: Environment): string {
  const key = Object.keys(env).find((name) => name.toUpperCase() === 'PATH');
  return (key === undefined ? undefined : env[key]) ?? '';
}

/** What our own programs may inherit of an environment: what the system needs and a clean PATH. */
export function cleanEnvironment(parent: Environment): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [key, value] of Object.entries(parent)) {
    if (value !== undefined && passed.some((pattern) => pattern.test(key))) env[key] = value;
  }
  return { ...env, PATH: cleanPath(pathOf(parent), []) };
}

/**
 * The environment of a tsh or tctl process on one home.
 * @param parent the environment of this program
 * @param home TELEPORT_HOME: the profile folder to work on
 * @param mainLogin the person's own profile folder: tools that Teleport downloaded lie in its `bin`
 */
export function tshEnvironment(parent: Environment, home: string, mainLogin: string): Record<string, string> {
  return {
    ...cleanEnvironment(parent),
    TELEPORT_HOME: home,
    TELEPORT_TOOLS_DIR: `${mainLogin}/bin`,
    TELEPORT_ADD_KEYS_TO_AGENT: 'no',
    TELEPORT_LOGIN_BROWSER: 'none',
    TSH_UNALIAS: ourWords,
  };
}

/** What an elevated shell never inherits: other logins' settings, and what would run a program of somebody else's. */
const stripped =
  /^(TELEPORT_|TSH_|ELECTRON_|VSCODE_|JIT_ACCESS_|BASH_FUNC_|(NODE_OPTIONS|BASH_ENV|ENV|ZDOTDIR|PROMPT_COMMAND|LD_PRELOAD|DYLD_INSERT_LIBRARIES|KUBECONFIG|KUBE.*TOKEN)$)/;

/**
 * The environment of an elevated shell: the person's own, with the private home in place of the main login.
 * @param folder the private home's `current`
 * @param tsh the program we use, so that `tsh` is found there too
 * @param without workspace folders, whose programs must not be found
 */
export function shellEnvironment(
  parent: Environment,
  {
    folder,
    kubeconfig,
    tsh,
    without,
  }: { folder: string; kubeconfig: string; tsh: string; without: readonly string[] },
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [key, value] of Object.entries(parent)) {
    if (value !== undefined && !stripped.test(key) && key.toUpperCase() !== 'PATH') env[key] = value;
  }
  return {
    ...env,
    TERM: 'xterm-256color',
    COLORTERM: 'truecolor',
    PATH: cleanPath([pathOf(parent), dirname(tsh)].join(delimiter), without),
    TELEPORT_HOME: folder,
    KUBECONFIG: kubeconfig,
    // For a line in a start-up file that sets the two again.
    JIT_ACCESS_HOME: dirname(folder),
    // A plain tsh would put the elevated key into the agent, where it outlives giving back.
    TELEPORT_ADD_KEYS_TO_AGENT: 'no',
  };
}

/** The environment of a visible `tsh login` on the main login's folder: a browser may open. */
export function signInEnvironment(parent: Environment, mainLogin: string): Record<string, string> {
  const env = tshEnvironment(parent, mainLogin, mainLogin);
  delete env['TELEPORT_LOGIN_BROWSER'];
  delete env['TELEPORT_ADD_KEYS_TO_AGENT'];
  return { ...env, TERM: 'xterm-256color' };
}
