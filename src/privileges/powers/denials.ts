import type { Role, Traits } from '../census/census.ts';
import { matches } from '../../roles/role/namePatterns.ts';
import { isPlainObject, textsAt, valueAt, type Plain, type PlainObject } from '../../roles/role/value.ts';
import { filled } from './traitTemplates.ts';

/** What the roles of one holder take away: whatever one of them denies counts against all. */
export interface Denials {
  /** Whether a text of a field is denied. */
  value(field: string, text: string): boolean;
  /** Whether everything of a kind is denied by its labels, `*: *`. */
  labels(kind: string): boolean;
  /** Whether an unconditional rule denies a verb on a kind. */
  rule(kind: string, verb: string): boolean;
  /** Whether acting as holders of a role is denied; as this user, where one is named. */
  impersonating(role: string, user?: string): boolean;
  /** Whether taking a role for oneself is denied. */
  taking(role: string): boolean;
}

/** Fields in whose denials a star is everybody; in those of the others it is a name like any. */
const starred = new Set(['db_users', 'azure_identities', 'gcp_service_accounts']);
/** Denied only where the denying role's labels match too, and those that match everything deny by themselves. */
const labelled = new Set(['db_roles', 'host_groups', 'host_sudoers', 'desktop_groups']);

/**
 * Whether labels that allow mean everything, something, or nothing. An expression beside them must match too. A label
 * that has to be there, whatever its value, leaves out nothing one could count on.
 */
export function reachOf(side: Plain | undefined, kind: string): 'all' | 'some' | 'none' {
  const labels = valueAt(side, [`${kind}_labels`]);
  const keys = isPlainObject(labels) ? Object.keys(labels) : [];
  const expression = valueAt(side, [`${kind}_labels_expression`]);
  const expressed = typeof expression === 'string' && expression.trim() !== '';
  if (keys.length === 0 && !expressed) return 'none';
  const all =
    textsAt(labels, ['*']).includes('*') || keys.every((key) => textsAt(labels, [key]).some(isAnything));
  return all && (!expressed || isTrue(expression)) ? 'all' : 'some';
}

const isAnything = (text: string): boolean => /^(\*+|\^\.[*+]\$)$/.test(text);

/** Whether labels that deny mean everything: `*: *` and nothing else there. An expression may deny more. */
function deniesLabels(side: Plain | undefined, kind: string): boolean {
  const any = textsAt(valueAt(side, [`${kind}_labels`]), ['*']);
  return any.length === 1 && any[0] === '*';
}

/** Whether an expression is plainly always true: `true`, something that equals itself, or one of several that is. */
function isTrue(expression: string): boolean {
  return expression.split('||').some((part) =>
    part.split('&&').every((one) => {
      const bared = one.replace(/^[\s(]+|[\s)]+$/g, '');
      const [left, right, ...more] = bared.split('==').map((half) => half.trim());
      return bared === 'true' || (left !== '' && left === right && more.length === 0);
    }),
  );
}

export interface ResourceRule {
  readonly index: number;
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly conditional: boolean;
}

/** The rules of one side of a role. */
export function resourceRulesOf(role: PlainObject, side: 'allow' | 'deny'): readonly ResourceRule[] {
  const rules = valueAt(role, ['spec', side, 'rules']);
  return (Array.isArray(rules) ? (rules as readonly Plain[]) : []).map((rule, index) => {
    const where = valueAt(rule, ['where']);
    return {
      index,
      resources: textsAt(rule, ['resources']),
      verbs: textsAt(rule, ['verbs']),
      conditional: typeof where === 'string' && where !== '',
    };
  });
}

/** Whether names of a rule cover one. */
export const covers = (list: readonly string[], name: string): boolean =>
  list.includes('*') || list.includes(name);

const resourcesIn = (side: Plain | undefined): readonly Plain[] => {
  const resources = valueAt(side, ['kubernetes_resources']);
  return Array.isArray(resources) ? (resources as readonly Plain[]) : [];
};

const isStar = (one: Plain, key: string, ...absent: readonly unknown[]): boolean =>
  ['*', ...absent].includes(valueAt(one, [key]));

/** Whether Kubernetes resources are everything there is. */
export const everyResource = (side: Plain | undefined): boolean =>
  resourcesIn(side).some(
    (one) =>
      isStar(one, 'kind') &&
      isStar(one, 'name') &&
      isStar(one, 'namespace', undefined, '') &&
      isStar(one, 'api_group', undefined, '') &&
      textsAt(one, ['verbs']).includes('*'),
  );

/** Whether every Kubernetes resource is denied. Without a namespace only those of the whole cluster are. */
const deniesResources = (side: Plain | undefined): boolean =>
  everyResource(side) &&
  resourcesIn(side).some((one) => everyResource({ kubernetes_resources: [one] }) && isStar(one, 'namespace'));

/** Whether a role denies anything at all. */
export function denies({ value }: Role): boolean {
  const deny = valueAt(value, ['spec', 'deny']);
  return isPlainObject(deny) && Object.keys(deny).length > 0;
}

/** What these roles deny together; undefined where they deny nothing. */
export function denialsOf(roles: readonly Role[], traits: Traits): Denials | undefined {
  const denying = roles.filter(denies);
  if (denying.length === 0) return undefined;
  const sides = denying.map(({ value }) => valueAt(value, ['spec', 'deny']));
  const rules = denying
    .flatMap(({ value }) => resourceRulesOf(value, 'deny'))
    .filter(({ conditional }) => !conditional);
  const acting = sides.map((side) => ({
    users: textsAt(side, ['impersonate', 'users']),
    roles: textsAt(side, ['impersonate', 'roles']),
  }));
  return {
    value: (field, text) =>
      !labelled.has(field) &&
      sides.some((side) =>
        textsAt(side, [field])
          .flatMap((denied) => filled(denied, traits) ?? [])
          .some((denied) => denied === text || (denied === '*' && starred.has(field))),
      ),
    labels: (kind) =>
      sides.some((side) => deniesLabels(side, kind) || (kind === 'kubernetes' && deniesResources(side))),
    rule: (kind, verb) =>
      rules.some(({ resources, verbs }) => covers(resources, kind) && covers(verbs, verb)),
    // Only a denial of both users and roles counts, and then either is enough (matchDenyImpersonateCondition).
    impersonating: (role, user = '*') =>
      acting.some(
        ({ users, roles }) =>
          users.length > 0 && roles.length > 0 && (denied(users, user) || denied(roles, role)),
      ),
    taking: (role) => acting.some(({ users, roles }) => users.length === 0 && denied(roles, role)),
  };
}

/** A pattern that cannot be tried denies nothing: a right is rather named once too often. */
const denied = (patterns: readonly string[], name: string): boolean =>
  patterns.some((pattern) => matches(pattern, name));
