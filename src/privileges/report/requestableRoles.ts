import { rawText, untrusted, type Untrusted } from '../../access/untrusted/untrusted.ts';
import type { Role, Traits } from '../census/census.ts';
import { anyDenies } from '../powers/denials.ts';
import { readDuration } from '../../roles/role/duration.ts';
import { isName, matches, mayMatch, withReplacement } from '../../roles/role/namePatterns.ts';
import { contentOf, type ReviewThreshold, type RoleClause } from '../../roles/role/roleContent.ts';

type Side = 'allow' | 'deny';

/** Returns the role patterns of a clause, including those for claims that the holder has. */
function patternsIn({ roles, claims }: RoleClause, traits: Traits, side: Side): readonly string[] {
  return [
    ...roles,
    ...claims.flatMap(({ claim, value, roles: claimed }) =>
      (traits.get(claim) ?? []).flatMap((text) => mappedRoles(text, value, claimed, side)),
    ),
  ];
}

/** Returns the roles for one value of a claim. `$1` stands for the text that the first group matched. */
function mappedRoles(text: string, value: string, roles: readonly string[], side: Side): readonly string[] {
  if (!(side === 'allow' ? mayMatch : matches)(value, text)) return [];
  const expression = value.startsWith('^') ? value : `^${value.split('*').map(escaped).join('(.*)')}$`;
  return roles.flatMap((role) => {
    if (!role.includes('$') || role.startsWith('^')) return [role];
    // On the allow side, a name that cannot be computed may be that of any role.
    return withReplacement(text, expression, role) ?? (side === 'allow' ? ['*'] : []);
  });
}

const escaped = (text: string): string => text.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&');

/** Whether a role allows requests. */
export const mayRequest = ({ value }: Role): boolean => contentOf(value).allow.request.exists;
/** Whether a role allows reviews. */
export const mayReview = ({ value }: Role): boolean => contentOf(value).allow.review.exists;
/** Whether a role allows reviews only under a condition. */
export const reviewsConditionally = ({ value }: Role): boolean => contentOf(value).allow.review.where !== '';

/** Returns the clauses about requests and reviews that a role allows or denies. */
function clausesOf({ value }: Role): readonly RoleClause[] {
  const { allow, deny } = contentOf(value);
  return [allow.request, allow.review, deny.request, deny.review];
}

/** Whether the requests or reviews that a role allows or denies depend on the claims of its holder. */
export const dependsOnClaims = (role: Role): boolean =>
  clausesOf(role).some(({ claims }) => claims.length > 0);

/** Whether a role affects what its holder may request or review. */
export const concernsRequests = (role: Role): boolean => clausesOf(role).some(({ exists }) => exists);

/** Returns `request.max_duration` in ms; undefined where there is none that can be read. */
export const longestGrant = ({ value }: Role): number | undefined =>
  readDuration(contentOf(value).allow.request.maxDuration);

/** Returns `options.max_session_ttl` in ms; undefined where there is none that can be read. */
export function longestSession({ value }: Role): number | undefined {
  const { sessionLimit } = contentOf(value);
  return sessionLimit !== undefined && sessionLimit > 0 ? sessionLimit : undefined;
}

/** A requestable role, with the held roles that allow the request. */
export interface RequestRoute {
  readonly target: Untrusted;
  /** The held roles that allow a request for it. */
  readonly through: readonly Role[];
  /** The smallest number of approvals that meets the thresholds of all roles in `through`. */
  readonly approvals: number;
}

/**
 * Returns the thresholds of a role that approve. Without thresholds one approval is enough. Where all
 * thresholds only deny, no number of approvals is enough.
 */
function thresholdsOf({ value }: Role): readonly ReviewThreshold[] {
  const { thresholds, approvals } = contentOf(value).allow.request;
  const approving = thresholds.filter(({ approve }) => approve > 0);
  return approving.length === 0 ? [{ approve: approvals, filter: '' }] : approving;
}

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
    return Math.max(...roles.map(({ value }) => contentOf(value).allow.request.approvals));
  let combinations: readonly (readonly ReviewThreshold[])[] = [[]];
  for (const set of sets)
    combinations = combinations.flatMap((chosen) => set.map((threshold) => [...chosen, threshold]));
  return Math.min(...combinations.map(approvalsOfCombination));
}

/**
 * Returns the number of approvals that meets all thresholds. The same approvals meet thresholds with the same
 * filter, and any approvals meet a threshold without a filter.
 */
function approvalsOfCombination(thresholds: readonly ReviewThreshold[]): number {
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
    const denials = roles.map(({ value }) => contentOf(value).deny.request);
    const denied = denials.flatMap((clause) => patternsIn(clause, traits, 'deny'));
    const notSearched = new Set(denials.flatMap(({ searchAsRoles }) => searchAsRoles));
    const throughByTarget = new Map<Untrusted, Role[]>();
    for (const role of roles.filter(mayRequest)) {
      const { request } = contentOf(role.value).allow;
      // Entries of search_as_roles are names and not patterns.
      const names = request.searchAsRoles.filter((name) => !notSearched.has(name));
      for (const target of this.#existingRoles([...patternsIn(request, traits, 'allow'), ...names])) {
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
    const contents = roles.map(({ value }) => contentOf(value));
    const denied = contents.flatMap(({ deny }) => patternsIn(deny.review, traits, 'deny'));
    const patterns = contents.flatMap(({ allow }) => patternsIn(allow.review, traits, 'allow'));
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
    const found = isName(pattern)
      ? [this.#roles.get(untrusted(pattern)) ?? []].flat()
      : [...this.#roles.values()].filter(
          ({ name, builtIn }) => builtIn !== 'system' && mayMatch(pattern, rawText(name)),
        );
    const matching = found.map(({ name }) => name);
    this.#matchesByPattern.set(pattern, matching);
    return matching;
  }
}
