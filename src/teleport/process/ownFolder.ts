import { existsSync } from 'node:fs';
import { mkdir, lstat } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join, isAbsolute } from 'node:path';
import { valueOf, type Environment } from './environment.ts';
import { TeleportFailure } from './failure.ts';
import { isSystemError } from './systemError.ts';

/**
 * The folder of private homes and locks: not roaming, not backed up, closed to other users. XDG_RUNTIME_DIR
 * counts only if that folder exists: it is removed at the user's last logout, while the VS Code server may go
 * on.
 * @param env as `withOwnFolders` gives it, so that the folder does not lie in the workspace
 */
export function runtimeFolder(env: Environment): string {
  const runtime = env['XDG_RUNTIME_DIR'] ?? '';
  const temporary = valueOf(env, 'TMPDIR') || tmpdir();
  if (process.platform === 'win32') return join(valueOf(env, 'LOCALAPPDATA') ?? temporary, 'jit-access');
  if (isAbsolute(runtime) && existsSync(runtime)) return join(runtime, 'jit-access');
  return join(temporary, `jit-access-${String(userInfo().uid)}`);
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

/**
 * Checks that a path is a folder of this user that others may not enter.
 * @throws TeleportFailure `untrustedHome`, see `ensureOwnFolder`
 */
export async function checkOwnFolder(path: string): Promise<void> {
  const stats = await lstat(path);
  const isPrivate =
    process.platform === 'win32' || (stats.uid === userInfo().uid && (stats.mode & 0o077) === 0);
  if (!stats.isDirectory() || !isPrivate) throw new TeleportFailure({ kind: 'untrustedHome' });
}

/** A working folder for programs. It lies in no workspace, whatever the environment says, and programs of ours write nothing there. */
export const neutralFolder = (): string =>
  process.platform === 'win32' ? (process.env['SystemRoot'] ?? 'C:\\Windows') : '/';
