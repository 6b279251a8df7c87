import type { Role, Traits } from '../census/census.ts';
import { matches } from '../../roles/role/namePatterns.ts';
import { contentOf, type LabelKind, type RoleConditions } from '../../roles/role/roleContent.ts';
import { isFilled, listAt, textsAt, valueAt, type PlainValue } from '../../roles/role/value.ts';
import { fillTemplate } from './traitTemplates.ts';

/** The denials of all roles of one holder together: what one role denies, no other role can allow. */
export interface Denials {
  /** Whether a value of a field such as `logins` is denied. */
  deniesValue(field: string, text: string): boolean;
  /** Whether all resources of a kind are denied by the labels `*: *`. */
  deniesAllLabels(kind: LabelKind): boolean;
  /** Whether a rule without a condition denies a verb on a kind of resource. */
  deniesVerb(kind: string, verb: string): boolean;
  /** Whether impersonation of the holders of a role, or of one `user` with that role, is denied. */
  deniesImpersonation(role: string, user?: string): boolean;
  /** Whether role impersonation (taking the role for oneself) is denied. */
  deniesRoleImpersonation(role: string): boolean;
}

/** Fields where a denied `*` denies every value; in all other fields it denies only the value `*`. */
const wildcardFields = new Set(['db_users', 'azure_identities', 'gcp_service_accounts']);
/**
 * Fields whose denials apply only where the labels of the denying role match too. They are not counted here:
 * labels that match everything deny everything by themselves.
 */
const labelBoundFields = new Set(['db_roles', 'host_groups', 'host_sudoers', 'desktop_groups']);

/**
 * Tells whether the allowed labels of a kind match all, some or no resources. A label expression beside them
 * must match too. A label that only has to exist, with any value, counts as a match of all resources: it does
 * not reliably exclude any resource.
 */
export function reachOf(
  { labels, labelExpressions }: RoleConditions,
  kind: LabelKind,
): 'all' | 'some' | 'none' {
  const keys = Object.keys(labels[kind]);
  const expression = labelExpressions[kind].trim();
  if (keys.length === 0 && expression === '') return 'none';
  const all =
    textsAt(labels[kind], ['*']).includes('*') ||
    keys.every((key) => textsAt(labels[kind], [key]).some(isAnything));
  return all && (expression === '' || isAlwaysTrue(expression)) ? 'all' : 'some';
}

const isAnything = (text: string): boolean => /^(\*+|\^\.[*+]\$)$/.test(text);

/** Whether denied labels match all resources: `*: *`, with no second value. Expressions do not count. */
function deniesLabels({ labels }: RoleConditions, kind: LabelKind): boolean {
  const values = textsAt(labels[kind], ['*']);
  return values.length === 1 && values[0] === '*';
}

/**
 * Whether a label expression is obviously always true: `true`, a comparison of equal sides, or an `||` with
 * one of them.
 */
function isAlwaysTrue(expression: string): boolean {
  return expression.split('||').some((part) =>
    part.split('&&').every((operand) => {
      const term = operand.replace(/^[\s(]+|[\s)]+$/g, '');
      const [left, right, ...more] = term.split('==').map((half) => half.trim());
      return term === 'true' || (left !== '' && left === right && more.length === 0);
    }),
  );
}

/** Whether the resources or verbs of a rule include one name. */
export const covers = (names: readonly string[], name: string): boolean =>
  names.includes('*') || names.includes(name);

const resourcesIn = (side: PlainValue | undefined): readonly PlainValue[] =>
  listAt(side, ['kubernetes_resources']);

const isStar = (resource: PlainValue, key: string, ...absent: readonly unknown[]): boolean =>
  ['*', ...absent].includes(valueAt(resource, [key]));

/** Whether `kubernetes_resources` of one side of a role cover every Kubernetes resource. */
export const coversEveryResource = (side: PlainValue | undefined): boolean =>
  resourcesIn(side).some(
    (resource) =>
      isStar(resource, 'kind') &&
      isStar(resource, 'name') &&
      isStar(resource, 'namespace', undefined, '') &&
      isStar(resource, 'api_group', undefined, '') &&
      textsAt(resource, ['verbs']).includes('*'),
  );

/** Whether every Kubernetes resource is denied: without a namespace, only cluster-wide resources are. */
const deniesResources = (side: PlainValue | undefined): boolean =>
  coversEveryResource(side) &&
  resourcesIn(side).some(
    (resource) => coversEveryResource({ kubernetes_resources: [resource] }) && isStar(resource, 'namespace'),
  );

/** Combines the denials of roles. @returns undefined where they deny nothing */
export function denialsOf(roles: readonly Role[], traits: Traits): Denials | undefined {
  const denying = roles.filter(({ value }) => isFilled(valueAt(value, ['spec', 'deny'])));
  if (denying.length === 0) return undefined;
  const sides = denying.map(({ value }) => valueAt(value, ['spec', 'deny']));
  const conditions = denying.map(({ value }) => contentOf(value).deny);
  const rules = conditions.flatMap((denied) => denied.rules).filter(({ where }) => where === '');
  const impersonation = conditions.map(({ impersonate }) => impersonate);
  return {
    deniesValue: (field, text) =>
      !labelBoundFields.has(field) &&
      sides.some((side) =>
        textsAt(side, [field])
          .flatMap((denied) => fillTemplate(denied, traits) ?? [])
          .some((denied) => denied === text || (denied === '*' && wildcardFields.has(field))),
      ),
    deniesAllLabels: (kind) =>
      conditions.some((denied) => deniesLabels(denied, kind)) ||
      (kind === 'kubernetes' && sides.some(deniesResources)),
    deniesVerb: (kind, verb) =>
      rules.some(({ resources, verbs }) => covers(resources, kind) && covers(verbs, verb)),
    // Teleport's matchDenyImpersonateCondition: a denial needs both users and roles, and a match of either
    // denies.
    deniesImpersonation: (role, user = '*') =>
      impersonation.some(
        ({ users, roles }) =>
          users.length > 0 && roles.length > 0 && (anyDenies(users, user) || anyDenies(roles, role)),
      ),
    deniesRoleImpersonation: (role) =>
      impersonation.some(({ users, roles }) => users.length === 0 && anyDenies(roles, role)),
  };
}

/** A pattern that cannot be evaluated denies nothing: better to show a right too often than to miss it. */
export const anyDenies = (patterns: readonly string[], name: string): boolean =>
  patterns.some((pattern) => matches(pattern, name));
