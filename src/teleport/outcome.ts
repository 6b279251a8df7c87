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
}

/** Starts a program and tells how it ended. Never rejects. */
export type Run = (program: string, args: readonly string[], options: RunOptions) => Promise<Outcome>;
