import { readlinkSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { isInPrivateHome } from './privateHome.ts';
import { HomeQueue } from '../lock/homeQueue.ts';
import type { HomeLocks } from '../lock/homeLocks.ts';
import { valueOf, type Environment } from '../environment/environment.ts';
import { isFullPath } from '../environment/withoutWorkspace.ts';

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

/** The main login's folder, and the private home that was found in its place. */
export interface MainLoginChoice {
  readonly folder: string;
  /** A folder inside a private home that is not used, because it holds an elevation; undefined without one. */
  readonly refused: string | undefined;
}

/**
 * The main login's folder: the setting, then TELEPORT_HOME, then `~/.tsh`. Only absolute paths count, and never
 * a path into a private home: a VS Code that is opened from an elevated terminal inherits one in TELEPORT_HOME.
 * It is read once; afterwards every process gets the folder explicitly.
 */
export function chooseMainLogin(setting: string, env: Environment): MainLoginChoice {
  const configured = [setting, valueOf(env, 'TELEPORT_HOME') ?? ''].filter(isFullPath);
  const refused = configured.find(leadsIntoPrivateHome);
  const folder = configured.find((path) => !leadsIntoPrivateHome(path)) ?? join(homedir(), '.tsh');
  return { folder, refused };
}

/** Whether a path, or what it links to, lies in a private home. The home may be gone already. */
function leadsIntoPrivateHome(path: string, links = 0): boolean {
  if (isInPrivateHome(resolve(path))) return true;
  try {
    return isInPrivateHome(realpathSync(path));
  } catch {
    return links < maxLinks && leadsOn(path, links);
  }
}

/** Whether a link to what is gone leads into a private home. */
function leadsOn(path: string, links: number): boolean {
  try {
    return leadsIntoPrivateHome(resolve(dirname(path), readlinkSync(path)), links + 1);
  } catch {
    return false;
  }
}

/** So many links are followed one after another. */
const maxLinks = 10;
