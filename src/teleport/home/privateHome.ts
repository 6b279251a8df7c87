import { randomBytes } from 'node:crypto';
import { constants, existsSync } from 'node:fs';
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
import { tmpdir, userInfo } from 'node:os';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { TeleportFailure } from '../process/failure.ts';
import { emptyKubeconfig } from './kubeconfig.ts';

/*
 * A private copy of a login: the only place where an elevation's keys lie, and gone when it is given back.
 *   <runtime folder>/jit-access/<random>/gen-1   a minimal profile folder
 *   <runtime folder>/jit-access/<random>/current -> gen-1   what TELEPORT_HOME names
 *   <runtime folder>/jit-access/<random>/kubeconfig
 */

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Where private homes lie: not roaming, not backed up, ours alone. A runtime folder that is named and not there, as after
 * the last logout from a machine whose server goes on, is as none.
 */
export function runtimeFolder(env: Environment): string {
  const runtime = env['XDG_RUNTIME_DIR'] ?? '';
  if (process.platform === 'win32') return join(env['LOCALAPPDATA'] ?? tmpdir(), 'jit-access');
  if (isAbsolute(runtime) && existsSync(runtime)) return join(runtime, 'jit-access');
  return join(tmpdir(), `jit-access-${String(userInfo().uid)}`);
}

/**
 * Makes a folder of ours, or checks one that is there.
 * @throws TeleportFailure `untrustedHome` for a link, somebody else's folder, or one that others may enter
 */
export async function ownFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: false, mode: 0o700 });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  await checkOwn(path);
}

/** @throws TeleportFailure `untrustedHome`, see `ownFolder` */
export async function checkOwn(path: string): Promise<void> {
  const found = await lstat(path);
  const ours = process.platform === 'win32' || (found.uid === userInfo().uid && (found.mode & 0o077) === 0);
  if (!found.isDirectory() || !ours) throw new TeleportFailure({ kind: 'untrustedHome' });
}

/** A new private home's name and folder, empty and 0700. */
export async function makeHome(root: string): Promise<{ name: string; folder: string }> {
  await ownFolder(root);
  const name = randomBytes(16).toString('hex');
  const folder = join(root, name);
  await mkdir(folder, { mode: 0o700 });
  await checkOwn(folder);
  return { name, folder };
}

/**
 * Makes sure that `current` leads to a generation of this home: through another link, what is done there would be done
 * to another login.
 * @throws TeleportFailure `untrustedHome`
 */
export async function checkCurrent(folder: string): Promise<void> {
  const leadsInside = async (): Promise<boolean> => {
    const used = await realpath(currentOf(folder));
    return dirname(used) === (await realpath(folder)) && isGeneration(basename(used));
  };
  if (!(await leadsInside().catch(() => false))) throw new TeleportFailure({ kind: 'untrustedHome' });
}

/** What TELEPORT_HOME of the shell and of our calls names. */
export const currentOf = (folder: string): string => join(folder, 'current');

/** The kubeconfig of the elevated shell; beside the generations, so that it outlives them. */
export const kubeconfigOf = (folder: string): string => join(folder, 'kubeconfig');

/**
 * Fills the first generation with the least a login needs, copied from the main login's folder.
 * Links are refused: through one, elevating the copy would elevate the main login.
 * @throws TeleportFailure `signedOut` when there is no login to copy, `untrustedHome` for a link inside it
 */
export async function fillHome(folder: string, mainLogin: string): Promise<void> {
  const generation = await fillGeneration(folder, mainLogin, 1);
  await writeFile(kubeconfigOf(folder), emptyKubeconfig, { mode: 0o600, flag: 'wx' });
  await symlink(linkTarget(generation), currentOf(folder), 'junction');
}

/** What the link says: a path beside it, except on Windows, whose junctions are absolute. */
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

/** A newer copy of the login, beside the one in use. */
export interface Generation {
  /** Its profile folder. */
  readonly path: string;
  /** Makes it the current one, at one moment for everybody, and removes the older ones. */
  take(): Promise<void>;
  /** Removes it unless it was taken; the one in use goes on. */
  discard(): Promise<void>;
}

