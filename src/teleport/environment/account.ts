import { homedir, userInfo } from 'node:os';

/*
 * An account need not be in the system's list of accounts: containers run with any number, and a directory service
 * may not answer. Then `userInfo` throws.
 */

/** The number of this account; -1 on Windows, which has none. */
export const accountId = (): number => process.getuid?.() ?? -1;

/** The name of this account; empty if the system does not know it. */
export function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    return '';
  }
}

/** The home folder of this account as the system knows it, because a workspace may set HOME; HOME if it knows none. */
export function accountHome(): string {
  try {
    return userInfo().homedir;
  } catch {
    return homedir();
  }
}
