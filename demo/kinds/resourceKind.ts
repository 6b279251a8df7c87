// The operations that the server offers for each kind of resource, and their implementation for the kinds it
// stores.
import type { Caller } from '../server/certificate.ts';
import { Refusal } from '../cli/refusal.ts';
import { requirePermission } from '../server/authorization.ts';
import { isInForce } from '../server/locks.ts';
import type { JsonObject, StoredItem } from '../resources/resource.ts';
import { current, listed, putResource, type ResourceListName, type State } from '../server/serverState.ts';

/** Who stores a manifest, when, and whether an existing resource may be replaced. */
export interface WriteContext {
  readonly creator: string;
  /** The time of the write, in ms since 1970. */
  readonly now: number;
  /** Whether the manifest may replace an existing resource of its name. */
  readonly force: boolean;
}

/** A kind of resource, as `tctl get`, `create` and `rm` use it. */
export interface ResourceKind {
  /** The name of the kind on tctl's command line and in messages. */
  readonly word: string;
  /** Other names of the kind on tctl's command line. */
  readonly aliases?: readonly string[];
  /** The verbs that a caller needs to list the resources. */
  readonly listVerbs: readonly string[];
  /** Throws a Refusal when the caller may not use these verbs. */
  readonly checkAccess: (state: State, caller: Caller, verbs: readonly string[]) => void;
  /**
   * Returns all resources, or only the named one. The list lags behind writes, a single read does not.
   * `now` is in ms. Throws a Refusal when no resource has that name.
   */
  get(state: State, now: number, name: string | undefined): readonly StoredItem[];
  /** Stores a manifest and returns the message that tctl prints. Ignores the revision in the manifest. */
  readonly create?: (state: State, manifest: JsonObject, context: WriteContext) => string;
  /** Removes a resource and returns the message that tctl prints. Throws a Refusal when it does not exist. */
  readonly remove?: (state: State, name: string) => string;
}

/** What every kind must say. Left out: the usual verbs, and the rules for `word` alone. */
interface KindDraft extends Pick<ResourceKind, 'word' | 'aliases' | 'create'> {
  readonly listVerbs?: readonly string[];
  readonly checkAccess?: ResourceKind['checkAccess'];
  readonly notFoundMessage: (name: string) => string;
}

/** A kind whose resources the server stores in the list `list` of its state. */
interface StoredKind extends KindDraft {
  readonly list: ResourceListName;
  /** The message after a removal. Absent for the usual wording. */
  readonly removedMessage?: (name: string) => string;
  /**
   * Throws a Refusal when the resource may not be removed, or else removes the resources that belong to it.
   */
  readonly beforeRemoval?: (state: State, name: string) => void;
}

/** A kind whose resources no command changes. */
interface FixedKind extends KindDraft {
  /** Returns the resources. Absent for a kind without any. */
  readonly resourcesIn?: (state: State) => readonly StoredItem[];
}

const usual = (word: string): Pick<ResourceKind, 'listVerbs' | 'checkAccess'> => ({
  listVerbs: ['list', 'read'],
  checkAccess: (state, caller, verbs) => requirePermission(state, caller, verbs, word),
});

/** Makes a complete kind of resources that no command changes. */
export const defineFixedKind = ({
  notFoundMessage,
  resourcesIn = () => [],
  ...kind
}: FixedKind): ResourceKind => ({
  ...usual(kind.word),
  ...kind,
  get(state, _, name) {
    if (name === undefined) return resourcesIn(state);
    const matching = resourcesIn(state).filter(({ metadata }) => metadata.name === name);
    if (!matching.length) throw new Refusal(notFoundMessage(name));
    return matching;
  },
});

const byName = (a: StoredItem, b: StoredItem): number => (a.metadata.name < b.metadata.name ? -1 : 1);

/**
 * Makes a complete kind: its resources are read from, written to and removed from a list of the server's
 * state.
 */
export function defineStoredKind({
  list,
  notFoundMessage,
  removedMessage,
  beforeRemoval,
  ...kind
}: StoredKind): ResourceKind {
  const { word } = kind;
  const find = (state: State, name: string): StoredItem | undefined =>
    current(state[list]).find(({ metadata }) => metadata.name === name);
  return {
    ...usual(word),
    ...kind,
    get(state, now, name) {
      const isShown = (each: StoredItem): boolean => each.kind !== 'lock' || isInForce(each, now);
      if (name === undefined) return listed(state[list]).filter(isShown).sort(byName);
      const resource = find(state, name);
      if (!resource || !isShown(resource)) throw new Refusal(notFoundMessage(name));
      return [resource];
    },
    remove(state, name) {
      if (!find(state, name)) throw new Refusal(`${word} "${name}" is not found`);
      beforeRemoval?.(state, name);
      putResource(state[list], name, undefined);
      return removedMessage?.(name) ?? `${word} "${name}" has been deleted`;
    },
  };
}

/**
 * Stores a resource and returns the resource of the same name that it replaces.
 * Throws a Refusal when that resource exists and `force` is false. The refusal calls the kind `kindName`.
 */
export function storeResource(
  state: State,
  list: ResourceListName,
  resource: StoredItem,
  force: boolean,
  kindName: string = resource.kind,
): StoredItem | undefined {
  const { name } = resource.metadata;
  const resources = state[list];
  const replaced = current(resources).find(({ metadata }) => metadata.name === name);
  if (replaced && !force) {
    throw new Refusal(`use -f or --force flag to overwrite\n\t${kindName} "${name}" already exists`);
  }
  putResource(resources, name, resource);
  return replaced;
}
