import { execa, ExecaError, type Options } from 'execa';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import type { Outcome, Run, RunOptions } from './outcome.ts';
import { endGroupOf } from './signals.ts';
import { systemErrorCode } from './systemError.ts';

/** The output limit in bytes. A program that prints more is ended. */
const outputCap = 32 * 1024 * 1024;
/** The time from SIGTERM to SIGKILL, in ms. tsh ends on SIGTERM, except when it hangs in a system call. */
const killDelay = 2_000;

/**
 * Runs a program from an absolute path and an argument array, without a shell or standard input, with a time
 * limit. Never rejects. The text of an execa error is not passed on, because it contains the whole command
 * line.
 */
export const run: Run = async (program, args, runOptions): Promise<Outcome> => {
  const { env, cwd, timeout, signal, onStarted, ownSession = false } = runOptions;
  // execa would start the program and then end it, so that it could already have an effect.
  if (signal?.aborted) return { kind: 'cancelled' };
  const outputLimit = new AbortController();
  const options = {
    env,
    extendEnv: false,
    cwd,
    shell: false,
    stdin: 'ignore',
    timeout,
    // The output is read below: execa would escape all of it for its error text, which takes seconds for
    // binary data.
    buffer: false,
    // An interactive shell ignores SIGTERM.
    killSignal: ownSession ? 'SIGKILL' : 'SIGTERM',
    forceKillAfterDelay: killDelay,
    windowsHide: true,
    // Windows would open a console window and has no process groups.
    detached: ownSession && process.platform !== 'win32',
    cancelSignal: signal ? AbortSignal.any([signal, outputLimit.signal]) : outputLimit.signal,
  } as const satisfies Options;
  try {
    const running = execa(program, args, options);
    if (running.pid !== undefined) onStarted?.(running.pid);
    const pipes = [running.stdout, running.stderr] as const;
    const [stdout, stderr] = pipes.map((pipe) => collect(pipe, () => outputLimit.abort()));
    // A child of the program may keep the pipes open for ever, so they are closed after a delay.
    running.nodeChildProcess.once('exit', () => {
      if (options.detached && running.pid !== undefined) endGroupOf(running.pid);
      setTimeout(() => pipes.forEach((pipe) => pipe.destroy()), killDelay).unref();
    });
    const ended = await running.then(({ exitCode }) => ({ code: exitCode ?? 0 }), outcomeOfError);
    if (outputLimit.signal.aborted) return { kind: 'outputTooLarge' };
    if ('kind' in ended) return ended;
    return { kind: 'exited', ...ended, stdout: stdout?.() ?? '', stderr: stderr?.() ?? '' };
  } catch (error) {
    return { kind: 'spawnFailed', code: systemErrorCode(error) ?? 'unknown' };
  }
};

/**
 * Starts a program that outlives this process, in its own session and without pipes to this process.
 * Resolves once the program runs or could not be started.
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

/**
 * Collects the output of a program up to the limit.
 * @param onLimit called when the program prints more
 */
function collect(pipe: Readable, onLimit: () => void): () => string {
  const chunks: Buffer[] = [];
  let size = 0;
  pipe.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= outputCap) chunks.push(chunk);
    else onLimit();
  });
  return () => Buffer.concat(chunks).toString('utf8');
}

function outcomeOfError(error: unknown): { readonly code: number } | Outcome {
  if (!(error instanceof ExecaError))
    return { kind: 'spawnFailed', code: systemErrorCode(error) ?? 'unknown' };
  if (error.isCanceled) return { kind: 'cancelled' };
  if (error.timedOut) return { kind: 'timedOut' };
  if (error.exitCode !== undefined) return { code: error.exitCode };
  return error.signal === undefined
    ? { kind: 'spawnFailed', code: error.code ?? systemErrorCode(error.cause) ?? 'unknown' }
    : { kind: 'killed', signal: error.signal };
}
