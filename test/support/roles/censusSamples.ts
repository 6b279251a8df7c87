// Short ways to make the roles, users and other parts of a census for tests of the privileges report.
import { untrusted, type Untrusted } from '../../../src/access/untrusted/untrusted.ts';
import {
  traitsOf,
  type AccessList,
  type Bot,
  type Census,
  type Mapping,
  type Role,
  type User,
} from '../../../src/privileges/census/census.ts';
import type { Finding, FindingKind } from '../../../src/privileges/report/finding.ts';
import type { PlainValue, PlainObject } from '../../../src/roles/role/value.ts';
import { analyse, type PrivilegesReport } from '../../../src/privileges/report/analyse.ts';
import { roleOf } from '../../../src/privileges/census/parseResources.ts';
import { hour, names, now } from '../samples.ts';

export const anyLabels = { '*': '*' };

interface RoleParts {
  readonly allow?: PlainObject;
  readonly deny?: PlainObject;
  readonly options?: PlainObject;
  readonly labels?: PlainObject;
}

/** Makes a role of a census. */
export function role(name: string, { allow = {}, deny = {}, options, labels = {} }: RoleParts): Role {
  const spec = { options: { max_session_ttl: '1h0m0s', ...options }, allow, deny };
  const document = { kind: 'role', version: 'v7', metadata: { name, labels }, spec };
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

/** Makes an access list that grants kube-admin. */
export function accessList(
  name: string,
  members: readonly string[],
  more: Partial<AccessList> = {},
): AccessList {
  const noGrants = { roles: [], traits: new Map() };
  const requirements = { ownerGrants: noGrants, membershipRequires: noGrants, ownershipRequires: noGrants };
  const grants = { roles: names('kube-admin'), traits: new Map() };
  const memberItems = members.map((member) => ({ name: untrusted(member), isList: false }));
  return {
    name: untrusted(name),
    title: untrusted(`The ${name}`),
    members: memberItems,
    owners: [],
    grants,
    ...requirements,
    ...more,
  };
}

type CensusParts = Partial<Omit<Census, 'roles'>> & { readonly roles?: readonly Role[] };

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

/** Returns the findings of a kind. */
export const findingsOfKind = ({ findings }: PrivilegesReport, kind: FindingKind): readonly Finding[] =>
  findings.filter((finding) => finding.kind === kind);

export const holderNames = ({ holders }: Finding): Untrusted[] => holders.map(({ name }) => name);
