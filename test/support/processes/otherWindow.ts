// Starts windows in separate processes; see cutWindow.ts.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { until } from '../temporaryFolder.ts';
import type { WindowTask } from './cutWindow.ts';

/** An open window that waits for the start of its task. */
export class OtherWindow {
  readonly #process: ChildProcess;
  #output = '';

  /** @param before a shell command that runs before the window, for example to set a limit */
  static async open(task: WindowTask, before = ':'): Promise<OtherWindow> {
    const program = fileURLToPath(new URL('cutWindow.ts', import.meta.url));
    const script = `${before}; exec "$0" "$1" "$2"`;
    const child = spawn('/bin/sh', ['-c', script, process.execPath, program, JSON.stringify(task)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const window = new OtherWindow(child);
    await until(() => window.#output !== '' || window.#hasEnded);
    return window;
  }

  private constructor(child: ChildProcess) {
    this.#process = child;
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#output += text;
    });
  }

  /** `done`, the kind of failure, or `went down` when the process ended before. Empty while the task runs. */
  get outcome(): string {
    const outcome = this.#output.split('\n')[1] ?? '';
    return outcome === '' && this.#hasEnded ? 'went down' : outcome;
  }

  get #hasEnded(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  begin(): void {
    this.#process.stdin?.write('go\n');
  }

  /** Starts the task and resolves to its outcome. */
  async finish(): Promise<string> {
    this.begin();
    await until(() => this.outcome !== '');
    return this.outcome;
  }

  async kill(): Promise<void> {
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await ended;
  }
}
