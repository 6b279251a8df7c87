import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Returns the path of every file below a folder with its contents in Base64. */
export async function folderContents(folder: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) files[path] = (await readFile(path)).toString('base64');
  }
  return files;
}
