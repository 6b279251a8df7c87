import { homedir } from 'node:os';
import { join } from 'node:path';
import { comparedName, valueOf, type Environment } from './environment.ts';
import { withoutWorkspace } from './withoutWorkspace.ts';

/** Variables that name a folder for temporary files or for those of a login session. Private homes lie in one. */
const folderNames = /^(TMPDIR|TEMP|TMP|XDG_RUNTIME_DIR|LOCALAPPDATA)$/;

const temporaryNames = ['TMPDIR', 'TMP', 'TEMP'];

/** The folder for data of this user on this machine, on Windows. */
const localData = join(homedir(), 'AppData', 'Local');

const usualFolders = process.platform === 'win32' ? [join(localData, 'Temp')] : ['/tmp', '/var/tmp'];

/**
 * The names of the variables whose folder for temporary files lies in the workspace or has no full path. A
 * `.envrc` or a Makefile of a workspace sets them for the VS Code that is started from its shell.
 */
export async function foldersInWorkspace(env: Environment, workspace: readonly string[]): Promise<string[]> {
  const named = Object.entries(env).filter(([name, path]) => path && folderNames.test(comparedName(name)));
  const usable = new Set(
    await withoutWorkspace(
      named.flatMap(([, path]) => path ?? []),
      workspace,
    ),
  );
  return named.filter(([, path]) => !usable.has(path ?? '')).map(([name]) => name);
}

/**
 * An environment whose folders for temporary files do not lie in the workspace, so that private homes do not, nor
 * what tsh writes.
 * @returns the same environment if it is like that already
 */
export async function withOwnFolders(env: Environment, workspace: readonly string[]): Promise<Environment> {
  const unusable = await foldersInWorkspace(env, workspace);
  const named = temporaryNames.flatMap((name) => valueOf(env, name) || []);
  const candidates = [...named, ...usualFolders];
  const [place = usualFolders.at(-1)] = await withoutWorkspace(candidates, workspace);
  // Where nothing is named, the usual folder itself may be the workspace.
  if (unusable.length === 0 && place === candidates[0]) return env;
  const kept = Object.entries(env).filter(
    ([name]) => !unusable.includes(name) && !temporaryNames.includes(comparedName(name)),
  );
  return {
    ...Object.fromEntries(kept),
    ...Object.fromEntries(temporaryNames.map((name) => [name, place])),
    ...(unusable.some((name) => comparedName(name) === 'LOCALAPPDATA') ? { LOCALAPPDATA: localData } : {}),
  };
}
