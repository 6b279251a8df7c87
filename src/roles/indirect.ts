import { bare } from '../access/text.ts';
import type { Census } from './census.ts';
import { finding, ofRole, type Finding } from './finding.ts';
import type { Grants } from './grants.ts';
import { lockedIn, namesIn, type Holder } from './holders.ts';

/** Owners of an access list may make anybody its member, themselves too. */
export function listFindings(census: Census, grants: Grants): readonly Finding[] {
  const locked = lockedIn(census).users;
  return census.accessLists.flatMap(({ name: listName, title, owners, grants: { roles } }) => {
    const elevated = roles.filter((role) => grants.isElevated(role));
    const [role] = elevated;
    const holders = [...namesIn(owners, census)].map((name): Holder => ({
      kind: 'person',
      name,
      ...(locked.has(name) ? { locked: true } : {}),
    }));
    if (role === undefined || holders.length === 0) return [];
    const path = ['spec', 'owners'];
    const about = { kind: 'ownsList', grade: 'high', path, values: elevated, conditional: false } as const;
    return [finding({ ...about, role, holders, list: title, listName, ...ofRole(census, role) })];
  });
}

/** A role with `$1` or a template in its name is whatever the identity provider makes of it. */
export function mappingFindings(census: Census): readonly Finding[] {
  return census.mappings.flatMap(({ connector, type, claim, value, roles }) =>
    roles
      .filter((role) => /\$\{?\w|\{\{/.test(bare(role)))
      .map((role) => {
        const holders: Holder[] = [{ kind: 'mapping', name: connector, type, claim, value }];
        const path = ['spec'];
        return finding({
          kind: 'openMapping',
          grade: 'medium',
          role,
          path,
          values: [role],
          holders,
          conditional: false,
          noRole: true,
          census,
        });
      }),
  );
}
