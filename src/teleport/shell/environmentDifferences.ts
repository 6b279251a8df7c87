import { delimiter } from 'node:path';
import { containsHome, isRemoved, pathFolders, type Environment } from '../environment/environment.ts';
import { withoutWorkspace } from '../environment/withoutWorkspace.ts';

/** The environment that an elevated shell is to have. */
export interface ElevatedEnvironment {
  readonly env: Environment;
  /** The workspace folders. No folder of PATH may lie in them. */
  readonly workspace: readonly string[];
}

/** Variables that decide which login tsh and kubectl use. */
const ofLogin = /^(TELEPORT_|TSH_|KUBECONFIG$|KUBE.*TOKEN$|JIT_ACCESS_)/;
/** Variables that decide to whom programs talk, and whom they believe. */
const ofConnection = /^(HOME|HTTPS?_PROXY|ALL_PROXY|NO_PROXY|SSL_CERT_(FILE|DIR))$/i;
/** VS Code's own variables in every terminal. */
const ofEditor = /^VSCODE_/;

/**
 * The names of the variables in which a new shell differs from the environment it is to have: everything that
 * this extension sets or removes, what decides to whom programs talk, and PATH if it has a relative folder or one
 * of the workspace.
 * @param actual the variables with which the shell was started
 */
export function differencesAtStart(actual: Environment, expected: ElevatedEnvironment): Promise<string[]> {
  const changed = withEditorChanges(actual);
  return differences(changed, expected, (name) => {
    if (name === 'ZDOTDIR') return !isOfShellIntegration(actual);
    if (/^VSCODE_PYTHON_.*_ACTIVATE$/.test(name)) return !changed['VSCODE_PYTHON_AUTOACTIVATE_GUARD'];
    return ofLogin.test(name) || ofConnection.test(name) || (isRemoved(name) && !ofEditor.test(name));
  });
}

/**
 * The same after the start-up files of the shell. Those are the user's own, so that only the login and PATH are
 * compared: a start-up file may set a proxy or NODE_OPTIONS.
 * @param actual the variables as the shell printed them
 */
export const differencesAfterStartUp = (
  actual: Environment,
  expected: ElevatedEnvironment,
): Promise<string[]> => differences(actual, expected, (name) => ofLogin.test(name));

/** @param isCompared whether a variable must be as expected, also if it is not expected at all */
async function differences(
  actual: Environment,
  { env, workspace }: ElevatedEnvironment,
  isCompared: (name: string) => boolean,
): Promise<string[]> {
  const names = [...new Set([...Object.keys(env), ...Object.keys(actual)])];
  const differing = names.filter((name) => isCompared(name) && actual[name] !== env[name]);
  return (await hasForeignFolder(actual, env, workspace)) ? [...differing, 'PATH'] : differing;
}

/** Whether PATH has a relative folder or one of the workspace. */
async function hasForeignFolder(
  actual: Environment,
  expected: Environment,
  workspace: readonly string[],
): Promise<boolean> {
  const expectedFolders = new Set((expected['PATH'] ?? '').split(delimiter));
  const added = (actual['PATH'] ?? '').split(delimiter).filter((folder) => !expectedFolders.has(folder));
  const full = pathFolders({ PATH: added.join(delimiter) });
  if (added.length > full.length) return true;
  const isOwn = await containsHome(workspace);
  return !isOwn && (await withoutWorkspace(full, workspace)).length < full.length;
}

/** Whether VS Code's shell integration has set ZDOTDIR, to load itself into zsh (source: terminalEnvironment.ts). */
const isOfShellIntegration = (actual: Environment): boolean =>
  actual['VSCODE_INJECTION'] === '1' && /[/\\][^/\\]+-zsh$/.test(actual['ZDOTDIR'] ?? '');

/**
 * The variables as they are when VS Code's shell integration has made the changes that extensions ordered. It finds
 * them as `NAME=value` in three variables, separated by colons (source: shellIntegration-bash.sh).
 */
function withEditorChanges(actual: Environment): Environment {
  const env: Record<string, string | undefined> = { ...actual };
  const change = (list: string, apply: (value: string, before: string) => string): void => {
    for (const entry of (actual[list] ?? '').split(':')) {
      const at = entry.indexOf('=');
      if (at <= 0) continue;
      const name = entry.slice(0, at);
      const value = entry
        .slice(at + 1)
        .replaceAll('\\x3a', ':')
        .replaceAll('\\\\', '\\');
      env[name] = apply(value, env[name] ?? '');
    }
  };
  change('VSCODE_ENV_REPLACE', (value) => value);
  change('VSCODE_ENV_PREPEND', (value, before) => value + before);
  change('VSCODE_ENV_APPEND', (value, before) => before + value);
  if (actual['VSCODE_PATH_PREFIX']) env['PATH'] = actual['VSCODE_PATH_PREFIX'] + (env['PATH'] ?? '');
  return env;
}
