import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import { cleanPath, isInside, pathOf } from './environment.ts';
import { TeleportFailure } from './failure.ts';

/** A program that was found, and what tells whether the file is still the same. */
export interface Program {
  readonly path: string;
  readonly stamp: string;
}

/** Where to look for tsh or tctl. */
export interface Places {
  /** The setting; an absolute path, or empty. */
  readonly setting: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Workspace folders: nothing in them is ever run. */
  readonly without: readonly string[];
}

const usual: Partial<Record<NodeJS.Platform, readonly string[]>> = {
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
 * Finds a program: the setting, then PATH, then the usual places. On Windows `.exe` only.
 * @throws TeleportFailure `notFound`, also when the setting names something that cannot be run
 */
export async function locateProgram(name: 'tsh' | 'tctl', places: Places): Promise<Program> {
  const file = process.platform === 'win32' ? `${name}.exe` : name;
  const candidates =
    places.setting !== ''
      ? [places.setting]
      : [
          ...cleanPath(pathOf(places.env), places.without).split(delimiter),
          ...(usual[process.platform] ?? []),
        ].map((folder) => join(folder, file));
  // A workspace may have been opened through a link.
  const real = await Promise.all(places.without.map((folder) => realpath(folder).catch(() => folder)));
  const without = [...places.without, ...real];
  for (const candidate of candidates) {
    const program = await inspect(candidate, without);
    if (program) return program;
  }
  throw new TeleportFailure({ kind: 'notFound', program: name });
}

/** The program at this path if it can be run; neither it nor what it links to lies in the workspace. */
async function inspect(path: string, without: readonly string[]): Promise<Program | undefined> {
  if (!isAbsolute(path)) return undefined;
  if (process.platform === 'win32' && !/\.exe$/i.test(path)) return undefined;
  try {
    const real = await realpath(path);
    if (isInside(path, without) || isInside(real, without)) return undefined;
    await access(path, constants.X_OK);
    const { dev, ino, size, mtimeMs, mode } = await stat(path);
    if ((mode & constants.S_IFMT) !== constants.S_IFREG) return undefined;
    return { path, stamp: [real, dev, ino, size, mtimeMs].join(':') };
  } catch {
    return undefined;
  }
}
