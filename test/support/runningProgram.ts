// Programs that run on beside a test: shells, kubectl proxy, an ssh-agent.
import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** A program that was started; what it prints can be waited for. */
export class RunningProgram {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  #output = '';
  #onChange: () => void = () => undefined;
  #hasEnded = false;

  constructor(program: string, args: readonly string[], env: Readonly<Record<string, string>>) {
    const windows = process.platform === 'win32';
    this.#child = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'pipe'], shell: windows });
    this.pid = this.#child.pid ?? 0;
    const onData = (data: Buffer): void => {
      this.#output += data.toString();
      this.#onChange();
    };
    this.#child.stdout?.on('data', onData);
    this.#child.stderr?.on('data', onData);
    this.#child.stdin?.on('error', () => undefined);
    this.#ended = new Promise((resolve) => {
      const onEnd = (): void => {
        this.#hasEnded = true;
        this.#onChange();
        resolve();
      };
      this.#child.on('error', onEnd).on('close', onEnd);
    });
  }

  /** Waits until it has printed this, and takes everything up to there. @throws Error when it ends before */
  waitForOutput(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      this.#onChange = () => {
        const match = pattern.exec(this.#output);
        if (match) {
          this.#output = this.#output.slice(match.index + match[0].length);
          resolve(match);
        } else if (this.#hasEnded) reject(new Error(`It ended and said: ${this.#output}`));
      };
      this.#onChange();
    });
  }

  /** What was printed so far counts no more. */
  discardOutput(): void {
    this.#output = '';
  }

  /** Types a line. */
  writeLine(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  async end(): Promise<void> {
    this.#child.kill();
    await this.#ended;
  }
}

/** A program's file on the PATH of an environment; undefined where there is none. */
export async function findOnPath(
  name: string,
  env: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd'] : [''];
  for (const folder of (env['PATH'] ?? '').split(delimiter)) {
    for (const ending of endings) {
      const file = join(folder, name + ending);
      if (
        await access(file, constants.X_OK).then(
          () => true,
          () => false,
        )
      )
        return file;
    }
  }
  return undefined;
}
