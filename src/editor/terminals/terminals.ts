import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { workspaceTerminalVariables } from '../settings.ts';
import { userShell } from './userShell.ts';

type Environment = Readonly<Record<string, string>>;

/**
 * This environment and no other. In a remote window VS Code forgets `strictEnv` and puts its own environment and the
 * workspace's below ours; null takes a variable away.
 */
function guarded(env: Environment): Record<string, string | null> {
  const others = [...Object.keys(process.env), ...workspaceTerminalVariables()];
  return { ...Object.fromEntries(others.map((name) => [name, null])), ...env };
}

/** What an elevated terminal is to be. */
export interface TerminalPlan {
  readonly home: string;
  /** Already inert. */
  readonly name: string;
  readonly env: Environment;
  /** Told the process number of its shell, as soon as it has one. */
  readonly started: (pid: number) => Promise<void>;
}

/**
 * The terminals that run in private homes, by home. A window reload keeps their shells; they are found again by process
 * number, since neither name nor options come back.
 */
export class ElevatedTerminals implements vscode.Disposable {
  readonly #terminals = new Map<string, Set<vscode.Terminal>>();
  readonly #closed: (home: string) => void;
  readonly #subscription: vscode.Disposable;
  /** By the very object that VS Code was given; what another extension opens with the same words is not ours. */
  readonly #planned = new WeakMap<object, TerminalPlan>();

  /** @param closed told when the last terminal of a home was closed by a person or its shell ended */
  constructor(closed: (home: string) => void) {
    this.#closed = closed;
    this.#subscription = vscode.Disposable.from(
      vscode.window.onDidCloseTerminal((terminal) => this.#onClosed(terminal)),
      vscode.window.onDidOpenTerminal((terminal) => this.#onOpened(terminal)),
    );
  }

  /** Opens the person's shell with this environment in their own home folder. */
  async open(plan: TerminalPlan): Promise<vscode.Terminal> {
    const terminal = vscode.window.createTerminal(this.options(plan));
    terminal.show();
    await this.#keepPlanned(plan, terminal);
    return terminal;
  }

  /** Types a command into a terminal of its own, so that it never lands in something that runs. */
  async run(plan: TerminalPlan, command: string): Promise<void> {
    const terminal = await this.open(plan);
    await prompted(terminal);
    terminal.sendText(command, true);
  }

  /** The options of such a terminal, for VS Code to open; it is one of the home's from then on. */
  options(plan: TerminalPlan): vscode.TerminalOptions {
    const { name, env } = plan;
    const shell = userShell();
    const options = {
      name,
      iconPath: new vscode.ThemeIcon('unlock'),
      color: new vscode.ThemeColor('terminal.ansiRed'),
      shellPath: shell.path,
      shellArgs: [...shell.args],
      env: guarded(env),
      strictEnv: true,
      cwd: vscode.Uri.file(homedir()),
      isTransient: false,
    };
    this.#planned.set(options.env, plan);
    return options;
  }

  /** Whether a terminal of the home is open in this window. */
  has(home: string): boolean {
    return this.#terminals.has(home);
  }

  /** Shows a terminal of the home, if this window has one. */
  reveal(home: string): boolean {
    const [terminal] = this.#terminals.get(home) ?? [];
    terminal?.show();
    return terminal !== undefined;
  }

  /** Finds terminals again whose shells are known; tells the homes that were found. */
  async find(homeOf: (pid: number) => string | undefined): Promise<string[]> {
    const found = await Promise.all(
      vscode.window.terminals.map(async (terminal) => {
        const pid = await Promise.race([terminal.processId, soon()]);
        const home = pid === undefined ? undefined : homeOf(pid);
        if (home !== undefined) this.#keep(home, terminal);
        return home;
      }),
    );
    return found.filter((home) => home !== undefined);
  }

  /** Closes what is left of a home's terminals, without another word about it. */
  close(home: string): void {
    const terminals = this.#terminals.get(home) ?? [];
    this.#terminals.delete(home);
    for (const terminal of terminals) terminal.dispose();
  }

  #keep(home: string, terminal: vscode.Terminal): void {
    const terminals = this.#terminals.get(home) ?? new Set();
    this.#terminals.set(home, terminals.add(terminal));
  }

  /** An undefined process number: VS Code could not start its shell. */
  async #keepPlanned({ home, started }: TerminalPlan, terminal: vscode.Terminal): Promise<void> {
    this.#keep(home, terminal);
    const pid = await terminal.processId;
    if (pid !== undefined) await started(pid);
  }

  #onOpened(terminal: vscode.Terminal): void {
    const { env } = terminal.creationOptions as vscode.TerminalOptions;
    const plan = env && this.#planned.get(env);
    if (!plan || this.#terminals.get(plan.home)?.has(terminal)) return;
    // VS Code shows the terminal that was the last before this one was there; who chose this one would type into that.
    void this.#keepPlanned(plan, terminal).then(() => terminal.show());
  }

  #onClosed(terminal: vscode.Terminal): void {
    for (const [home, terminals] of this.#terminals) {
      if (!terminals.delete(terminal) || terminals.size > 0) continue;
      this.#terminals.delete(home);
      // Reload and page close look the same, and after a reload the shell goes on: nothing is said then.
      if (terminal.exitStatus?.reason !== vscode.TerminalExitReason.Shutdown) this.#closed(home);
    }
  }

  dispose(): void {
    this.#subscription.dispose();
  }
}

/** Calls back when a terminal appears, also one that a reload brings back. */
export function onTerminalOpened(listener: () => void): vscode.Disposable {
  return vscode.window.onDidOpenTerminal(listener);
}

/** How long a new shell may take to its prompt, in ms; one without VS Code's shell integration never says. */
const toPrompt = 3_000;

/** Until the terminal's shell says that it has its prompt: a start-up file that asks something must not get our text. */
function prompted(terminal: vscode.Terminal): Promise<void> {
  if (terminal.shellIntegration) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      subscription.dispose();
      resolve();
    };
    const timer = setTimeout(done, toPrompt);
    const subscription = vscode.window.onDidChangeTerminalShellIntegration((event) => {
      if (event.terminal === terminal) done();
    });
  });
}

/** A terminal that never got a process (Restricted Mode) must not hold up the others. */
const soon = (): Promise<undefined> => new Promise((resolve) => setTimeout(() => resolve(undefined), 2_000));

/** A program in a visible terminal. */
export interface VisibleRun {
  show(): void;
  /** When the terminal is gone. */
  readonly ended: Promise<void>;
}

/**
 * Runs what follows `$1`. When that fails, what it said stays with our words below until somebody has read it; Ctrl+C
 * is for the program. Always exit 0: VS Code would put an error of its own beside the words.
 */
const staying = `trap : INT; words=$1; shift; "$@" && exit 0; printf '\\n%s ' "$words"; read -r key; exit 0`;

/**
 * Runs a program in a visible terminal, for questions only a person can answer (passwords, SSO, a security key).
 * @param failed said below the program's own words when it fails; the terminal then stays until Enter is pressed
 */
export function runVisibly(
  name: string,
  program: string,
  args: readonly string[],
  env: Environment,
  failed: string,
): VisibleRun {
  const windows = process.platform === 'win32';
  const terminal = vscode.window.createTerminal({
    name,
    iconPath: new vscode.ThemeIcon('sign-in'),
    shellPath: windows ? program : '/bin/sh',
    // Nothing of the program or its arguments becomes part of the script.
    shellArgs: windows ? [...args] : ['-c', staying, 'sh', failed, program, ...args],
    env: guarded(env),
    strictEnv: true,
    cwd: vscode.Uri.file(homedir()),
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
