import { appendFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { systemClock } from './clock.ts';

/**
 * Our own small files in the extension's global storage: shared by all windows of a person, unlike `globalState`.
 * A file that cannot be read counts as absent; one that cannot be written is reported and does not stop the work.
 */
export class StorageFiles {
  readonly folder: string;
  readonly #report: (what: string) => void;
  readonly #makes: boolean;
  readonly #writing = new Map<string, Promise<void>>();
  #temporary = 0;

  /**
   * @param report told, by name only, which file could not be written
   * @param makes whether the folder is made where it is not there; else nothing is written then
   */
  constructor(folder: string, report: (what: string) => void, makes = true) {
    this.folder = folder;
    this.#report = report;
    this.#makes = makes;
  }

  async read<T extends v.GenericSchema>(name: string, schema: T): Promise<v.InferOutput<T> | undefined> {
    try {
      const result = v.safeParse(schema, JSON.parse(await readFile(this.#path(name), 'utf8')));
      return result.success ? result.output : undefined;
    } catch {
      return undefined;
    }
  }

  /** Replaces a file as a whole; writes of one name keep their order. */
  write(name: string, value: unknown): Promise<void> {
    return this.#inOrder(name, async () => {
      const path = this.#path(name);
      await this.#makeFolderOf(name);
      const temporary = `${path}.${String(process.pid)}.${String(this.#temporary++)}.tmp`;
      await writeFile(temporary, JSON.stringify(value), { mode: 0o600 });
      await rename(temporary, path);
    });
  }

  /** Adds a line to a file of lines. */
  append(name: string, value: unknown): Promise<void> {
    return this.#inOrder(name, async () => {
      await this.#makeFolderOf(name);
      await appendFile(this.#path(name), `${JSON.stringify(value)}\n`, { mode: 0o600 });
    });
  }

  remove(name: string): Promise<void> {
    return this.#inOrder(name, () => rm(this.#path(name), { force: true }));
  }

  /** Every line of a file of lines that fits the schema. */
  async lines<T extends v.GenericSchema>(name: string, schema: T): Promise<v.InferOutput<T>[]> {
    const text = await readFile(this.#path(name), 'utf8').catch(() => '');
    return text.split('\n').flatMap((line) => {
      try {
        const result = v.safeParse(schema, JSON.parse(line));
        return result.success ? [result.output] : [];
      } catch {
        return [];
      }
    });
  }

  /** Makes a sub-folder if it is not there; its path, or undefined when it cannot be made. */
  async makeFolder(name: string): Promise<string | undefined> {
    try {
      await mkdir(this.#path(name), { recursive: true, mode: 0o700 });
      return this.#path(name);
    } catch {
      this.#report(name);
      return undefined;
    }
  }

  /** Names of the files in a sub-folder. */
  async names(folder: string): Promise<string[]> {
    const names = await readdir(this.#path(folder)).catch(() => []);
    return names.filter((name) => name.endsWith('.json')).map((name) => join(folder, name));
  }

  /** Removes what was claimed in a folder longer than `age` ms ago, by this machine's own clock. */
  async prune(folder: string, age: number): Promise<void> {
    const path = this.#path(folder);
    for (const name of await readdir(path).catch(() => [])) {
      const file = join(path, name);
      const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: Infinity }));
      if (systemClock.now() - mtimeMs > age) await rm(file, { force: true }).catch(() => undefined);
    }
  }

  /** Creates a file that nobody created before; false when somebody did, or nothing can be written. */
  async claim(name: string): Promise<boolean> {
    try {
      await this.#makeFolderOf(name);
      await writeFile(this.#path(name), '', { flag: 'wx', mode: 0o600 });
      return true;
    } catch (error) {
      const taken = error instanceof Error && 'code' in error && error.code === 'EEXIST';
      if (!taken) this.#report(name);
      // Told twice is better than never.
      return !taken;
    }
  }

  async #makeFolderOf(name: string): Promise<void> {
    if (!this.#makes) await stat(this.folder);
    await mkdir(dirname(this.#path(name)), { recursive: true, mode: 0o700 });
  }

  #path(name: string): string {
    return join(this.folder, name);
  }

  #inOrder(name: string, task: () => Promise<void>): Promise<void> {
    const before = this.#writing.get(name) ?? Promise.resolve();
    const next = before.then(task).catch(() => this.#report(name));
    this.#writing.set(name, next);
    return next;
  }
}
