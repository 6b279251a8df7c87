import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathWithoutWorkspace, type Environment } from '../environment/environment.ts';
import { TeleportFailure } from './failure.ts';
import { isFullPath, withoutWorkspace } from '../environment/withoutWorkspace.ts';

/** A program that was found. */
export interface Program {
  readonly path: string;
  /** Changes when the file is replaced or modified. */
  readonly stamp: string;
}

/** Where to look for tsh or tctl. */
export interface ProgramSearch {
  /** The value of the setting: an absolute path, or empty. */
  readonly setting: string;
  readonly env: Environment;
  /** The workspace folders; programs in them are never run. */
  readonly workspace: readonly string[];
}

const usualFolders: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  linux: ['/usr/local/bin', '/usr/bin', '/opt/teleport/bin', join(homedir(), '.local', 'bin')],
  darwin: [
    '/usr/local/bin',
    '/opt/homebrew/bin',
    '/Applications/tsh.app/Contents/MacOS',
    '/Applications/Teleport Connect.app/Contents/MacOS/tsh.app/Contents/MacOS',
  ],
  win32: [join(process.env['ProgramFiles'] ?? 'C:\\Program Files', 'Teleport')],
};

/**
 * Finds a program in the setting, then in PATH, then in the usual folders. On Windows only `.exe` files
 * count.
 * @throws TeleportFailure `notFound`, also when the setting names a file that cannot be run, and with
 *   `relativeSetting` when it holds a relative path
 */
export async function locateProgram(name: 'tsh' | 'tctl', search: ProgramSearch): Promise<Program> {
  const file = process.platform === 'win32' ? `${name}.exe` : name;
  const { setting, env, workspace } = search;
  if (setting !== '' && !isFullPath(setting))
    throw new TeleportFailure({ kind: 'notFound', program: name, relativeSetting: true });
  const candidates =
    setting === ''
      ? (await pathWithoutWorkspace(env, workspace, ...(usualFolders[process.platform] ?? []))).map(
          (folder) => join(folder, file),
        )
      : (await withoutWorkspace([dirname(setting)], workspace)).map(() => setting);
  for (const candidate of candidates) {
    const program = await inspect(candidate, workspace);
    if (program) return program;
  }
  throw new TeleportFailure({ kind: 'notFound', program: name });
}

/**
 * The program at a path; undefined if it cannot be run, or if its link leads into the workspace.
 * @param path in a folder that can be looked at
 */
async function inspect(path: string, workspace: readonly string[]): Promise<Program | undefined> {
  if (process.platform === 'win32' && !/\.exe$/i.test(path)) return undefined;
  try {
    await access(path, constants.X_OK);
    if ((await withoutWorkspace([path], workspace)).length === 0) return undefined;
    const { dev, ino, size, mtimeMs, mode } = await stat(path);
    if ((mode & constants.S_IFMT) !== constants.S_IFREG) return undefined;
    return { path, stamp: [await realpath(path), dev, ino, size, mtimeMs].join(':') };
  } catch {
    return undefined;
  }
}
