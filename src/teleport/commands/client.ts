import { tshEnvironment } from '../process/environment.ts';
import { recognise, TeleportFailure, type Failure } from '../process/failure.ts';
import { neutralFolder, type Home } from '../home/home.ts';
import { locateProgram, type Places, type Program } from '../process/locateProgram.ts';
import type { Outcome, Run } from '../process/outcome.ts';

/** What is logged of a call: never its arguments' values, output or environment. */
export interface CallRecord {
  readonly program: 'tsh' | 'tctl';
  /** The command words, such as `request show`. */
  readonly command: string;
  readonly ms: number;
  readonly ended: string;
}

/** What the client needs from around it. */
export interface ClientParts {
  /** Loads the process layer at the first call. */
  readonly loadRun: () => Promise<Run>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where to look for a program now: settings and workspace folders may have changed. */
  readonly places: (name: 'tsh' | 'tctl') => Places;
  readonly log: (call: CallRecord) => void;
  /** A clock that only measures, in ms. */
  readonly elapsed: () => number;
}

export interface CallOptions {
  /** In ms. */
  readonly timeout: number;
  readonly signal?: AbortSignal | undefined;
  /** The file that `tsh kube login` writes. */
  readonly kubeconfig?: string;
}

/** Runs tsh and tctl: finds them, builds the environment, logs what was run. Knows no command. */
export class Client {
  readonly #around: ClientParts;
  #run: Promise<Run> | undefined;

  constructor(around: ClientParts) {
    this.#around = around;
  }

  /**
   * The program's file, looked for each time: settings may change, and a file may be replaced.
   * @throws TeleportFailure `notFound`
   */
  program(name: 'tsh' | 'tctl'): Promise<Program> {
    return locateProgram(name, this.#around.places(name));
  }

  /** How a call ended, whatever it was. Only an unstartable program rejects. */
  async attempt(
    name: 'tsh' | 'tctl',
    home: Home,
    args: readonly string[],
    { timeout, signal, kubeconfig }: CallOptions,
  ): Promise<Outcome> {
    const run = await (this.#run ??= this.#around.loadRun());
    const { path } = await this.program(name);
    const started = this.#around.elapsed();
    const env = {
      ...tshEnvironment(this.#around.env, home.folder, home.copiedFrom),
      ...(kubeconfig === undefined ? {} : { KUBECONFIG: kubeconfig }),
    };
    const noted = (pid: number): void => home.queue.note(pid);
    const outcome = await run(path, args, { env, cwd: neutralFolder(), timeout, signal, started: noted });
    home.queue.note(undefined);
    this.#around.log({
      program: name,
      command: commandWords(args),
      ms: Math.round(this.#around.elapsed() - started),
      ended: outcome.kind === 'exited' ? `exit ${String(outcome.code)}` : outcome.kind,
    });
    return outcome;
  }

  /**
   * What a call printed.
   * @throws TeleportFailure as recognised from what it printed, never from the exit code alone
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
