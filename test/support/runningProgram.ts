// Programs that run on beside a test: shells, kubectl proxy, an ssh-agent.
import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** A program that was started; what it prints can be waited for. */
export class Running {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  #printed = '';
  #look: () => void = () => undefined;
  #over = false;

  constructor(program: string, args: readonly string[], env: Readonly<Record<string, string>>) {
    const windows = process.platform === 'win32';
    this.#child = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'pipe'], shell: windows });
    this.pid = this.#child.pid ?? 0;
    const hear = (data: Buffer): void => {
      this.#printed += data.toString();
      this.#look();
    };
    this.#child.stdout?.on('data', hear);
    this.#child.stderr?.on('data', hear);
    this.#child.stdin?.on('error', () => undefined);
    this.#ended = new Promise((resolve) => {
      const end = (): void => {
        this.#over = true;
        this.#look();
        resolve();
      };
      this.#child.on('error', end).on('close', end);
    });
  }

  /** Waits until it has printed this, and takes everything up to there. @throws Error when it ends before */
  prints(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      this.#look = () => {
        const found = pattern.exec(this.#printed);
        if (found) {
          this.#printed = this.#printed.slice(found.index + found[0].length);
          resolve(found);
        } else if (this.#over) reject(new Error(`It ended and said: ${this.#printed}`));
      };
      this.#look();
    });
  }

  /** What was printed so far counts no more. */
  forget(): void {
    this.#printed = '';
  }

  /** Types a line. */
  type(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  async end(): Promise<void> {
    this.#child.kill();
    await this.#ended;
  }
}

/** A program's file on the PATH of an environment; undefined where there is none. */
export async function onPath(
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
