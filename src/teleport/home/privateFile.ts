import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ownFolder } from './privateHome.ts';

/**
 * Hands bytes to a program in a file that only this person can read, and removes it whatever came of it.
 * @throws TeleportFailure `untrustedHome` when the folder is not ours alone
 */
export async function withPrivateFile<T>(
  root: string,
  bytes: string,
  task: (file: string) => Promise<T>,
): Promise<T> {
  await ownFolder(root);
  const file = join(root, `${randomBytes(16).toString('hex')}.yaml`);
  await writeFile(file, bytes, { mode: 0o600, flag: 'wx' });
  try {
    return await task(file);
  } finally {
    await rm(file, { force: true });
  }
}
