import { rawText } from '../../access/text/untrusted.ts';
import { couldRead, type Census } from './census.ts';
import type { CheckContext } from '../../roles/checks/checks.ts';
import { editionOf } from '../../roles/role/edition.ts';
import { entitiesOf } from './holders.ts';

/** What is known of the cluster beside the files; each part is absent where it is not known. */
export type ClusterFacts = Pick<CheckContext, 'edition' | 'version' | 'holders' | 'serverRoles'>;

const found = new WeakMap<Census, ClusterFacts>();

/** What a census tells those who write roles; made once of each. */
export function clusterFactsOf(census: Census): ClusterFacts {
  const before = found.get(census);
  if (before) return before;
  const known = readOff(census);
  found.set(census, known);
  return known;
}

function readOff(census: Census): ClusterFacts {
  const roles = [...census.roles.values()].map(({ value }) => value);
  const accessLists = couldRead(census, 'accessLists') && !census.absent.includes('accessLists');
  const edition = editionOf({ roles, accessLists });
  return {
    ...(edition === undefined ? {} : { edition }),
    ...(census.version === undefined ? {} : { version: census.version }),
    ...(couldRead(census, 'users') ? { holders: holdersIn(census) } : {}),
    ...(couldRead(census, 'roles')
      ? { serverRoles: new Map([...census.roles.values()].map(({ name, value }) => [rawText(name), value])) }
      : {}),
  };
}

/** By role, how many hold it for good: people, bots, mappings of single sign-on. */
function holdersIn(census: Census): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { roles, system } of entitiesOf(census)) {
    if (system) continue;
    for (const name of roles.keys()) counts.set(rawText(name), (counts.get(rawText(name)) ?? 0) + 1);
  }
  return counts;
}
