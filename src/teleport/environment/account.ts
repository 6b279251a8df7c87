import { homedir, userInfo, type UserInfo } from 'node:os';

/*
 * An account need not be in the system's list of accounts: containers run with any number, and a directory service
 * may not answer. Then `userInfo` throws.
 */

/** The number of this account; -1 on Windows, which has none. */
export const accountId = (): number => process.getuid?.() ?? -1;

/** This account in the system's list; undefined if it is not in it. */
function listedAccount(): UserInfo<string> | undefined {
  try {
    return userInfo();
  } catch {
    return undefined;
  }
}

/** The name of this account; empty if the system does not know it. */
export const accountName = (): string => listedAccount()?.username ?? '';

/** The home folder of this account as the system knows it, because a workspace may set HOME; HOME if it knows none. */
export const accountHome = (): string => listedAccount()?.homedir ?? homedir();
