import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { neutralFolder } from '../process/ownFolder.ts';
import { emptyKubeconfig } from '../home/kubeconfig.ts';
import type { Run } from '../process/outcome.ts';
import { currentOf, kubeconfigOf } from '../home/privateHome.ts';
import { differencesAfterStartUp } from './environmentDifferences.ts';
import { probeArguments, readShell } from './shellProbe.ts';
import { knownShell, type KnownShell } from './shellDialects.ts';
import { findSettingFile, stampsOf, startUpFiles } from './shellStartupFiles.ts';
import { withOwnFolder } from '../home/throwawayHome.ts';

/** The time limit for a shell with its start-up files, in ms. */
const timeLimit = 5_000;

/** Whether the start-up files of the user's shell keep the variables of an elevated terminal. */
export type ShellVerdict =
  | { readonly kind: 'kept' }
  | {
      readonly kind: 'replaced';
      readonly shell: KnownShell;
      /** The names of the variables that differ. They are letters, digits and underscores. */
      readonly variables: readonly string[];
      /** The file that replaces them, such as `~/.bashrc`; undefined if it is not found. */
      readonly file: string | undefined;
    }
  /**
   * `unknown`: another shell. `slow`: the shell took too long. `silent`: the shell did not print its
   * variables.
   */
  | { readonly kind: 'notChecked'; readonly why: 'unknown' | 'slow' | 'silent' };

interface ShellCheckParts {
  readonly loadRun: () => Promise<Run>;
  /** The folder of private homes. */
  readonly root: string;
}

/** A shell to check, and the environment that it would get for a private home. */
export interface CheckedShell {
  readonly path: string;
  readonly args: readonly string[];
  /** @param home the folder of a private home */
  readonly environment: (home: string) => Readonly<Record<string, string>>;
  /** The workspace folders. */
  readonly workspace: readonly string[];
}

/**
 * Checks which variables an elevated shell has after its start-up files. The shell is started once,
 * interactive, with an empty folder instead of a private home, so that a tsh or kubectl in a start-up file
 * does not change a real home.
 */
export class ShellEnvironmentCheck {
  readonly #parts: ShellCheckParts;
  /** The verdicts by shell, arguments and stamps of the start-up files. */
  readonly #verdicts = new Map<string, Promise<ShellVerdict>>();
  /** The folder of zsh's start-up files, as zsh printed it. */
  #zdotdir = '';

  constructor(parts: ShellCheckParts) {
    this.#parts = parts;
  }

  /** The verdict on a shell. Never rejects, because an elevated terminal opens in any case. */
  async verdict(shell: CheckedShell): Promise<ShellVerdict> {
    const kind = knownShell(shell.path);
    if (!kind || shell.args.some((arg) => /^-[a-z]*c$|^--command/.test(arg)))
      return { kind: 'notChecked', why: 'unknown' };
    const env = shell.environment('');
    const stamps = await stampsOf(startUpFiles(kind, env, this.#zdotdir)).catch(() => '');
    const key = JSON.stringify([shell.path, shell.args, shell.workspace, stamps]);
    const verdict = this.#verdicts.get(key) ?? this.#check(kind, shell).catch(() => silent);
    this.#verdicts.set(key, verdict);
    return verdict;
  }

  /** Forgets all verdicts, so that the next call checks again even if no file has changed. */
  forget(): void {
    this.#verdicts.clear();
  }

  async #check(
    kind: KnownShell,
    { path, args, environment, workspace }: CheckedShell,
  ): Promise<ShellVerdict> {
    const run = await this.#parts.loadRun();
    return withOwnFolder(this.#parts.root, async (folder) => {
      await mkdir(currentOf(folder), { mode: 0o700 });
      await writeFile(kubeconfigOf(folder), emptyKubeconfig, { mode: 0o600 });
      const env = environment(folder);
      const mark = randomBytes(16).toString('hex');
      const outcome = await run(path, probeArguments(kind, args, mark), {
        env,
        cwd: env['HOME'] ?? neutralFolder(),
        timeout: timeLimit,
        ownSession: true,
      });
      if (outcome.kind === 'timedOut') return { kind: 'notChecked', why: 'slow' };
      const reading = outcome.kind === 'exited' ? readShell(outcome.stdout, mark) : undefined;
      if (!reading) return silent;
      this.#zdotdir = reading['ZDOTDIR'] ?? '';
      const variables = await differencesAfterStartUp(reading, { env, workspace });
      const [first] = variables;
      if (first === undefined) return { kind: 'kept' };
      // Nearly every start-up file sets PATH.
      const file =
        first === 'PATH' ? undefined : await findSettingFile(first, startUpFiles(kind, env, this.#zdotdir));
      return { kind: 'replaced', shell: kind, variables, file };
    });
  }
}

const silent: ShellVerdict = { kind: 'notChecked', why: 'silent' };
