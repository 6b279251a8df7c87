import { rawText, untrusted, type Untrusted, type Instant } from '../../access/text/untrusted.ts';
import type { StoredResource } from '../../teleport/output/adminSchema.ts';
import {
  namesOf,
  traitsOf,
  type AccessList,
  type Bot,
  type Grant,
  type Listed,
  type LockInForce,
  type Mapping,
  type Role,
  type RoleMap,
  type User,
} from './census.ts';
import {
  isPlainObject,
  textsAt,
  valueAt,
  type Path,
  type Plain,
  type PlainObject,
} from '../../roles/role/value.ts';

/*
 * The server's resources as a census has them: tolerant of null, missing and unknown. The shapes are those of
 * `tctl get … --format=json`; access lists, bots and connectors as Teleport's API writes them.
 */

const documentOf = ({ document }: StoredResource): PlainObject => document as PlainObject;

function textAt(value: Plain | undefined, ...path: Path): string | undefined {
  const found = valueAt(value, path);
  return typeof found === 'string' && found !== '' ? found : undefined;
}

function listAt(value: Plain | undefined, ...path: Path): readonly PlainObject[] {
  const found = valueAt(value, path);
  return Array.isArray(found) ? (found as readonly Plain[]).filter(isPlainObject) : [];
}

const label = (document: PlainObject, name: string): string | undefined =>
  textAt(document, 'metadata', 'labels', name);

/** Go's zero time means none. */
function instantAt(value: Plain | undefined, ...path: Path): { readonly expires?: Instant } {
  const time = Date.parse(textAt(value, ...path) ?? '');
  return time > 31_536_000_000 ? { expires: time } : {};
}

const maybe = <K extends string>(key: K, text: string | undefined): Partial<Record<K, Untrusted>> =>
  (text === undefined ? {} : { [key]: untrusted(text) }) as Partial<Record<K, Untrusted>>;

export function userOf(held: StoredResource): User {
  const document = documentOf(held);
  const named = textAt(document, 'spec', 'created_by', 'connector', 'id');
  const bot = label(document, 'teleport.internal/bot');
  const name = rawText(held.name);
  // Anybody who may write users may write labels: believed only with the names Teleport itself gives.
  const ofBot = bot !== undefined && name === `bot-${bot.replaceAll(' ', '-')}`;
  const own = name.startsWith('@teleport-');
  return {
    name: held.name,
    roles: namesOf(textsAt(document, ['spec', 'roles'])),
    traits: traitsOf(valueAt(document, ['spec', 'traits'])),
    system: own && label(document, 'teleport.internal/resource-type') === 'system',
    ...maybe('connector', named),
    ...(ofBot ? maybe('bot', bot) : {}),
    ...instantAt(document, 'metadata', 'expires'),
  };
}

export function roleOf(held: StoredResource): Role {
  const value = documentOf(held);
  const made = label(value, 'teleport.internal/resource-type');
  const origin = label(value, 'teleport.dev/origin');
  return {
    name: held.name,
    value,
    ...(made === 'preset' || made === 'system' ? { made } : {}),
    ...(origin === 'dynamic' || origin === 'defaults' ? {} : maybe('origin', origin)),
  };
}

/** Which field of a connector maps what to roles. */
const fields = {
  saml: ['attributes_to_roles', 'name', 'value'],
  oidc: ['claims_to_roles', 'claim', 'value'],
  github: ['teams_to_roles', 'organization', 'team'],
} as const;

export function mappingsOf(type: Mapping['type'], held: StoredResource): readonly Mapping[] {
  const [field, claim, value] = fields[type];
  return listAt(documentOf(held), 'spec', field).map((one) => ({
    connector: held.name,
    type,
    claim: untrusted(textAt(one, claim) ?? ''),
    value: untrusted(textAt(one, value) ?? ''),
    roles: namesOf(textsAt(one, ['roles'])),
  }));
}

const grantOf = (value: Plain | undefined): Grant => ({
  roles: namesOf(textsAt(value, ['roles'])),
  traits: traitsOf(valueAt(value, ['traits'])),
});

function listedOf(value: Plain | undefined, named?: Untrusted): readonly Listed[] {
  const name = textAt(value, 'name') ?? (named && rawText(named));
  const status = textAt(value, 'ineligible_status') ?? '';
  // Who does not exist now may be back with the next SSO login, and is a member still.
  if (name === undefined || status.includes('EXPIRED')) return [];
  const kind = textAt(value, 'membership_kind') ?? '';
  return [{ name: untrusted(name), list: /KIND_LIST$/.test(kind), ...instantAt(value, 'expires') }];
}

export function accessListOf(held: StoredResource, members: readonly StoredResource[]): AccessList {
  const document = documentOf(held);
  const spec = valueAt(document, ['spec']);
  return {
    name: held.name,
    title: untrusted(textAt(spec, 'title') ?? rawText(held.name)),
    members: members.flatMap((member) => listedOf(valueAt(documentOf(member), ['spec']), member.name)),
    owners: listAt(spec, 'owners').flatMap((owner) => listedOf(owner)),
    grants: grantOf(valueAt(spec, ['grants'])),
    ownerGrants: grantOf(valueAt(spec, ['owner_grants'])),
    memberNeeds: grantOf(valueAt(spec, ['membership_requires'])),
    ownerNeeds: grantOf(valueAt(spec, ['ownership_requires'])),
  };
}

/** A bot; older versions list bots as the users they act as. */
export function botOf(held: StoredResource): Bot {
  const document = documentOf(held);
  return {
    name: untrusted(label(document, 'teleport.internal/bot') ?? rawText(held.name)),
    roles: namesOf(textsAt(document, ['spec', 'roles'])),
    traits: traitsOf(valueAt(document, ['spec', 'traits'])),
  };
}

export function roleMapsOf(held: StoredResource): readonly RoleMap[] {
  const document = documentOf(held);
  if (valueAt(document, ['spec', 'enabled']) === false) return [];
  return listAt(document, 'spec', 'role_map').map((one) => ({
    cluster: held.name,
    remote: untrusted(textAt(one, 'remote') ?? ''),
    roles: namesOf(textsAt(one, ['local'])),
  }));
}

export function lockOf(held: StoredResource): LockInForce {
  const document = documentOf(held);
  const target = valueAt(document, ['spec', 'target']);
  return {
    name: held.name,
    targets: Object.entries(isPlainObject(target) ? target : {}).flatMap(([kind, name]) =>
      typeof name === 'string' && name !== '' ? [[kind, untrusted(name)] as const] : [],
    ),
    ...maybe('message', textAt(document, 'spec', 'message')),
    ...instantAt(document, 'spec', 'expires'),
  };
}
