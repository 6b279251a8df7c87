import { createHash } from 'node:crypto';
import { watch } from 'node:fs';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { WindowElection } from './windowElection.ts';

/** How long a folder must be quiet before it is looked at, in ms: a re-issue writes several files. */
const quiet = 300;
/** It is looked at so long after the first change, in ms, however busy it is. */
const longest = 1_000;

/** Beside the profiles and their keys: what is made for kubectl, databases and apps, and locks, says nothing of a login. */
const beside = /(-kube|-db|-app|\.lock)$/;

/** What makes a login in a profile folder. */
interface Contents {
  /** Differs when anything in it does. Times of files do not count: programs touch them. */
  readonly digest: string;
  /** The folders it was found in. */
  readonly folders: readonly string[];
}

/**
 * Calls back after the login in a profile folder changed, whoever changed it. The folder need not be there yet, may be
 * reached through links, and may be removed and made again. What cannot be watched is not: it is asked again when a
 * view is opened anyway.
 * @param watching called once it is watched
 * @returns stops watching
 */
export function watchProfile(
  folder: string,
  changed: () => void,
  watching: () => void = () => undefined,
): () => void {
  let known: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  let since: number | undefined;
  let stops: (() => void)[] = [];
  let stopped = false;

  const poke = (): void => {
    since ??= performance.now();
    clearTimeout(timer);
    timer = setTimeout(() => void look(), Math.min(quiet, Math.max(0, since + longest - performance.now())));
  };
  const look = async (): Promise<void> => {
    since = undefined;
    const places = await placesOf(folder);
    let found = await contentsOf(folder);
    for (let tries = 0; tries < 3 && !stopped; tries += 1) {
      for (const stop of stops) stop();
      stops = [
        ...places.map(([path, name]) => watchOne(path, poke, name)),
        ...found.folders.map((path) => watchOne(path, poke)),
      ];
      // What changed before it was watched would be missed.
      const again = await contentsOf(folder);
      if (again.digest === found.digest) break;
      found = again;
    }
    if (stopped) for (const stop of stops) stop();
    else if (known !== undefined && known !== found.digest) changed();
    known = found.digest;
  };
  void look().then(watching);
  return () => {
    stopped = true;
    clearTimeout(timer);
    for (const stop of stops) stop();
  };
}

/** The same, only while this window leads. What changed while it did not may have been missed. */
export function watchWhileLeading(windows: WindowElection, folder: string, changed: () => void): () => void {
  let stop: (() => void) | undefined;
  let missed = false;
  windows.onChange(() => {
    const leads = stop !== undefined;
    if (windows.leads && !leads) {
      stop = watchProfile(folder, changed);
      if (missed) changed();
    } else if (!windows.leads && leads) {
      stop?.();
      stop = undefined;
    }
    missed ||= windows.leads || windows.leader !== undefined;
  });
  return () => stop?.();
}

/** @param name the only entry that counts; left out for any */
function watchOne(path: string, changed: () => void, name?: string): () => void {
  try {
    const watcher = watch(path, { persistent: false }, (_, entry) => {
      if (name === undefined || entry === null || entry === name) changed();
    });
    watcher.on('error', () => watcher.close());
    return () => watcher.close();
  } catch {
    return () => undefined;
  }
}

/** Where it shows that the folder itself comes, goes or becomes another: folders, and the name to look for in each. */
async function placesOf(folder: string): Promise<(readonly [path: string, name: string])[]> {
  const real = await realpath(folder).catch(() => undefined);
  if (real !== undefined)
    return [...new Set([folder, real])].map((path) => [dirname(path), basename(path)] as const);
  const parent = dirname(folder);
  const there = await stat(parent).catch(() => undefined);
  return there || parent === folder ? [[parent, basename(folder)]] : placesOf(parent);
}

async function contentsOf(folder: string): Promise<Contents> {
  const hash = createHash('sha256');
  const folders: string[] = [];
  const add = async (path: string, wanted: (name: string) => boolean, depth: number): Promise<void> => {
    const entries = await readdir(path, { withFileTypes: true }).catch(() => undefined);
    if (!entries) return;
    folders.push(path);
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (!wanted(entry.name) || beside.test(entry.name)) continue;
      const one = join(path, entry.name);
      if (entry.isDirectory() && depth > 0) await add(one, () => true, depth - 1);
      else if (entry.isFile()) hash.update(`${one}\0`).update(await readFile(one).catch(() => ''));
    }
  };
  await add(folder, (name) => name === 'keys' || name === 'current-profile' || name.endsWith('.yaml'), 3);
  return { digest: hash.digest('hex'), folders };
}
