import { rawText, type Untrusted, type Instant } from '../../access/untrusted/untrusted.ts';
import {
  namesOf,
  noTraits,
  traitsOf,
  type AccessList,
  type Census,
  type RolesAndTraits,
  type AccessListEntry,
  type Mapping,
  type Role,
  type Traits,
  type User,
} from './census.ts';
import {
  inheritedGrants,
  meetsRequirements,
  hasExpired,
  mergeTraits,
  resolveMembers,
} from './accessListMembers.ts';
import { oncePerObject } from './oncePerObject.ts';
import { isName } from '../../roles/role/namePatterns.ts';
import { contentOf } from '../../roles/role/roleContent.ts';

/**
 * A user, or a group of users, that holds a role or a power.
 * - `person`: a user, local or of SSO.
 * - `bot`: a Machine ID bot.
 * - `mapping`: all users who log in with a certain SSO claim.
 * - `cluster`: all users who hold a certain role in a trusted cluster.
 * - `members`: the members of an access list, where they could not be read.
 *
 * The fields are part of the JSON report and of the ids of findings, so they keep their names.
 */
export interface Holder {
  readonly kind: 'person' | 'bot' | 'mapping' | 'cluster' | 'members';
  /** The name of the person, bot, connector or cluster; the title of the access list for `members`. */
  readonly name: Untrusted;
  /** The type of the mapping's connector: connectors of two types may have the same name. */
  readonly type?: Mapping['type'];
  /** The claim of a mapping. */
  readonly claim?: Untrusted;
  /** The value of that claim, or the remote role of a trusted cluster. */
  readonly value?: Untrusted;
  /** The title of the access list that gives the role; another list may have the same title. */
  readonly list?: Untrusted;
  /** The name of that access list, which is unique. */
  readonly listName?: Untrusted;
  /** Whether a lock without an end applies. After a lock with an end, `lockedUntil`, the rights are back. */
  readonly locked?: boolean;
  readonly lockedUntil?: Instant;
}

/** Returns a text that identifies a holder, to compare and sort holders. Ids of findings depend on it. */
export const holderKey = oncePerObject(
  ({ kind, name, type, claim, value, list, listName = list }: Holder): string =>
    JSON.stringify([kind, type ?? '', name, claim, value, listName]),
);

/** A holder with all of its roles and traits. */
export interface Entity {
  readonly holder: Holder;
  /** Each role, with the access list that gives it, if an access list does. */
  readonly roles: ReadonlyMap<Untrusted, ThroughList>;
  readonly traits: Traits;
  /** Whether this is a user that Teleport itself created. */
  readonly system: boolean;
}

type ThroughList = Pick<AccessList, 'name' | 'title'> | undefined;

/** Returns each user, bot, mapping, role map and unread access list that holds roles at `census.readAt`. */
export function entitiesOf(census: Census): readonly Entity[] {
  const lockState = lockStates(census);
  const people = new Map<Untrusted, UserGrants>();
  for (const user of census.users)
    if (!hasExpired(user, census.readAt))
      people.set(user.name, { user, roles: rolesMap(user.roles), traits: user.traits });
  for (const list of census.accessLists) {
    grantToPeople(people, list, list.members, list.membershipRequires, list.grants, census);
    grantToPeople(people, list, list.owners, list.ownershipRequires, list.ownerGrants, census);
  }
  const persons = [...people].map(([name, { user, roles, traits }]): Entity => {
    const lock = lockState(name, roles.keys());
    const bot = user?.bot;
    return {
      // The user of a bot may hold more roles than the bot was configured with.
      holder: bot === undefined ? { kind: 'person', name, ...lock } : { kind: 'bot', name: bot, ...lock },
      roles,
      traits,
      system: user?.system ?? false,
    };
  });
  return [
    ...persons,
    ...botsOf(census),
    ...mappingsOf(census),
    ...census.roleMaps.map(({ cluster, remote, roles }) =>
      entity({ kind: 'cluster', name: cluster, value: remote }, roles),
    ),
    ...unreadMembersOf(census),
  ];
}

/** A user with the roles and traits of their own and of access lists. */
interface UserGrants {
  readonly user: User | undefined;
  readonly roles: Map<Untrusted, ThroughList>;
  traits: Traits;
}

const rolesMap = (roles: readonly Untrusted[], list?: ThroughList): Map<Untrusted, ThroughList> =>
  new Map(roles.map((role) => [role, list]));

