import { rawText, untrusted, type Untrusted } from '../../access/untrusted/untrusted.ts';
import { leastApprovals } from '../../roles/role/thresholds.ts';
import type { Role, Traits } from '../census/census.ts';
import { oncePerObject } from '../census/oncePerObject.ts';
import { anyDenies } from '../powers/denials.ts';
import { readDuration } from '../../roles/role/duration.ts';
import { isName, matcher, withReplacement } from '../../roles/role/namePatterns.ts';
import { isPlainObject, textsAt, valueAt, type Path, type PlainValue } from '../../roles/role/value.ts';

type Side = 'allow' | 'deny';

/** Returns the `request` or `review_requests` clause of one side of a role. */
const clause = (role: Role, side: Side, name: 'request' | 'review_requests'): PlainValue | undefined =>
  valueAt(role.value, ['spec', side, name]);

/** Returns the clauses that decide what a holder of a role may request or review. */
const clausesOf = (role: Role): readonly (PlainValue | undefined)[] =>
  (['request', 'review_requests'] as const).flatMap((name) => [
    clause(role, 'allow', name),
    clause(role, 'deny', name),
  ]);

/** Returns the role patterns of a clause, including those for claims that the holder has. */
function patternsIn(requestClause: PlainValue | undefined, traits: Traits, side: Side): readonly string[] {
  const claims = valueAt(requestClause, ['claims_to_roles']);
  const mappings = (Array.isArray(claims) ? (claims as readonly PlainValue[]) : []).filter(isPlainObject);
  return [
    ...textsAt(requestClause, ['roles']),
    ...mappings.flatMap((mapping) => {
      const { claim, value } = mapping;
      if (typeof claim !== 'string' || typeof value !== 'string') return [];
      return (traits.get(claim) ?? []).flatMap((text) =>
        mappedRoles(text, value, textsAt(mapping, ['roles']), side),
      );
    }),
  ];
}

/** Returns the roles for one value of a claim. `$1` stands for the text that the first group matched. */
function mappedRoles(text: string, value: string, roles: readonly string[], side: Side): readonly string[] {
  if (!matcher(value, side === 'allow')(text)) return [];
  const expression = value.startsWith('^') ? value : `^${value.split('*').map(escaped).join('(.*)')}$`;
  return roles.flatMap((role) => {
    if (!role.includes('$') || role.startsWith('^')) return [role];
    // On the allow side, a name that cannot be computed may be that of any role.
    return withReplacement(text, expression, role) ?? (side === 'allow' ? ['*'] : []);
  });
}

const escaped = (text: string): string => text.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&');

/** Returns `search_as_roles`. They are names and not patterns. */
const searchAsRoles = (role: Role, side: Side): readonly string[] =>
  textsAt(clause(role, side, 'request'), ['search_as_roles']);

/** Whether a role allows requests. */
export const mayRequest = (role: Role): boolean => isPlainObject(clause(role, 'allow', 'request'));
/** Whether a role allows reviews. */
export const mayReview = (role: Role): boolean => isPlainObject(clause(role, 'allow', 'review_requests'));
/** Whether a role allows reviews only under a condition. */
export function reviewsConditionally(role: Role): boolean {
  const where = valueAt(clause(role, 'allow', 'review_requests'), ['where']);
  return typeof where === 'string' && where !== '';
}

/** Whether the requests or reviews that a role allows or denies depend on the claims of its holder. */
export const dependsOnClaims = (role: Role): boolean =>
  clausesOf(role).some((each) => valueAt(each, ['claims_to_roles']) !== undefined);

/** Whether a role affects what its holder may request or review. */
export const concernsRequests = (role: Role): boolean => clausesOf(role).some(isPlainObject);

/** Returns `request.max_duration` in ms; undefined where there is none that can be read. */
export function longestGrant(role: Role): number | undefined {
  const text = valueAt(clause(role, 'allow', 'request'), ['max_duration']);
  return typeof text === 'string' ? readDuration(text) : undefined;
}

/** The field that `longestGrant` reads. */
export const longestGrantPath: Path = ['spec', 'allow', 'request', 'max_duration'];

/** Returns `options.max_session_ttl` in ms; undefined where there is none that can be read. */
export function longestSession(role: Role): number | undefined {
  const text = valueAt(role.value, ['spec', 'options', 'max_session_ttl']);
  const duration = typeof text === 'string' ? readDuration(text) : undefined;
  return duration !== undefined && duration > 0 ? duration : undefined;
}

/** A requestable role, with the held roles that allow the request. */
export interface RequestRoute {
  readonly target: Untrusted;
  /** The held roles that allow a request for it. */
  readonly through: readonly Role[];
  /** The smallest number of approvals that meets the thresholds of all roles in `through`. */
  readonly approvals: number;
}

/** A review threshold that approves. */
interface Threshold {
  readonly approve: number;
  readonly filter: string;
}

/**
 * Returns the thresholds of a role that approve. Without thresholds one approval is enough. Where all
 * thresholds only deny, no number of approvals is enough.
 */
