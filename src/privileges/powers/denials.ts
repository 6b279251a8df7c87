import type { Role, Traits } from '../census/census.ts';
import { matches } from '../../roles/role/namePatterns.ts';
import {
  isPlainObject,
  textsAt,
  valueAt,
  type PlainValue,
  type PlainObject,
} from '../../roles/role/value.ts';
import { fillTemplate } from './traitTemplates.ts';

/** The denials of all roles of one holder together: what one role denies, no other role can allow. */
export interface Denials {
  /** Whether a value of a field such as `logins` is denied. */
  deniesValue(field: string, text: string): boolean;
  /** Whether all resources of a kind are denied by the labels `*: *`. */
  deniesAllLabels(kind: string): boolean;
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
export function reachOf(side: PlainValue | undefined, kind: string): 'all' | 'some' | 'none' {
  const labels = valueAt(side, [`${kind}_labels`]);
  const keys = isPlainObject(labels) ? Object.keys(labels) : [];
  const expression = valueAt(side, [`${kind}_labels_expression`]);
  const hasExpression = typeof expression === 'string' && expression.trim() !== '';
  if (keys.length === 0 && !hasExpression) return 'none';
  const all =
    textsAt(labels, ['*']).includes('*') || keys.every((key) => textsAt(labels, [key]).some(isAnything));
  return all && (!hasExpression || isAlwaysTrue(expression)) ? 'all' : 'some';
}

const isAnything = (text: string): boolean => /^(\*+|\^\.[*+]\$)$/.test(text);

/** Whether denied labels match all resources: `*: *`, with no second value. Expressions do not count. */
function deniesLabels(side: PlainValue | undefined, kind: string): boolean {
  const values = textsAt(valueAt(side, [`${kind}_labels`]), ['*']);
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

/** An entry in `rules` of a role. */
export interface ResourceRule {
  /** The position in `rules`. */
  readonly index: number;
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  /** Whether the rule has a condition (`where`). */
  readonly conditional: boolean;
}

/** Returns the allowed or denied rules of a role. */
export function resourceRulesOf(role: PlainObject, side: 'allow' | 'deny'): readonly ResourceRule[] {
  const rules = valueAt(role, ['spec', side, 'rules']);
  return (Array.isArray(rules) ? (rules as readonly PlainValue[]) : []).map((rule, index) => {
    const where = valueAt(rule, ['where']);
    return {
      index,
      resources: textsAt(rule, ['resources']),
      verbs: textsAt(rule, ['verbs']),
      conditional: typeof where === 'string' && where !== '',
    };
  });
}

/** Whether the resources or verbs of a rule include one name. */
export const covers = (names: readonly string[], name: string): boolean =>
  names.includes('*') || names.includes(name);

const resourcesIn = (side: PlainValue | undefined): readonly PlainValue[] => {
  const resources = valueAt(side, ['kubernetes_resources']);
  return Array.isArray(resources) ? (resources as readonly PlainValue[]) : [];
};

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

/** Whether a role denies anything. */
function hasDenials({ value }: Role): boolean {
  const deny = valueAt(value, ['spec', 'deny']);
  return isPlainObject(deny) && Object.keys(deny).length > 0;
}

/** Combines the denials of roles. @returns undefined where they deny nothing */
export function denialsOf(roles: readonly Role[], traits: Traits): Denials | undefined {
  const denying = roles.filter(hasDenials);
  if (denying.length === 0) return undefined;
  const sides = denying.map(({ value }) => valueAt(value, ['spec', 'deny']));
  const rules = denying
    .flatMap(({ value }) => resourceRulesOf(value, 'deny'))
    .filter(({ conditional }) => !conditional);
  const impersonation = sides.map((side) => ({
    users: textsAt(side, ['impersonate', 'users']),
    roles: textsAt(side, ['impersonate', 'roles']),
  }));
  return {
    deniesValue: (field, text) =>
      !labelBoundFields.has(field) &&
      sides.some((side) =>
        textsAt(side, [field])
          .flatMap((denied) => fillTemplate(denied, traits) ?? [])
          .some((denied) => denied === text || (denied === '*' && wildcardFields.has(field))),
      ),
    deniesAllLabels: (kind) =>
      sides.some((side) => deniesLabels(side, kind) || (kind === 'kubernetes' && deniesResources(side))),
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
