// Other processes of ours, as other windows are: what they say, and their end, are events.
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A script of this folder, run by a Node process of its own. */
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

  get lines(): readonly string[] {
    return this.#lines;
  }

  /** Resolves once it has said a word; rejects when it ended without. */
  async waitForLine(word: string): Promise<void> {
    const endedWithout = this.ended.then(() => {
      if (!this.#lines.includes(word)) throw new Error(`It ended without having said ${word}.`);
    });
    while (!this.#lines.includes(word)) {
      await Promise.race([endedWithout, new Promise<void>((resolve) => (this.#onLine = resolve))]);
    }
    endedWithout.catch(() => undefined);
  }

  /** Sends it a line. */
  sendLine(line: string): void {
    this.#child.stdin.write(`${line}\n`);
  }

  /** Its input ends: it lets go and ends. */
  async closeInput(): Promise<void> {
    this.#child.stdin.end();
    await this.ended;
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.ended;
  }
}
