import { randomBytes } from 'node:crypto';
import { constants, lstatSync, mkdtempSync, readdirSync, statSync, type Stats } from 'node:fs';
import { copyFile, link, lstat, mkdir, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, isAbsolute } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { accountId } from '../environment/account.ts';
import { valueOf, type Environment } from '../environment/environment.ts';
import { TeleportFailure } from './failure.ts';
import { isSystemError } from './systemError.ts';

/**
 * The folder of private homes: not roaming, not backed up, closed to other users.
 * @param env as `withOwnFolders` gives it, so that the folder does not lie in the workspace
 */
export function runtimeFolder(env: Environment): string {
  const temporary = valueOf(env, 'TMPDIR') || tmpdir();
  if (process.platform === 'win32') return join(valueOf(env, 'LOCALAPPDATA') ?? temporary, 'jit-access');
  return sessionFolder(env) ?? folderOfUser(temporary);
}

/**
 * The folder in XDG_RUNTIME_DIR. It counts only if it exists and is this user's: it is removed at the user's last
 * logout, while the VS Code server may go on, and after `su` or `sudo` the variable may name another user's.
 */
export function sessionFolder(env: Environment): string | undefined {
  const runtime = env['XDG_RUNTIME_DIR'] ?? '';
  if (!isAbsolute(runtime)) return undefined;
  try {
    return statSync(runtime).uid === accountId() ? join(runtime, 'jit-access') : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The folder of this user in a folder that all users may write, such as /tmp: `jit-access-<uid>`. Another user
 * may have taken that name. Then it is a folder with a random name behind it, found again by its owner, which
 * nobody can forge.
 */
export function folderOfUser(parent: string): string {
  const uid = accountId();
  const usual = join(parent, `jit-access-${String(uid)}`);
  const ownerOf = (path: string): number | undefined => lstatSync(path, { throwIfNoEntry: false })?.uid;
  try {
    if ([undefined, uid].includes(ownerOf(usual))) return usual;
    const prefix = `jit-access-${String(uid)}-`;
    const [own] = readdirSync(parent)
      .filter((name) => name.startsWith(prefix) && ownerOf(join(parent, name)) === uid)
      .sort();
    return own === undefined ? mkdtempSync(join(parent, prefix)) : join(parent, own);
  } catch {
    // It is refused where it is used.
    return usual;
  }
}

/**
 * Creates a folder that only this user may enter, or checks an existing folder.
 * @throws TeleportFailure `untrustedHome` for a link, another user's folder, or a folder that others may
 *   enter
 */
export async function ensureOwnFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: false, mode: 0o700 });
  } catch (error) {
    if (!isSystemError(error, 'EEXIST')) throw error;
  }
  await checkOwnFolder(path);
}

/** Whether a file or folder is this user's, and other users may not enter it. Windows keeps that in lists of its own. */
export const isOnlyOfUser = ({ uid, mode }: Pick<Stats, 'uid' | 'mode'>): boolean =>
  process.platform === 'win32' || (uid === accountId() && (mode & 0o077) === 0);

/**
 * Checks that a path is a folder of this user that others may not enter.
 * @throws TeleportFailure `untrustedHome`, see `ensureOwnFolder`
 */
export async function checkOwnFolder(path: string): Promise<void> {
  const stats = await lstat(path);
  if (!stats.isDirectory() || !isOnlyOfUser(stats)) throw new TeleportFailure({ kind: 'untrustedHome' });
}

/**
 * A random word of 32 hexadecimal digits that stays the same for all processes that use the folder. The first of
 * them makes it, in one step, so that no other ever reads a part of it.
 * @param folder a folder that only this user may enter, see `ensureOwnFolder`
 * @throws the system's error when it cannot be written; TeleportFailure `untrustedHome` when something else lies
 *   there
 */
export async function lastingSecret(folder: string, name: string): Promise<string> {
  const path = join(folder, name);
  const read = async (): Promise<string | undefined> => {
    const text = await readFile(path, 'utf8').catch(() => '');
    return /^[0-9a-f]{32}$/.test(text) ? text : undefined;
  };
  const known = await read();
  if (known !== undefined) return known;
  const made = randomBytes(16).toString('hex');
  const draft = `${path}.${made}`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(made);
    // Without this a crash of the machine could leave an empty file, which nobody can use or replace.
    await handle.sync();
    // Some disks have no hard links. There another process may read while the word is copied.
    await link(draft, path).catch((error: unknown) => {
      if (isSystemError(error, 'EEXIST')) throw error;
      return copyFile(draft, path, constants.COPYFILE_EXCL);
    });
  } catch (error) {
    if (!isSystemError(error, 'EEXIST')) throw error;
  } finally {
    await handle.close();
    await rm(draft, { force: true });
  }
  for (let tries = 0; tries < 20; tries += 1) {
    const word = await read();
    if (word !== undefined) return word;
    await pause(50);
  }
  // What lies there is no word of ours.
  throw new TeleportFailure({ kind: 'untrustedHome' });
}

/** A working folder for programs. It lies in no workspace, whatever the environment says, and programs of ours write nothing there. */
export const neutralFolder = (): string =>
  process.platform === 'win32' ? (process.env['SystemRoot'] ?? 'C:\\Windows') : '/';
