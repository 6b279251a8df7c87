import { rawText, type Untrusted } from '../../access/text/untrusted.ts';
import {
  approversOf,
  requestersOf,
  Groups,
  type Approvers,
  type Askers,
  type Decider,
} from './requestersAndApprovers.ts';
import { yieldRegularly } from './yieldRegularly.ts';
import type { Census } from '../census/census.ts';
import { finding, ofRole, type Finding } from './finding.ts';
import { bySeverity } from '../powers/severity.ts';
import { Grants } from '../powers/grants.ts';
import type { Power } from '../powers/powers.ts';
import { entitiesOf, rolesIn, type Entity, type Holder } from '../census/holders.ts';
import { listFindings, mappingFindings } from './indirectFindings.ts';
import { requestFindings } from './requestFindings.ts';
import { Requesting } from './requestableRoles.ts';

/** What a census says about who holds what, before exceptions. */
export interface PrivilegesReport {
  readonly census: Census;
  /** How many people there are, without Teleport's own users and bots. */
  readonly people: number;
  /** The worst first. */
  readonly findings: readonly Finding[];
  readonly askers: readonly Askers[];
  readonly approvers: readonly Approvers[];
  /** Roles that give admin rights and that somebody may ask for. */
  readonly elevated: readonly Untrusted[];
}

export interface Options {
  /** How long an admin role may last, in ms. */
  readonly limit: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Who holds what permanently, who may ask for what, and who may approve. Lets everything else run now and then: a
 * cluster may have 10,000 users.
 * @throws the signal's reason
 */
export async function analyse(census: Census, { limit, signal }: Options): Promise<PrivilegesReport> {
  const pause = yieldRegularly(signal);
  const entities = entitiesOf(census);
  await pause();
  const grants = new Grants(census.roles, census.users);
  const held = new Map<Power, Holder[]>();
  const bots = botRoles(entities);
  const groups = new Groups();
  const deciders: Decider[] = [];
  for (const entity of entities) {
    const roles = rolesIn(census, entity);
    groups.add(roles, entity);
    for (const power of grants.of(roles, entity.traits)) {
      // The user of a bot acts as the bot's roles: what those give is found with them.
      const own = entity.holder.kind === 'bot' ? bots.get(entity.holder.name) : undefined;
      if (power.kind === 'impersonates' && own && power.values.every((name) => own.has(name))) continue;
      if (decidesAlone(power)) deciders.push({ entity, power });
      if (!entity.system) hold(held, power, entity);
    }
    await pause();
  }

  const requesting = new Requesting(census.roles);
  const asks = await requestersOf(groups, requesting, pause);
  const targets = new Set(asks.flatMap(({ ways }) => ways.map(({ target }) => target)));
  const approvers = approversOf(groups, requesting, targets, deciders);
  await pause();

  const findings: Finding[] = [...listFindings(census, grants, entities), ...mappingFindings(census, grants)];
  for (const { power, holders } of merged(held)) {
    findings.push(finding({ ...power, holders, ...ofRole(census, power.role) }));
    await pause();
  }
  for await (const one of requestFindings({ census, grants, asks, approvers, limit, pause })) {
    findings.push(one);
    await pause();
  }
  return {
    census,
    people: entities.filter(({ holder, system }) => holder.kind === 'person' && !system).length,
    findings: findings.sort((a, b) => bySeverity(a, b) || order(a.role, b.role) || (a.id < b.id ? -1 : 1)),
    askers: asks.map(({ through, holders, ways }) => ({ through, holders, ways })),
    approvers,
    elevated: [...targets].filter((name) => grants.isElevated(name)),
  };
}

const order = (a: Untrusted, b: Untrusted): number =>
  rawText(a) < rawText(b) ? -1 : rawText(a) > rawText(b) ? 1 : 0;

/** Whether a power decides requests: by a rule on them, or on everything. */
const decidesAlone = ({ kind, values }: Power): boolean =>
  kind === 'decides' || (kind === 'writes' && values.some((value) => rawText(value) === '*'));

/** All roles of each bot. */
function botRoles(entities: readonly Entity[]): ReadonlyMap<Untrusted, ReadonlySet<Untrusted>> {
  const found = new Map<Untrusted, Set<Untrusted>>();
  for (const { holder, roles } of entities) {
    if (holder.kind !== 'bot') continue;
    const own = found.get(holder.name) ?? new Set();
    for (const role of roles.keys()) own.add(role);
    found.set(holder.name, own);
  }
  return found;
}

function hold(held: Map<Power, Holder[]>, power: Power, { holder, roles }: Entity): void {
  const list = roles.get(power.role);
  const one =
    list === undefined || holder.kind === 'members'
      ? holder
      : { ...holder, list: list.title, listName: list.name };
  const others = held.get(power);
  if (others) others.push(one);
  else held.set(power, [one]);
}

/** The same power found for different holders apart, put together. */
function merged(held: ReadonlyMap<Power, readonly Holder[]>): Iterable<{ power: Power; holders: Holder[] }> {
  const found = new Map<string, { power: Power; holders: Holder[] }>();
  for (const [power, holders] of held) {
    const { kind, role, path, values, grade, conditional } = power;
    const key = JSON.stringify([kind, role, path, values, grade, conditional]);
    const same = found.get(key);
    if (same) same.holders.push(...holders);
    else found.set(key, { power, holders: [...holders] });
  }
  return found.values();
}
