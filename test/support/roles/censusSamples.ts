// Short ways to make the roles, users and other parts of a census for tests of the privileges report.
import { untrusted, type Instant, type Untrusted } from '../../../src/access/untrusted/untrusted.ts';
import {
  traitsOf,
  type AccessList,
  type AccessListEntry,
  type Bot,
  type Census,
  type Gap,
  type LockInForce,
  type Mapping,
  type Role,
  type RoleMap,
  type RolesAndTraits,
  type User,
} from '../../../src/privileges/census/census.ts';
import type { Finding, FindingKind } from '../../../src/privileges/report/finding.ts';
import type { PlainValue, PlainObject } from '../../../src/roles/role/value.ts';
import { analyse, type PrivilegesReport } from '../../../src/privileges/report/analyse.ts';
import { roleOf } from '../../../src/privileges/census/parseResources.ts';
import { hour, names, now } from '../samples.ts';
import { roleValue, type RoleParts } from './roleValues.ts';

export const anyLabels = { '*': '*' };

/** Makes a role of a census. */
export function role(name: string, { allow = {}, deny = {}, options, labels = {} }: RoleParts): Role {
  const limited = { max_session_ttl: '1h0m0s', ...options };
  const document = roleValue(name, { options: limited, allow, deny, labels });
  return roleOf({ name: untrusted(name), revision: 'r', document });
}

/** The roles of a census unless a test gives others. */
export const kubeAdmin = role('kube-admin', {
  allow: { kubernetes_groups: ['system:masters'], kubernetes_labels: anyLabels },
});
export const developer = role('dev-team', { allow: { logins: ['dev'], node_labels: { env: 'dev' } } });
export const editor = role('editor', {
  allow: { rules: [{ resources: ['role', 'user'], verbs: ['list', 'create', 'read', 'update'] }] },
});

/** Makes a role that may be held to ask for other roles. */
export const asking = (name: string, request: PlainObject): Role => role(name, { allow: { request } });

/** Makes a role that reviews requests for roles. */
export const reviewing = (...roles: readonly string[]): Role =>
  role('reviewer', { allow: { review_requests: { roles } } });

/** Makes the fields of a role with one rule. */
export const rule = (
  resources: readonly string[],
  verbs: readonly string[],
  where?: string,
): PlainObject => ({
  rules: [{ resources, verbs, ...(where === undefined ? {} : { where }) }],
});

export const user = (name: string, roles: readonly string[], more: Partial<User> = {}): User => ({
  name: untrusted(name),
  roles: names(...roles),
  traits: new Map(),
  system: false,
  ...more,
});

export const traits = (values: Readonly<Record<string, PlainValue>>) => traitsOf(values);

export const bot = (name: string, roles: readonly string[]): Bot => ({
  name: untrusted(name),
  roles: names(...roles),
  traits: new Map(),
});

export const mapping = (value: string, roles: readonly string[]): Mapping => ({
  connector: untrusted('corp'),
  type: 'oidc',
  claim: untrusted('groups'),
  value: untrusted(value),
  roles: names(...roles),
});

export const roleMap = (remote: string, local: string): RoleMap => ({
  cluster: untrusted('leaf'),
  remote: untrusted(remote),
  roles: names(local),
});

/** Makes a lock with one target. */
export const lock = (kind: string, name: string, expires?: Instant): LockInForce => ({
  name: untrusted('l'),
  targets: [[kind, untrusted(name)]],
  ...(expires === undefined ? {} : { expires }),
});

/** Makes a gap: a part that the user may not read. */
export const gap = (part: Gap['part'], name?: string): Gap => ({
  part,
  ...(name === undefined ? {} : { name: untrusted(name) }),
  failure: {
    kind: 'notPermitted',
    said: untrusted(
      `access denied to perform action "list" on "${part}", access denied to perform action "read" on "${part}"`,
    ),
  },
});

export const noGrants: RolesAndTraits = { roles: [], traits: new Map() };
/** Makes entries of an access list: people, or other lists. */
export const people = (...all: readonly string[]): AccessListEntry[] =>
  names(...all).map((name) => ({ name, isList: false }));
export const lists = (...all: readonly string[]): AccessListEntry[] =>
  names(...all).map((name) => ({ name, isList: true }));

/** Makes an access list that grants kube-admin. */
export function accessList(
  name: string,
  members: readonly string[],
  more: Partial<AccessList> = {},
): AccessList {
  return {
    name: untrusted(name),
    title: untrusted(`The ${name}`),
    members: people(...members),
    owners: [],
    grants: { roles: names('kube-admin'), traits: new Map() },
    ...{ ownerGrants: noGrants, membershipRequires: noGrants, ownershipRequires: noGrants },
    ...more,
  };
}

/** The parts of a census that a test is about. */
export type CensusParts = Partial<Omit<Census, 'roles'>> & { readonly roles?: readonly Role[] };

/** Makes a census that is empty except for the given parts. Without `roles` it has three sample roles. */
export function census({ roles = [kubeAdmin, developer, editor], ...more }: CensusParts = {}): Census {
  return {
    cluster: untrusted('ent.example.test'),
    user: untrusted('eve'),
    readAt: now,
    users: [],
    mappings: [],
    accessLists: [],
    bots: [],
    roleMaps: [],
    locks: [],
    connectors: 0,
    gaps: [],
    absent: [],
    ...more,
    roles: new Map(roles.map((each) => [each.name, each])),
  };
}

/** Analyses a census made from these parts. `limit` is in ms. */
export const analyseCensus = (parts: CensusParts, limit = 6 * hour): Promise<PrivilegesReport> =>
  analyse(census(parts), { limit });

/** Returns the kind and the grade of each finding. */
export const kindsAndGrades = ({ findings }: PrivilegesReport): string[] =>
  findings.map(({ kind, grade }) => `${kind} ${grade}`);

/** Returns the kind and the grade of each finding for alice when she holds one role with these parts. */
export const powersOf = async (parts: RoleParts, more: Partial<User> = {}): Promise<string[]> =>
  kindsAndGrades(await analyseCensus({ roles: [role('x', parts)], users: [user('alice', ['x'], more)] }));

/** Returns the findings of a kind. */
export const findingsOfKind = ({ findings }: PrivilegesReport, kind: FindingKind): readonly Finding[] =>
  findings.filter((finding) => finding.kind === kind);

export const holderNames = ({ holders }: Finding): Untrusted[] => holders.map(({ name }) => name);
