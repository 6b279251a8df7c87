import { appendFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { isSystemError } from '../teleport/process/systemError.ts';
import { systemClock } from './clock.ts';

/**
 * The small files of the extension in its global storage. Unlike `globalState`, all windows of a user share
 * them. A file that cannot be read counts as absent. A file that cannot be written is reported and does not
 * stop the work.
 */
export class StorageFiles {
  readonly folder: string;
  readonly #reportUnwritable: (name: string) => void;
  readonly #createFolder: boolean;
  readonly #writing = new Map<string, Promise<void>>();
  /** A random word, because processes of several machines that share the folder may have the same number. */
  readonly #writer = randomBytes(6).toString('hex');
  #temporaryCount = 0;

  /**
   * @param reportUnwritable called with the name of a file or folder that could not be written
   * @param createFolder whether a missing storage folder is created; if not, nothing is written while it is
   *   missing
   */
  constructor(folder: string, reportUnwritable: (name: string) => void, createFolder = true) {
    this.folder = folder;
    this.#reportUnwritable = reportUnwritable;
    this.#createFolder = createFolder;
  }

  /**
   * Reads a file of JSON.
   * @returns undefined when the file is missing, cannot be read or does not match the schema
   */
  async read<T extends v.GenericSchema>(name: string, schema: T): Promise<v.InferOutput<T> | undefined> {
    try {
      return v.parse(schema, JSON.parse(await readFile(this.#path(name), 'utf8')));
    } catch {
      return undefined;
    }
  }

  /** Replaces a whole file. Writes to the same name keep their order. */
  write(name: string, value: unknown): Promise<void> {
    return this.#inOrder(name, async () => {
      const path = this.#path(name);
      await this.#makeFolderOf(name);
      const temporary = `${path}.${this.#writer}.${String(this.#temporaryCount++)}.tmp`;
      await writeFile(temporary, JSON.stringify(value), { mode: 0o600 });
      await rename(temporary, path);
    });
  }

  /** Appends a line of JSON to a file. */
  append(name: string, value: unknown): Promise<void> {
    return this.#inOrder(name, async () => {
      await this.#makeFolderOf(name);
      await appendFile(this.#path(name), `${JSON.stringify(value)}\n`, { mode: 0o600 });
    });
  }

  /** Removes a file, after the writes to it that were started before. A missing file is no error. */
  remove(name: string): Promise<void> {
    return this.#inOrder(name, () => rm(this.#path(name), { force: true }));
  }

  /** The lines of a file that match the schema. Other lines are skipped. */
  async lines<T extends v.GenericSchema>(name: string, schema: T): Promise<v.InferOutput<T>[]> {
    const text = await readFile(this.#path(name), 'utf8').catch(() => '');
    return text.split('\n').flatMap((line) => {
      try {
        return [v.parse(schema, JSON.parse(line))];
      } catch {
        return [];
      }
    });
  }

  /** Creates a subfolder if it is missing. @returns its path, undefined when it cannot be created */
  async makeFolder(name: string): Promise<string | undefined> {
    try {
      await mkdir(this.#path(name), { recursive: true, mode: 0o700 });
      return this.#path(name);
    } catch {
      this.#reportUnwritable(name);
      return undefined;
    }
  }

  /** The names of the JSON files in a subfolder. */
  async names(folder: string): Promise<string[]> {
    const names = await readdir(this.#path(folder)).catch(() => []);
    return names.filter((name) => name.endsWith('.json')).map((name) => join(folder, name));
  }

  /**
   * Removes what processes that were killed had only half written, `age` ms ago or earlier by the clock of this
   * machine. It may hold the words of a request.
   */
  async sweepHalfWritten(age: number): Promise<void> {
    const names = await readdir(this.folder, { recursive: true }).catch(() => []);
    for (const name of names.filter((entry) => entry.endsWith('.tmp'))) {
      const { mtimeMs } = await stat(this.#path(name)).catch(() => ({ mtimeMs: Infinity }));
      if (systemClock.now() - mtimeMs > age)
        await rm(this.#path(name), { force: true }).catch(() => undefined);
    }
  }

  /** Removes the claims that are older than `age` ms, by the clock of this machine. */
  async pruneClaims(age: number): Promise<void> {
    const path = this.#path('claims');
    for (const name of await readdir(path).catch(() => [])) {
      const file = join(path, name);
      const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: Infinity }));
      if (systemClock.now() - mtimeMs > age) await rm(file, { force: true }).catch(() => undefined);
    }
  }

  /**
   * Claims an event for this process by creating a file, because several windows and a watchdog may act on
   * the same event.
   * @returns true for the first process that claims the event, false for all others. When the file cannot be
   *   written, it returns true, because acting twice is better than never acting.
   */
  async claim(event: string): Promise<boolean> {
    const name = join('claims', event);
    try {
      await this.#makeFolderOf(name);
      await writeFile(this.#path(name), '', { flag: 'wx', mode: 0o600 });
      return true;
    } catch (error) {
      const taken = isSystemError(error, 'EEXIST');
      if (!taken) this.#reportUnwritable(name);
      return !taken;
    }
  }

  async #makeFolderOf(name: string): Promise<void> {
    if (!this.#createFolder) await stat(this.folder);
    await mkdir(dirname(this.#path(name)), { recursive: true, mode: 0o700 });
  }

  #path(name: string): string {
    return join(this.folder, name);
  }

  #inOrder(name: string, task: () => Promise<void>): Promise<void> {
    const before = this.#writing.get(name) ?? Promise.resolve();
    const next = before.then(task).catch(() => this.#reportUnwritable(name));
    this.#writing.set(name, next);
    return next;
  }
}
