// The access list resource, in the shape of Teleport's published source (api/types/accesslist). The recorded
// servers have no access list service, so a demo cluster has access lists only when it is created with that
// option.
import { Refusal } from '../cli/refusal.ts';
import { utcRfc3339 } from '../cli/goFormat.ts';
import { requirePermission } from '../server/authorization.ts';
import { storeResource, defineStoredKind, type ResourceKind } from './resourceKind.ts';
import { memberKinds, membersOf } from '../server/accessListMembership.ts';
import { newMetadata, objectIn, textIn, type JsonObject, type StoredItem } from '../resources/resource.ts';
import { metadata } from '../resources/roleSchema.ts';
import { readFields, type ManifestStruct } from '../resources/manifestSchema.ts';
import { putMember, type State } from '../server/serverState.ts';

const struct = (name: string, fields: ManifestStruct['fields']): ManifestStruct => ({
  go: `accesslist.${name}.`,
  fields,
});
const grants = struct('Grants', { roles: 'texts', traits: 'textsMap' });
const schema = struct('AccessList', {
  metadata,
  spec: struct('Spec', {
    title: 'text',
    description: 'text',
    owners: { list: struct('Owner', { name: 'text', description: 'text', membership_kind: 'text' }) },
    audit: struct('Audit', {
      next_audit_date: 'text',
      recurrence: struct('Recurrence', { frequency: 'text', day_of_month: 'text' }),
    }),
    membership_requires: grants,
    ownership_requires: grants,
    grants,
    owner_grants: grants,
  }),
});

const never = '0001-01-01T00:00:00Z';
/** In ms. */
const halfYear = 182 * 24 * 3_600_000;

/** Throws a Refusal when this cluster has no access list service. */
export function requireAccessLists(state: State): void {
  if (!state.accessLists) throw new Refusal('unknown service teleport.accesslist.v1.AccessListService');
}

function readList(manifest: JsonObject, now: number): StoredItem {
  const fields = readFields(schema, manifest);
  const spec = objectIn(fields, 'spec');
  if (!textIn(spec, 'title')) throw new Refusal('access list title required');
  const owners = Array.isArray(spec['owners']) ? (spec['owners'] as readonly JsonObject[]) : [];
  if (!owners.length) throw new Refusal('owners are missing');
  const audit = objectIn(spec, 'audit');
  const recurrence = objectIn(audit, 'recurrence');
  return {
    kind: 'access_list',
    version: 'v1',
    metadata: headerOf(fields),
    spec: {
      title: textIn(spec, 'title'),
      description: textIn(spec, 'description'),
      owners: owners.map((owner) => ({
        name: textIn(owner, 'name'),
        description: textIn(owner, 'description'),
        ineligible_status: '',
        membership_kind: textIn(owner, 'membership_kind') || memberKinds.user,
      })),
      audit: {
        next_audit_date: textIn(audit, 'next_audit_date') || utcRfc3339(now + halfYear),
        recurrence: {
          frequency: textIn(recurrence, 'frequency') || '6 months',
          day_of_month: textIn(recurrence, 'day_of_month') || '1',
        },
        notifications: { start: '336h0m0s' },
      },
      membership_requires: grantsIn(spec, 'membership_requires'),
      ownership_requires: grantsIn(spec, 'ownership_requires'),
      grants: grantsIn(spec, 'grants'),
      owner_grants: grantsIn(spec, 'owner_grants'),
    },
    status: {},
  };
}

/** Reads a grants field. The server prints both keys always, an empty one as null. */
const grantsIn = (spec: JsonObject, field: string): JsonObject => ({
  roles: objectIn(spec, field)['roles'] ?? null,
  traits: objectIn(spec, field)['traits'] ?? null,
});

function headerOf(fields: JsonObject): StoredItem['metadata'] {
  const { name, description = '', labels = null, expires = never, revision } = newMetadata(fields);
  return { name, description, labels, expires, revision };
}

/**
 * Makes a membership of an access list for a user, or for another list whose members all belong to it.
 * `joined` and `expires` are RFC 3339 times.
 */
export function newMember(
  list: string,
  name: string,
  membership: { readonly kind: keyof typeof memberKinds; readonly joined: string; readonly expires?: string },
  added: { readonly by: string; readonly reason: string },
): StoredItem {
  return {
    kind: 'access_list_member',
    version: 'v1',
    metadata: headerOf({ metadata: { name } }),
    spec: {
      access_list: list,
      name,
      joined: membership.joined,
      expires: membership.expires ?? never,
      reason: added.reason,
      added_by: added.by,
      ineligible_status: '',
      membership_kind: memberKinds[membership.kind],
    },
  };
}

/** The access list kind. Removing a list removes its members. */
export const accessListKind: ResourceKind = defineStoredKind({
  word: 'access_list',
  aliases: ['access_lists', 'acl', 'acls'],
  list: 'accessLists',
  checkAccess(state, caller, verbs) {
    requireAccessLists(state);
    requirePermission(state, caller, verbs, 'access_list');
  },
  notFoundMessage: (name) => `access_list "${name}" doesn't exist`,
  removedMessage: (name) => `Access list "${name}" has been deleted`,
  beforeRemoval(state, name) {
    for (const { spec } of membersOf(state, name)) putMember(state, name, textIn(spec, 'name'), undefined);
  },
  create(state, manifest, { now, force }) {
    const list = readList(manifest, now);
    const replaced = storeResource(state, 'accessLists', list, force);
    return `Access list "${list.metadata.name}" has been ${replaced ? 'updated' : 'created'}`;
  },
});
