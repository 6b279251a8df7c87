import { execa, ExecaError, type Options } from 'execa';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import type { Outcome, Run, RunOptions } from './outcome.ts';

/** The most a program may print before it is ended: 32 MB. */
const outputCap = 32 * 1024 * 1024;
/** From SIGTERM to SIGKILL, in ms. tsh ends by SIGTERM; one that hangs in a system call does not. */
const patience = 2_000;

/**
 * Runs a program: absolute path and argument array, no shell, no standard input, a time limit always.
 * Never rejects; execa's own error text holds the whole command line, so it is not passed on.
 */
export const run: Run = async (program, args, runOptions): Promise<Outcome> => {
  const { env, cwd, timeout, signal, started, apart = false } = runOptions;
  // execa would start it all the same, and end it: what it does at once would be done.
  if (signal?.aborted) return { kind: 'cancelled' };
  const full = new AbortController();
  const options = {
    env,
    extendEnv: false,
    cwd,
    shell: false,
    stdin: 'ignore',
    timeout,
    // Read here: execa would escape all of it into its error text, which takes seconds for garbage.
    buffer: false,
    // An interactive shell does not heed SIGTERM.
    killSignal: apart ? 'SIGKILL' : 'SIGTERM',
    forceKillAfterDelay: patience,
    windowsHide: true,
    // Windows would open a console for it, and has no process groups.
    detached: apart && process.platform !== 'win32',
    cancelSignal: signal ? AbortSignal.any([signal, full.signal]) : full.signal,
  } as const satisfies Options;
  try {
    const running = execa(program, args, options);
    if (running.pid !== undefined) started?.(running.pid);
    const pipes = [running.stdout, running.stderr] as const;
    const [stdout, stderr] = pipes.map((pipe) => collect(pipe, () => full.abort()));
    // A program it started may keep its pipes open for ever; they are not waited for longer than this.
    running.nodeChildProcess.once('exit', () => {
      if (options.detached && running.pid !== undefined) endGroup(running.pid);
      setTimeout(() => pipes.forEach((pipe) => pipe.destroy()), patience).unref();
    });
    const ended = await running.then(({ exitCode }) => ({ code: exitCode ?? 0 }), failed);
    if (full.signal.aborted) return { kind: 'tooMuch' };
    if ('kind' in ended) return ended;
    return { kind: 'exited', ...ended, stdout: stdout?.() ?? '', stderr: stderr?.() ?? '' };
  } catch (error) {
    return { kind: 'unstartable', code: codeOf(error) };
  }
};

/**
 * Starts a program that outlives this one: a session of its own, nothing of ours attached to it.
 * @returns once it runs, or could not be started; nobody waits for its end
 */
export async function startDetached(
  program: string,
  args: readonly string[],
  { env, cwd }: Pick<RunOptions, 'env' | 'cwd'>,
): Promise<void> {
  const child = execa(program, args, {
    env,
    extendEnv: false,
    cwd,
    shell: false,
    stdio: 'ignore',
    detached: true,
    cleanup: false,
    buffer: false,
    reject: false,
    windowsHide: true,
  }).nodeChildProcess;
  child.unref();
  if (child.pid === undefined) await once(child, 'error').catch(() => undefined);
}

/** Ends what a program left in its process group. */
function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nothing is left.
  }
}

/** Takes what a program prints, up to the cap; a reader is told by `tooMuch`. */
function collect(pipe: Readable, tooMuch: () => void): () => string {
  const chunks: Buffer[] = [];
  let size = 0;
  pipe.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= outputCap) chunks.push(chunk);
    else tooMuch();
  });
  return () => Buffer.concat(chunks).toString('utf8');
}

function failed(error: unknown): { readonly code: number } | Outcome {
  if (!(error instanceof ExecaError)) return { kind: 'unstartable', code: codeOf(error) };
  if (error.isCanceled) return { kind: 'cancelled' };
  if (error.timedOut) return { kind: 'timedOut' };
  if (error.exitCode !== undefined) return { code: error.exitCode };
  return error.signal === undefined
    ? { kind: 'unstartable', code: error.code ?? codeOf(error.cause) }
    : { kind: 'killed', signal: error.signal };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
}
