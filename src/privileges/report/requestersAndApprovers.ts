import type { Untrusted } from '../../access/untrusted/untrusted.ts';
import { noTraits, type Role, type Traits } from '../census/census.ts';
import type { Power } from '../powers/powers.ts';
import type { Entity, Holder } from '../census/holders.ts';
import {
  dependsOnClaims,
  mayRequest,
  mayReview,
  reviewsConditionally,
  concernsRequests,
  type RequestableRoles,
  type RequestRoute,
} from './requestableRoles.ts';

/** Holders with the same set of roles that allow requests. */
export interface Requesters {
  readonly through: readonly Untrusted[];
  readonly holders: readonly Holder[];
  readonly routes: readonly RequestRoute[];
}

/**
 * Holders who may approve requests: by a review, or by a rule on access requests, which lets them decide
 * alone and about their own requests too.
 */
export interface Approvers {
  readonly how: 'review' | 'rule';
  /** The roles that allow it. */
  readonly through: readonly Untrusted[];
  readonly holders: readonly Holder[];
  /** The requestable roles that these holders may approve. */
  readonly targets: ReadonlySet<Untrusted>;
  /** Whether they may approve only under a condition, which is not evaluated. */
  readonly conditional: boolean;
  /** Whether the holders are users that Teleport itself created. */
  readonly system: boolean;
}

/** A holder with a power to decide requests alone. */
export interface Decider {
  readonly entity: Entity;
  readonly power: Power;
}

interface Group {
  readonly roles: readonly Role[];
  readonly traits: Traits;
  readonly entities: Entity[];
}

/** Groups holders by their roles that concern requests and reviews, so that each group is judged once. */
export class HolderGroups {
  readonly #groups = new Map<string, Group>();
  /** The roles that concern requests or reviews, numbered. */
  readonly #numbers: ReadonlyMap<Role, number>;

  constructor(roles: Iterable<Role>) {
    this.#numbers = new Map([...roles].filter(concernsRequests).map((role, number) => [role, number]));
  }

  /** Adds a holder to the group of its roles; one without a role about requests or reviews is left out. */
  add(roles: readonly Role[], entity: Entity): void {
    const relevant = roles.filter((role) => this.#numbers.has(role));
    if (relevant.length === 0) return;
    const byClaims = relevant.some(dependsOnClaims);
    const numbers = relevant.map((role) => this.#numbers.get(role) ?? -1).sort((a, b) => a - b);
    const key = byClaims ? JSON.stringify([numbers, [...entity.traits]]) : numbers.join();
    const group = this.#groups.get(key);
    if (group) group.entities.push(entity);
    else
      this.#groups.set(key, {
        roles: relevant,
        traits: byClaims ? entity.traits : noTraits,
        entities: [entity],
      });
  }

  /** The groups of all holders that were added. */
  all(): Iterable<Group> {
    return this.#groups.values();
  }
}

/** Returns who may request which roles. Users that Teleport itself created are left out. */
export async function requestersOf(
  groups: HolderGroups,
  requestable: RequestableRoles,
  pause: () => Promise<void>,
): Promise<readonly Requesters[]> {
  const requesters: Requesters[] = [];
  for (const { roles, entities, traits } of groups.all()) {
    const through = roles.filter(mayRequest).map(({ name }) => name);
    const holders = entities.filter(({ system }) => !system).map(({ holder }) => holder);
    const routes = through.length > 0 && holders.length > 0 ? requestable.routes(roles, traits) : [];
    if (routes.length > 0) requesters.push({ through, holders, routes });
    await pause();
  }
  return requesters;
}

/** Returns who may approve requests for the roles in `targets`, which are all requestable roles. */
export function approversOf(
  groups: HolderGroups,
  requestable: RequestableRoles,
  targets: ReadonlySet<Untrusted>,
  deciders: readonly Decider[],
): readonly Approvers[] {
  const approvers: Approvers[] = [];
  const add = (
    entities: readonly Entity[],
    fields: Pick<Approvers, 'how' | 'through' | 'targets' | 'conditional'>,
  ): void => {
    for (const system of [false, true]) {
      const holders = entities.filter((entity) => entity.system === system).map(({ holder }) => holder);
      if (holders.length > 0) approvers.push({ ...fields, holders, system });
    }
  };
  for (const { roles, entities, traits } of groups.all()) {
    const reviewing = roles.filter(mayReview);
    if (reviewing.length === 0) continue;
    const reviewable = requestable.reviewable(roles, traits);
    const approvable = new Set([...reviewable].filter((name) => targets.has(name)));
    const through = reviewing.map(({ name }) => name);
    const conditional = reviewing.every(reviewsConditionally);
    if (approvable.size > 0 || entities.some(({ system }) => system))
      add(entities, { how: 'review', through, targets: approvable, conditional });
  }
  const byRole = Map.groupBy(deciders, ({ power }) => JSON.stringify([power.role, power.conditional]));
  for (const sameRole of byRole.values()) {
    const [first] = sameRole;
    if (!first) continue;
    const { role, conditional } = first.power;
    const entities = sameRole.map(({ entity }) => entity);
    add(entities, { how: 'rule', through: [role], targets, conditional });
  }
  return approvers;
}
