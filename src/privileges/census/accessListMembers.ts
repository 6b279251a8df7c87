import type { Untrusted, Instant } from '../../access/untrusted/untrusted.ts';
import type { AccessList, Census, RolesAndTraits, AccessListEntry, Traits, User } from './census.ts';

/** Whether an SSO user record or an access list entry has expired, so that it gives nothing any more. */
export const hasExpired = ({ expires }: { readonly expires?: Instant }, at: Instant): boolean =>
  expires !== undefined && expires <= at;

/**
 * Resolves the entries of an access list, and of every access list nested in it.
 * @returns the people who are listed directly or through a nested list, and the nested lists
 */
export function resolveMembers(
  entries: readonly AccessListEntry[],
  census: Census,
): { readonly people: ReadonlySet<Untrusted>; readonly lists: ReadonlySet<AccessList> } {
  const people = new Set<Untrusted>();
  const lists = new Set<AccessList>();
  const resolve = (level: readonly AccessListEntry[]): void => {
    for (const entry of level) {
      if (hasExpired(entry, census.readAt)) continue;
      if (!entry.isList) people.add(entry.name);
      else
        for (const list of census.accessLists)
          if (list.name === entry.name && !lists.has(list)) {
            lists.add(list);
            resolve(list.members);
          }
    }
  };
  resolve(entries);
  return { people, lists };
}

/**
 * Returns the roles and traits that a member of a list gets: those that the list grants, and those that it
 * inherits from the lists in which it is nested as a member or an owner.
 * @param ownersAsMembers whether to include what an owner gets by adding themselves as a member of the owned
 * list
 */
export function inheritedGrants(list: AccessList, census: Census, ownersAsMembers: boolean): RolesAndTraits {
  const roles = new Set<Untrusted>();
  let traits: Traits = new Map();
  const visited = new Set<AccessList>();
  const add = (granted: RolesAndTraits): void => {
    for (const role of granted.roles) roles.add(role);
    traits = mergeTraits(traits, granted.traits);
  };
  const addMembershipOf = (nested: AccessList): void => {
    if (visited.has(nested)) return;
    visited.add(nested);
    add(nested.grants);
    const isNestedIn = (entries: readonly AccessListEntry[]): boolean =>
      entries.some(
        (entry) => entry.isList && entry.name === nested.name && !hasExpired(entry, census.readAt),
      );
    for (const outer of census.accessLists) {
      if (isNestedIn(outer.members)) addMembershipOf(outer);
      if (isNestedIn(outer.owners)) {
        add(outer.ownerGrants);
        if (ownersAsMembers) addMembershipOf(outer);
      }
    }
  };
  addMembershipOf(list);
  return { roles: [...roles], traits };
}

/** Whether a user has all roles and traits that an access list requires of its members or owners. */
export function meetsRequirements(user: User, { roles, traits }: RolesAndTraits): boolean {
  return (
    roles.every((role) => user.roles.includes(role)) &&
    [...traits].every(([name, values]) =>
      values.every((value) => user.traits.get(name)?.includes(value) ?? false),
    )
  );
}

/** Merges two sets of traits: each trait has the values of both, without duplicates. */
export function mergeTraits(traits: Traits, added: Traits): Traits {
  if (added.size === 0) return traits;
  const merged = new Map(traits);
  for (const [name, values] of added)
    merged.set(name, [...new Set([...(merged.get(name) ?? []), ...values])]);
  return merged;
}
