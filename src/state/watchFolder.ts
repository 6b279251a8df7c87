import { watch } from 'node:fs';
import type { Disposable } from './emitter.ts';

/**
 * A change is reported after the folder was quiet for this long, in ms, because a re-issue writes several
 * files.
 */
const quietFor = 300;

/**
 * Calls `onChange` after a change in a folder, with `recursive` also in its subfolders. A folder that cannot
 * be watched is skipped without an error, because opening a view reads everything again anyway.
 * @returns a function that stops watching
 */
export function watchFolder(folder: string, onChange: () => void, recursive = true): Disposable {
  let timer: NodeJS.Timeout | undefined;
  try {
    const watcher = watch(folder, { recursive, persistent: false }, () => {
      clearTimeout(timer);
      timer = setTimeout(onChange, quietFor);
    });
    watcher.on('error', () => watcher.close());
    return {
      dispose: () => {
        clearTimeout(timer);
        watcher.close();
      },
    };
  } catch {
    return { dispose: () => undefined };
  }
}
