import { tshEnvironment, type Environment } from '../process/environment.ts';
import { recognise, TeleportFailure, type Failure } from '../process/failure.ts';
import type { Home } from '../home/home.ts';
import { neutralFolder } from '../process/ownFolder.ts';
import { locateProgram, type ProgramSearch, type Program } from '../process/locateProgram.ts';
import type { Outcome, Run } from '../process/outcome.ts';

/** The log record of a call. It never contains argument values, output or the environment. */
export interface CallRecord {
  readonly program: 'tsh' | 'tctl';
  /** The words of the command, such as `request show`. */
  readonly command: string;
  readonly ms: number;
  /** The exit code, or the kind of the outcome. */
  readonly ended: string;
}

/** The services that the client needs. */
export interface ClientParts {
  /** Loads the bundle that runs programs; called at the first call. */
  readonly loadRun: () => Promise<Run>;
  readonly env: Environment;
  /** Where to look for a program. Read for each call, because settings and workspace folders may change. */
  readonly programSearch: (name: 'tsh' | 'tctl') => ProgramSearch;
  readonly log: (call: CallRecord) => void;
  /** A monotonic clock in ms. */
  readonly elapsed: () => number;
}

/** How to run a call. */
export interface CallOptions {
  /** The time limit in ms. */
  readonly timeout: number;
  readonly signal?: AbortSignal | undefined;
  /** The file that `tsh kube login` writes. */
  readonly kubeconfig?: string;
}

/** Finds tsh and tctl, runs them in a clean environment and logs the calls. It knows no commands. */
export class Client {
  readonly #parts: ClientParts;
  #run: Promise<Run> | undefined;

  constructor(parts: ClientParts) {
    this.#parts = parts;
  }

  /**
   * Finds a program's file. It is searched each time, because settings may change and the file may be
   * replaced.
   * @throws TeleportFailure `notFound`
   */
  program(name: 'tsh' | 'tctl'): Promise<Program> {
    return locateProgram(name, this.#parts.programSearch(name));
  }

  /**
   * Runs a call and resolves to its outcome, whether it succeeded or not.
   * @throws TeleportFailure `notFound` when the program is not found
   */
  async attempt(
    name: 'tsh' | 'tctl',
    home: Home,
    args: readonly string[],
    { timeout, signal, kubeconfig }: CallOptions,
  ): Promise<Outcome> {
    const run = await (this.#run ??= this.#parts.loadRun());
    const { path } = await this.program(name);
    const started = this.#parts.elapsed();
    const env = {
      ...tshEnvironment(this.#parts.env, home.folder, home.mainLogin),
      ...(kubeconfig === undefined ? {} : { KUBECONFIG: kubeconfig }),
    };
    const onStarted = (pid: number): void => home.queue.recordProcess(pid);
    const outcome = await run(path, args, { env, cwd: neutralFolder(), timeout, signal, onStarted });
    home.queue.recordProcess(undefined);
    this.#parts.log({
      program: name,
      command: commandWords(args),
      ms: Math.round(this.#parts.elapsed() - started),
      ended: outcome.kind === 'exited' ? `exit ${String(outcome.code)}` : outcome.kind,
    });
    return outcome;
  }

  /**
   * Runs a call and returns its output.
   * @throws TeleportFailure with the kind recognised from the output, never from the exit code alone
   */
  async call(
    name: 'tsh' | 'tctl',
    home: Home,
    args: readonly string[],
    options: CallOptions,
  ): Promise<{ stdout: string; stderr: string }> {
    const outcome = await this.attempt(name, home, args, options);
    const failure = recognise(outcome, name);
    if (failure || outcome.kind !== 'exited') throw new TeleportFailure(failure ?? unexpected);
    return outcome;
  }
}

/** The words before the first flag or name. */
function commandWords(args: readonly string[]): string {
  const end = args.findIndex((word) => !/^[a-z]+$/.test(word));
  return args.slice(0, end < 0 ? undefined : end).join(' ');
}

const unexpected: Failure = { kind: 'unreadable' };
