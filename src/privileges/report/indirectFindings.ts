import { rawText, type Untrusted } from '../../access/text/untrusted.ts';
import { couldRead, type Census } from '../census/census.ts';
import { finding, ofRole, type Finding } from './finding.ts';
import type { Grants } from '../powers/grants.ts';
import { isUnread, lockedIn, unreadMembers, type Entity, type Holder } from '../census/holders.ts';
import { comesWith, membersIn } from '../census/accessListMembers.ts';
import { isOpenEnded, mayYield } from '../powers/mappedRoles.ts';
import { isAdmin, targets } from '../powers/powers.ts';
import { textsAt } from '../../roles/role/value.ts';
import { isTemplate } from '../powers/traitTemplates.ts';

/** Owners of an access list may make anybody its member, themselves too: what comes with that may be admin rights. */
export function listFindings(
  census: Census,
  grants: Grants,
  entities: readonly Entity[],
): readonly Finding[] {
  const locks = lockedIn(census);
  const filledIn = templated(census, entities);
  return census.accessLists.flatMap((list) => {
    const { people, lists } = membersIn(list.owners, census);
    const holders = [
      ...[...people].map((name): Holder => ({ kind: 'person', name, ...locks.of(name) })),
      ...[...lists].filter((inside) => isUnread(census, inside)).map(unreadMembers),
    ];
    if (holders.length === 0) return [];
    const { roles, traits } = comesWith(list, census, true);
    const powers = (name: Untrusted): string => {
      const role = census.roles.get(name);
      const given = role ? grants.of([role], traits).filter(isAdmin) : [];
      return given.length > 0 ? JSON.stringify(given) : '';
    };
    const granted = roles.filter((role) => grants.isElevated(role) || powers(role) !== '');
    // Traits make something of roles that people have already.
    const made =
      traits.size === 0 ? [] : filledIn.filter((role) => !grants.isElevated(role) && powers(role) !== '');
    const elevated = [...new Set([...granted, ...made])];
    const [role] = elevated;
    if (role === undefined) return [];
    const path = ['spec', 'owners'];
    const about = { kind: 'ownsList', grade: 'high', path, values: elevated, conditional: false } as const;
    const through = { list: list.title, listName: list.name };
    const more = elevated.map(powers).sort().join('\n');
    return [finding({ ...about, role, holders, ...through, more, ...ofRole(census, role) })];
  });
}

/** Roles somebody holds in which names of admins may be filled in from traits. */
function templated(census: Census, entities: readonly Entity[]): readonly Untrusted[] {
  if (
    census.accessLists.every(({ grants, ownerGrants }) => grants.traits.size + ownerGrants.traits.size === 0)
  )
    return [];
  const fields = targets.flatMap((target) => Object.keys(target.fields));
  const held = new Set(entities.flatMap(({ roles }) => [...roles.keys()]));
  return [...held].filter((name) =>
    fields.some((field) => textsAt(census.roles.get(name)?.value, ['spec', 'allow', field]).some(isTemplate)),
  );
}

/**
 * A role with `$1` or a template in its name is whatever an identity provider or another cluster makes of it: admin
 * rights for whoever comes with a name that fits, where the pattern lets through that of an admin role.
 */
export function mappingFindings(census: Census, grants: Grants): readonly Finding[] {
  const elevated = [...census.roles.keys()].filter((name) => grants.isElevated(name));
  const open = (holder: Holder, path: Finding['path'], roles: readonly Untrusted[]): readonly Finding[] =>
    roles
      .filter((role) => isOpenEnded(rawText(role)))
      .map((role) => {
        const pattern = holder.value === undefined ? '' : rawText(holder.value);
        const yields = elevated.some((name) => mayYield(pattern, rawText(role), rawText(name)));
        const grade = yields || !couldRead(census, 'roles') ? 'high' : 'medium';
        const about = { kind: 'openMapping', conditional: false, noRole: true } as const;
        return finding({ ...about, grade, role, path, values: [role], holders: [holder], census });
      });
  return [
    ...census.mappings.flatMap(({ connector, type, claim, value, roles }) =>
      open({ kind: 'mapping', name: connector, type, claim, value }, ['spec'], roles),
    ),
    ...census.roleMaps.flatMap(({ cluster, remote, roles }) =>
      open({ kind: 'cluster', name: cluster, value: remote }, ['spec', 'role_map'], roles),
    ),
  ];
}