/** Returns a holder that is no user, with its roles. */
const entity = (
  holder: Holder,
  roles: readonly Untrusted[],
  traits: Traits = noTraits,
  list?: AccessList,
): Entity => ({ holder, roles: rolesMap(roles, list), traits, system: false });

/** Adds what an access list grants to the people in its entries, including those in nested lists. */
function grantToPeople(
  people: Map<Untrusted, UserGrants>,
  list: AccessList,
  entries: readonly AccessListEntry[],
  requires: RolesAndTraits,
  grants: RolesAndTraits,
  census: Census,
): void {
  if (grants.roles.length === 0 && grants.traits.size === 0) return;
  for (const name of resolveMembers(entries, census).people) {
    // The user record of an SSO login expires and comes back with the next login, but the membership stays.
    const person = people.get(name) ?? { user: undefined, roles: new Map(), traits: noTraits };
    if (person.user && !meetsRequirements(person.user, requires)) continue;
    for (const role of grants.roles) if (!person.roles.has(role)) person.roles.set(role, list);
    person.traits = mergeTraits(person.traits, grants.traits);
    people.set(name, person);
  }
}

/** Returns each bot with the roles it is configured with and the roles that its user may impersonate. */
function botsOf({ bots, users, roles }: Census): readonly Entity[] {
  const botsByName = new Map(bots.map((bot) => [bot.name, bot]));
  for (const { bot, roles: held, traits } of users) {
    if (bot === undefined) continue;
    const impersonated = held.flatMap((name) => contentOf(roles.get(name)?.value).allow.impersonate.roles);
    const configured = botsByName.get(bot);
    botsByName.set(bot, {
      name: bot,
      roles: [...(configured?.roles ?? []), ...namesOf(impersonated)],
      traits: mergeTraits(configured?.traits ?? traits, traits),
    });
  }
  return [...botsByName.values()].map(({ name, roles: held, traits }) =>
    entity({ kind: 'bot', name }, held, traits),
  );
}

const mappingsOf = ({ mappings }: Census): readonly Entity[] =>
  mappings.map(({ connector, type, claim, value, roles }) => {
    // A user who logs in with the claim has it as a trait. The values that match a pattern are unknown.
    const trait = type === 'github' ? 'github_teams' : rawText(claim);
    const traits = isName(rawText(value)) ? traitsOf({ [trait]: [rawText(value)] }) : noTraits;
    return entity({ kind: 'mapping', name: connector, type, claim, value }, roles, traits);
  });

/** Returns an entity for each access list with unread members, with everything that a member gets. */
const unreadMembersOf = (census: Census): readonly Entity[] =>
  census.accessLists.flatMap((list) =>
    unreadMembers(census, list).map((holder) => {
      const { roles, traits } = inheritedGrants(list, census, false);
      return entity(holder, roles, traits, list);
    }),
  );

/** Returns the holder that stands for the members of an access list, if they could not be read. */
export const unreadMembers = ({ gaps }: Census, { title, name }: AccessList): readonly Holder[] =>
  gaps.some((gap) => gap.part === 'members' && gap.name === name)
    ? [{ kind: 'members', name: title, listName: name }]
    : [];

/** Tells whether a user is locked at the time of the census, by name or by one of their roles. */
type LockState = (user: Untrusted, roles?: Iterable<Untrusted>) => Pick<Holder, 'locked' | 'lockedUntil'>;

/** Collects the locks on users and roles that are in force at the time of the census. */
export function lockStates({ locks, readAt }: Census): LockState {
  const ends = { user: new Map<Untrusted, Instant>(), role: new Map<Untrusted, Instant>() };
  for (const { targets, expires = Infinity } of locks) {
    const [target, ...others] = targets;
    const [kind, name] = target ?? [];
    // A lock with several targets applies only to a session that matches all of them.
    if (name !== undefined && (kind === 'user' || kind === 'role') && others.length === 0 && expires > readAt)
      ends[kind].set(name, Math.max(expires, ends[kind].get(name) ?? 0));
  }
  return (user, roles = []) => {
    const until = Math.max(ends.user.get(user) ?? 0, ...[...roles].map((role) => ends.role.get(role) ?? 0));
    return until === Infinity ? { locked: true } : until > 0 ? { lockedUntil: until } : {};
  };
}

/** Returns the roles of an entity that exist in the census. */
export const rolesIn = (census: Census, { roles }: Entity): readonly Role[] =>
  [...roles.keys()].flatMap((name) => census.roles.get(name) ?? []);
