import type { Untrusted } from '../../access/untrusted/untrusted.ts';
import { couldRead } from '../census/census.ts';
import { holderKey, type Holder } from '../census/holders.ts';
import { isStanding, type Finding } from './finding.ts';
import type { PrivilegesReport } from './analyse.ts';

/** The holders of permanent admin rights, according to a list of findings. */
export interface StandingAdmins {
  /** The names of the people who are not locked, sorted. */
  readonly people: readonly Untrusted[];
  /** The bots, SSO mappings, trusted clusters and access lists with unread members. */
  readonly others: readonly Holder[];
  /** Whether all that gives rights could be read, so that an empty result means that nobody holds any. */
  readonly known: boolean;
  /** Whether all users and roles could be read, so that the result is complete at least for them. */
  readonly counted: boolean;
}

/** Collects the holders of all findings about permanently held admin rights. */
export function standingAdmins({ census }: PrivilegesReport, findings: readonly Finding[]): StandingAdmins {
  const people = new Set<Untrusted>();
  const others = new Map<string, Holder>();
  for (const { holders } of findings.filter(isStanding))
    for (const holder of holders) {
      if (holder.locked) continue;
      if (holder.kind === 'person') people.add(holder.name);
      else others.set(holderKey(holder), holder);
    }
  return {
    people: [...people].sort(),
    others: [...others.values()],
    // A lock gives no rights, so unread locks do not matter.
    known: census.gaps.every(({ part }) => part === 'locks'),
    counted: couldRead(census, 'users') && couldRead(census, 'roles'),
  };
}
