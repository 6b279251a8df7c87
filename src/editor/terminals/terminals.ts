import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { terminalVariables } from './terminalSettings.ts';
import { withoutOthers } from './terminalEnvironment.ts';
import { userShell } from './userShell.ts';

type Environment = Readonly<Record<string, string>>;

/**
 * Builds an environment that gives the shell only the variables in `env`. In a remote window VS Code
 * ignores `strictEnv` and adds its own variables and those of the settings, so each of those is set to null, which
 * removes it.
 */
const onlyEnvironment = (env: Environment): Record<string, string | null> =>
  withoutOthers(env, [...Object.keys(process.env), ...terminalVariables()]);

/** Everything needed to open an elevated terminal. */
export interface TerminalPlan {
  /** The name of the private home. */
  readonly home: string;
  /** The terminal's title, already sanitised. */
  readonly name: string;
  readonly env: Environment;
  /**
   * Called with the process id of the shell once it has started. Resolves to whether its environment is as
   * planned.
   */
  readonly onStarted: (pid: number) => Promise<boolean>;
}

/**
 * The elevated terminals of this window, by private home. Their shells survive a window reload, and are then
 * found by process id and start, because VS Code restores neither the name nor the options of a terminal.
 */
export class ElevatedTerminals implements vscode.Disposable {
  readonly #terminals = new Map<string, Set<vscode.Terminal>>();
  /** The shells of the terminals: once a terminal is closed, VS Code may not know its process any more. */
  readonly #pids = new Map<vscode.Terminal, number>();
  readonly #shellEnded = new vscode.EventEmitter<{ readonly home: string; readonly pid: number }>();
  /** Fires when a shell of a private home has ended: its terminal was closed, by the user or by the shell itself. */
  readonly onDidEndShell = this.#shellEnded.event;
  readonly #lastClosed = new vscode.EventEmitter<string>();
  /** Fires with the private home whose last terminal the user closed or whose last shell ended. */
  readonly onDidCloseLast = this.#lastClosed.event;
  readonly #subscription: vscode.Disposable;
  /**
   * Plans by the `env` object that VS Code got. A terminal that another extension opens with equal options
   * has another object, so it does not count as elevated.
   */
  readonly #plans = new WeakMap<object, TerminalPlan>();

  constructor() {
    this.#subscription = vscode.Disposable.from(
      vscode.window.onDidCloseTerminal((terminal) => this.#onClosed(terminal)),
      vscode.window.onDidOpenTerminal((terminal) => this.#onOpened(terminal)),
    );
  }

  /** Opens the user's shell with the plan's environment in the user's home folder. */
  async open(plan: TerminalPlan): Promise<void> {
    await this.#open(plan);
  }

  /**
   * Types a command into a new terminal, so that a program that already runs never gets it as input.
   * @returns false if the terminal's environment is not as planned; the command is not typed then
   */
  async run(plan: TerminalPlan, command: string): Promise<boolean> {
    const { terminal, isAsPlanned } = await this.#open(plan);
    if (!isAsPlanned) return false;
    await promptShown(terminal);
    terminal.sendText(command, true);
    return true;
  }

  async #open(plan: TerminalPlan): Promise<{ terminal: vscode.Terminal; isAsPlanned: boolean }> {
    const terminal = vscode.window.createTerminal(this.options(plan));
    terminal.show();
    return { terminal, isAsPlanned: await this.#addPlanned(plan, terminal) };
  }

  /** Options with which VS Code opens the terminal itself. The terminal then belongs to the plan's home. */
  options(plan: TerminalPlan): vscode.TerminalOptions {
    const { name, env } = plan;
    const shell = userShell();
    const options = {
      name,
      iconPath: new vscode.ThemeIcon('unlock'),
      color: new vscode.ThemeColor('terminal.ansiRed'),
      shellPath: shell.path,
      shellArgs: [...shell.args],
      env: onlyEnvironment(env),
      strictEnv: true,
      cwd: vscode.Uri.file(homedir()),
      isTransient: false,
      // `show()` shows it all the same. Extensions that type a command into every new terminal, as those for Python do,
      // leave out terminals with this option. A local window then adds no variables of other extensions.
      hideFromUser: true,
    };
    this.#plans.set(options.env, plan);
    return options;
  }

  /** Whether this window has an open terminal of the home. */
  has(home: string): boolean {
    return this.#terminals.has(home);
  }

  /** Shows a terminal of the home. @returns false if this window has none */
  reveal(home: string): boolean {
    const [terminal] = this.#terminals.get(home) ?? [];
    terminal?.show();
    return terminal !== undefined;
  }

  /**
   * Finds elevated terminals after a window reload: those that are there, and each that VS Code restores.
   * @param homeOf the private home in which a process is a recorded shell, by number and start. VS Code also
   *   revives terminals with another process, and another terminal may have the number of a shell that ended.
   * @param onFound called with the home of each terminal as soon as VS Code knows its shell, which takes long
   *   on a busy machine. A terminal without a process (Restricted Mode) is never found.
   */
  find(
    homeOf: (pid: number) => Promise<string | undefined>,
    onFound: (home: string) => Promise<void>,
  ): vscode.Disposable {
    const look = async (terminal: vscode.Terminal): Promise<void> => {
      const pid = await terminal.processId;
      const home = pid === undefined ? undefined : await homeOf(pid);
      if (pid === undefined || home === undefined || terminal.exitStatus) return;
      this.#add(home, terminal);
      this.#pids.set(terminal, pid);
      await onFound(home);
    };
    for (const terminal of vscode.window.terminals) void look(terminal);
    return vscode.window.onDidOpenTerminal((terminal) => void look(terminal));
  }

  /** Closes the remaining terminals of a home without firing `onDidCloseLast`. */
  close(home: string): void {
    const terminals = this.#terminals.get(home) ?? [];
    this.#terminals.delete(home);
    for (const terminal of terminals) {
      this.#pids.delete(terminal);
      terminal.dispose();
    }
  }

  #add(home: string, terminal: vscode.Terminal): void {
    const terminals = this.#terminals.get(home) ?? new Set();
    this.#terminals.set(home, terminals.add(terminal));
  }

