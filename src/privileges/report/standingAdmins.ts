import type { Untrusted } from '../../access/text/untrusted.ts';
import { couldRead } from '../census/census.ts';
import { holderKey, isStanding, type Finding } from './finding.ts';
import type { Holder } from '../census/holders.ts';
import type { PrivilegesReport } from './analyse.ts';

/** Who holds admin rights permanently, by findings that count. */
export interface StandingAdmins {
  /** People who are not locked, by name. */
  readonly people: readonly Untrusted[];
  /** Bots, SSO mappings, trusted clusters and lists whose members are not known. */
  readonly others: readonly Holder[];
  /** Whether enough was read to say that nobody does: all that gives rights. */
  readonly known: boolean;
  /** Whether all users and roles were read, so that it is said of them at least. */
  readonly counted: boolean;
}

export function standingAdmins({ census }: PrivilegesReport, open: readonly Finding[]): StandingAdmins {
  const people = new Set<Untrusted>();
  const others = new Map<string, Holder>();
  for (const { holders } of open.filter(isStanding))
    for (const holder of holders) {
      if (holder.locked) continue;
      if (holder.kind === 'person') people.add(holder.name);
      else others.set(holderKey(holder), holder);
    }
  return {
    people: [...people].sort(),
    others: [...others.values()],
    // Locks give nothing.
    known: census.gaps.every(({ part }) => part === 'locks'),
    counted: couldRead(census, 'users') && couldRead(census, 'roles'),
  };
}
