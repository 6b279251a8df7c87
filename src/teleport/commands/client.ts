import { tshEnvironment, type Environment } from '../environment/environment.ts';
import { isRefusal, type Ability, type AbilityListener } from './abilities.ts';
import { recognise, TeleportFailure } from '../process/failure.ts';
import type { Home } from '../home/home.ts';
import { neutralFolder } from '../process/ownFolder.ts';
import { locateProgram, type Program } from '../process/locateProgram.ts';
import type { Outcome, Run } from '../process/outcome.ts';
import { limits, type ReadOptions } from './tshCalls.ts';

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
  /**
   * The value of the setting that names a program: an absolute path, or empty. Read for each call, because
   * settings may change.
   */
  readonly programSetting: (name: 'tsh' | 'tctl') => string;
  /** The workspace folders. No program in them is run, and PATH does not contain them. */
  readonly workspace: () => readonly string[];
  readonly log?: (call: CallRecord) => void;
  readonly onAbility?: AbilityListener;
}

/** The output of a call that succeeded. */
export interface CallOutput {
  readonly stdout: string;
  readonly stderr: string;
}

/** How to run a call. */
export interface CallOptions {
  /** The time limit in ms; `limits.read` when left out. */
  readonly timeout?: number;
  readonly signal?: AbortSignal | undefined;
  /** What the user's roles must allow. The call reports whether they do. */
  readonly ability?: Ability | undefined;
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
    const { programSetting, env, workspace } = this.#parts;
    return locateProgram(name, { setting: programSetting(name), env, workspace: workspace() });
  }

  /**
   * Runs a call and resolves to its outcome, whether it succeeded or not.
   * @throws TeleportFailure `notFound` when the program is not found
   */
  async attempt(
    name: 'tsh' | 'tctl',
    home: Home,
    args: readonly string[],
    { timeout = limits.read, signal, kubeconfig }: CallOptions = {},
  ): Promise<Outcome> {
    const { loadRun, workspace, log } = this.#parts;
    const run = await (this.#run ??= loadRun());
    const { path } = await this.program(name);
    const started = performance.now();
    const env = {
      ...(await tshEnvironment(this.#parts.env, home.folder, home.mainLogin, workspace())),
      ...(kubeconfig === undefined ? {} : { KUBECONFIG: kubeconfig }),
    };
    const onStarted = (pid: number): void => home.queue.recordProcess(pid);
    const outcome = await run(path, args, { env, cwd: neutralFolder(), timeout, signal, onStarted });
    home.queue.recordProcess(undefined);
    log?.({
      program: name,
      command: commandWords(args),
      ms: Math.round(performance.now() - started),
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
    options: CallOptions = {},
  ): Promise<CallOutput> {
    const { ability } = options;
    const outcome = await this.attempt(name, home, args, options);
    const failure = recognise(outcome, name);
    if (ability && (!failure || isRefusal(ability, failure))) this.#parts.onAbility?.(ability, !failure);
    if (failure || outcome.kind !== 'exited') throw new TeleportFailure(failure ?? { kind: 'unreadable' });
    return outcome;
  }

  /**
   * Queues a call of tsh that changes nothing. Equal calls that wait share one process.
   * @param reader reads the output
   * @throws TeleportFailure as `call` and `reader`
   */
  async read<T>(
    home: Home,
    args: readonly string[],
    reader: (output: string) => T,
    { timeout, ability, ...options }: ReadOptions & Pick<CallOptions, 'timeout' | 'ability'> = {},
  ): Promise<T> {
    const call = (signal: AbortSignal): Promise<CallOutput> =>
      this.call('tsh', home, args, { ...(timeout === undefined ? {} : { timeout }), ability, signal });
    return reader((await home.queue.read(`tsh ${args.join(' ')}`, call, options)).stdout);
  }
}

/** The words before the first flag or name. */
function commandWords(args: readonly string[]): string {
  const end = args.findIndex((word) => !/^[a-z]+$/.test(word));
  return args.slice(0, end < 0 ? undefined : end).join(' ');
}
