import type { Untrusted } from '../../access/untrusted/untrusted.ts';
import { couldRead, type Census } from '../census/census.ts';
import { holderKey, type Holder } from '../census/holders.ts';
import type { Grants } from '../powers/grants.ts';
import { isAdmin, type PowerKind } from '../powers/powers.ts';
import { rolePaths } from '../../roles/role/roleContent.ts';
import { FindingsByKey, type FindingParts } from './createFinding.ts';
import { longestGrant, longestSession } from './requestableRoles.ts';
import type { Approvers, Requesters } from './requestersAndApprovers.ts';

/** The server's own limit for a grant, in ms. */
const longestServerGrant = 14 * 86_400_000;

/** What `requestFindings` needs of the analysis so far. */
export interface RequestFindingsInput {
  readonly census: Census;
  readonly grants: Grants;
  readonly requesters: readonly Requesters[];
  readonly approvers: readonly Approvers[];
  /** All requestable roles. */
  readonly targets: ReadonlySet<Untrusted>;
  /** How long the team lets an admin role last, in ms. */
  readonly limit: number;
  /** Yields to the event loop. */
  readonly pause: () => Promise<void>;
}

/**
 * Finds requests that need too few approvals, that nobody can approve, or that last too long.
 * @returns the parts of the findings, from which `createFinding` creates them
 */
export async function requestFindings(input: RequestFindingsInput): Promise<Iterable<FindingParts>> {
  const { census, requesters, pause } = input;
  const factsByTarget = await factsOfTargets(input);
  // The facts of a target, or a role, are the key of a finding that is only about them.
  const found = new FindingsByKey();
  for (const { through, holders, routes } of requesters) {
    for (const route of routes) {
      const { target, approvals } = route;
      const role = route.through[0]?.name;
      const facts = factsByTarget.get(target);
      if (role === undefined || !facts) continue;
      const add = (kind: 'oneApproval' | 'nobodyApproves', asking: readonly Holder[]): void =>
        found.add(JSON.stringify([kind, role, target, approvals]), asking, () => ({
          kind,
          role,
          values: [target],
          approvals,
          ...(kind === 'oneApproval'
            ? { grade: 'high', path: rolePaths.thresholds }
            : { grade: 'low', path: rolePaths.requestRoles }),
        }));
      if (approvals < 2 && facts.outlivesGrant) add('oneApproval', holders);
      const stuck = stuckHolders(facts.reviewers, approvals, holders);
      if (stuck.length > 0) add('nobodyApproves', stuck);
      if (facts.tooLong)
        found.add(facts, holders, () => {
          const path = rolePaths.sessionLimit;
          const fields = { kind: 'tooLong', grade: 'medium', role: target, path, values: [] } as const;
          return facts.lasts === undefined ? fields : { ...fields, lasts: facts.lasts };
        });
    }
    for (const name of through) {
      const role = census.roles.get(name);
      const lasts = role && longestGrant(role);
      if (lasts !== undefined && lasts > longestServerGrant)
        found.add(role, holders, () => {
          const fields = { kind: 'longGrant', grade: 'low', role: name } as const;
          return { ...fields, path: rolePaths.maxDuration, values: [], lasts };
        });
    }
    await pause();
  }
  return found.all();
}

/** What the findings about requests for a role depend on. */
interface TargetFacts {
  /** Whether the role gives a power whose effect outlives the grant. */
  readonly outlivesGrant: boolean;
  /** The longest session of the role, in ms; undefined where nothing limits it. */
  readonly lasts: number | undefined;
  /** Whether it is an admin role whose sessions may last longer than the team's limit. */
  readonly tooLong: boolean;
  readonly reviewers: Reviewers;
}

/** Powers with which their holder can make themselves or another user a permanent admin. */
const lastingPowers: ReadonlySet<PowerKind> = new Set(['writes', 'decides', 'impersonates', 'readsKeys']);

async function factsOfTargets({
  census,
  grants,
  approvers,
  targets,
  limit,
  pause,
}: RequestFindingsInput): Promise<ReadonlyMap<Untrusted, TargetFacts>> {
  const reviewing = knownReviewers(census, approvers);
  const facts = new Map<Untrusted, TargetFacts>();
  for (const target of targets) {
    const role = census.roles.get(target);
    const lasts = role && longestSession(role);
    facts.set(target, {
      outlivesGrant: grants
        .powersWithoutTraits(target)
        .some((power) => lastingPowers.has(power.kind) && isAdmin(power)),
      lasts,
      tooLong: grants.elevated.has(target) && (lasts === undefined || lasts > limit),
      reviewers: reviewing && reviewersOf(target, reviewing),
    });
    await pause();
  }
  return facts;
}

/**
 * Returns who may approve requests by a review.
 * @returns undefined where they are not all known, or where somebody may decide every request alone
 */
function knownReviewers(census: Census, approvers: readonly Approvers[]): readonly Approvers[] | undefined {
  const parts = ['users', 'saml', 'oidc', 'github', 'accessLists'] as const;
  const known = parts.every((part) => couldRead(census, part));
  if (!known || census.gaps.some(({ part }) => part === 'members')) return undefined;
  const usable = approvers.filter(({ system }) => !system);
  const anyDecides = usable.some(
    ({ how, holders }) => how === 'rule' && holders.some(({ locked }) => !locked),
  );
  return anyDecides ? undefined : usable;
}

/** The keys of the people who may review requests for a role; undefined where they are always enough. */
type Reviewers = ReadonlySet<string> | undefined;

/** A role with more reviewers than this has enough, because no threshold needs so many. */
const manyReviewers = 50;

function reviewersOf(target: Untrusted, approvers: readonly Approvers[]): Reviewers {
  const people = new Set<string>();
  for (const { targets, holders } of approvers) {
    if (!targets.has(target)) continue;
    for (const { kind, name, locked } of holders) {
      // A mapping or a role map may stand for any number of people.
      if (kind === 'mapping' || kind === 'cluster') return undefined;
      if (!locked) people.add(holderKey({ kind, name }));
      if (people.size > manyReviewers) return undefined;
    }
  }
  return people;
}

/** Returns the holders for whose requests too few reviewers remain: nobody reviews their own request. */
function stuckHolders(reviewers: Reviewers, needed: number, holders: readonly Holder[]): readonly Holder[] {
  if (!reviewers || reviewers.size > needed) return [];
  return holders.filter(
    ({ kind, name }) => reviewers.size - (reviewers.has(holderKey({ kind, name })) ? 1 : 0) < needed,
  );
}
