// Programs that run in the background of a test: shells, kubectl proxy, an ssh-agent.
import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** A started program. Tests can wait for its output. */
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

  /**
   * Waits until the output matches, and discards the output up to the end of the match.
   * @throws Error when the program ends before
   */
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

  /** Discards the output so far. */
  discardOutput(): void {
    this.#output = '';
  }

  /** Writes a line to the program's stdin. */
  writeLine(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  /** Kills the program and waits until it has ended. */
  async end(): Promise<void> {
    this.#child.kill();
    await this.#ended;
  }
}

/** Finds a program on the PATH of an environment. Resolves to its path, or undefined. */
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
