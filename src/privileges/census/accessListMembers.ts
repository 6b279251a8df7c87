import type { Untrusted, Instant } from '../../access/text/untrusted.ts';
import type { AccessList, Census, Grant, Listed, Traits, User } from './census.ts';

/** What an SSO login or a membership gave ends with it. */
export const gone = ({ expires }: { readonly expires?: Instant }, at: Instant): boolean =>
  expires !== undefined && expires <= at;

/** The lists among those who are listed, however deep, and the people in them and beside them. */
export function membersIn(
  listed: readonly Listed[],
  census: Census,
): { readonly people: ReadonlySet<Untrusted>; readonly lists: ReadonlySet<AccessList> } {
  const people = new Set<Untrusted>();
  const lists = new Set<AccessList>();
  const look = (several: readonly Listed[]): void => {
    for (const one of several) {
      if (gone(one, census.at)) continue;
      if (!one.list) people.add(one.name);
      else
        for (const list of census.accessLists)
          if (list.name === one.name && !lists.has(list)) {
            lists.add(list);
            look(list.members);
          }
    }
  };
  look(listed);
  return { people, lists };
}

/**
 * All that comes with being a member of a list: what it grants, and what lists grant that it is in. An owner of a list
 * may become its member; `owned` is whether that counts too.
 */
export function comesWith(list: AccessList, census: Census, owned: boolean): Grant {
  const roles = new Set<Untrusted>();
  let traits: Traits = new Map();
  const seen = new Set<AccessList>();
  const take = (grant: Grant): void => {
    for (const role of grant.roles) roles.add(role);
    traits = joined(traits, grant.traits);
  };
  const become = (member: AccessList): void => {
    if (seen.has(member)) return;
    seen.add(member);
    take(member.grants);
    const isIn = (listed: readonly Listed[]): boolean =>
      listed.some((one) => one.list && one.name === member.name && !gone(one, census.at));
    for (const outer of census.accessLists) {
      if (isIn(outer.members)) become(outer);
      if (isIn(outer.owners)) {
        take(outer.ownerGrants);
        if (owned) become(outer);
      }
    }
  };
  become(list);
  return { roles: [...roles], traits };
}

export function fulfils(user: User, { roles, traits }: Grant): boolean {
  return (
    roles.every((role) => user.roles.includes(role)) &&
    [...traits].every(([name, values]) =>
      values.every((value) => user.traits.get(name)?.includes(value) ?? false),
    )
  );
}

export function joined(some: Traits, more: Traits): Traits {
  if (more.size === 0) return some;
  const all = new Map(some);
  for (const [name, values] of more) all.set(name, [...new Set([...(all.get(name) ?? []), ...values])]);
  return all;
}
