import * as vscode from 'vscode';

/** The log of this extension: what was run, how long, how it ended. No arguments, no output, no reasons. */
export class Log {
  readonly #channel = vscode.window.createOutputChannel('JIT Access', { log: true });

  called(program: string, command: string, ms: number, ended: string): void {
    this.#channel.info(`${program} ${command}: ${ended} in ${String(ms)} ms`);
  }

  /** Something unexpected of ours: its kind and where, never its message (which may hold a command line). */
  unexpected(error: unknown): void {
    const kind = error instanceof Error ? error.name : typeof error;
    const where =
      error instanceof Error ? (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)) : [];
    this.#channel.error([`unexpected ${kind}`, ...where].join('\n'));
  }

  warn(words: string): void {
    this.#channel.warn(words);
  }

  show(): void {
    this.#channel.show();
  }

  dispose(): void {
    this.#channel.dispose();
  }
}
