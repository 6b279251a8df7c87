import type { Untrusted } from '../../access/text/untrusted.ts';
import type { Approvers, Askers } from './requestersAndApprovers.ts';
import { couldRead, type Census } from '../census/census.ts';
import { finding, holderKey, ofRole, type Finding } from './finding.ts';
import type { Grants } from '../powers/grants.ts';
import type { Holder } from '../census/holders.ts';
import { isAdmin, type PowerKind } from '../powers/powers.ts';
import { longestGrant, longestGrantPath, longestSession, type RequestRoute } from './requestableRoles.ts';

/** The server's own limit of a grant, in ms. */
const longest = 14 * 86_400_000;

export interface Requests {
  readonly census: Census;
  readonly grants: Grants;
  readonly asks: readonly Askers[];
  readonly approvers: readonly Approvers[];
  /** How long an admin role may last, in ms. */
  readonly limit: number;
  /** Lets everything else run. */
  readonly pause: () => Promise<void>;
}

/** What is wrong with asking: too easy, impossible, or not bounded in time. */
export async function* requestFindings(requests: Requests): AsyncIterable<Finding> {
  yield* tooEasy(requests);
  yield* nobodyApproves(requests);
  yield* tooLong(requests);
  yield* longGrants(requests);
}

/** Powers that outlive the grant: with them one makes oneself admin for good, or somebody else. */
const lasting: ReadonlySet<PowerKind> = new Set(['writes', 'decides', 'impersonates', 'readsKeys']);

/** Holders by a pair of roles. */
class Pairs {
  readonly found = new Map<
    string,
    { role: Untrusted; target: Untrusted; way: RequestRoute; holders: Holder[] }
  >();

  add(role: Untrusted, way: RequestRoute, holders: readonly Holder[]): void {
    const key = JSON.stringify([role, way.target, way.approvals]);
    const pair = this.found.get(key);
    if (pair) for (const holder of holders) pair.holders.push(holder);
    else this.found.set(key, { role, target: way.target, way, holders: [...holders] });
  }
}

async function* tooEasy({ census, grants, asks, pause }: Requests): AsyncIterable<Finding> {
  const pairs = new Pairs();
  const known = new Map<Untrusted, boolean>();
  const edits = (target: Untrusted): boolean => {
    const before = known.get(target);
    if (before !== undefined) return before;
    const found = grants.alone(target).some((power) => lasting.has(power.kind) && isAdmin(power));
    known.set(target, found);
    return found;
  };
  for (const { holders, ways } of asks) {
    for (const way of ways)
      if (way.approvals < 2 && edits(way.target) && way.through[0])
        pairs.add(way.through[0].name, way, holders);
    await pause();
  }
  for (const { role, target, way, holders } of pairs.found.values())
    yield finding({
      kind: 'oneApproval',
      grade: 'high',
      role,
      path: ['spec', 'allow', 'request', 'thresholds'],
      values: [target],
      holders,
      conditional: false,
      approvals: way.approvals,
      ...ofRole(census, role),
    });
}

/** Where it is known who could approve, and there are too few besides the asker. */
async function* nobodyApproves({ census, asks, approvers, pause }: Requests): AsyncIterable<Finding> {
  const known = (['users', 'saml', 'oidc', 'github', 'accessLists'] as const).every((part) =>
    couldRead(census, part),
  );
  if (!known || census.gaps.some(({ part }) => part === 'members')) return;
  const usable = approvers.filter(({ system }) => !system);
  if (usable.some(({ how, holders }) => how === 'rule' && holders.some(({ locked }) => !locked))) return;
  const reviewers = new Map<Untrusted, Reviewers>();
  const pairs = new Pairs();
  for (const { holders, ways } of asks) {
    for (const way of ways) {
      const some = reviewers.get(way.target) ?? reviewersOf(way.target, usable);
      reviewers.set(way.target, some);
      const left = some.suffice(way.approvals)
        ? []
        : holders.filter((holder) => !some.suffice(way.approvals, holder));
      if (left.length > 0 && way.through[0]) pairs.add(way.through[0].name, way, left);
    }
    await pause();
  }
  for (const { role, target, way, holders } of pairs.found.values())
    yield finding({
      kind: 'nobodyApproves',
      grade: 'low',
      role,
      path: ['spec', 'allow', 'request', 'roles'],
      values: [target],
      holders,
      conditional: false,
      approvals: way.approvals,
      ...ofRole(census, role),
    });
}

/** Those who may review requests for a role. */
interface Reviewers {
  /** Whether there are so many, besides the asker; besides anybody where none is named. */
  suffice(needed: number, asker?: Holder): boolean;
}

/** More than any threshold asks for: whoever has so many reviewers has enough. */
const plenty = 50;

function reviewersOf(target: Untrusted, approvers: readonly Approvers[]): Reviewers {
  const people = new Set<string>();
  // A claim or a role in another cluster may stand for any number of people.
  let countless = false;
  for (const { targets, holders } of approvers) {
    if (!targets.has(target)) continue;
    for (const { kind, name, locked } of holders) {
      if (kind === 'mapping' || kind === 'cluster') countless = true;
      else if (!locked) people.add(holderKey({ kind, name }));
      if (people.size > plenty) countless = true;
      if (countless) break;
    }
    if (countless) break;
  }
  return {
    suffice: (needed, asker) => {
      const own = asker && people.has(holderKey({ kind: asker.kind, name: asker.name }));
      return countless || people.size - (asker && !own ? 0 : 1) >= needed;
    },
  };
}

/** Admin roles that somebody may ask for and that last longer than the team wants. */
async function* tooLong({ census, grants, asks, limit, pause }: Requests): AsyncIterable<Finding> {
  const found = new Map<Untrusted, Holder[]>();
  const late = new Map<Untrusted, boolean>();
  const isLate = (target: Untrusted): boolean => {
    const role = census.roles.get(target);
    const lasts = role && longestSession(role);
    return role !== undefined && grants.isElevated(target) && (lasts === undefined || lasts > limit);
  };
  for (const { holders, ways } of asks) {
    for (const { target } of ways) {
      const lasting = late.get(target) ?? isLate(target);
      late.set(target, lasting);
      if (!lasting) continue;
      const others = found.get(target) ?? [];
      for (const holder of holders) others.push(holder);
      found.set(target, others);
    }
    await pause();
  }
  for (const [target, holders] of found) {
    const role = census.roles.get(target);
    const lasts = role && longestSession(role);
    yield finding({
      kind: 'tooLong',
      grade: 'medium',
      role: target,
      path: ['spec', 'options', 'max_session_ttl'],
      values: [],
      holders,
      conditional: false,
      ...(lasts === undefined ? {} : { lasts }),
      ...ofRole(census, target),
    });
  }
}

async function* longGrants({ census, asks, pause }: Requests): AsyncIterable<Finding> {
  const found = new Map<Untrusted, Holder[]>();
  for (const { through, holders } of asks)
    for (const name of through) {
      const role = census.roles.get(name);
      if (!role || (longestGrant(role) ?? 0) <= longest) continue;
      const others = found.get(name) ?? [];
      for (const holder of holders) others.push(holder);
      found.set(name, others);
    }
  await pause();
  for (const [name, holders] of found) {
    const role = census.roles.get(name);
    const lasts = role && longestGrant(role);
    yield finding({
      kind: 'longGrant',
      grade: 'low',
      role: name,
      path: longestGrantPath,
      values: [],
      holders,
      conditional: false,
      ...(lasts === undefined ? {} : { lasts }),
      ...ofRole(census, name),
    });
  }
}
