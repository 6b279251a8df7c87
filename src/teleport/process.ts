import { execa, ExecaError, type Options } from 'execa';
import type { Outcome, Run } from './outcome.ts';

/** The most a program may print before it is ended: 32 MB. */
const outputCap = 32 * 1024 * 1024;
/** From SIGTERM to SIGKILL, in ms. tsh ends by SIGTERM; one that hangs in a system call does not. */
const patience = 2_000;

/**
 * Runs a program: absolute path and argument array, no shell, no standard input, a time limit always.
 * Never rejects; execa's own error text holds the whole command line and output, so it is not passed on.
 */
export const run: Run = async (program, args, { env, cwd, timeout, signal }): Promise<Outcome> => {
  const options = {
    env,
    extendEnv: false,
    cwd,
    shell: false,
    stdin: 'ignore',
    timeout,
    maxBuffer: outputCap,
    forceKillAfterDelay: patience,
    stripFinalNewline: false,
    windowsHide: true,
    ...(signal ? { cancelSignal: signal } : {}),
  } as const satisfies Options;
  try {
    const { stdout, stderr, exitCode } = await execa(program, args, options);
    return { kind: 'exited', code: exitCode ?? 0, stdout, stderr };
  } catch (error) {
    return failed(error);
  }
};

function failed(error: unknown): Outcome {
  if (!(error instanceof ExecaError)) return { kind: 'unstartable', code: codeOf(error) };
  if (error.isCanceled) return { kind: 'cancelled' };
  if (error.timedOut) return { kind: 'timedOut' };
  if (error.isMaxBuffer) return { kind: 'tooMuch' };
  if (error.exitCode === undefined) {
    return error.signal === undefined
      ? { kind: 'unstartable', code: error.code ?? codeOf(error.cause) }
      : { kind: 'killed', signal: error.signal };
  }
  return { kind: 'exited', code: error.exitCode, stdout: text(error.stdout), stderr: text(error.stderr) };
}

const text = (output: unknown): string => (typeof output === 'string' ? output : '');

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
}
