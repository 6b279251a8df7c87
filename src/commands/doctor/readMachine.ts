import { constants } from 'node:fs';
import { access, lstat, readdir, readFile, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import * as l10n from '@vscode/l10n';
import { untrusted, type Untrusted } from '../../access/untrusted/untrusted.ts';
import {
  comparedName,
  pathFolders,
  pathWithoutWorkspace,
  valueOf,
  type Environment,
} from '../../teleport/environment/environment.ts';
import { withoutWorkspace } from '../../teleport/environment/withoutWorkspace.ts';
import { isOnlyOfUser } from '../../teleport/process/ownFolder.ts';
import { isSystemError } from '../../teleport/process/systemError.ts';

/* The facts that the Doctor reads on this machine: names, owners and modes. It never reads a key file. */

/** What is read, or `otherwise` if the file or folder is missing. */
const unlessMissing = <T, O>(reading: Promise<T>, otherwise: O): Promise<T | O> =>
  reading.catch((error: unknown) => {
    if (isSystemError(error, 'ENOENT')) return otherwise;
    throw error;
  });

/** Names of variables that would change the behaviour of tsh, tctl or kubectl. */
const strayPattern =
  /^(TELEPORT_|TSH_|TCTL_)|^(KUBECONFIG|NODE_OPTIONS|SSH_CERT_FILE|GODEBUG|SSLKEYLOGFILE)$/;

/**
 * The names of the variables in `env` that match `strayPattern`. TELEPORT_HOME is left out if it names the
 * profile folder in use, because it is then respected.
 */
export function strayVariables(env: Environment, home: string): Untrusted[] {
  return Object.keys(env)
    .filter((name) => strayPattern.test(comparedName(name)) && env[name] !== undefined)
    .filter((name) => comparedName(name) !== 'TELEPORT_HOME' || env[name] !== home)
    .sort()
    .map(untrusted);
}

/** How a program was found, in words. @param setting the path in the settings; empty if it is not set */
export function placeWords(path: string, setting: string, env: Environment): string {
  if (setting !== '') return l10n.t('named in the settings');
  const isOnPath = pathFolders(env).includes(dirname(path));
  return isOnPath ? l10n.t('found on PATH') : l10n.t('found in a usual place');
}

/** Finds kubectl on the PATH of an elevated terminal, and tells whether it is a link into the workspace. */
export async function findKubectl(
  env: Environment,
  workspace: readonly string[],
): Promise<{ path: Untrusted | undefined; isOfWorkspace: boolean }> {
  const name = process.platform === 'win32' ? 'kubectl.exe' : 'kubectl';
  for (const folder of await pathWithoutWorkspace(env, workspace)) {
    const path = join(folder, name);
    const refusal = await access(path, constants.X_OK).catch((error: unknown) => error);
    if (refusal !== undefined) continue;
    const isOfWorkspace = (await withoutWorkspace([path], workspace)).length === 0;
    return { path: untrusted(path), isOfWorkspace };
  }
  return { path: undefined, isOfWorkspace: false };
}

/** The names of the files in a folder; empty if the folder is missing. */
export async function filesInFolder(folder: string): Promise<Untrusted[]> {
  return (await unlessMissing(readdir(folder), [])).sort().map(untrusted);
}

/** The tsh configuration files that exist, and whether each defines aliases: the user's and the machine's. */
export async function aliasFiles(env: Environment, home: string) {
  const configured = valueOf(env, 'TELEPORT_GLOBAL_TSH_CONFIG') ?? '';
  const paths = [join(home, 'config', 'config.yaml'), isAbsolute(configured) ? configured : '/etc/tsh.yaml'];
  const files = await Promise.all(
    paths.map(async (path) => {
      const text = await unlessMissing(readFile(path, 'utf8'), undefined);
      return text === undefined
        ? []
        : [{ path: untrusted(path), aliases: /^["']?aliases["']?\s*:/m.test(text) }];
    }),
  );
  return files.flat();
}

/** Maximum number of entries that are searched for links. A login has a few dozen files. */
const maxEntries = 2_000;

/**
 * The facts about a folder that holds keys. `isOpen`: it is another user's, or other users may enter it;
 * `mode`: the permission bits, such as `700`; `links`: symbolic links inside it, as paths relative to it.
 * @param searchLinks follows a link at `path`, and lists the symbolic links inside the folder
 */
export async function folderFacts(path: string, searchLinks: boolean) {
  const found = await unlessMissing(searchLinks ? stat(path) : lstat(path), undefined);
  if (!found) return { path: untrusted(path), exists: false, isOpen: false, mode: '', links: [] };
  const isFolder = found.isDirectory();
  const links = isFolder && searchLinks ? await linksIn(path) : [];
  const mode = (found.mode & 0o777).toString(8);
  return { path: untrusted(path), exists: true, isOpen: !isOnlyOfUser(found) || !isFolder, mode, links };
}

async function linksIn(folder: string): Promise<Untrusted[]> {
  const links: Untrusted[] = [];
  const queue = [''];
  for (let visited = 0; visited < maxEntries;) {
    const folderPath = queue.shift();
    if (folderPath === undefined) break;
    for (const entry of await readdir(join(folder, folderPath), { withFileTypes: true })) {
      visited += 1;
      const path = join(folderPath, entry.name);
      if (entry.isSymbolicLink()) links.push(untrusted(path));
      // The folder `bin` holds managed tools. They are links by design and are not copied.
      else if (entry.isDirectory() && path !== 'bin') queue.push(path);
    }
  }
  return links;
}
