import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureOwnFolder } from '../process/ownFolder.ts';

/**
 * Writes text to a file that only this user can read, runs a task with it, and removes the file in any case.
 * @param root the folder of the file
 * @throws TeleportFailure `untrustedHome` when others may enter the folder
 */
export async function withPrivateFile<T>(
  root: string,
  bytes: string,
  task: (file: string) => Promise<T>,
): Promise<T> {
  await ensureOwnFolder(root);
  const file = join(root, `${randomBytes(16).toString('hex')}.yaml`);
  await writeFile(file, bytes, { mode: 0o600, flag: 'wx' });
  try {
    return await task(file);
  } finally {
    await rm(file, { force: true });
  }
}
