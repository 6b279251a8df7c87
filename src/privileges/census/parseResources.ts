import { rawText, untrusted, type Untrusted, type Instant } from '../../access/untrusted/untrusted.ts';
import type { StoredResource } from '../../teleport/output/adminSchema.ts';
import {
  namesOf,
  traitsOf,
  type AccessList,
  type Bot,
  type RolesAndTraits,
  type AccessListEntry,
  type LockInForce,
  type Mapping,
  type Role,
  type RoleMap,
  type User,
} from './census.ts';
import { ownerOf, resourceType } from '../../roles/role/roleOrigin.ts';
import {
  isPlainObject,
  textsAt,
  valueAt,
  type Path,
  type PlainValue,
  type PlainObject,
} from '../../roles/role/value.ts';

/*
 * Converts the resources of the server into the types of the census. It tolerates null, missing and unknown
 * fields. The shapes are those of `tctl get … --format=json`; access lists, bots and connectors have the
 * shapes of Teleport's API.
 */

function textAt(value: PlainValue | undefined, ...path: Path): string | undefined {
  const text = valueAt(value, path);
  return typeof text === 'string' && text !== '' ? text : undefined;
}

function listAt(value: PlainValue | undefined, ...path: Path): readonly PlainObject[] {
  const list = valueAt(value, path);
  return Array.isArray(list) ? (list as readonly PlainValue[]).filter(isPlainObject) : [];
}

const label = (document: PlainObject, name: string): string | undefined =>
  textAt(document, 'metadata', 'labels', name);

/** Reads an expiry. Go's zero time, and any time before 1971, means that there is none. */
function instantAt(value: PlainValue | undefined, ...path: Path): { readonly expires?: Instant } {
  const time = Date.parse(textAt(value, ...path) ?? '');
  return time > 31_536_000_000 ? { expires: time } : {};
}

const optionalText = <K extends string>(key: K, text: string | undefined): Partial<Record<K, Untrusted>> =>
  (text === undefined ? {} : { [key]: untrusted(text) }) as Partial<Record<K, Untrusted>>;

/** Converts a user. */
export function userOf(resource: StoredResource): User {
  const { document } = resource;
  const connector = textAt(document, 'spec', 'created_by', 'connector', 'id');
  const bot = label(document, 'teleport.internal/bot');
  const name = rawText(resource.name);
  // A user who may write users may write their labels too. So a label counts only on a name that Teleport
  // itself gives.
  const isBotUser = bot !== undefined && name === `bot-${bot.replaceAll(' ', '-')}`;
  const hasSystemName = name.startsWith('@teleport-');
  return {
    name: resource.name,
    ...rolesAndTraitsOf(document['spec']),
    system: hasSystemName && resourceType(document) === 'system',
    ...optionalText('connector', connector),
    ...(isBotUser ? optionalText('bot', bot) : {}),
    ...instantAt(document, 'metadata', 'expires'),
  };
}

/** Converts a role. */
export function roleOf({ name, document: value }: StoredResource): Role {
  const builtIn = resourceType(value);
  const origin = ownerOf(value);
  return {
    name,
    value,
    ...(builtIn === 'preset' || builtIn === 'system' ? { builtIn } : {}),
    ...(origin === undefined ? {} : { origin }),
  };
}

/** The field with the mappings of each connector type, and the names of its claim and value fields. */
const mappingFields = {
  saml: ['attributes_to_roles', 'name', 'value'],
  oidc: ['claims_to_roles', 'claim', 'value'],
  github: ['teams_to_roles', 'organization', 'team'],
} as const;

/** Converts the mappings of a connector. */
export function mappingsOf(type: Mapping['type'], resource: StoredResource): readonly Mapping[] {
  const [field, claim, value] = mappingFields[type];
  return listAt(resource.document, 'spec', field).map((mapping) => ({
    connector: resource.name,
    type,
    claim: untrusted(textAt(mapping, claim) ?? ''),
    value: untrusted(textAt(mapping, value) ?? ''),
    roles: namesOf(textsAt(mapping, ['roles'])),
  }));
}

const rolesAndTraitsOf = (value: PlainValue | undefined): RolesAndTraits => ({
  roles: namesOf(textsAt(value, ['roles'])),
  traits: traitsOf(valueAt(value, ['traits'])),
});

/** Converts one entry of an access list. One without a name, or with the status EXPIRED, is left out. */
function entriesOf(value: PlainValue | undefined, fallbackName?: Untrusted): readonly AccessListEntry[] {
  const name = textAt(value, 'name') ?? (fallbackName && rawText(fallbackName));
  const status = textAt(value, 'ineligible_status') ?? '';
  // A member without a user record stays a member: the record may come back with the next SSO login.
  if (name === undefined || status.includes('EXPIRED')) return [];
  const kind = textAt(value, 'membership_kind') ?? '';
  return [{ name: untrusted(name), isList: /KIND_LIST$/.test(kind), ...instantAt(value, 'expires') }];
}

/** Converts an access list and its members. */
export function accessListOf(resource: StoredResource, members: readonly StoredResource[]): AccessList {
  const { spec } = resource.document;
  return {
    name: resource.name,
    title: untrusted(textAt(spec, 'title') ?? rawText(resource.name)),
    members: members.flatMap((member) => entriesOf(valueAt(member.document, ['spec']), member.name)),
    owners: listAt(spec, 'owners').flatMap((owner) => entriesOf(owner)),
    grants: rolesAndTraitsOf(valueAt(spec, ['grants'])),
    ownerGrants: rolesAndTraitsOf(valueAt(spec, ['owner_grants'])),
    membershipRequires: rolesAndTraitsOf(valueAt(spec, ['membership_requires'])),
    ownershipRequires: rolesAndTraitsOf(valueAt(spec, ['ownership_requires'])),
  };
}

/** Converts a bot. Older versions of Teleport list the user that a bot acts as instead of the bot. */
export function botOf(resource: StoredResource): Bot {
  const { document } = resource;
  return {
    name: untrusted(label(document, 'teleport.internal/bot') ?? rawText(resource.name)),
    ...rolesAndTraitsOf(document['spec']),
  };
}

/** Converts the role map of a trusted cluster; a disabled cluster has none. */
export function roleMapsOf(resource: StoredResource): readonly RoleMap[] {
  const { document } = resource;
  if (valueAt(document, ['spec', 'enabled']) === false) return [];
  return listAt(document, 'spec', 'role_map').map((entry) => ({
    cluster: resource.name,
    remote: untrusted(textAt(entry, 'remote') ?? ''),
    roles: namesOf(textsAt(entry, ['local'])),
  }));
}

/** Converts a lock. */
export function lockOf(resource: StoredResource): LockInForce {
  const { document } = resource;
  const target = valueAt(document, ['spec', 'target']);
  return {
    name: resource.name,
    targets: Object.entries(isPlainObject(target) ? target : {}).flatMap(([kind, name]) =>
      typeof name === 'string' && name !== '' ? [[kind, untrusted(name)] as const] : [],
    ),
    ...optionalText('message', textAt(document, 'spec', 'message')),
    ...instantAt(document, 'spec', 'expires'),
  };
}
