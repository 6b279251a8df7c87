// Who is in which access list, and which roles that gives.
import { isObject, objectIn, textIn, textsIn, type Json, type StoredItem } from '../resources/resource.ts';
import { current, type State } from './serverState.ts';

/** Kinds of members and owners. */
export const memberKinds = { user: 'MEMBERSHIP_KIND_USER', list: 'MEMBERSHIP_KIND_LIST' } as const;
export const membersOf = (state: State, list: string): StoredItem[] =>
  current(state.members ?? []).filter(({ spec }) => textIn(spec, 'access_list') === list);

/** The roles somebody has through lists: as a member, also through a list in another, and as an owner. */
export function rolesThroughLists(state: State, user: string): string[] {
  const lists = current(state.accessLists ?? []);
  const members = current(state.members ?? []).map(({ spec }) => spec);
  const inside = (name: string, kind: string): string[] =>
    members
      .filter((spec) => textIn(spec, 'name') === name && textIn(spec, 'membership_kind') === kind)
      .map((spec) => textIn(spec, 'access_list'));
  const memberOf = new Set(inside(user, memberKinds.user));
  // A set grows while it is gone through.
  for (const name of memberOf) for (const outer of inside(name, memberKinds.list)) memberOf.add(outer);
  return lists.flatMap(({ metadata: { name }, spec }) => [
    ...(memberOf.has(name) ? textsIn(objectIn(spec, 'grants'), 'roles') : []),
    ...(isOwner(spec['owners'], user) ? textsIn(objectIn(spec, 'owner_grants'), 'roles') : []),
  ]);
}

const isOwner = (owners: Json | undefined, user: string): boolean =>
  Array.isArray(owners) && owners.some((owner) => isObject(owner) && owner['name'] === user);
