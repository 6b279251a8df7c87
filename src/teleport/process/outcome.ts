/** How a program ended. Plain data, because it passes from the process bundle to the entry bundle. */
export type Outcome =
  | { readonly kind: 'exited'; readonly code: number; readonly stdout: string; readonly stderr: string }
  | { readonly kind: 'spawnFailed'; readonly code: string }
  | { readonly kind: 'killed'; readonly signal: string }
  | { readonly kind: 'timedOut' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'outputTooLarge' };

/** How to run a program. */
export interface RunOptions {
  /** The whole environment; the program inherits no other variable. */
  readonly env: Readonly<Record<string, string>>;
  /** The working folder; never the workspace. */
  readonly cwd: string;
  /** The time limit in ms. */
  readonly timeout: number;
  readonly signal?: AbortSignal | undefined;
  /** Called synchronously as soon as the program runs. */
  readonly onStarted?: (pid: number) => void;
  /**
   * Runs the program in its own session and ends the processes it left there. An interactive shell needs its
   * own session: a shell that runs in the background of a terminal stops its whole process group, including
   * this process.
   */
  readonly ownSession?: boolean;
}

/** Runs a program and resolves to its outcome. Never rejects. */
export type Run = (program: string, args: readonly string[], options: RunOptions) => Promise<Outcome>;
