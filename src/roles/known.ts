import { bare } from '../access/text.ts';
import { couldRead, type Census } from './census.ts';
import type { CheckContext } from './checks.ts';
import { editionOf } from './edition.ts';
import { entitiesOf } from './holders.ts';

/** What a census tells the checks of role manifests: nothing of what could not be read. */
export function knownFrom(census: Census): Pick<CheckContext, 'edition' | 'holders' | 'serverRoles'> {
  const holders = new Map<string, number>();
  for (const { holder, roles, system } of entitiesOf(census)) {
    if (holder.kind !== 'person' || system) continue;
    for (const role of roles.keys()) holders.set(bare(role), (holders.get(bare(role)) ?? 0) + 1);
  }
  const roles = [...census.roles.values()];
  const accessLists = couldRead(census, 'accessLists') && !census.absent.includes('accessLists');
  const edition = editionOf({ roles: roles.map(({ value }) => value), accessLists });
  return {
    ...(edition ? { edition } : {}),
    ...(couldRead(census, 'users') ? { holders } : {}),
    ...(couldRead(census, 'roles')
      ? { serverRoles: new Map(roles.map(({ name, value }) => [bare(name), value])) }
      : {}),
  };
}
