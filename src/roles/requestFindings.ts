import type { Foreign } from '../access/text.ts';
import type { Approvers, Askers } from './asking.ts';
import { couldRead, type Census } from './census.ts';
import { finding, holderKey, ofRole, type Finding } from './finding.ts';
import type { Grants } from './grants.ts';
import type { Holder } from './holders.ts';
import { longestGrant, longestGrantPath, longestSession, type Way } from './requesting.ts';

/** The server's own limit of a grant, in ms. */
const longest = 14 * 86_400_000;

export interface Requests {
  readonly census: Census;
  readonly grants: Grants;
  readonly asks: readonly Askers[];
  readonly approvers: readonly Approvers[];
  /** How long an admin role may last, in ms. */
  readonly limit: number;
}

/** What is wrong with asking: too easy, impossible, or not bounded in time. */
export function* requestFindings(requests: Requests): Iterable<Finding> {
  yield* tooEasy(requests);
  yield* nobodyApproves(requests);
  yield* tooLong(requests);
  yield* longGrants(requests);
}

/** Holders by a pair of roles. */
class Pairs {
  readonly found = new Map<string, { role: Foreign; target: Foreign; way: Way; holders: Holder[] }>();

  add(role: Foreign, way: Way, holders: readonly Holder[]): void {
    const key = JSON.stringify([role, way.target, way.approvals]);
    const pair = this.found.get(key);
    if (pair) for (const holder of holders) pair.holders.push(holder);
    else this.found.set(key, { role, target: way.target, way, holders: [...holders] });
  }
}

function* tooEasy({ census, grants, asks }: Requests): Iterable<Finding> {
  const pairs = new Pairs();
  const edits = (target: Foreign): boolean =>
    grants.alone(target).some(({ kind, grade }) => kind === 'writes' && grade === 'critical');
  for (const { holders, ways } of asks)
    for (const way of ways)
      if (way.approvals < 2 && edits(way.target) && way.through[0])
        pairs.add(way.through[0].name, way, holders);
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
function* nobodyApproves({ census, asks, approvers }: Requests): Iterable<Finding> {
  const known = (['users', 'saml', 'oidc', 'github', 'accessLists'] as const).every((part) =>
    couldRead(census, part),
  );
  if (!known || census.gaps.some(({ part }) => part === 'members')) return;
  const usable = approvers.filter(({ system }) => !system);
  if (usable.some(({ how, holders }) => how === 'rule' && holders.some(({ locked }) => !locked))) return;
  const enough = new Map<Foreign, readonly Approvers[]>();
  const pairs = new Pairs();
  for (const { holders, ways } of asks)
    for (const way of ways) {
      const reviewers = enough.get(way.target) ?? usable.filter(({ targets }) => targets.has(way.target));
      enough.set(way.target, reviewers);
      const left = holders.filter((holder) => !suffices(reviewers, way.approvals, holder));
      if (left.length > 0 && way.through[0]) pairs.add(way.through[0].name, way, left);
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

function suffices(reviewers: readonly Approvers[], needed: number, asker: Holder): boolean {
  const own = holderKey({ kind: asker.kind, name: asker.name });
  const people = new Set<string>();
  for (const { holders } of reviewers)
    for (const { kind, name, locked } of holders) {
      // A claim or a role in another cluster may stand for any number of people.
      if (kind === 'mapping' || kind === 'cluster') return true;
      const key = holderKey({ kind, name });
      if (!locked && key !== own) people.add(key);
      if (people.size >= needed) return true;
    }
  return false;
}

/** Admin roles that somebody may ask for and that last longer than the team wants. */
function* tooLong({ census, grants, asks, limit }: Requests): Iterable<Finding> {
  const found = new Map<Foreign, Holder[]>();
  for (const { holders, ways } of asks)
    for (const { target } of ways) {
      if (!grants.isElevated(target)) continue;
      const role = census.roles.get(target);
      const lasts = role && longestSession(role);
      if (!role || (lasts !== undefined && lasts <= limit)) continue;
      const others = found.get(target) ?? [];
      for (const holder of holders) others.push(holder);
      found.set(target, others);
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

function* longGrants({ census, asks }: Requests): Iterable<Finding> {
  const found = new Map<Foreign, Holder[]>();
  for (const { through, holders } of asks)
    for (const name of through) {
      const role = census.roles.get(name);
      if (!role || (longestGrant(role) ?? 0) <= longest) continue;
      found.set(name, [...(found.get(name) ?? []), ...holders]);
    }
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
