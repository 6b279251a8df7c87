import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import {
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { TeleportFailure } from '../process/failure.ts';
import { emptyKubeconfig } from './kubeconfig.ts';
import { ensureOwnFolder, checkOwnFolder } from '../process/ownFolder.ts';
import { isSystemError } from '../process/systemError.ts';

/*
 * A private home is a private copy of a login. Only this copy holds the keys of an elevation, and a drop
 * removes it.
 *   <runtime folder>/jit-access/<random>/gen-1   a minimal profile folder
 *   <runtime folder>/jit-access/<random>/current -> gen-1   the value of TELEPORT_HOME
 *   <runtime folder>/jit-access/<random>/kubeconfig
 */

/**
 * Creates a private home: an empty folder with mode 0700 and a random name.
 * @throws TeleportFailure `untrustedHome`, see `ensureOwnFolder`
 */
export async function makeHome(root: string): Promise<{ name: string; folder: string }> {
  await ensureOwnFolder(root);
  const name = randomBytes(16).toString('hex');
  const folder = join(root, name);
  await mkdir(folder, { mode: 0o700 });
  await checkOwnFolder(folder);
  return { name, folder };
}

/**
 * Checks that `current` leads to a generation of this home. A link to another folder would make calls change
 * another login.
 * @throws TeleportFailure `untrustedHome` when it leads elsewhere
 */
export async function checkCurrent(folder: string): Promise<void> {
  const leadsInside = async (): Promise<boolean> => {
    const target = await realpath(currentOf(folder));
    return dirname(target) === (await realpath(folder)) && isGeneration(basename(target));
  };
  if (!(await leadsInside().catch(() => false))) throw new TeleportFailure({ kind: 'untrustedHome' });
}

/** Whether a private home holds a complete login, so that `current` leads to a generation of it. */
export const holdsLogin = (folder: string): Promise<boolean> =>
  checkCurrent(folder).then(
    () => true,
    () => false,
  );

/** Whether a folder's name is one of a private home. */
export const isHomeName = (name: string): boolean => /^[0-9a-f]{32}$/.test(name);

/** Whether a path leads into a private home, of whatever runtime folder. */
export const isInPrivateHome = (path: string): boolean =>
  /[\\/]jit-access(-[^\\/]+)?[\\/][0-9a-f]{32}([\\/]|$)/i.test(path);

/** The path that the elevated shell and all calls use as TELEPORT_HOME. */
export const currentOf = (folder: string): string => join(folder, 'current');

/** The kubeconfig of the elevated shell. It lies beside the generations, so that it outlives them. */
export const kubeconfigOf = (folder: string): string => join(folder, 'kubeconfig');

/**
 * Fills the first generation with the files that a login needs, copied from the main login's folder. A link
 * is refused: with a link into the main login's folder, elevating the copy would elevate the main login.
 * @throws TeleportFailure `signedOut` when there is no login to copy, `untrustedHome` for a link inside the
 *   login
 */
export async function fillHome(folder: string, mainLogin: string): Promise<void> {
  const generation = await fillGeneration(folder, mainLogin, 1);
  await writeFile(kubeconfigOf(folder), emptyKubeconfig, { mode: 0o600, flag: 'wx' });
  await symlink(linkTarget(generation), currentOf(folder), 'junction');
}

/** The target of the `current` link: a relative path, except on Windows, where junctions are absolute. */
const linkTarget = (generation: string): string =>
  process.platform === 'win32' ? generation : basename(generation);

async function fillGeneration(folder: string, mainLogin: string, number: number): Promise<string> {
  const from = await realpath(mainLogin).catch(() => mainLogin);
  const proxy = await currentProxy(from);
  const generation = join(folder, `gen-${String(number)}`);
  await mkdir(generation, { mode: 0o700 });
  await copyFile(join(from, 'current-profile'), join(generation, 'current-profile'));
  await copyFile(join(from, `${proxy}.yaml`), join(generation, `${proxy}.yaml`));
  await copyFile(join(from, 'known_hosts'), join(generation, 'known_hosts'), 'optional');
  await copyTree(from, generation, ['keys', proxy]);
  await copyTree(from, generation, ['config'], (name) => name === 'config.yaml').catch(ifMissing);
  return generation;
}

/** A newer copy of the login, beside the generation in use. */
export interface Generation {
  /** Its profile folder. */
  readonly path: string;
  /** Makes this generation current in one atomic step and removes the older generations. */
  activate(): Promise<void>;
  /** Removes this generation unless it is the current one. */
  discard(): Promise<void>;
}

/**
 * Fills another generation of a private home from the main login. A running shell is not affected, because it
 * uses `current` and a kubeconfig beside the generations.
 * @throws TeleportFailure as `fillHome`; the new generation is removed then
 */
export async function nextGeneration(folder: string, mainLogin: string): Promise<Generation> {
  await checkCurrent(folder);
  const numbers = (await generations(folder)).map((name) => Number(name.slice('gen-'.length)));
  const number = Math.max(0, ...numbers) + 1;
  const path = join(folder, `gen-${String(number)}`);
  const discard = async (): Promise<void> => {
    const current = await realpath(currentOf(folder)).catch(() => '');
    if (basename(current) !== basename(path)) await rm(path, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    await fillGeneration(folder, mainLogin, number);
  } catch (error) {
    await discard();
    throw error;
  }
  return { path, activate: () => activateGeneration(folder, path), discard };
}

/** Removes all generations but the current one, such as those that an interrupted continuation left. */
export async function removeSpareGenerations(folder: string): Promise<void> {
  const current = basename(await realpath(currentOf(folder)));
  for (const name of await generations(folder)) {
    if (name !== current) await rm(join(folder, name), { recursive: true, force: true, maxRetries: 3 });
  }
}

const isGeneration = (name: string): boolean => /^gen-\d+$/.test(name);

const generations = async (folder: string): Promise<string[]> => (await readdir(folder)).filter(isGeneration);

/** Lets `current` point to a generation and removes the others. */
async function activateGeneration(folder: string, generation: string): Promise<void> {
  await checkOwnFolder(generation).catch(() => {
    throw new TeleportFailure({ kind: 'untrustedHome' });
  });
  const nextLink = join(folder, 'next');
  await rm(nextLink, { recursive: true, force: true });
  await symlink(linkTarget(generation), nextLink, 'junction');
  // Windows cannot rename onto a junction, so `current` is missing for a moment. No call runs then, because
  // the caller holds the home's lock.
  if (process.platform === 'win32') await rm(currentOf(folder), { force: true });
  await rename(nextLink, currentOf(folder));
  await removeSpareGenerations(folder);
}

/** The proxy host in `current-profile`. It is validated, because it becomes part of file names. */
async function currentProxy(home: string): Promise<string> {
  const name = await readFile(join(home, 'current-profile'), 'utf8').catch(() => '');
  const proxy = name.trim();
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(proxy)) throw new TeleportFailure({ kind: 'signedOut' });
  return proxy;
}

/** Copies `from/a/b` to `to/a/b`. Every folder on the path must be a real folder, not a link. */
async function copyTree(
  from: string,
  to: string,
  parts: readonly string[],
  wanted: (name: string) => boolean = () => true,
): Promise<void> {
  let [source, target] = [from, to];
  for (const part of parts) {
    [source, target] = [join(source, part), join(target, part)];
    const stats = await lstat(source);
    if (!stats.isDirectory()) throw new TeleportFailure({ kind: 'untrustedHome' });
    await mkdir(target, { mode: 0o700 });
  }
  for (const entry of await readdir(source, { withFileTypes: true })) {
    if (!wanted(entry.name)) continue;
    if (entry.isDirectory()) await copyTree(source, target, [entry.name]);
    else await copyFile(join(source, entry.name), join(target, entry.name));
  }
}

// Windows has no O_NOFOLLOW; there the check of the file type must be enough.
const noFollow = (constants as Partial<typeof constants>).O_NOFOLLOW ?? 0;

/**
 * Copies one regular file. The system call itself refuses a link that replaces the file after the type check.
 */
async function copyFile(from: string, to: string, need: 'optional' | 'needed' = 'needed'): Promise<void> {
  const stats = await lstat(from).catch(ifMissing);
  if (!stats) {
    if (need === 'optional') return;
    throw new TeleportFailure({ kind: 'signedOut' });
  }
  if (!stats.isFile()) throw new TeleportFailure({ kind: 'untrustedHome' });
  const file = await open(from, constants.O_RDONLY | noFollow);
  try {
    await writeFile(to, await file.readFile(), { mode: 0o600, flag: 'wx' });
  } finally {
    await file.close();
  }
}

function ifMissing(error: unknown): undefined {
  if (!isSystemError(error, 'ENOENT')) throw error;
}

/**
 * Removes a private home with all generations. Callers repeat it, because a running tool may create files
 * there again.
 */
export async function removeHome(root: string, name: string): Promise<void> {
  if (!isHomeName(name)) throw new TeleportFailure({ kind: 'untrustedHome' });
  await rm(join(root, name), { recursive: true, force: true, maxRetries: 3 });
}
