import { bare, type Foreign, type Instant } from '../access/text.ts';
import {
  couldRead,
  namesOf,
  noTraits,
  traitsOf,
  type AccessList,
  type Census,
  type Grant,
  type Listed,
  type Role,
  type Traits,
  type User,
} from './census.ts';
import { isName } from './patterns.ts';
import { textsAt } from './plain.ts';

/**
 * Who holds something.
 * - `person`: somebody, with or without SSO. - `bot`: a bot of Machine ID. - `mapping`: whoever comes with a claim.
 * - `cluster`: whoever holds a role in a trusted cluster. - `members`: of an access list, who could not be read.
 */
export interface Holder {
  readonly kind: 'person' | 'bot' | 'mapping' | 'cluster' | 'members';
  /** Of the person, bot, connector, cluster or list. */
  readonly name: Foreign;
  /** The claim and value of a mapping; the remote role of a cluster. */
  readonly claim?: Foreign;
  readonly value?: Foreign;
  /** The access list it comes through. */
  readonly list?: Foreign;
  readonly locked?: boolean;
}

/** A holder with all it holds. */
export interface Entity {
  readonly holder: Holder;
  /** Each role once, and the access list it comes through. */
  readonly roles: ReadonlyMap<Foreign, Foreign | undefined>;
  readonly traits: Traits;
  /** One of Teleport's own users. */
  readonly system: boolean;
}

/** How deep access lists may lie in each other, as on the server. */
const deepest = 10;

/** Everybody and everything that holds roles permanently, at an instant. */
export function entitiesOf(census: Census): readonly Entity[] {
  const locks = lockedIn(census);
  const people = new Map<Foreign, Person>();
  for (const user of census.users) {
    if (user.bot !== undefined || gone(user, census.at)) continue;
    people.set(user.name, personOf(user));
  }
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
    const locked = locks.users.has(name) || [...roles.keys()].some((role) => locks.roles.has(role));
    return {
      holder: { kind: 'person', name, ...(locked ? { locked } : {}) },
      roles,
      traits,
      system: user?.system ?? false,
    };
  });
  return [...persons, ...others];
}

interface Person {
  readonly user: User | undefined;
  readonly roles: Map<Foreign, Foreign | undefined>;
  traits: Traits;
}

const personOf = (user: User): Person => ({
  user,
  roles: new Map(user.roles.map((role) => [role, undefined])),
  traits: user.traits,
});

/** What an SSO login gave ends with it. */
const gone = ({ expires }: { readonly expires?: Instant }, at: Instant): boolean =>
  expires !== undefined && expires <= at;

/** Gives the people of a list what it grants, those of lists in it too. */
function give(
  people: Map<Foreign, Person>,
  list: AccessList,
  listed: readonly Listed[],
  needs: Grant,
  grants: Grant,
  census: Census,
): void {
  if (grants.roles.length === 0 && grants.traits.size === 0) return;
  for (const name of namesIn(listed, census)) {
    const before = people.get(name);
    if (!before && couldRead(census, 'users')) continue;
    const person = before ?? { user: undefined, roles: new Map(), traits: noTraits };
    if (person.user && !fulfils(person.user, needs)) continue;
    for (const role of grants.roles) if (!person.roles.has(role)) person.roles.set(role, list.title);
    person.traits = joined(person.traits, grants.traits);
    people.set(name, person);
  }
}

/** The people among those who are listed, however deep. */
export function namesIn(listed: readonly Listed[], census: Census, depth = 0): ReadonlySet<Foreign> {
  const names = new Set<Foreign>();
  if (depth > deepest) return names;
  for (const one of listed) {
    if (gone(one, census.at)) continue;
    if (!one.list) names.add(one.name);
    else {
      const inside = census.accessLists.find(({ name }) => name === one.name);
      for (const name of namesIn(inside?.members ?? [], census, depth + 1)) names.add(name);
    }
  }
  return names;
}

function fulfils(user: User, { roles, traits }: Grant): boolean {
  return (
    roles.every((role) => user.roles.includes(role)) &&
    [...traits].every(([name, values]) =>
      values.every((value) => user.traits.get(name)?.includes(value) ?? false),
    )
  );
}

function joined(some: Traits, more: Traits): Traits {
  if (more.size === 0) return some;
  const all = new Map(some);
  for (const [name, values] of more) all.set(name, [...new Set([...(all.get(name) ?? []), ...values])]);
  return all;
}

const rolesMap = (roles: readonly Foreign[], list?: Foreign): Entity['roles'] =>
  new Map(roles.map((role) => [role, list]));

/** Bots as they are listed; where they are not, the users they act as, who may impersonate their roles. */
function botsOf({ bots, users, roles }: Census): readonly Entity[] {
  const found = new Map(bots.map((bot) => [bot.name, bot]));
  for (const { bot, roles: held, traits } of users) {
    if (bot === undefined || (found.get(bot)?.roles.length ?? 0) > 0) continue;
    const acting = held.flatMap((name) =>
      textsAt(roles.get(name)?.value, ['spec', 'allow', 'impersonate', 'roles']),
    );
    found.set(bot, { name: bot, roles: namesOf(acting), traits });
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
    holder: { kind: 'mapping', name: connector, claim, value },
    roles: rolesMap(roles),
    // The claim is a trait of whoever comes with it; a pattern stands for values that are not known.
    traits: isName(bare(value))
      ? traitsOf({ [type === 'github' ? 'github_teams' : bare(claim)]: [bare(value)] })
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

const unreadMembersOf = ({ accessLists, gaps }: Census): readonly Entity[] =>
  accessLists
    .filter(({ name }) => gaps.some((gap) => gap.part === 'members' && gap.name === name))
    .map(({ title, grants }) => ({
      holder: { kind: 'members', name: title },
      roles: rolesMap(grants.roles, title),
      traits: grants.traits,
      system: false,
    }));

/** Who and which roles are locked at the instant of the census. */
export function lockedIn({ locks, at }: Census): {
  readonly users: ReadonlySet<Foreign>;
  readonly roles: ReadonlySet<Foreign>;
} {
  const inForce = locks.filter((lock) => !gone(lock, at));
  const of = (kind: string): ReadonlySet<Foreign> =>
    new Set(
      // A lock with several targets locks what fits them all.
      inForce.flatMap(({ targets: [only, ...more] }) =>
        only?.[0] === kind && more.length === 0 ? [only[1]] : [],
      ),
    );
  return { users: of('user'), roles: of('role') };
}

export const rolesIn = (census: Census, { roles }: Pick<Entity, 'roles'>): readonly Role[] =>
  [...roles.keys()].flatMap((name) => census.roles.get(name) ?? []);
