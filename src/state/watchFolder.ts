import { watch } from 'node:fs';

/** How long a folder must be quiet before a change counts, in ms: a re-issue writes several files. */
const quiet = 300;

/**
 * Calls back after something in a folder changed, or in a folder of it if `recursive`. A folder that cannot be watched is not: everything is asked again
 * when a view is opened anyway.
 * @returns stops watching
 */
export function watchFolder(folder: string, changed: () => void, recursive = true): () => void {
  let timer: NodeJS.Timeout | undefined;
  try {
    const watcher = watch(folder, { recursive, persistent: false }, () => {
      clearTimeout(timer);
      timer = setTimeout(changed, quiet);
    });
    watcher.on('error', () => watcher.close());
    return () => {
      clearTimeout(timer);
      watcher.close();
    };
  } catch {
    return () => undefined;
  }
}
