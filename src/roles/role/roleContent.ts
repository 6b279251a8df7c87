// The one reading of a role: what it allows, denies and sets, for the checks, the wizard, Apply and the report.
import { readDuration } from './duration.ts';
import {
  isPlainObject,
  listAt,
  mapAt,
  textAt,
  textsAt,
  valueAt,
  type Path,
  type PlainObject,
} from './value.ts';

/**
 * The fields with the names that a user may act as, by the kind of resource that the labels of a role open.
 * An application or a user group needs no such name.
 */
export const principalsByKind = {
  kubernetes: ['kubernetes_groups', 'kubernetes_users'],
  node: ['logins'],
  db: ['db_users', 'db_roles'],
  windows_desktop: ['windows_desktop_logins'],
  linux_desktop: ['linux_desktop_logins'],
  app: ['aws_role_arns', 'azure_identities', 'gcp_service_accounts'],
  group: [],
} as const;

/** A kind of resource that the labels of a role open. */
export type LabelKind = keyof typeof principalsByKind;
/** A field with names that a user may act as. */
export type PrincipalField = (typeof principalsByKind)[LabelKind][number];

/** The paths of the fields that the wizard and the quick fixes change. */
export const rolePaths = {
  requestRoles: ['spec', 'allow', 'request', 'roles'],
  thresholds: ['spec', 'allow', 'request', 'thresholds'],
  reasonMode: ['spec', 'allow', 'request', 'reason', 'mode'],
  suggestedReviewers: ['spec', 'allow', 'request', 'suggested_reviewers'],
  maxDuration: ['spec', 'allow', 'request', 'max_duration'],
  reviewRoles: ['spec', 'allow', 'review_requests', 'roles'],
  rules: ['spec', 'allow', 'rules'],
  sessionLimit: ['spec', 'options', 'max_session_ttl'],
  requestAccess: ['spec', 'options', 'request_access'],
} as const satisfies Record<string, Path>;

type Side = 'allow' | 'deny';

/** What a role says. */
export type RoleContent = ReturnType<typeof readRoleContent>;
/** The allow or deny conditions of a role. */
export type RoleConditions = RoleContent[Side];
/** The clause `request` or `review_requests`. A field that only the other clause has is empty. */
export type RoleClause = RoleConditions['request'];
/** An approving number of reviews that pass the filter; `approve` is 0 for a threshold that only denies. */
export type ReviewThreshold = RoleClause['thresholds'][number];
/** An entry in `rules`. It has a condition unless `where` is empty. */
export type ResourceRule = RoleConditions['rules'][number];

const empty: PlainObject = {};
const cache = new WeakMap<PlainObject, RoleContent>();

/** Reads a role. Each object is read once; without a role, the content is empty. */
export function contentOf(role: PlainObject = empty): RoleContent {
  const content = cache.get(role) ?? readRoleContent(role);
  cache.set(role, content);
  return content;
}

const readRoleContent = (role: PlainObject) =>
  ({
    allow: readConditions(role, 'allow'),
    deny: readConditions(role, 'deny'),
    /** `max_session_ttl` in ms; undefined when it is absent or no duration. */
    sessionLimit: readDuration(textAt(role, rolePaths.sessionLimit)),
  }) as const;

const forKinds = <T>(read: (kind: LabelKind) => T) =>
  Object.fromEntries(
    Object.keys(principalsByKind).map((kind) => [kind, read(kind as LabelKind)]),
  ) as Readonly<Record<LabelKind, T>>;

function readConditions(role: PlainObject, side: Side) {
  const conditions = valueAt(role, ['spec', side]);
  return {
    request: readClause(role, ['spec', side, 'request']),
    review: readClause(role, ['spec', side, 'review_requests']),
    rules: listAt(conditions, ['rules']).map((rule, index) => ({
      path: ['spec', side, 'rules', index],
      resources: textsAt(rule, ['resources']),
      verbs: textsAt(rule, ['verbs']),
      where: textAt(rule, ['where']),
    })),
    labels: forKinds((kind) => mapAt(conditions, [`${kind}_labels`])),
    labelExpressions: forKinds((kind) => textAt(conditions, [`${kind}_labels_expression`])),
    impersonate: {
      users: textsAt(conditions, ['impersonate', 'users']),
      roles: textsAt(conditions, ['impersonate', 'roles']),
      where: textAt(conditions, ['impersonate', 'where']),
    },
  } as const;
}

function readClause(role: PlainObject, path: Path) {
  const clause = valueAt(role, path);
  const patternsAt = (...keys: Path) =>
    textsAt(clause, keys).map((pattern, index): { readonly pattern: string; readonly path: Path } => ({
      pattern,
      path: [...path, ...keys, index],
    }));
  const claims = listAt(clause, ['claims_to_roles']).map((mapping) => ({
    claim: textAt(mapping, ['claim']),
    value: textAt(mapping, ['value']),
    roles: textsAt(mapping, ['roles']),
  }));
  const thresholds = listAt(clause, ['thresholds']).map((threshold) => {
    const approve = valueAt(threshold, ['approve']);
    return {
      approve: typeof approve === 'number' ? approve : 0,
      filter: textAt(threshold, ['filter']).trim(),
    };
  });
  const counts = thresholds.map(({ approve }) => approve).filter((count) => count > 0);
  return {
    /** Whether the role has the clause. */
    exists: isPlainObject(clause),
    roles: textsAt(clause, ['roles']),
    /** The names of the roles for requests by resource. */
    searchAsRoles: textsAt(clause, ['search_as_roles']),
    claims,
    /** The names and patterns of roles in `roles`, `searchAsRoles` and `claims`, with their paths in the role. */
    patterns: [
      ...patternsAt('roles'),
      ...patternsAt('search_as_roles'),
      ...claims.flatMap((_, index) => patternsAt('claims_to_roles', index, 'roles')),
    ],
    thresholds,
    /**
     * The least number of approvals: 1 without thresholds, because the thresholds of one role are alternatives.
     * A threshold without `approve`, or with 0, can only deny (`t.Approve != 0` in Teleport's
     * `checkThresholds`). Infinity when every threshold is of that kind.
     */
    approvals: thresholds.length > 0 ? Math.min(...counts) : 1,
    suggestedReviewers: textsAt(clause, ['suggested_reviewers']),
    requiresReason: textAt(clause, ['reason', 'mode']) === 'required',
    /** `max_duration` of a request; empty without one. */
    maxDuration: textAt(clause, ['max_duration']),
    /** The condition of reviews; empty without one. */
    where: textAt(clause, ['where']),
  } as const;
}

/** The names and patterns of the roles that a role's holders may request, without those for claims. */
export function requestableNames(role: PlainObject | undefined): readonly string[] {
  const { roles, searchAsRoles } = contentOf(role).allow.request;
  return [...new Set([...roles, ...searchAsRoles])];
}

/** Whether a rule allows one of the verbs on one of the resource kinds. */
export const allowsAny = (rule: ResourceRule, kinds: readonly string[], verbs: readonly string[]): boolean =>
  rule.resources.some((kind) => kind === '*' || kinds.includes(kind)) &&
  rule.verbs.some((verb) => verb === '*' || verbs.includes(verb));
