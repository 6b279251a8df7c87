import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';

/**
 * Replaces a file of the user as a whole: whoever reads it sees the old text or the new one, also after a crash. A link
 * stays a link, and the file keeps its mode.
 * @throws the system's error when the file cannot be written; then the old text stays
 */
export async function writeWholeFile(path: string, text: string): Promise<void> {
  const file = await realpath(path).catch(() => path);
  const mode = await stat(file).then(
    (found) => found.mode & 0o777,
    () => 0o600,
  );
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    const handle = await open(temporary, 'wx', mode);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
