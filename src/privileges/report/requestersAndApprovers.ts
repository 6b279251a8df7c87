import type { Untrusted } from '../../access/text/untrusted.ts';
import { noTraits, type Role, type Traits } from '../census/census.ts';
import type { Power } from '../powers/powers.ts';
import type { Entity, Holder } from '../census/holders.ts';
import {
  asksClaims,
  mayAsk,
  mayReview,
  reviewsConditionally,
  takesPart,
  type Requesting,
  type RequestRoute,
} from './requestableRoles.ts';

/** Holders of the same roles that say what may be asked for. */
export interface Askers {
  readonly through: readonly Untrusted[];
  readonly holders: readonly Holder[];
  readonly ways: readonly RequestRoute[];
}

/** Who may approve: by reviewing, or by a rule, alone and their own requests too. */
export interface Approvers {
  readonly how: 'review' | 'rule';
  readonly through: readonly Untrusted[];
  readonly holders: readonly Holder[];
  /** The roles that somebody may ask for and that they may approve. */
  readonly targets: ReadonlySet<Untrusted>;
  /** Only under a condition, which was not looked into. */
  readonly conditional: boolean;
  /** Teleport's own users. */
  readonly system: boolean;
}

/** A holder of a power that lets it decide requests alone. */
export interface Decider {
  readonly entity: Entity;
  readonly power: Power;
}

interface Group {
  readonly roles: readonly Role[];
  readonly traits: Traits;
  readonly entities: Entity[];
}

/** Holders put together by those of their roles that have a say in asking and reviewing. */
export class Groups {
  readonly #groups = new Map<string, Group>();
  readonly #takesPart = new Map<Role, boolean>();
  readonly #numbers = new Map<Role, number>();

  add(roles: readonly Role[], entity: Entity): void {
    const own = roles.filter((role) => this.#has(role));
    if (own.length === 0) return;
    const claims = own.some(asksClaims);
    const key = own.map((role) => this.#number(role)).sort((a, b) => a - b);
    const text = claims ? JSON.stringify([key, [...entity.traits]]) : key.join();
    const group = this.#groups.get(text);
    if (group) group.entities.push(entity);
    else
      this.#groups.set(text, { roles: own, traits: claims ? entity.traits : noTraits, entities: [entity] });
  }

  all(): Iterable<Group> {
    return this.#groups.values();
  }

  #has(role: Role): boolean {
    const before = this.#takesPart.get(role);
    if (before !== undefined) return before;
    const takes = takesPart(role);
    this.#takesPart.set(role, takes);
    return takes;
  }

  #number(role: Role): number {
    const number = this.#numbers.get(role) ?? this.#numbers.size;
    this.#numbers.set(role, number);
    return number;
  }
}

/** Who may ask for what, without Teleport's own users. */
export async function requestersOf(
  groups: Groups,
  requesting: Requesting,
  pause: () => Promise<void>,
): Promise<readonly Askers[]> {
  const found: Askers[] = [];
  for (const { roles, entities, traits } of groups.all()) {
    const through = roles.filter(mayAsk).map(({ name }) => name);
    const holders = entities.filter(({ system }) => !system).map(({ holder }) => holder);
    const ways = through.length > 0 && holders.length > 0 ? requesting.ways(roles, traits) : [];
    if (ways.length > 0) found.push({ through, holders, ways });
    await pause();
  }
  return found;
}

/** Who may approve what somebody may ask for. */
export function approversOf(
  groups: Groups,
  requesting: Requesting,
  targets: ReadonlySet<Untrusted>,
  deciders: readonly Decider[],
): readonly Approvers[] {
  const found: Approvers[] = [];
  const add = (
    entities: readonly Entity[],
    of: Pick<Approvers, 'how' | 'through' | 'targets' | 'conditional'>,
  ): void => {
    for (const system of [false, true]) {
      const holders = entities.filter((entity) => entity.system === system).map(({ holder }) => holder);
      if (holders.length > 0) found.push({ ...of, holders, system });
    }
  };
  for (const { roles, entities, traits } of groups.all()) {
    const reviewing = roles.filter(mayReview);
    if (reviewing.length === 0) continue;
    const all = requesting.reviewed(roles, traits);
    const own = new Set([...all].filter((name) => targets.has(name)));
    const through = reviewing.map(({ name }) => name);
    const conditional = reviewing.every(reviewsConditionally);
    if (own.size > 0 || entities.some(({ system }) => system))
      add(entities, { how: 'review', through, targets: own, conditional });
  }
  const byRole = new Map<string, Decider[]>();
  for (const one of deciders) {
    const key = JSON.stringify([one.power.role, one.power.conditional]);
    byRole.set(key, [...(byRole.get(key) ?? []), one]);
  }
  for (const several of byRole.values()) {
    const [first] = several;
    if (!first) continue;
    const { role, conditional } = first.power;
    const entities = several.map(({ entity }) => entity);
    add(entities, { how: 'rule', through: [role], targets, conditional });
  }
  return found;
}
