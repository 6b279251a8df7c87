import { rawText, type Untrusted, type Instant } from '../../access/text/untrusted.ts';
import {
  namesOf,
  noTraits,
  traitsOf,
  type AccessList,
  type Census,
  type Grant,
  type Listed,
  type Mapping,
  type Role,
  type Traits,
  type User,
} from './census.ts';
import { comesWith, fulfils, gone, joined, membersIn } from './accessListMembers.ts';
import { isName } from '../../roles/role/namePatterns.ts';
import { textsAt } from '../../roles/role/value.ts';

/**
 * Who holds something.
 * - `person`: somebody, with or without SSO. - `bot`: a bot of Machine ID. - `mapping`: whoever comes with a claim.
 * - `cluster`: whoever holds a role in a trusted cluster. - `members`: of an access list, who could not be read.
 */
export interface Holder {
  readonly kind: 'person' | 'bot' | 'mapping' | 'cluster' | 'members';
  /** Of the person, bot, connector, cluster or list. */
  readonly name: Untrusted;
  /** Of a mapping's connector: two kinds of them may share a name. */
  readonly type?: Mapping['type'];
  /** The claim and value of a mapping; the remote role of a cluster. */
  readonly claim?: Untrusted;
  readonly value?: Untrusted;
  /** The access list it comes through: its title, which others may have too, and its name. */
  readonly list?: Untrusted;
  readonly listName?: Untrusted;
  /** By a lock without an end; one that ends gives everything back by itself. */
  readonly locked?: boolean;
  readonly lockedUntil?: Instant;
}

/** A holder with all it holds. */
export interface Entity {
  readonly holder: Holder;
  /** Each role once, and the access list it comes through. */
  readonly roles: ReadonlyMap<Untrusted, ThroughList>;
  readonly traits: Traits;
  /** One of Teleport's own users. */
  readonly system: boolean;
}

type ThroughList = Pick<AccessList, 'name' | 'title'> | undefined;

/** Everybody and everything that holds roles permanently, at an instant. */
export function entitiesOf(census: Census): readonly Entity[] {
  const locks = lockedIn(census);
  const people = new Map<Untrusted, Person>();
  for (const user of census.users) if (!gone(user, census.at)) people.set(user.name, personOf(user));
  const others = [
    ...botsOf(census),
    ...mappingsOf(census),
    ...clustersOf(census),
    ...unreadMembersOf(census),
  ];
  for (const list of census.accessLists) {
    give(people, list, list.members, list.memberNeeds, list.grants, census);
    give(people, list, list.owners, list.ownerNeeds, list.ownerGrants, census);
  }
  const persons = [...people].map(([name, { user, roles, traits }]): Entity => {
    const lock = locks.of(name, roles.keys());
    const bot = user?.bot;
    return {
      // The user of a bot may hold more than the bot was given.
      holder: bot === undefined ? { kind: 'person', name, ...lock } : { kind: 'bot', name: bot, ...lock },
      roles,
      traits,
      system: user?.system ?? false,
    };
  });
  return [...persons, ...others];
}

interface Person {
  readonly user: User | undefined;
  readonly roles: Map<Untrusted, ThroughList>;
  traits: Traits;
}

const personOf = (user: User): Person => ({
  user,
  roles: new Map(user.roles.map((role) => [role, undefined])),
  traits: user.traits,
});

/** Gives the people of a list what it grants, those of lists in it too. */
function give(
  people: Map<Untrusted, Person>,
  list: AccessList,
  listed: readonly Listed[],
  needs: Grant,
  grants: Grant,
  census: Census,
): void {
  if (grants.roles.length === 0 && grants.traits.size === 0) return;
  for (const name of membersIn(listed, census).people) {
    // The record of an SSO login comes and goes; the membership stays.
    const person = people.get(name) ?? { user: undefined, roles: new Map(), traits: noTraits };
    if (person.user && !fulfils(person.user, needs)) continue;
    for (const role of grants.roles) if (!person.roles.has(role)) person.roles.set(role, list);
    person.traits = joined(person.traits, grants.traits);
    people.set(name, person);
  }
}

