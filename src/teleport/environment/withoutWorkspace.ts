import { lstat, readlink } from 'node:fs/promises';
import { dirname, isAbsolute, join, parse, relative, resolve, sep } from 'node:path';

/**
 * Leaves out of a list of paths those that a workspace could control: paths that are relative, lie in a
 * workspace folder, lead through one, or cannot be followed to their end in time. Links are followed on both
 * sides, also links to what does not exist yet. A folder that contains the workspace stays.
 * @param workspace the workspace folders on this machine, as VS Code was told to open them
 * @returns the other paths in their order, as they were written
 */
export type WithoutWorkspace = (paths: readonly string[], workspace: readonly string[]) => Promise<string[]>;

/** What is at a path. */
export interface PathEntry {
  /** The target of a link. */
  readonly link?: string;
  /** The same for every name of the same folder or file; undefined where the file system has none. */
  readonly identity?: string;
}

/** A path of which the file system did not tell in time where it leads. */
const tooLate = Symbol('too late');

/** How long the file system may take for one part of a path, in ms. A mount whose server is gone never answers. */
const patience = 5_000;

/**
 * How many looks may run at once. Node has four threads for all files of the extension host, so that one is left when
 * a server with several mounts is gone.
 */
const maxLooks = 3;

/** Folders with links that lead elsewhere for each process, such as `/proc/self/cwd`. */
const relativeLinks = ['/proc'];

/** The number of links in one path at which Linux gives up. */
const maxLinks = 40;

/**
 * Makes a `WithoutWorkspace`.
 * @param look tells what is at a path; an empty entry for a path that is missing or closed to this user. It never
 *   rejects.
 * @param limit the time for one look, in ms. A look that takes longer is not repeated before it has ended, so
 *   that a dead mount occupies one thread only. A look that waits for a thread is late too.
 */
export function workspaceFilter(look: (path: string) => Promise<PathEntry>, limit: number): WithoutWorkspace {
  const inTurn = turns(maxLooks);
  const running = new Map<string, Promise<PathEntry | typeof tooLate>>();
  const lookInTime = (path: string): Promise<PathEntry | typeof tooLate> => {
    const earlier = running.get(path);
    if (earlier) return earlier;
    const looking = inTurn(() => look(path)).finally(() => running.delete(path));
    const answer = inTime(looking, limit);
    running.set(path, answer);
    return answer;
  };

  /** All places on the way to the end of a path, the end last. Undefined if there is no end, or none in time. */
  const follow = async (path: string): Promise<Place[] | undefined> => {
    const { root } = parse(path);
    const places: Place[] = [];
    let place = root;
    let parts = path.slice(root.length).split(separators);
    for (let links = 0; parts.length > 0;) {
      const [part = '', ...rest] = parts;
      parts = rest;
      if (part === '' || part === '.') continue;
      if (part === '..') {
        // The folder above is that of a link's target: the system reads `..` like this, `path.join` does not.
        place = dirname(place);
        places.push({ path: place, identity: undefined });
        continue;
      }
      const next = join(place, part);
      const entry = await lookInTime(next);
      if (entry === tooLate) return undefined;
      if (entry.link === undefined) {
        place = next;
        places.push({ path: place, identity: entry.identity });
        continue;
      }
      links += 1;
      if (links > maxLinks) return undefined;
      const target = parse(entry.link);
      if (target.root !== '') place = resolve(place, target.root);
      parts = [...entry.link.slice(target.root.length).split(separators), ...parts];
    }
    return places;
  };

  return async (paths, workspace) => {
    if (workspace.length === 0)
      return paths.filter((path) => isFullPath(path) && !isInside(path, relativeLinks));
    const folders = await Promise.all(workspace.map(async (folder) => (await follow(folder))?.at(-1)));
    // A root folder contains every path. If it is the workspace, no program could be used.
    const found = folders.filter((folder) => folder !== undefined);
    const identities = new Set(found.flatMap(({ identity }) => identity ?? []));
    const names = [...workspace, ...found.map(({ path }) => path), ...relativeLinks];
    const isOutside = async (path: string): Promise<boolean> => {
      if (!isFullPath(path) || isInside(path, names)) return false;
      const places = await follow(path);
      return (
        places !== undefined &&
        !places.some(
          (place) =>
            (place.identity !== undefined && identities.has(place.identity)) || isInside(place.path, names),
        )
      );
    };
    const outside = await Promise.all(paths.map(isOutside));
    return paths.filter((_, index) => outside[index]);
  };
}

/** A part of a path, with all links before it followed. */
interface Place {
  readonly path: string;
  readonly identity: string | undefined;
}

/** Windows writes both signs between the parts of a path. */
const separators = sep === '/' ? '/' : /[\\/]/;

/** The answer, or `tooLate` if it takes longer than the limit in ms. */
function inTime<T>(answer: Promise<T>, limit: number): Promise<T | typeof tooLate> {
  const { promise: late, resolve: giveUp } = Promise.withResolvers<typeof tooLate>();
  const timer = setTimeout(() => giveUp(tooLate), limit);
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}

/** Runs tasks, at most so many at once; the others wait. */
function turns(most: number): <T>(task: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let count = 0;
  return async (task) => {
    if (count < most) count += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else count -= 1;
    }
  };
}

/** Looks at a path of this machine. */
async function lookUp(path: string): Promise<PathEntry> {
  try {
    const stats = await lstat(path, { bigint: true });
    if (stats.isSymbolicLink()) return { link: await readlink(path) };
    return stats.ino === 0n ? {} : { identity: `${String(stats.dev)}:${String(stats.ino)}` };
  } catch {
    return {};
  }
}

/** The filter for paths of this machine. */
export const withoutWorkspace = workspaceFilter(lookUp, patience);

/**
 * Whether a path names its place by itself. On Windows `\\tools` names a folder of whatever drive is current.
 */
export const isFullPath = (path: string): boolean =>
  isAbsolute(path) && (sep === '/' || parse(path).root.length > 1);

/** Whether most disks of this system take names that differ in upper and lower case for the same. */
const isCaseBlind = process.platform === 'win32' || process.platform === 'darwin';

/**
 * Whether an absolute path is one of these folders or lies inside one, by its text. `..` in the path is resolved
 * first; links are not.
 */
export function isInside(path: string, folders: readonly string[]): boolean {
  const compared = (text: string): string => (isCaseBlind ? text.toLowerCase() : text);
  return folders.some((folder) => {
    const fromFolder = relative(compared(folder), compared(resolve(path)));
    // A root folder contains every path. If the workspace is the root, no program could be used.
    if (dirname(folder) === folder) return false;
    return fromFolder !== '..' && !/^\.\.[/\\]/.test(fromFolder) && !isAbsolute(fromFolder);
  });
}
