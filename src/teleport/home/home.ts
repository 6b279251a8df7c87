import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { HomeQueue } from '../lock/homeQueue.ts';
import type { HomeLocks } from '../lock/homeLocks.ts';
import { valueOf, type Environment } from '../process/environment.ts';
import { isFullPath } from '../process/withoutWorkspace.ts';

/**
 * A TELEPORT_HOME: the main login's folder or a private copy of it. Its queue runs all calls on it one after
 * another.
 */
export class Home {
  /** Absolute path of the profile folder. */
  readonly folder: string;
  /** The main login's folder; the same as `folder` if this home is the main login. */
  readonly mainLogin: string;
  readonly queue: HomeQueue;
  /** The locks shared with other windows; undefined if no other window uses this home. */
  readonly locks: HomeLocks | undefined;

  /** @param locks omitted if no other window can use this home */
  constructor(folder: string, mainLogin: string = folder, locks?: HomeLocks) {
    this.folder = folder;
    this.mainLogin = mainLogin;
    this.locks = locks;
    // All generations of a private home share one lock.
    const root = folder !== mainLogin && basename(folder) === 'current' ? dirname(folder) : folder;
    this.queue = new HomeQueue(locks && ((options) => locks.take(root, options)));
  }
}

/**
 * The main login's folder: the setting, then TELEPORT_HOME, then `~/.tsh`. Only absolute paths count.
 * It is read once; afterwards every process gets the folder explicitly.
 */
export function mainLoginFolder(setting: string, env: Environment): string {
  const configured = [setting, valueOf(env, 'TELEPORT_HOME') ?? ''].find(isFullPath);
  return configured ?? join(homedir(), '.tsh');
}