const rolesMap = (roles: readonly Untrusted[], list?: ThroughList): Entity['roles'] =>
  new Map(roles.map((role) => [role, list]));

/** Bots with the roles they are listed with and those their users may impersonate. */
function botsOf({ bots, users, roles }: Census): readonly Entity[] {
  const found = new Map(bots.map((bot) => [bot.name, bot]));
  for (const { bot, roles: held, traits } of users) {
    if (bot === undefined) continue;
    const acting = held.flatMap((name) =>
      textsAt(roles.get(name)?.value, ['spec', 'allow', 'impersonate', 'roles']),
    );
    const before = found.get(bot);
    found.set(bot, {
      name: bot,
      roles: [...(before?.roles ?? []), ...namesOf(acting)],
      traits: joined(before?.traits ?? traits, traits),
    });
  }
  return [...found.values()].map(({ name, roles: held, traits }) => ({
    holder: { kind: 'bot', name },
    roles: rolesMap(held),
    traits,
    system: false,
  }));
}

const mappingsOf = ({ mappings }: Census): readonly Entity[] =>
  mappings.map(({ connector, type, claim, value, roles }) => ({
    holder: { kind: 'mapping', name: connector, type, claim, value },
    roles: rolesMap(roles),
    // The claim is a trait of whoever comes with it; a pattern stands for values that are not known.
    traits: isName(rawText(value))
      ? traitsOf({ [type === 'github' ? 'github_teams' : rawText(claim)]: [rawText(value)] })
      : noTraits,
    system: false,
  }));

const clustersOf = ({ roleMaps }: Census): readonly Entity[] =>
  roleMaps.map(({ cluster, remote, roles }) => ({
    holder: { kind: 'cluster', name: cluster, value: remote },
    roles: rolesMap(roles),
    traits: noTraits,
    system: false,
  }));

/** Whoever is in a list, where that could not be read, with all that comes with it. */
const unreadMembersOf = (census: Census): readonly Entity[] =>
  census.accessLists
    .filter((list) => isUnread(census, list))
    .map((list) => {
      const { roles, traits } = comesWith(list, census, false);
      return { holder: unreadMembers(list), roles: rolesMap(roles, list), traits, system: false };
    });

export const isUnread = ({ gaps }: Census, { name }: AccessList): boolean =>
  gaps.some((gap) => gap.part === 'members' && gap.name === name);

export const unreadMembers = ({ title, name }: AccessList): Holder => ({
  kind: 'members',
  name: title,
  listName: name,
});

/** How somebody is locked at the instant of the census, by their name or one of their roles. */
export interface Locks {
  of(user: Untrusted, roles?: Iterable<Untrusted>): Pick<Holder, 'locked' | 'lockedUntil'>;
}

export function lockedIn({ locks, at }: Census): Locks {
  const ends: Readonly<Record<string, Map<Untrusted, Instant>>> = { user: new Map(), role: new Map() };
  for (const { targets, expires = Infinity } of locks) {
    const [only, ...more] = targets;
    const of = only && ends[only[0]];
    // A lock with several targets locks what fits them all.
    if (of && more.length === 0 && expires > at) of.set(only[1], Math.max(expires, of.get(only[1]) ?? 0));
  }
  return {
    of: (user, roles = []) => {
      const until = Math.max(
        ends['user']?.get(user) ?? 0,
        ...[...roles].map((role) => ends['role']?.get(role) ?? 0),
      );
      return until === Infinity ? { locked: true } : until > 0 ? { lockedUntil: until } : {};
    },
  };
}

export const rolesIn = (census: Census, { roles }: Pick<Entity, 'roles'>): readonly Role[] =>
  [...roles.keys()].flatMap((name) => census.roles.get(name) ?? []);
