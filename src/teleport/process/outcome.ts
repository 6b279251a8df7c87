/** How a program ended. Plain data, so that it crosses from the process bundle to the entry bundle. */
export type Outcome =
  | { readonly kind: 'exited'; readonly code: number; readonly stdout: string; readonly stderr: string }
  | { readonly kind: 'unstartable'; readonly code: string }
  | { readonly kind: 'killed'; readonly signal: string }
  | { readonly kind: 'timedOut' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'tooMuch' };

export interface RunOptions {
  /** The whole environment; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** Never the workspace. */
  readonly cwd: string;
  /** In ms. */
  readonly timeout: number;
  readonly signal?: AbortSignal | undefined;
  /** Called as soon as the program runs, before anything else can happen. */
  readonly started?: (pid: number) => void;
  /**
   * In a session of its own, ended with all that it started and left in it. An interactive shell needs that: one that
   * finds itself in the background of our terminal stops its whole process group, and us with it.
   */
  readonly apart?: boolean;
}

/** Starts a program and tells how it ended. Never rejects. */
export type Run = (program: string, args: readonly string[], options: RunOptions) => Promise<Outcome>;
