// Access lists, in the shape of Teleport's published source (api/types/accesslist). The recorded servers have
// no access list service, so a demo cluster has access lists only when it is created with that option.
import { randomUUID } from 'node:crypto';
import { Refusal } from '../cli/refusal.ts';
import { never, utcRfc3339 } from '../cli/goFormat.ts';
import { requirePermission } from '../server/authorization.ts';
import { memberKinds } from '../server/accessListMembership.ts';
import { defineFixedKind, type ResourceKind } from './resourceKind.ts';
import type { StoredItem } from '../resources/resource.ts';
import type { State } from '../server/serverState.ts';

/** In ms. */
const halfYear = 182 * 24 * 3_600_000;

const header = (name: string): StoredItem['metadata'] => ({
  name,
  description: '',
  labels: null,
  expires: never,
  revision: randomUUID(),
});
/** The server prints both keys of a grants field always, an empty one as null. */
const grants = (roles: readonly string[] | null = null) => ({ roles, traits: null });

/** Makes an access list of rita's that grants roles. */
const list = (name: string, title: string, roles: readonly string[] | null, now: number): StoredItem => ({
  kind: 'access_list',
  version: 'v1',
  metadata: header(name),
  spec: {
    title,
    description: '',
    owners: [{ name: 'rita', description: '', ineligible_status: '', membership_kind: memberKinds.user }],
    audit: {
      next_audit_date: utcRfc3339(now + halfYear),
      recurrence: { frequency: '6 months', day_of_month: '1' },
      notifications: { start: '336h0m0s' },
    },
    membership_requires: grants(),
    ownership_requires: grants(),
    grants: grants(roles),
    owner_grants: grants(),
  },
  status: {},
});

/** Makes a membership of an access list for a user, or for another list whose members all belong to it. */
const member = (
  access_list: string,
  name: string,
  kind: keyof typeof memberKinds,
  now: number,
): StoredItem => ({
  kind: 'access_list_member',
  version: 'v1',
  metadata: header(name),
  spec: {
    ...{ access_list, name, joined: utcRfc3339(now), expires: never, reason: '', added_by: 'eve' },
    ...{ ineligible_status: '', membership_kind: memberKinds[kind] },
  },
});

/**
 * Returns the access lists of a new cluster. The members of `oncall` hold kube-admin: bob, and omar as a
 * member of the list `dbas`. `now` is in ms.
 */
export const sampleAccessLists = (now: number): NonNullable<State['accessLists']> => ({
  lists: [list('dbas', 'Database administrators', null, now), list('oncall', 'On call', ['kube-admin'], now)],
  members: [
    member('oncall', 'bob', 'user', now),
    member('oncall', 'dbas', 'list', now),
    member('dbas', 'omar', 'user', now),
  ],
});

/** The access list kind. */
export const accessListKind: ResourceKind = defineFixedKind({
  word: 'access_list',
  aliases: ['access_lists', 'acl', 'acls'],
  checkAccess(state, caller, verbs) {
    if (!state.accessLists) throw new Refusal('unknown service teleport.accesslist.v1.AccessListService');
    requirePermission(state, caller, verbs, 'access_list');
  },
  notFoundMessage: (name) => `access_list "${name}" doesn't exist`,
  resourcesIn: ({ accessLists }) => accessLists?.lists ?? [],
});