const thresholdsOf = oncePerObject((role: Role): readonly Threshold[] => {
  const listed = valueAt(clause(role, 'allow', 'request'), ['thresholds']);
  const approving = (Array.isArray(listed) ? (listed as readonly PlainValue[]) : []).flatMap((threshold) => {
    const approve = valueAt(threshold, ['approve']);
    if (typeof approve !== 'number' || approve <= 0) return [];
    return [{ approve, filter: textsAt(threshold, ['filter']).join('').trim() }];
  });
  return approving.length === 0 ? [{ approve: leastApprovals(role.value), filter: '' }] : approving;
});

/** The largest number of threshold combinations that is computed. No team has roles with more. */
const mostCombinations = 256;

/**
 * Returns the number of approvals that meets one threshold of each role. Thresholds with different filters
 * need different reviewers, so their approvals add up.
 */
function approvalsOfAll(roles: readonly Role[]): number {
  const sets = roles.map(thresholdsOf);
  const filtered = sets.filter((set) => set.some(({ filter }) => filter !== '')).length;
  const count = sets.reduce((product, { length }) => product * length, 1);
  if (filtered < 2 || count > mostCombinations)
    return Math.max(...roles.map(({ value }) => leastApprovals(value)));
  let combinations: readonly (readonly Threshold[])[] = [[]];
  for (const set of sets)
    combinations = combinations.flatMap((chosen) => set.map((threshold) => [...chosen, threshold]));
  return Math.min(...combinations.map(approvalsOfCombination));
}

/**
 * Returns the number of approvals that meets all thresholds. The same approvals meet thresholds with the same
 * filter, and any approvals meet a threshold without a filter.
 */
function approvalsOfCombination(thresholds: readonly Threshold[]): number {
  const byFilter = new Map<string, number>();
  for (const { approve, filter } of thresholds)
    byFilter.set(filter, Math.max(approve, byFilter.get(filter) ?? 0));
  const unfiltered = byFilter.get('') ?? 0;
  byFilter.delete('');
  return Math.max(
    unfiltered,
    [...byFilter.values()].reduce((sum, approve) => sum + approve, 0),
  );
}

/** Computes which roles are requestable or reviewable. It caches the roles that a pattern matches. */
export class RequestableRoles {
  readonly #roles: ReadonlyMap<Untrusted, Role>;
  readonly #matchesByPattern = new Map<string, readonly Untrusted[]>();

  constructor(roles: ReadonlyMap<Untrusted, Role>) {
    this.#roles = roles;
  }

  /**
   * Returns the roles that a holder of these roles may request. A denied `search_as_roles` entry removes only
   * that way: the role stays requestable where `request.roles` allows it.
   */
  routes(roles: readonly Role[], traits: Traits): readonly RequestRoute[] {
    const denied = roles.flatMap((role) => patternsIn(clause(role, 'deny', 'request'), traits, 'deny'));
    const notSearched = new Set(roles.flatMap((role) => searchAsRoles(role, 'deny')));
    const throughByTarget = new Map<Untrusted, Role[]>();
    for (const role of roles.filter(mayRequest)) {
      const names = searchAsRoles(role, 'allow').filter((name) => !notSearched.has(name));
      for (const target of this.#existingRoles([
        ...patternsIn(clause(role, 'allow', 'request'), traits, 'allow'),
        ...names,
      ])) {
        const through = throughByTarget.get(target);
        if (through) through.push(role);
        else if (!anyDenies(denied, rawText(target))) throughByTarget.set(target, [role]);
      }
    }
    return [...throughByTarget].map(([target, through]) => ({
      target,
      through,
      approvals: approvalsOfAll(through),
    }));
  }

  /** Returns the roles whose requests a holder of these roles may review. Conditions are not evaluated. */
  reviewable(roles: readonly Role[], traits: Traits): ReadonlySet<Untrusted> {
    const denied = roles.flatMap((role) =>
      patternsIn(clause(role, 'deny', 'review_requests'), traits, 'deny'),
    );
    const patterns = roles
      .filter(mayReview)
      .flatMap((role) => patternsIn(clause(role, 'allow', 'review_requests'), traits, 'allow'));
    return new Set(this.#existingRoles(patterns).filter((name) => !anyDenies(denied, rawText(name))));
  }

  /** Returns the existing roles that match one of the patterns. */
  #existingRoles(patterns: readonly string[]): readonly Untrusted[] {
    return [...new Set(patterns.flatMap((pattern) => this.#matches(pattern)))];
  }

  /** Returns the roles that match. A pattern never matches a role of type `system`; its plain name does. */
  #matches(pattern: string): readonly Untrusted[] {
    const cached = this.#matchesByPattern.get(pattern);
    if (cached) return cached;
    const fits = matcher(pattern);
    const found = isName(pattern)
      ? [this.#roles.get(untrusted(pattern)) ?? []].flat()
      : [...this.#roles.values()].filter(({ name, builtIn }) => builtIn !== 'system' && fits(rawText(name)));
    const matching = found.map(({ name }) => name);
    this.#matchesByPattern.set(pattern, matching);
    return matching;
  }
}
