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
import { byCode, createFinding, FindingsByKey, type FindingParts } from './createFinding.ts';
import type { Finding } from './finding.ts';
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
  const grants = new Grants(census);
  const held = new FindingsByKey();
  const rolesByBot = rolesOfBots(entities);
  const groups = new HolderGroups(census.roles.values());
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
      if (!entity.system) held.add(power, [holderOf(power, entity)], () => power);
    }
    await pause();
  }

  const requestable = new RequestableRoles(census.roles);
  const requesters = await requestersOf(groups, requestable, pause);
  const targets = new Set(requesters.flatMap(({ routes }) => routes.map(({ target }) => target)));
  const approvers = approversOf(groups, requestable, targets, deciders);
  await pause();

  const findings = [...listFindings(census, grants, entities), ...mappingFindings(census, grants, entities)];
  const input = { census, grants, requesters, approvers, targets, limit, pause };
  for (const found of [mergeEqual(held), await requestFindings(input)])
    for (const parts of found) {
      findings.push(createFinding(census, parts));
      await pause();
    }
  return {
    census,
    people: entities.filter(({ holder, system }) => holder.kind === 'person' && !system).length,
    findings: findings.sort(
      (a, b) => bySeverity(a, b) || byCode(rawText(a.role), rawText(b.role)) || byCode(a.id, b.id),
    ),
    requesters,
    approvers,
    elevated: [...targets].filter((name) => grants.elevated.has(name)),
  };
}

/** Whether a power decides requests alone: by a rule on access requests, or on all resources. */
const decidesAlone = ({ kind, values }: Power): boolean =>
  kind === 'decides' || (kind === 'writes' && values.some((value) => rawText(value) === '*'));

/** Collects all roles of each bot. */
function rolesOfBots(entities: readonly Entity[]): ReadonlyMap<Untrusted, ReadonlySet<Untrusted>> {
  const bots = entities.filter(({ holder }) => holder.kind === 'bot');
  const byName = Map.groupBy(bots, ({ holder }) => holder.name);
  return new Map(
    [...byName].map(([name, sameBot]) => [name, new Set(sameBot.flatMap(({ roles }) => [...roles.keys()]))]),
  );
}

/** Returns the holder of a power, with the access list that gives the role. */
function holderOf(power: Power, { holder, roles }: Entity): Holder {
  const list = roles.get(power.role);
  return list === undefined || holder.kind === 'members'
    ? holder
    : { ...holder, list: list.title, listName: list.name };
}

/** Merges equal powers that were computed separately for different holders. */
function mergeEqual(held: FindingsByKey): Iterable<FindingParts> {
  const merged = new FindingsByKey();
  for (const power of held.all()) {
    const { kind, role, path, values, grade, conditional } = power;
    merged.add(JSON.stringify([kind, role, path, values, grade, conditional]), power.holders, () => power);
  }
  return merged.all();
}