/**
 * Fills another generation of a private home from the ordinary one. A running shell goes on: what it names is
 * `current`, and its kubeconfig lies beside the generations.
 * @throws TeleportFailure as `fillHome`; nothing of the new generation is left then
 */
export async function nextGeneration(folder: string, mainLogin: string): Promise<Generation> {
  await checkCurrent(folder);
  const numbers = (await generations(folder)).map((name) => Number(name.slice('gen-'.length)));
  const number = Math.max(0, ...numbers) + 1;
  const path = join(folder, `gen-${String(number)}`);
  const discard = async (): Promise<void> => {
    const used = await realpath(currentOf(folder)).catch(() => '');
    if (basename(used) !== basename(path)) await rm(path, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    await fillGeneration(folder, mainLogin, number);
  } catch (error) {
    await discard();
    throw error;
  }
  return { path, take: () => take(folder, path), discard };
}

/** Removes what a cut-off continuation left beside the generation in use. */
export async function removeSpareGenerations(folder: string): Promise<void> {
  const used = basename(await realpath(currentOf(folder)));
  for (const name of await generations(folder)) {
    if (name !== used) await rm(join(folder, name), { recursive: true, force: true, maxRetries: 3 });
  }
}

const isGeneration = (name: string): boolean => /^gen-\d+$/.test(name);

const generations = async (folder: string): Promise<string[]> => (await readdir(folder)).filter(isGeneration);

async function take(folder: string, generation: string): Promise<void> {
  await checkOwn(generation).catch(() => {
    throw new TeleportFailure({ kind: 'untrustedHome' });
  });
  const beside = join(folder, 'next');
  await rm(beside, { recursive: true, force: true });
  await symlink(linkTarget(generation), beside, 'junction');
  // Windows cannot rename onto a junction; there nothing of ours runs at this moment, since the turn is held.
  if (process.platform === 'win32') await rm(currentOf(folder), { force: true });
  await rename(beside, currentOf(folder));
  await removeSpareGenerations(folder);
}

/** The proxy host in `current-profile`, which becomes part of file names. */
async function currentProxy(home: string): Promise<string> {
  const name = await readFile(join(home, 'current-profile'), 'utf8').catch(() => '');
  const proxy = name.trim();
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(proxy)) throw new TeleportFailure({ kind: 'signedOut' });
  return proxy;
}

/** Copies `from/a/b` to `to/a/b`, every part of the way a real folder. */
async function copyTree(
  from: string,
  to: string,
  parts: readonly string[],
  wanted: (name: string) => boolean = () => true,
): Promise<void> {
  let [source, target] = [from, to];
  for (const part of parts) {
    [source, target] = [join(source, part), join(target, part)];
    const found = await lstat(source);
    if (!found.isDirectory()) throw new TeleportFailure({ kind: 'untrustedHome' });
    await mkdir(target, { mode: 0o700 });
  }
  for (const entry of await readdir(source, { withFileTypes: true })) {
    if (!wanted(entry.name)) continue;
    if (entry.isDirectory()) await copyTree(source, target, [entry.name]);
    else await copyFile(join(source, entry.name), join(target, entry.name));
  }
}

// Windows has no O_NOFOLLOW; there looking at the type first must do.
const noFollow = (constants as Partial<typeof constants>).O_NOFOLLOW ?? 0;

/** Copies one regular file; a link in its place is refused by the system call itself. */
async function copyFile(from: string, to: string, need: 'optional' | 'needed' = 'needed'): Promise<void> {
  const found = await lstat(from).catch(ifMissing);
  if (!found) {
    if (need === 'optional') return;
    throw new TeleportFailure({ kind: 'signedOut' });
  }
  if (!found.isFile()) throw new TeleportFailure({ kind: 'untrustedHome' });
  const file = await open(from, constants.O_RDONLY | noFollow);
  try {
    await writeFile(to, await file.readFile(), { mode: 0o600, flag: 'wx' });
  } finally {
    await file.close();
  }
}

function ifMissing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}

/** Removes a private home with every generation. What a tool re-creates there later is removed by calling it again. */
export async function removeHome(root: string, name: string): Promise<void> {
  if (!/^[0-9a-f]{32}$/.test(name)) throw new TeleportFailure({ kind: 'untrustedHome' });
  await rm(join(root, name), { recursive: true, force: true, maxRetries: 3 });
}
