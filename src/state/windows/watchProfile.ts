import { createHash } from 'node:crypto';
import { watch } from 'node:fs';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Disposable } from '../emitter.ts';
import type { WindowElection } from './windowElection.ts';

/** The folder is read after it was quiet for this long, in ms, because a re-issue writes several files. */
const quietFor = 300;
/** The folder is read at the latest this long after the first change, in ms, even when changes go on. */
const maxDelay = 1_000;

/**
 * Files for kubectl, databases and apps, and lock files: they lie beside profiles and keys and are no part of
 * a login.
 */
const noLogin = /(-kube|-db|-app|\.lock)$/;

/** The files of a profile folder that make up a login. */
interface Contents {
  /** The hash of all names and contents. File times do not count, because programs touch the files. */
  readonly digest: string;
  /** The folders that hold the files. */
  readonly folders: readonly string[];
}

/**
 * Calls `onChange` after any program changed the login in a profile folder. The folder may be missing at
 * first, may be reached through links, and may be removed and created again. A folder that cannot be watched
 * is skipped without an error, because opening a view reads the login again anyway.
 * @param onWatching called when the folder is watched
 * @returns stops watching
 */
export function watchProfile(
  folder: string,
  onChange: () => void,
  onWatching: () => void = () => undefined,
): Disposable {
  let known: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  let firstChangeAt: number | undefined;
  let watchers: Disposable[] = [];
  let stopped = false;

  const readSoon = (): void => {
    firstChangeAt ??= performance.now();
    clearTimeout(timer);
    timer = setTimeout(
      () => void read(),
      Math.min(quietFor, Math.max(0, firstChangeAt + maxDelay - performance.now())),
    );
  };
  const read = async (): Promise<void> => {
    firstChangeAt = undefined;
    const places = await placesOf(folder);
    let found = await contentsOf(folder);
    for (let tries = 0; tries < 3 && !stopped; tries += 1) {
      for (const watcher of watchers) watcher.dispose();
      watchers = [
        ...places.map(([path, name]) => watchOne(path, readSoon, name)),
        ...found.folders.map((path) => watchOne(path, readSoon)),
      ];
      // Reads again, because a change before the watchers were set up would be missed.
      const again = await contentsOf(folder);
      if (again.digest === found.digest) break;
      found = again;
    }
    if (stopped) for (const watcher of watchers) watcher.dispose();
    else if (known !== undefined && known !== found.digest) onChange();
    known = found.digest;
  };
  void read().then(onWatching);
  return {
    dispose: () => {
      stopped = true;
      clearTimeout(timer);
      for (const watcher of watchers) watcher.dispose();
    },
  };
}

/**
 * Watches a profile folder like `watchProfile`, but only while this window is the leader. When it becomes the
 * leader later, `onChange` is called once, because a change in between may have been missed.
 */
export function watchWhileLeading(windows: WindowElection, folder: string, onChange: () => void): Disposable {
  let watching: Disposable | undefined;
  let mayHaveMissed = false;
  const listening = windows.onDidChangeRole(() => {
    const isWatching = watching !== undefined;
    if (windows.leads && !isWatching) {
      watching = watchProfile(folder, onChange);
      if (mayHaveMissed) onChange();
    } else if (!windows.leads && isWatching) {
      watching?.dispose();
      watching = undefined;
    }
    mayHaveMissed ||= windows.leads || windows.leader !== undefined;
  });
  return {
    dispose: () => {
      listening.dispose();
      watching?.dispose();
    },
  };
}

/** @param name the only entry whose changes count; all entries when left out */
function watchOne(path: string, onChange: () => void, name?: string): Disposable {
  try {
    const watcher = watch(path, { persistent: false }, (_, entry) => {
      if (name === undefined || entry === null || entry === name) onChange();
    });
    watcher.on('error', () => watcher.close());
    return { dispose: () => watcher.close() };
  } catch {
    return { dispose: () => undefined };
  }
}

/**
 * The places where a creation, removal or replacement of the folder itself is visible: folders, and the name
 * of the entry to watch in each.
 */
async function placesOf(folder: string): Promise<(readonly [path: string, name: string])[]> {
  const real = await realpath(folder).catch(() => undefined);
  if (real !== undefined)
    return [...new Set([folder, real])].map((path) => [dirname(path), basename(path)] as const);
  const parent = dirname(folder);
  const parentStat = await stat(parent).catch(() => undefined);
  return parentStat || parent === folder ? [[parent, basename(folder)]] : placesOf(parent);
}

async function contentsOf(folder: string): Promise<Contents> {
  const hash = createHash('sha256');
  const folders: string[] = [];
  const add = async (path: string, wanted: (name: string) => boolean, depth: number): Promise<void> => {
    const entries = await readdir(path, { withFileTypes: true }).catch(() => undefined);
    if (!entries) return;
    folders.push(path);
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (!wanted(entry.name) || noLogin.test(entry.name)) continue;
      const entryPath = join(path, entry.name);
      if (entry.isDirectory() && depth > 0) await add(entryPath, () => true, depth - 1);
      else if (entry.isFile())
        hash.update(`${entryPath}\0`).update(await readFile(entryPath).catch(() => ''));
    }
  };
  await add(folder, (name) => name === 'keys' || name === 'current-profile' || name.endsWith('.yaml'), 3);
  return { digest: hash.digest('hex'), folders };
}
