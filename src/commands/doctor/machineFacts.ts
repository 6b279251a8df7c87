import { constants } from 'node:fs';
import { access, lstat, readdir, readFile, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { untrusted, type Untrusted } from '../../access/text/untrusted.ts';
import { cleanPath, pathOf } from '../../teleport/process/environment.ts';
import { failureOf } from '../../teleport/process/failure.ts';
import type { AliasFile, FolderFacts, Fact, ProgramFacts } from '../../state/diagnosis.ts';
import type { Environment } from '../../teleport/process/environment.ts';

/* What the Doctor reads of this machine: names, owners and modes; of no key file a byte. */

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';

const missing = (error: unknown): boolean => codeOf(error) === 'ENOENT';

/** A fact by itself: what keeps it from being known is kept instead, and harms no other. */
export async function found<T>(look: () => Promise<T>): Promise<Fact<T>> {
  try {
    return { value: await look() };
  } catch (error) {
    const failure = failureOf(error);
    return failure ? { failure } : { error: untrusted(codeOf(error)) };
  }
}

/** Variables that would change what tsh, tctl or kubectl do. Names only. */
const straying = /^(TELEPORT_|TSH_|TCTL_)|^(KUBECONFIG|NODE_OPTIONS|SSH_CERT_FILE|GODEBUG|SSLKEYLOGFILE)$/;

/** The ones set here; the one that names the profile folder in use is heeded, so it does not stray. */
export function strays(env: Environment, home: string): Untrusted[] {
  return Object.keys(env)
    .filter((name) => straying.test(name) && env[name] !== undefined)
    .filter((name) => name !== 'TELEPORT_HOME' || env[name] !== home)
    .sort()
    .map(untrusted);
}

/** Where a program was found: by its setting, on PATH, or in a usual place. */
export function howFound(path: string, setting: string, env: Environment): ProgramFacts['how'] {
  if (setting !== '') return 'setting';
  return pathOf(env).split(delimiter).includes(dirname(path)) ? 'path' : 'usual';
}

/** kubectl on the PATH that an elevated terminal has. */
export async function kubectl(env: Environment, without: readonly string[]): Promise<Untrusted | undefined> {
  const name = process.platform === 'win32' ? 'kubectl.exe' : 'kubectl';
  for (const folder of cleanPath(pathOf(env), without).split(delimiter)) {
    const path = join(folder, name);
    const runs = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (runs) return untrusted(path);
  }
  return undefined;
}

/** Names of the files in a folder; none when it is not there. */
export async function filesInFolder(folder: string): Promise<Untrusted[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (missing(error)) return [];
    throw error;
  });
  return names.sort().map(untrusted);
}

/** tsh configurations that may hold aliases: the person's own, and the machine's. */
export async function aliasFiles(env: Environment, home: string): Promise<AliasFile[]> {
  const named = env['TELEPORT_GLOBAL_TSH_CONFIG'] ?? '';
  const paths = [join(home, 'config', 'config.yaml'), isAbsolute(named) ? named : '/etc/tsh.yaml'];
  const files = await Promise.all(
    paths.map(async (path) => {
      const text = await readFile(path, 'utf8').catch((error: unknown) => {
        if (missing(error)) return undefined;
        throw error;
      });
      return text === undefined
        ? []
        : [{ path: untrusted(path), aliases: /^["']?aliases["']?\s*:/m.test(text) }];
    }),
  );
  return files.flat();
}

/** What is looked through for links: a login has a few dozen files. */
const enough = 2_000;

/** Owner, mode and links of a folder. */
export async function folderFacts(path: string, searched: boolean): Promise<FolderFacts> {
  const facts = { path: untrusted(path), exists: false, ours: false, mode: '', links: [] };
  try {
    const { mode, uid } = await (searched ? stat(path) : lstat(path));
    const ours = process.platform === 'win32' || (uid === userInfo().uid && (mode & 0o077) === 0);
    const real = (mode & constants.S_IFMT) === constants.S_IFDIR;
    const links = searched && real ? await linksIn(path) : [];
    return { ...facts, exists: true, ours: ours && real, mode: (mode & 0o777).toString(8), links };
  } catch (error) {
    if (missing(error)) return facts;
    throw error;
  }
}

async function linksIn(folder: string): Promise<Untrusted[]> {
  const links: Untrusted[] = [];
  const queue = [''];
  for (let looked = 0; looked < enough;) {
    const at = queue.shift();
    if (at === undefined) break;
    for (const entry of await readdir(join(folder, at), { withFileTypes: true })) {
      looked += 1;
      const path = join(at, entry.name);
      if (entry.isSymbolicLink()) links.push(untrusted(path));
      // Managed tools are links by design, and are not copied.
      else if (entry.isDirectory() && path !== 'bin') queue.push(path);
    }
  }
  return links;
}
