import type { Untrusted, Instant } from '../access/text/untrusted.ts';
import type { Ability } from '../teleport/commands/abilities.ts';
import type { Failure } from '../teleport/process/failure.ts';
import type { Profile } from '../teleport/output/requestSchema.ts';
import type { Right } from './memory/knownRights.ts';
import type { LoginState } from './store.ts';

/**
 * A fact that was asked for by itself: what it is, why Teleport did not tell, which error of this machine was in the
 * way, or that nobody is signed in to ask.
 */
export type Fact<T> =
  | { readonly is: T }
  | { readonly failure: Failure }
  | { readonly unread: Untrusted }
  | { readonly notAsked: true };

/** What VS Code says of itself. */
export interface EditorFacts {
  readonly version: string;
  readonly extension: string;
  /** The kind of remote, such as `ssh-remote`; undefined on this machine. */
  readonly remote: Untrusted | undefined;
  readonly inBrowser: boolean;
  readonly trusted: boolean;
  readonly system: string;
}

export interface ProgramFacts {
  readonly path: Untrusted;
  readonly how: 'setting' | 'path' | 'usual';
  readonly version: Fact<Untrusted>;
}

/** The edition, only as far as something that was seen tells it. */
export type Edition =
  | { readonly kind: 'enterprise'; readonly seen: 'review' | 'resources' }
  | { readonly kind: 'community' }
  | { readonly kind: 'unknown' };

export interface FolderFacts {
  readonly path: Untrusted;
  readonly exists: boolean;
  /** Whether it is this person's and nobody else may enter it. */
  readonly ours: boolean;
  /** Such as `700`. */
  readonly mode: string;
  /** Links inside it, by their path from it. */
  readonly links: readonly Untrusted[];
}

export interface AliasFile {
  readonly path: Untrusted;
  readonly aliases: boolean;
}

/** What the Doctor found; a fact is missing while it is still being asked for. */
export interface Diagnosis {
  readonly at: Instant;
  readonly done: boolean;
  readonly editor: EditorFacts;
  readonly tsh?: Fact<ProgramFacts>;
  readonly tctl?: Fact<ProgramFacts>;
  /** Files in the profile folder's `bin`, where managed updates lie. */
  readonly managed?: Fact<readonly Untrusted[]>;
  readonly login?: Fact<LoginState>;
  /** How long `tsh request ls` took, in ms. */
  readonly reach?: Fact<number>;
  /** Whether `tctl requests capabilities` about oneself answers. */
  readonly capabilities?: Fact<boolean>;
  /** What `tctl status` says: the cluster's name and version. */
  readonly cluster?: Fact<readonly Untrusted[]>;
  readonly rights?: readonly (readonly [Ability, Right | undefined])[];
  readonly edition?: Edition;
  /** How much this machine's clock is ahead of the cluster's, in ms, when an own request was last seen made. */
  readonly clock?: { readonly ahead: number; readonly at: Instant } | 'unknown';
  /** Names of variables that VS Code was started with and tsh is not. */
  readonly strays: readonly Untrusted[];
  readonly aliasFiles?: Fact<readonly AliasFile[]>;
  readonly home?: Fact<FolderFacts>;
  readonly others?: Fact<readonly Profile[]>;
  readonly runtime?: Fact<FolderFacts>;
  readonly service?: Fact<boolean>;
  readonly agent: boolean;
  readonly kubectl?: Fact<Untrusted | undefined>;
}
