import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { neutralFolder } from '../home/home.ts';
import { emptyKubeconfig } from '../home/kubeconfig.ts';
import type { Run } from '../process/outcome.ts';
import { currentOf, kubeconfigOf } from '../home/privateHome.ts';
import { probeArguments, readShell, replacedVariables, type Variable } from './shellProbe.ts';
import { knownShell, type KnownShell } from './shellDialects.ts';
import { setter, stampsOf, startUpFiles } from './shellStartupFiles.ts';
import { inOwnFolder } from '../home/throwawayHome.ts';

/** How long a shell may take for its start-up files, in ms. */
const limit = 5_000;

/** What the start-up files of the person's shell make of an elevated terminal. */
export type ShellVerdict =
  | { readonly kind: 'kept' }
  | {
      readonly kind: 'replaced';
      readonly shell: KnownShell;
      readonly variables: readonly Variable[];
      /** The file that does it, as `~/.bashrc`; undefined where it cannot be found. */
      readonly file: string | undefined;
    }
  /** Another shell, one that took too long, or one that did not get as far. */
  | { readonly kind: 'notChecked'; readonly why: 'unknown' | 'slow' | 'silent' };

interface Parts {
  readonly loadRun: () => Promise<Run>;
  /** Where private homes lie. */
  readonly root: string;
}

/** What is asked about: a shell, and the environment it would get for a private home. */
export interface CheckedShell {
  readonly path: string;
  readonly args: readonly string[];
  /** @param home the folder of a private home */
  readonly environment: (home: string) => Readonly<Record<string, string>>;
}

/**
 * Reads back what an elevated shell would have after its start-up files: it is started once, interactive, on an empty
 * folder in the place of a private home, so that a tsh or kubectl in a start-up file touches no real one.
 */
export class ShellEnvironmentCheck {
  readonly #parts: Parts;
  /** What was found, until a start-up file changes; by shell and stamps. */
  readonly #known = new Map<string, Promise<ShellVerdict>>();
  /** Where zsh said it looks for its files. */
  #zdotdir = '';

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Never rejects: an elevated terminal opens whatever comes of this. */
  async verdict(shell: CheckedShell): Promise<ShellVerdict> {
    const kind = knownShell(shell.path);
    if (!kind || shell.args.some((arg) => /^-[a-z]*c$|^--command/.test(arg)))
      return { kind: 'notChecked', why: 'unknown' };
    const env = shell.environment('');
    const stamps = await stampsOf(startUpFiles(kind, env, this.#zdotdir)).catch(() => '');
    const key = JSON.stringify([shell.path, shell.args, stamps]);
    const known = this.#known.get(key) ?? this.#look(kind, shell).catch(() => silent);
    this.#known.set(key, known);
    return known;
  }

  /** Looks again at the next question, also where no file seems to have changed. */
  forget(): void {
    this.#known.clear();
  }

  async #look(kind: KnownShell, { path, args, environment }: CheckedShell): Promise<ShellVerdict> {
    const run = await this.#parts.loadRun();
    return inOwnFolder(this.#parts.root, async (folder) => {
      await mkdir(currentOf(folder), { mode: 0o700 });
      await writeFile(kubeconfigOf(folder), emptyKubeconfig, { mode: 0o600 });
      const env = environment(folder);
      const mark = randomBytes(16).toString('hex');
      const outcome = await run(path, probeArguments(kind, args, mark), {
        env,
        cwd: env['HOME'] ?? neutralFolder(),
        timeout: limit,
        apart: true,
      });
      if (outcome.kind === 'timedOut') return { kind: 'notChecked', why: 'slow' };
      const reading = outcome.kind === 'exited' ? readShell(outcome.stdout, mark) : undefined;
      if (!reading) return silent;
      this.#zdotdir = reading.zdotdir;
      const [first, ...others] = replacedVariables(reading.values, env);
      if (first === undefined) return { kind: 'kept' };
      const file = await setter(first, startUpFiles(kind, env, reading.zdotdir));
      return { kind: 'replaced', shell: kind, variables: [first, ...others], file };
    });
  }
}

const silent: ShellVerdict = { kind: 'notChecked', why: 'silent' };
