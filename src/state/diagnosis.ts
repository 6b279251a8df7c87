import type { Untrusted, Instant } from '../access/untrusted/untrusted.ts';
import type { Ability } from '../teleport/commands/abilities.ts';
import type { Failure } from '../teleport/process/failure.ts';
import type { Profile } from '../teleport/output/loginSchema.ts';
import type { LoginState } from './login.ts';

/**
 * A fact that the Doctor reads independently of the others: its value, the failure of the tsh or tctl call,
 * the error of this machine, or that it was not read because nobody is signed in.
 */
export type Fact<T> =
  | { readonly value: T }
  | { readonly failure: Failure }
  | { readonly error: Untrusted }
  | { readonly notAsked: true };

/** Whether the last call that needed an ability worked or was refused, and when that was. */
export interface Right {
  readonly works: boolean;
  readonly at: Instant;
}

/** The facts about VS Code. */
export interface EditorFacts {
  readonly version: string;
  readonly extension: string;
  /** The kind of remote, such as `ssh-remote`; undefined on this machine. */
  readonly remote: Untrusted | undefined;
  readonly inBrowser: boolean;
  readonly trusted: boolean;
  readonly system: string;
}

/** The facts about tsh or tctl: its file, and whether the setting, PATH or a usual folder named the file. */
export interface ProgramFacts {
  readonly path: Untrusted;
  readonly how: 'setting' | 'path' | 'usual';
  readonly version: Fact<Untrusted>;
}

/** The edition of the cluster, as far as observed facts prove it. `seen` names the fact. */
export type Edition =
  | { readonly kind: 'enterprise'; readonly seen: 'review' | 'resources' }
  | { readonly kind: 'community' }
  | { readonly kind: 'unknown' };

/** The facts about a folder that holds keys: the profile folder or the runtime folder. */
export interface FolderFacts {
  readonly path: Untrusted;
  readonly exists: boolean;
  /** Whether the folder belongs to this user and no other user may enter it. */
  readonly ours: boolean;
  /** The permission bits, such as `700`. */
  readonly mode: string;
  /** Symbolic links inside the folder, as paths relative to it. */
  readonly links: readonly Untrusted[];
}

/** A configuration file of tsh, and whether it defines aliases. */
export interface AliasFile {
  readonly path: Untrusted;
  readonly aliases: boolean;
}

/** The facts that the Doctor has read. A fact is missing while it is still being read. */
export interface Diagnosis {
  readonly at: Instant;
  readonly done: boolean;
  readonly editor: EditorFacts;
  readonly tsh?: Fact<ProgramFacts>;
  readonly tctl?: Fact<ProgramFacts>;
  /** Files in the folder `bin` of the profile folder, where managed updates are installed. */
  readonly managed?: Fact<readonly Untrusted[]>;
  readonly login?: Fact<LoginState>;
  /** How long `tsh request ls` took, in ms. */
  readonly reach?: Fact<number>;
  /** Whether `tctl requests capabilities` answers for the user. */
  readonly capabilities?: Fact<boolean>;
  /** The output of `tctl status`: the cluster's name and version. */
  readonly cluster?: Fact<readonly Untrusted[]>;
  readonly rights?: readonly (readonly [Ability, Right | undefined])[];
  readonly edition?: Edition;
  /** How far this machine's clock was ahead of the cluster's, in ms, when the user last created a request. */
  readonly clock?: { readonly ahead: number; readonly at: Instant } | 'unknown';
  /** Names of environment variables that VS Code was started with and tsh does not get. */
  readonly strays: readonly Untrusted[];
  readonly aliasFiles?: Fact<readonly AliasFile[]>;
  readonly home?: Fact<FolderFacts>;
  readonly others?: Fact<readonly Profile[]>;
  readonly runtime?: Fact<FolderFacts>;
  readonly service?: Fact<boolean>;
  readonly agent: boolean;
  readonly kubectl?: Fact<Untrusted | undefined>;
}
