// What the server does with a kind of resource, and how one that is stored is listed, written and removed.
import type { Caller } from '../server/certificate.ts';
import { Refusal } from '../cli/refusal.ts';
import { isInForce } from '../server/locks.ts';
import type { JsonObject, StoredItem } from '../resources/resource.ts';
import { current, listed, putResource, type List, type State } from '../server/serverState.ts';

/** What a manifest is stored by. */
export interface Writing {
  readonly creator: string;
  /** ms */
  readonly now: number;
  /** It may take the place of another. */
  readonly force: boolean;
}

export interface ResourceKind {
  readonly word: string;
  /** Other words for it. */
  readonly aliases?: readonly string[];
  /** What rules call it. */
  readonly resource: string;
  /** The verbs that listing takes. */
  readonly listing: readonly string[];
  /** Refuses who may not do something with it, where that is not simply a matter of its own rules. */
  readonly permit?: (state: State, caller: Caller, verbs: readonly string[]) => void;
  /** All, which lag, or the named one, which does not. `now` in ms. Throws when there is none of that name. */
  all(state: State, now: number, name: string | undefined): readonly StoredItem[];
  /** Stores a manifest; returns what tctl says. It looks at no revision. */
  readonly create?: (state: State, manifest: JsonObject, writing: Writing) => string;
  /** Removes one, or throws when there is none; returns what tctl says. */
  readonly remove?: (state: State, name: string) => string;
  /** As it is shown to who does not ask for secrets. */
  readonly withoutSecrets?: (resource: StoredItem) => StoredItem;
}

/** A kind that is stored, in `list`. */
export interface StoredKind extends Omit<ResourceKind, 'all' | 'listing' | 'resource' | 'remove'> {
  readonly list: List;
  readonly resource?: string;
  readonly listing?: readonly string[];
  /** Says that there is none of a name. */
  readonly missing: (name: string) => string;
  /** Says that it is gone. */
  readonly removed?: (name: string) => string;
  /** Throws when it may not be removed, or removes what goes with it. */
  readonly beforeRemoval?: (state: State, name: string) => void;
}

const byName = (a: StoredItem, b: StoredItem): number => (a.metadata.name < b.metadata.name ? -1 : 1);

export function stored({ list, missing, removed, beforeRemoval, ...kind }: StoredKind): ResourceKind {
  const { word } = kind;
  const find = (state: State, name: string): StoredItem | undefined =>
    current(state[list] ?? []).find(({ metadata }) => metadata.name === name);
  return {
    listing: ['list', 'read'],
    resource: word,
    ...kind,
    all(state, now, name) {
      const alive = (each: StoredItem): boolean => each.kind !== 'lock' || isInForce(each, now);
      if (name === undefined)
        return listed(state[list] ?? [])
          .filter(alive)
          .sort(byName);
      const found = find(state, name);
      if (!found || !alive(found)) throw new Refusal(missing(name));
      return [found];
    },
    remove(state, name) {
      if (!find(state, name)) throw new Refusal(`${word} "${name}" is not found`);
      beforeRemoval?.(state, name);
      putResource((state[list] ??= []), name, undefined);
      return removed?.(name) ?? `${word} "${name}" has been deleted`;
    },
  };
}

/** Puts a resource in place of the one of its name, which it returns; refuses without `force` where there is one. */
export function store(
  state: State,
  list: List,
  resource: StoredItem,
  force: boolean,
  what: string = resource.kind,
): StoredItem | undefined {
  const { name } = resource.metadata;
  const all = (state[list] ??= []);
  const before = current(all).find(({ metadata }) => metadata.name === name);
  if (before && !force) {
    throw new Refusal(`use -f or --force flag to overwrite\n\t${what} "${name}" already exists`);
  }
  putResource(all, name, resource);
  return before;
}
