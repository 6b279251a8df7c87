// A temporary folder, and small programs that a test writes into it so that it can use real processes.
import { chmod, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder that the test removes at its end. */
export class TemporaryFolder {
  path = '';

  static async open(): Promise<TemporaryFolder> {
    const folder = new TemporaryFolder();
    await folder.create();
    return folder;
  }

  /** Makes the folder, under a new name each time. */
  async create(): Promise<void> {
    this.path = await mkdtemp(join(await realpath(tmpdir()), 'jit-unit-'));
  }

  close(): Promise<void> {
    return rm(this.path, { recursive: true, force: true, maxRetries: 3 });
  }

  /** Returns the path of a file in the folder. */
  at(...parts: readonly string[]): string {
    return join(this.path, ...parts);
  }

  /** Writes an executable shell script and resolves to its path. */
  async writeProgram(name: string, ...lines: readonly string[]): Promise<string> {
    return this.#write(name, ['#!/bin/sh', ...lines]);
  }

  /** Writes an executable JavaScript program for the Node that runs the tests and resolves to its path. */
  async writeScript(name: string, ...lines: readonly string[]): Promise<string> {
    return this.#write(name, [`#!${process.execPath}`, ...lines]);
  }

  async #write(name: string, lines: readonly string[]): Promise<string> {
    const path = this.at(name);
    await writeFile(path, `${lines.join('\n')}\n`);
    await chmod(path, 0o755);
    return path;
  }
}

/** A new folder for each test of the suite in which this is called. */
export function useTemporaryFolder(): TemporaryFolder {
  const folder = new TemporaryFolder();
  beforeEach(() => folder.create());
  afterEach(() => folder.close());
  return folder;
}

/**
 * Polls until the condition is true. Polling is needed because a program does not report that it is ready.
 */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** Makes a promise that the test resolves by calling `open`. */
export function gate<T = void>(): { readonly opened: Promise<T>; readonly open: (value: T) => void } {
  let open: (value: T) => void = () => undefined;
  const opened = new Promise<T>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
