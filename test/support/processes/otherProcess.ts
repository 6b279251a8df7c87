// Runs the scripts of this folder in separate processes, which stand for other windows.
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A script of this folder in its own Node process. */
export class OtherProcess {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: string[] = [];
  readonly ended: Promise<unknown>;
  #onLine: () => void = () => undefined;

  constructor(script: string, ...args: readonly string[]) {
    const file = fileURLToPath(new URL(script, import.meta.url));
    this.#child = spawn(process.execPath, [file, ...args], { env: { PATH: '/usr/bin:/bin' } });
    this.#child.stderr.pipe(process.stderr);
    createInterface(this.#child.stdout).on('line', (line) => {
      this.#lines.push(line);
      this.#onLine();
    });
    this.ended = once(this.#child, 'close');
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** The lines that the script has printed so far. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** Resolves when the script has printed the line. @throws Error when it ends without. */
  async waitForLine(word: string): Promise<void> {
    const endedWithout = this.ended.then(() => {
      if (!this.#lines.includes(word)) throw new Error(`It ended without having said ${word}.`);
    });
    while (!this.#lines.includes(word)) {
      await Promise.race([endedWithout, new Promise<void>((resolve) => (this.#onLine = resolve))]);
    }
    endedWithout.catch(() => undefined);
  }

  /** Writes a line to the script's input. */
  sendLine(line: string): void {
    this.#child.stdin.write(`${line}\n`);
  }

  /** Closes the script's input, at which it releases its lock and ends. Resolves when it has ended. */
  async closeInput(): Promise<void> {
    this.#child.stdin.end();
    await this.ended;
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.ended;
  }
}
