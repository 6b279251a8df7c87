// Small real programs, written by a test into a folder of its own, so that processes are real ones.
import { chmod, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder that is gone after the test. */
export class TemporaryFolder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async open(): Promise<TemporaryFolder> {
    return new TemporaryFolder(await mkdtemp(join(await realpath(tmpdir()), 'jit-unit-')));
  }

  close(): Promise<void> {
    return rm(this.path, { recursive: true, force: true, maxRetries: 3 });
  }

  at(...parts: readonly string[]): string {
    return join(this.path, ...parts);
  }

  /** A shell script that can be run. */
  async writeProgram(name: string, ...lines: readonly string[]): Promise<string> {
    return this.#write(name, ['#!/bin/sh', ...lines]);
  }

  /** A program in JavaScript, run by the Node that runs the tests. */
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

/** Waits for something to become so; whatever starts a program cannot know better when it is up. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** A promise to be kept by the test. */
export function gate<T = void>(): { readonly opened: Promise<T>; readonly open: (value: T) => void } {
  let open: (value: T) => void = () => undefined;
  const opened = new Promise<T>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