  /**
   * Adds a terminal and reports its process id. The id is undefined if VS Code could not start the shell.
   * @returns whether the shell has the planned environment
   */
  async #addPlanned({ home, onStarted }: TerminalPlan, terminal: vscode.Terminal): Promise<boolean> {
    this.#add(home, terminal);
    const pid = await terminal.processId;
    if (pid === undefined) return false;
    this.#pids.set(terminal, pid);
    const isAsPlanned = await onStarted(pid);
    // It was closed while its shell was recorded.
    if (terminal.exitStatus) this.#reportEnd(home, terminal);
    return isAsPlanned;
  }

  /** Reports the end of a shell. After a reload, which closes terminals too, the shell still runs. */
  #reportEnd(home: string, terminal: vscode.Terminal): void {
    const pid = this.#pids.get(terminal);
    this.#pids.delete(terminal);
    if (pid !== undefined && !isReload(terminal)) this.#shellEnded.fire({ home, pid });
  }

  #onOpened(terminal: vscode.Terminal): void {
    const { env } = terminal.creationOptions as vscode.TerminalOptions;
    const plan = env && this.#plans.get(env);
    if (!plan || this.#terminals.get(plan.home)?.has(terminal)) return;
    // VS Code keeps showing the previous terminal, and the user would type into that one.
    void this.#addPlanned(plan, terminal).then(() => terminal.show());
  }

  #onClosed(terminal: vscode.Terminal): void {
    for (const [home, terminals] of this.#terminals) {
      if (!terminals.delete(terminal)) continue;
      this.#reportEnd(home, terminal);
      if (terminals.size > 0) continue;
      this.#terminals.delete(home);
      if (!isReload(terminal)) this.#lastClosed.fire(home);
    }
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#lastClosed.dispose();
    this.#shellEnded.dispose();
  }
}

/** A reload and a closed window both report Shutdown, and after a reload the shell still runs. */
const isReload = ({ exitStatus }: vscode.Terminal): boolean =>
  exitStatus?.reason === vscode.TerminalExitReason.Shutdown;

/** Longest wait for a shell's prompt, in ms. A shell without VS Code's shell integration never reports it. */
const promptTimeout = 3_000;

/** Waits for the shell's prompt, because a start-up file that reads input must not get the command. */
function promptShown(terminal: vscode.Terminal): Promise<void> {
  if (terminal.shellIntegration) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      subscription.dispose();
      resolve();
    };
    const timer = setTimeout(done, promptTimeout);
    const subscription = vscode.window.onDidChangeTerminalShellIntegration((event) => {
      if (event.terminal === terminal) done();
    });
  });
}

/** A program that runs in a visible terminal. */
export interface VisibleRun {
  show(): void;
  /** Settles when the terminal is closed. */
  readonly ended: Promise<void>;
}

/**
 * Shell script that runs the command after `$2` with `$2` as PATH, because in a remote window VS Code changes PATH
 * as other extensions order. If the command fails, the script prints `$1` below the command's output and waits for
 * Enter, so that the user can read both. Ctrl+C ends only the command. The script always exits with 0, because VS
 * Code would show an error for any other exit code.
 */
const runAndWaitScript = `trap : INT; words=$1; PATH=$2; export PATH; shift 2; "$@" && exit 0; printf '\\n%s ' "$words"; read -r key; exit 0`;

/**
 * Runs a program in a visible terminal, for prompts that only the user can answer: password, SSO, security
 * key.
 * @param failureText printed below the program's output if it fails. The terminal then stays open until the
 *   user presses Enter. Not used on Windows.
 */
export function runVisibly(
  name: string,
  program: string,
  args: readonly string[],
  env: Environment,
  failureText: string,
): VisibleRun {
  const windows = process.platform === 'win32';
  const terminal = vscode.window.createTerminal({
    name,
    iconPath: new vscode.ThemeIcon('sign-in'),
    shellPath: windows ? program : '/bin/sh',
    // The program and its arguments are passed as arguments, so no part of them becomes shell code.
    shellArgs: windows
      ? [...args]
      : ['-c', runAndWaitScript, 'sh', failureText, env['PATH'] ?? '', program, ...args],
    env: onlyEnvironment(env),
    strictEnv: true,
    cwd: vscode.Uri.file(homedir()),
    // As of an elevated terminal: what others type would answer a question of the program.
    hideFromUser: true,
  });
  terminal.show();
  const ended = new Promise<void>((resolve) => {
    const subscription = vscode.window.onDidCloseTerminal((closed) => {
      if (closed !== terminal) return;
      subscription.dispose();
      resolve();
    });
  });
  return { show: () => terminal.show(), ended };
}
