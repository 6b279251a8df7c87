import type { Untrusted } from '../../access/untrusted/untrusted.ts';
import type { Approvers, Requesters } from './requestersAndApprovers.ts';
import { couldRead, type Census } from '../census/census.ts';
import { createFinding, holderKey, roleDetails, type Finding } from './finding.ts';
import type { Grants } from '../powers/grants.ts';
import type { Holder } from '../census/holders.ts';
import { isAdmin, type PowerKind } from '../powers/powers.ts';
import { rolePaths } from '../../roles/role/roleContent.ts';
import { longestGrant, longestSession, type RequestRoute } from './requestableRoles.ts';

/** The server's own limit for a grant, in ms. */
const longestServerGrant = 14 * 86_400_000;

/** What `requestFindings` needs of the analysis so far. */
export interface RequestFindingsInput {
  readonly census: Census;
  readonly grants: Grants;
  readonly requesters: readonly Requesters[];
  readonly approvers: readonly Approvers[];
  /** How long the team lets an admin role last, in ms. */
  readonly limit: number;
  /** Yields to the event loop. */
  readonly pause: () => Promise<void>;
}

/** Finds requests that need too few approvals, that nobody can approve, or that last too long. */
export async function* requestFindings(input: RequestFindingsInput): AsyncIterable<Finding> {
  yield* tooFewApprovals(input);
  yield* nobodyApproves(input);
  yield* tooLongSessions(input);
  yield* longGrants(input);
}

/**
 * Powers whose effect outlives the grant: their holder can make themselves or another user a permanent admin.
 */
const lastingPowers: ReadonlySet<PowerKind> = new Set(['writes', 'decides', 'impersonates', 'readsKeys']);

/**
 * Collects requesters by the role that allows the request, the requested role and the number of approvals.
 */
class RequesterPairs {
  readonly byKey = new Map<
    string,
    { role: Untrusted; target: Untrusted; route: RequestRoute; holders: Holder[] }
  >();

  /** Adds the holders of a role that allows requests over this route. */
  add(role: Untrusted, route: RequestRoute, holders: readonly Holder[]): void {
    const key = JSON.stringify([role, route.target, route.approvals]);
    const pair = this.byKey.get(key);
    if (pair) for (const holder of holders) pair.holders.push(holder);
    else this.byKey.set(key, { role, target: route.target, route, holders: [...holders] });
  }
}

/** Finds requests for which one approval gives a power that outlives the grant. */
async function* tooFewApprovals({
  census,
  grants,
  requesters,
  pause,
}: RequestFindingsInput): AsyncIterable<Finding> {
  const pairs = new RequesterPairs();
  const lastingByRole = new Map<Untrusted, boolean>();
  const givesLastingPower = (target: Untrusted): boolean => {
    const cached = lastingByRole.get(target);
    if (cached !== undefined) return cached;
    const isLasting = grants
      .powersWithoutTraits(target)
      .some((power) => lastingPowers.has(power.kind) && isAdmin(power));
    lastingByRole.set(target, isLasting);
    return isLasting;
  };
  for (const { holders, routes } of requesters) {
    for (const route of routes)
      if (route.approvals < 2 && givesLastingPower(route.target) && route.through[0])
        pairs.add(route.through[0].name, route, holders);
    await pause();
  }
  for (const { role, target, route, holders } of pairs.byKey.values())
    yield createFinding({
      kind: 'oneApproval',
      grade: 'high',
      role,
      path: rolePaths.thresholds,
      values: [target],
      holders,
      conditional: false,
      approvals: route.approvals,
      ...roleDetails(census, role),
    });
}

/**
 * Finds requestable roles with too few reviewers besides the requester. It finds nothing where the possible
 * reviewers are not all known.
 */
