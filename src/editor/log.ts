import * as vscode from 'vscode';

/** The extension's log: program calls with duration and result, but no arguments, output or reasons. */
export class Log {
  readonly #channel = vscode.window.createOutputChannel('JIT Access', { log: true });

  /** Logs a finished program call. */
  called(program: string, command: string, ms: number, result: string): void {
    this.#channel.info(`${program} ${command}: ${result} in ${String(ms)} ms`);
  }

  /** Logs an unexpected error by name and stack, without the message, which may hold a command line. */
  unexpected(error: unknown): void {
    const name = error instanceof Error ? error.name : typeof error;
    const stack =
      error instanceof Error ? (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)) : [];
    this.#channel.error([`unexpected ${name}`, ...stack].join('\n'));
  }

  /** Logs a warning. The message must contain no reasons, keys or output. */
  warn(message: string): void {
    this.#channel.warn(message);
  }

  /** Opens the log in the panel. */
  show(): void {
    this.#channel.show();
  }

  dispose(): void {
    this.#channel.dispose();
  }
}
