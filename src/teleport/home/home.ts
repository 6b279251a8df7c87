import { homedir, tmpdir } from 'node:os';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { HomeQueue } from '../lock/homeQueue.ts';
import type { HomeLocks } from '../lock/homeLocks.ts';

/** A TELEPORT_HOME: the main login or a private copy of it. All calls on it take turns. */
export class Home {
  /** Absolute path of the profile folder. */
  readonly folder: string;
  /** The main login folder; the same as `folder` for the main login's folder. */
  readonly copiedFrom: string;
  readonly queue: HomeQueue;
  /** Where its turn is shared with other windows. */
  readonly locks: HomeLocks | undefined;

  /** @param turns left out where no other window can know this home */
  constructor(folder: string, mainLogin: string = folder, turns?: HomeLocks) {
    this.folder = folder;
    this.copiedFrom = mainLogin;
    this.locks = turns;
    // Every generation of a private home has the same turn.
    const root = folder !== mainLogin && basename(folder) === 'current' ? dirname(folder) : folder;
    this.queue = new HomeQueue(turns && ((wanting) => turns.take(root, wanting)));
  }
}

/**
 * The main login folder: the setting, then TELEPORT_HOME, then `~/.tsh`.
 * Only absolute paths count. Read once; our processes are then always told.
 */
export function mainLoginFolder(setting: string, env: Readonly<Record<string, string | undefined>>): string {
  const named = [setting, env['TELEPORT_HOME'] ?? ''].find((path) => isAbsolute(path));
  return named ?? join(homedir(), '.tsh');
}

/** A folder to run in that is never the workspace. */
export const neutralFolder = (): string => tmpdir();
