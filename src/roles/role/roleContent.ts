// The one reading of a role: what it allows, denies and sets, for the checks, the wizard, Apply and the report.
import { readDuration } from './duration.ts';
import {
  isPlainObject,
  listAt,
  textAt,
  textsAt,
  valueAt,
  type Path,
  type PlainObject,
  type PlainValue,
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

/** A name or pattern of roles, with its path in the role. */
export interface RolePattern {
  readonly pattern: string;
  readonly path: Path;
}

/** The roles for users with a value of a claim. */
export interface ClaimRoles {
  readonly claim: string;
  readonly value: string;
  readonly roles: readonly string[];
}

/** A number of approvals that is enough, if the approving reviews pass the filter. */
export interface ReviewThreshold {
  /** 0 for a threshold that only denies. */
  readonly approve: number;
  readonly filter: string;
}

/** The clause `request` or `review_requests`. A field that only the other clause has is empty. */
export interface RoleClause {
  /** Whether the role has the clause. */
  readonly exists: boolean;
  readonly roles: readonly string[];
  /** Names of roles for requests by resource. */
  readonly searchAsRoles: readonly string[];
  readonly claims: readonly ClaimRoles[];
  /** All of `roles`, `searchAsRoles` and `claims`. */
  readonly patterns: readonly RolePattern[];
  readonly thresholds: readonly ReviewThreshold[];
  /**
   * The least number of approvals: 1 without thresholds, because the thresholds of one role are alternatives.
   * A threshold without `approve`, or with 0, can only deny (`t.Approve != 0` in Teleport's
   * `checkThresholds`). Infinity when every threshold is of that kind.
   */
  readonly approvals: number;
  readonly suggestedReviewers: readonly string[];
  readonly requiresReason: boolean;
  /** `max_duration` of a request; empty without one. */
  readonly maxDuration: string;
  /** The condition of reviews. */
  readonly where: string;
}

/** An entry in `rules`. */
export interface ResourceRule {
  readonly path: Path;
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  /** The condition; empty for a rule that always applies. */
  readonly where: string;
}

/** The allow or deny conditions of a role. */
export interface RoleConditions {
  readonly request: RoleClause;
  readonly review: RoleClause;
  readonly rules: readonly ResourceRule[];
  readonly labels: Readonly<Record<LabelKind, PlainObject>>;
  readonly labelExpressions: Readonly<Record<LabelKind, string>>;
  readonly impersonate: {
    readonly users: readonly string[];
    readonly roles: readonly string[];
    readonly where: string;
  };
}

/** What a role says. */
export interface RoleContent {
  readonly allow: RoleConditions;
  readonly deny: RoleConditions;
  /** `max_session_ttl` in ms; undefined when it is absent or no duration. */
  readonly sessionLimit: number | undefined;
}

const empty: PlainObject = {};
const cache = new WeakMap<PlainObject, RoleContent>();

/** Reads a role. Each object is read once; without a role, the content is empty. */
export function contentOf(role: PlainObject = empty): RoleContent {
  const cached = cache.get(role);
  if (cached) return cached;
  const content: RoleContent = {
    allow: readConditions(role, 'allow'),
    deny: readConditions(role, 'deny'),
    sessionLimit: readDuration(textAt(role, rolePaths.sessionLimit)),
  };
  cache.set(role, content);
  return content;
}

function readConditions(role: PlainObject, side: 'allow' | 'deny'): RoleConditions {
  const path = ['spec', side];
  const conditions = valueAt(role, path);
  const kinds = Object.keys(principalsByKind) as readonly LabelKind[];
  const byKind = <T>(read: (kind: LabelKind) => T): Record<LabelKind, T> =>
    Object.fromEntries(kinds.map((kind) => [kind, read(kind)])) as Record<LabelKind, T>;
  return {
    request: readClause(conditions, [...path, 'request']),
    review: readClause(conditions, [...path, 'review_requests']),
    rules: listAt(conditions, ['rules']).map((rule, index) => ({
      path: [...path, 'rules', index],
      resources: textsAt(rule, ['resources']),
      verbs: textsAt(rule, ['verbs']),
      where: textAt(rule, ['where']),
    })),
    labels: byKind((kind) => {
      const labels = valueAt(conditions, [`${kind}_labels`]);
      return isPlainObject(labels) ? labels : empty;
    }),
    labelExpressions: byKind((kind) => textAt(conditions, [`${kind}_labels_expression`])),
    impersonate: {
      users: textsAt(conditions, ['impersonate', 'users']),
      roles: textsAt(conditions, ['impersonate', 'roles']),
      where: textAt(conditions, ['impersonate', 'where']),
    },
  };
}

function readClause(conditions: PlainValue | undefined, path: readonly string[]): RoleClause {
  const clause = valueAt(conditions, path.slice(-1));
  const patternsAt = (...keys: Path): readonly RolePattern[] =>
    textsAt(clause, keys).map((pattern, index) => ({ pattern, path: [...path, ...keys, index] }));
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
    exists: isPlainObject(clause),
    roles: textsAt(clause, ['roles']),
    searchAsRoles: textsAt(clause, ['search_as_roles']),
    claims,
    patterns: [
      ...patternsAt('roles'),
      ...patternsAt('search_as_roles'),
      ...claims.flatMap((_, index) => patternsAt('claims_to_roles', index, 'roles')),
    ],
    thresholds,
    approvals: thresholds.length > 0 ? Math.min(...counts) : 1,
    suggestedReviewers: textsAt(clause, ['suggested_reviewers']),
    requiresReason: textAt(clause, ['reason', 'mode']) === 'required',
    maxDuration: textAt(clause, ['max_duration']),
    where: textAt(clause, ['where']),
  };
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
