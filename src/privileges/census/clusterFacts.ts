import { rawText } from '../../access/untrusted/untrusted.ts';
import { couldRead, type Census } from './census.ts';
import type { CheckContext } from '../../roles/checks/checkContext.ts';
import { editionOf } from '../../roles/role/edition.ts';
import { entitiesOf } from './holders.ts';
import { oncePerObject } from './oncePerObject.ts';

/** Facts about a cluster for the checks of role manifests; a field is absent where it is unknown. */
export type ClusterFacts = Pick<CheckContext, 'edition' | 'version' | 'holderCounts' | 'serverRoles'>;

/** Returns the facts in a census; they are computed once for each census. */
export const clusterFactsOf = oncePerObject((census: Census): ClusterFacts => {
  const roles = [...census.roles.values()].map(({ value }) => value);
  const accessLists = couldRead(census, 'accessLists') && !census.absent.includes('accessLists');
  const edition = editionOf({ roles, accessLists });
  return {
    ...(edition === undefined ? {} : { edition }),
    ...(census.version === undefined ? {} : { version: census.version }),
    ...(couldRead(census, 'users') ? { holderCounts: countHolders(census) } : {}),
    ...(couldRead(census, 'roles')
      ? { serverRoles: new Map([...census.roles.values()].map(({ name, value }) => [rawText(name), value])) }
      : {}),
  };
});

/** Counts the users, bots, mappings, role maps and unread access lists that hold each role permanently. */
function countHolders(census: Census): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { roles, system } of entitiesOf(census)) {
    if (system) continue;
    for (const name of roles.keys()) counts.set(rawText(name), (counts.get(rawText(name)) ?? 0) + 1);
  }
  return counts;
}
