import { bare, foreign, type Foreign } from '../access/text.ts';
import { couldRead, type Census, type Role, type Traits } from './census.ts';
import { breath } from './breath.ts';
import { finding, type Finding } from './finding.ts';
import { byGrade, type Grade } from './grade.ts';
import { Grants, isAdmin, type Power } from './grants.ts';
import { entitiesOf, lockedIn, namesIn, rolesIn, type Entity, type Holder } from './holders.ts';
import {
  approvalsOf,
  longestGrant,
  longestGrantPath,
  longestSession,
  mayAsk,
  mayReview,
  Requesting,
  takesPart,
  type Way,
} from './requesting.ts';

/** Holders of the same roles that say what may be asked for. */
export interface Askers {
  readonly through: readonly Foreign[];
  readonly holders: readonly Holder[];
  readonly ways: readonly Way[];
}

/** Who may approve: by reviewing, or by a rule, alone and their own requests too. */
export interface Approvers {
  readonly how: 'review' | 'rule';
  readonly through: readonly Foreign[];
  readonly holders: readonly Holder[];
  /** The roles that may be asked for here and that they may review; every one by a rule. */
  readonly targets: readonly Foreign[];
  readonly conditional: boolean;
  /** Teleport's own users. */
  readonly system: boolean;
}

/** What a census says about who holds what, before exceptions. */
export interface Report {
  readonly census: Census;
  /** People, without Teleport's own users and bots. */
  readonly people: number;
  readonly findings: readonly Finding[];
  readonly askers: readonly Askers[];
  readonly approvers: readonly Approvers[];
  /** Roles somebody may ask for that give admin rights. */
  readonly elevated: readonly Foreign[];
}

const days = 86_400_000;
/** The server's own limit for a grant. */
const longest = 14 * days;

interface Options {
  /** How long an admin role may last, in ms. */
  readonly limit: number;
  readonly signal?: AbortSignal;
}

/**
 * Who holds what permanently, who may ask for what, and who may approve. Gives the program a breath now and then: a
 * cluster may have 10,000 users.
 * @throws the signal's reason
 */
export async function analyse(census: Census, { limit, signal }: Options): Promise<Report> {
  const pause = breath(signal);
  const entities = entitiesOf(census);
  const grants = new Grants(census.roles);
  const powers = new Map<Power, Holder[]>();
  const askers = new Groups();
  const takes = new Map<Role, boolean>();
  const deciders: (Entity & { readonly power: Power })[] = [];
  await pause();
  for (const entity of entities) {
    const roles = rolesIn(census, entity);
    const ofRequests = roles.filter((role) => {
      const before = takes.get(role) ?? takesPart(role);
      takes.set(role, before);
      return before;
    });
    if (ofRequests.length > 0) askers.add(ofRequests, entity);
    for (const power of grants.of(roles, entity.traits)) {
      if (power.kind === 'decides' || (power.kind === 'writes' && power.values.some((one) => bare(one) === '*')))
        deciders.push({ ...entity, power });
      if (entity.system) continue;
      const held = powers.get(power);
      const list = entity.roles.get(power.role);
      const holder = list === undefined ? entity.holder : { ...entity.holder, list };
      if (held) held.push(holder);
      else powers.set(power, [holder]);
    }
    await pause();
  }

  const requesting = new Requesting(census.roles);
  const groups = askers.all();
  const asking: (Askers & { readonly members: readonly Entity[] })[] = [];
  for (const { roles, entities: members, traits } of groups) {
    const people = members.filter(({ system }) => !system);
    const ways = roles.some(mayAsk) && people.length > 0 ? requesting.ways(roles, traits) : [];
    await pause();
    if (ways.length === 0) continue;
    const through = roles.filter(mayAsk).map(({ name }) => name);
    asking.push({ through, holders: people.map(({ holder }) => holder), ways, members: people });
  }
  const targets = new Set(asking.flatMap(({ ways }) => ways.map(({ target }) => target)));
  const approvers = approversOf(groups, requesting, targets, deciders);
  await pause();

  const findings: Finding[] = [];
  for (const { power, holders } of merged(powers)) {
    findings.push(finding({ ...power, holders, ...about(census, power.role) }));
    await pause();
  }
  findings.push(...ownersIn(census, grants), ...openMappings(census));
  await pause();
  for (const one of about_requests(census, grants, asking, approvers, limit)) {
    findings.push(one);
    await pause();
  }
  return {
    census,
    people: entities.filter(({ holder, system }) => holder.kind === 'person' && !system).length,
    findings: findings.sort((a, b) => byGrade(a, b) || order(bare(a.role), bare(b.role)) || order(a.id, b.id)),
    askers: asking.map(({ through, holders, ways }) => ({ through, holders, ways })),
    approvers,
    elevated: [...targets].filter((name) => grants.isElevated(name)),
  };
}