async function* nobodyApproves({
  census,
  requesters,
  approvers,
  pause,
}: RequestFindingsInput): AsyncIterable<Finding> {
  const known = (['users', 'saml', 'oidc', 'github', 'accessLists'] as const).every((part) =>
    couldRead(census, part),
  );
  if (!known || census.gaps.some(({ part }) => part === 'members')) return;
  const usable = approvers.filter(({ system }) => !system);
  if (usable.some(({ how, holders }) => how === 'rule' && holders.some(({ locked }) => !locked))) return;
  const reviewersByTarget = new Map<Untrusted, Reviewers>();
  const pairs = new RequesterPairs();
  for (const { holders, routes } of requesters) {
    for (const route of routes) {
      const reviewers = reviewersByTarget.get(route.target) ?? reviewersOf(route.target, usable);
      reviewersByTarget.set(route.target, reviewers);
      const stuck = reviewers.suffice(route.approvals)
        ? []
        : holders.filter((holder) => !reviewers.suffice(route.approvals, holder));
      if (stuck.length > 0 && route.through[0]) pairs.add(route.through[0].name, route, stuck);
    }
    await pause();
  }
  for (const { role, target, route, holders } of pairs.byKey.values())
    yield createFinding({
      kind: 'nobodyApproves',
      grade: 'low',
      role,
      path: rolePaths.requestRoles,
      values: [target],
      holders,
      conditional: false,
      approvals: route.approvals,
      ...roleDetails(census, role),
    });
}

/** The people who may review requests for a role. */
interface Reviewers {
  /**
   * Whether enough reviewers remain for the needed approvals, without the requester.
   * @param requester who requests; without it, the answer is true only if it is true for every possible
   * requester
   */
  suffice(needed: number, requester?: Holder): boolean;
}

/** A role with more reviewers than this has enough, because no threshold needs so many. */
const manyReviewers = 50;

function reviewersOf(target: Untrusted, approvers: readonly Approvers[]): Reviewers {
  const people = new Set<string>();
  // A mapping or a role map may stand for any number of people.
  let hasEnough = false;
  for (const { targets, holders } of approvers) {
    if (!targets.has(target)) continue;
    for (const { kind, name, locked } of holders) {
      if (kind === 'mapping' || kind === 'cluster') hasEnough = true;
      else if (!locked) people.add(holderKey({ kind, name }));
      if (people.size > manyReviewers) hasEnough = true;
      if (hasEnough) break;
    }
    if (hasEnough) break;
  }
  return {
    suffice: (needed, requester) => {
      const isReviewer = requester && people.has(holderKey({ kind: requester.kind, name: requester.name }));
      return hasEnough || people.size - (requester && !isReviewer ? 0 : 1) >= needed;
    },
  };
}

/** Finds requestable admin roles whose sessions may last longer than the team's limit. */
async function* tooLongSessions({
  census,
  grants,
  requesters,
  limit,
  pause,
}: RequestFindingsInput): AsyncIterable<Finding> {
  const holdersByTarget = new Map<Untrusted, Holder[]>();
  const tooLongByTarget = new Map<Untrusted, boolean>();
  const isTooLong = (target: Untrusted): boolean => {
    const role = census.roles.get(target);
    const lasts = role && longestSession(role);
    return role !== undefined && grants.isElevated(target) && (lasts === undefined || lasts > limit);
  };
  for (const { holders, routes } of requesters) {
    for (const { target } of routes) {
      const tooLong = tooLongByTarget.get(target) ?? isTooLong(target);
      tooLongByTarget.set(target, tooLong);
      if (!tooLong) continue;
      const collected = holdersByTarget.get(target) ?? [];
      for (const holder of holders) collected.push(holder);
      holdersByTarget.set(target, collected);
    }
    await pause();
  }
  for (const [target, holders] of holdersByTarget) {
    const role = census.roles.get(target);
    const lasts = role && longestSession(role);
    yield createFinding({
      kind: 'tooLong',
      grade: 'medium',
      role: target,
      path: rolePaths.sessionLimit,
      values: [],
      holders,
      conditional: false,
      ...(lasts === undefined ? {} : { lasts }),
      ...roleDetails(census, target),
    });
  }
}

/** Finds roles that allow grants longer than the server's own limit. */
async function* longGrants({ census, requesters, pause }: RequestFindingsInput): AsyncIterable<Finding> {
  const holdersByRole = new Map<Untrusted, Holder[]>();
  for (const { through, holders } of requesters)
    for (const name of through) {
      const role = census.roles.get(name);
      if (!role || (longestGrant(role) ?? 0) <= longestServerGrant) continue;
      const collected = holdersByRole.get(name) ?? [];
      for (const holder of holders) collected.push(holder);
      holdersByRole.set(name, collected);
    }
  await pause();
  for (const [name, holders] of holdersByRole) {
    const role = census.roles.get(name);
    const lasts = role && longestGrant(role);
    yield createFinding({
      kind: 'longGrant',
      grade: 'low',
      role: name,
      path: rolePaths.maxDuration,
      values: [],
      holders,
      conditional: false,
      ...(lasts === undefined ? {} : { lasts }),
      ...roleDetails(census, name),
    });
  }
}
