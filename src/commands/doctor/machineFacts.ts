import { constants } from 'node:fs';
import { access, lstat, readdir, readFile, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { untrusted, type Untrusted } from '../../access/untrusted/untrusted.ts';
import { pathWithoutWorkspace, type Environment } from '../../teleport/process/environment.ts';
import { failureOf } from '../../teleport/process/failure.ts';
import { isSystemError, systemErrorCode } from '../../teleport/process/systemError.ts';
import type { AliasFile, FolderFacts, Fact, ProgramFacts } from '../../state/diagnosis.ts';

/* The facts that the Doctor reads on this machine: names, owners and modes. It never reads a key file. */

/** Reads one fact. A failure or a system error becomes the fact, so that it affects no other fact. */
export async function readFact<T>(read: () => Promise<T>): Promise<Fact<T>> {
  try {
    return { value: await read() };
  } catch (error) {
    const failure = failureOf(error);
    return failure ? { failure } : { error: untrusted(systemErrorCode(error) ?? '') };
  }
}

/** Names of variables that would change the behaviour of tsh, tctl or kubectl. */
const strayPattern =
  /^(TELEPORT_|TSH_|TCTL_)|^(KUBECONFIG|NODE_OPTIONS|SSH_CERT_FILE|GODEBUG|SSLKEYLOGFILE)$/;

/**
 * The names of the variables in `env` that match `strayPattern`. TELEPORT_HOME is left out if it names the
 * profile folder in use, because it is then respected.
 */
export function strayVariables(env: Environment, home: string): Untrusted[] {
  return Object.keys(env)
    .filter((name) => strayPattern.test(name) && env[name] !== undefined)
    .filter((name) => name !== 'TELEPORT_HOME' || env[name] !== home)
    .sort()
    .map(untrusted);
}

/** How a program was found: by its setting, on PATH, or in a usual folder. */
export function howFound(path: string, setting: string, env: Environment): ProgramFacts['how'] {
  if (setting !== '') return 'setting';
  return pathWithoutWorkspace(env, []).includes(dirname(path)) ? 'path' : 'usual';
}

/** Finds kubectl on the PATH of an elevated terminal. */
export async function findKubectl(
  env: Environment,
  workspace: readonly string[],
): Promise<Untrusted | undefined> {
  const name = process.platform === 'win32' ? 'kubectl.exe' : 'kubectl';
  for (const folder of pathWithoutWorkspace(env, workspace)) {
    const path = join(folder, name);
    const isExecutable = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isExecutable) return untrusted(path);
  }
  return undefined;
}

/** The names of the files in a folder; empty if the folder is missing. */
export async function filesInFolder(folder: string): Promise<Untrusted[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (isSystemError(error, 'ENOENT')) return [];
    throw error;
  });
  return names.sort().map(untrusted);
}

/** The tsh configuration files that exist, and whether each defines aliases: the user's and the machine's. */
export async function aliasFiles(env: Environment, home: string): Promise<AliasFile[]> {
  const configured = env['TELEPORT_GLOBAL_TSH_CONFIG'] ?? '';
  const paths = [join(home, 'config', 'config.yaml'), isAbsolute(configured) ? configured : '/etc/tsh.yaml'];
  const files = await Promise.all(
    paths.map(async (path) => {
      const text = await readFile(path, 'utf8').catch((error: unknown) => {
        if (isSystemError(error, 'ENOENT')) return undefined;
        throw error;
      });
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
 * The owner and the mode of a folder.
 * @param searchLinks follows a link at `path`, and lists the symbolic links inside the folder
 */
export async function folderFacts(path: string, searchLinks: boolean): Promise<FolderFacts> {
  const facts = { path: untrusted(path), exists: false, ours: false, mode: '', links: [] };
  try {
    const { mode, uid } = await (searchLinks ? stat(path) : lstat(path));
    const ours = process.platform === 'win32' || (uid === userInfo().uid && (mode & 0o077) === 0);
    const isFolder = (mode & constants.S_IFMT) === constants.S_IFDIR;
    const links = searchLinks && isFolder ? await linksIn(path) : [];
    return { ...facts, exists: true, ours: ours && isFolder, mode: (mode & 0o777).toString(8), links };
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return facts;
    throw error;
  }
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
