// The members of access lists, and the roles that users get from them.
import { isObject, objectIn, textIn, textsIn, type Json, type StoredItem } from '../resources/resource.ts';
import type { State } from './serverState.ts';

/** The kinds of members and owners. */
export const memberKinds = { user: 'MEMBERSHIP_KIND_USER', list: 'MEMBERSHIP_KIND_LIST' } as const;

/** Returns the direct members of an access list. */
export const membersOf = ({ accessLists }: State, list: string): StoredItem[] =>
  (accessLists?.members ?? []).filter(({ spec }) => textIn(spec, 'access_list') === list);

/** Returns the roles that a user gets from access lists: as a direct or nested member, and as an owner. */
export function rolesThroughLists({ accessLists }: State, user: string): string[] {
  const lists = accessLists?.lists ?? [];
  const members = (accessLists?.members ?? []).map(({ spec }) => spec);
  const listsWithMember = (name: string, kind: string): string[] =>
    members
      .filter((spec) => textIn(spec, 'name') === name && textIn(spec, 'membership_kind') === kind)
      .map((spec) => textIn(spec, 'access_list'));
  const memberOf = new Set(listsWithMember(user, memberKinds.user));
  // The loop also visits the lists that it adds, because a Set may grow during iteration.
  for (const name of memberOf)
    for (const parent of listsWithMember(name, memberKinds.list)) memberOf.add(parent);
  return lists.flatMap(({ metadata: { name }, spec }) => [
    ...(memberOf.has(name) ? textsIn(objectIn(spec, 'grants'), 'roles') : []),
    ...(isOwner(spec['owners'], user) ? textsIn(objectIn(spec, 'owner_grants'), 'roles') : []),
  ]);
}

const isOwner = (owners: Json | undefined, user: string): boolean =>
  Array.isArray(owners) && owners.some((owner) => isObject(owner) && owner['name'] === user);
