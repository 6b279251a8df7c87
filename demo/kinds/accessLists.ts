// Access lists, as Teleport's published source has them (api/types/accesslist). The recorded servers have no such service,
// so a cluster has them only when that was asked for.
import { Refusal } from '../cli/refusal.ts';
import { utc } from '../cli/goFormat.ts';
import { demand } from '../server/authorization.ts';
import { store, stored, type ResourceKind } from './resourceKind.ts';
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
const halfYear = 182 * 24 * 3_600_000;

/** This server has no such service. */
export function demandAccessLists(state: State): void {
  if (!state.accessLists) throw new Refusal('unknown service teleport.accesslist.v1.AccessListService');
}

function readList(manifest: JsonObject, now: number): StoredItem {
  const known = readFields(schema, manifest);
  const spec = objectIn(known, 'spec');
  if (!textIn(spec, 'title')) throw new Refusal('access list title required');
  const owners = Array.isArray(spec['owners']) ? (spec['owners'] as readonly JsonObject[]) : [];
  if (!owners.length) throw new Refusal('owners are missing');
  const audit = objectIn(spec, 'audit');
  const recurrence = objectIn(audit, 'recurrence');
  return {
    kind: 'access_list',
    version: 'v1',
    metadata: headerOf(known),
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
        next_audit_date: textIn(audit, 'next_audit_date') || utc(now + halfYear),
        recurrence: {
          frequency: textIn(recurrence, 'frequency') || '6 months',
          day_of_month: textIn(recurrence, 'day_of_month') || '1',
        },
        notifications: { start: '336h0m0s' },
      },
      membership_requires: whole(spec, 'membership_requires'),
      ownership_requires: whole(spec, 'ownership_requires'),
      grants: whole(spec, 'grants'),
      owner_grants: whole(spec, 'owner_grants'),
    },
    status: {},
  };
}

/** Nothing is left out here, and what is empty is null. */
const whole = (spec: JsonObject, field: string): JsonObject => ({
  roles: objectIn(spec, field)['roles'] ?? null,
  traits: objectIn(spec, field)['traits'] ?? null,
});

function headerOf(known: JsonObject): StoredItem['metadata'] {
  const { name, description = '', labels = null, expires = never, revision } = newMetadata(known);
  return { name, description, labels, expires, revision };
}

/** Somebody, or the members of another list, in a list. Times as RFC 3339. */
export function newMember(
  list: string,
  name: string,
  about: { readonly kind: keyof typeof memberKinds; readonly joined: string; readonly expires?: string },
  added: { readonly by: string; readonly reason: string },
): StoredItem {
  return {
    kind: 'access_list_member',
    version: 'v1',
    metadata: headerOf({ metadata: { name } }),
    spec: {
      access_list: list,
      name,
      joined: about.joined,
      expires: about.expires ?? never,
      reason: added.reason,
      added_by: added.by,
      ineligible_status: '',
      membership_kind: memberKinds[about.kind],
    },
  };
}

export const accessListKind: ResourceKind = stored({
  word: 'access_list',
  aliases: ['access_lists', 'acl', 'acls'],
  list: 'accessLists',
  permit(state, caller, verbs) {
    demandAccessLists(state);
    demand(state, caller, verbs, 'access_list');
  },
  missing: (name) => `access_list "${name}" doesn't exist`,
  removed: (name) => `Access list "${name}" has been deleted`,
  beforeRemoval(state, name) {
    for (const { spec } of membersOf(state, name)) putMember(state, name, textIn(spec, 'name'), undefined);
  },
  create(state, manifest, { now, force }) {
    const list = readList(manifest, now);
    const before = store(state, 'accessLists', list, force);
    return `Access list "${list.metadata.name}" has been ${before ? 'updated' : 'created'}`;
  },
});
