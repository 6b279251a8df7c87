import { rawText, type Untrusted } from '../../access/untrusted/untrusted.ts';
import {
  approversOf,
  requestersOf,
  HolderGroups,
  type Approvers,
  type Requesters,
  type Decider,
} from './requestersAndApprovers.ts';
import { yieldRegularly } from './yieldRegularly.ts';
import type { Census } from '../census/census.ts';
import { createFinding, roleDetails, type Finding } from './finding.ts';
import { bySeverity } from '../powers/severity.ts';
import { Grants } from '../powers/grants.ts';
import type { Power } from '../powers/powers.ts';
import { entitiesOf, rolesIn, type Entity, type Holder } from '../census/holders.ts';
import { listFindings, mappingFindings } from './indirectFindings.ts';
import { requestFindings } from './requestFindings.ts';
import { RequestableRoles } from './requestableRoles.ts';

/** The result of the analysis of a census, before exceptions. */
export interface PrivilegesReport {
  readonly census: Census;
  /** The number of people, without bots and users that Teleport itself created. */
  readonly people: number;
  /** All findings, the worst first. */
  readonly findings: readonly Finding[];
  readonly requesters: readonly Requesters[];
  readonly approvers: readonly Approvers[];
  /** The requestable roles that give admin rights. */
  readonly elevated: readonly Untrusted[];
}

/** Options of `analyse`. */
export interface AnalyseOptions {
  /** How long the team lets an admin role last, in ms. */
  readonly limit: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Analyses who holds which rights permanently, who may request which roles, and who may approve. It yields to
 * the event loop regularly, because a cluster may have 10,000 users.
 * @throws the signal's reason
 */
export async function analyse(census: Census, { limit, signal }: AnalyseOptions): Promise<PrivilegesReport> {
  const pause = yieldRegularly(signal);
  const entities = entitiesOf(census);
  await pause();
  const grants = new Grants(census.roles, census.users);
  const holdersByPower = new Map<Power, Holder[]>();
  const rolesByBot = rolesOfBots(entities);
  const groups = new HolderGroups();
  const deciders: Decider[] = [];
  for (const entity of entities) {
    const roles = rolesIn(census, entity);
    groups.add(roles, entity);
    for (const power of grants.powersOf(roles, entity.traits)) {
      // The user of a bot impersonates the bot's own roles. The powers of those roles are findings already.
      const botRoles = entity.holder.kind === 'bot' ? rolesByBot.get(entity.holder.name) : undefined;
      if (power.kind === 'impersonates' && botRoles && power.values.every((name) => botRoles.has(name)))
        continue;
      if (decidesAlone(power)) deciders.push({ entity, power });
      if (!entity.system) addHolder(holdersByPower, power, entity);
    }
    await pause();
  }

  const requestable = new RequestableRoles(census.roles);
  const requesters = await requestersOf(groups, requestable, pause);
  const targets = new Set(requesters.flatMap(({ routes }) => routes.map(({ target }) => target)));
  const approvers = approversOf(groups, requestable, targets, deciders);
  await pause();

  const findings: Finding[] = [...listFindings(census, grants, entities), ...mappingFindings(census, grants)];
  for (const { power, holders } of mergeEqualPowers(holdersByPower)) {
    findings.push(createFinding({ ...power, holders, ...roleDetails(census, power.role) }));
    await pause();
  }
  for await (const found of requestFindings({ census, grants, requesters, approvers, limit, pause })) {
    findings.push(found);
    await pause();
  }
  return {
    census,
    people: entities.filter(({ holder, system }) => holder.kind === 'person' && !system).length,
    findings: findings.sort((a, b) => bySeverity(a, b) || byName(a.role, b.role) || (a.id < b.id ? -1 : 1)),
    requesters,
    approvers,
    elevated: [...targets].filter((name) => grants.isElevated(name)),
  };
}

const byName = (a: Untrusted, b: Untrusted): number =>
  rawText(a) < rawText(b) ? -1 : rawText(a) > rawText(b) ? 1 : 0;

/**
 * Whether a power lets its holder decide requests alone: by a rule on access requests, or on all resources.
 */
const decidesAlone = ({ kind, values }: Power): boolean =>
  kind === 'decides' || (kind === 'writes' && values.some((value) => rawText(value) === '*'));

/** Collects all roles of each bot. */
function rolesOfBots(entities: readonly Entity[]): ReadonlyMap<Untrusted, ReadonlySet<Untrusted>> {
  const rolesByBot = new Map<Untrusted, Set<Untrusted>>();
  for (const { holder, roles } of entities) {
    if (holder.kind !== 'bot') continue;
    const botRoles = rolesByBot.get(holder.name) ?? new Set();
    for (const role of roles.keys()) botRoles.add(role);
    rolesByBot.set(holder.name, botRoles);
  }
  return rolesByBot;
}

/** Adds a holder of a power, with the access list that gives the role. */
function addHolder(holdersByPower: Map<Power, Holder[]>, power: Power, { holder, roles }: Entity): void {
  const list = roles.get(power.role);
  const withList =
    list === undefined || holder.kind === 'members'
      ? holder
      : { ...holder, list: list.title, listName: list.name };
  const holders = holdersByPower.get(power);
  if (holders) holders.push(withList);
  else holdersByPower.set(power, [withList]);
}

/** Merges equal powers that were computed separately for different holders. */
function mergeEqualPowers(
  holdersByPower: ReadonlyMap<Power, readonly Holder[]>,
): Iterable<{ power: Power; holders: Holder[] }> {
  const merged = new Map<string, { power: Power; holders: Holder[] }>();
  for (const [power, holders] of holdersByPower) {
    const { kind, role, path, values, grade, conditional } = power;
    const key = JSON.stringify([kind, role, path, values, grade, conditional]);
    const equal = merged.get(key);
    if (equal) equal.holders.push(...holders);
    else merged.set(key, { power, holders: [...holders] });
  }
  return merged.values();
}
