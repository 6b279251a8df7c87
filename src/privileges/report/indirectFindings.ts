import { rawText, type Untrusted } from '../../access/untrusted/untrusted.ts';
import { couldRead, type Census } from '../census/census.ts';
import { createFinding } from './createFinding.ts';
import type { Finding } from './finding.ts';
import type { Grants } from '../powers/grants.ts';
import { lockStates, unreadMembers, type Entity, type Holder } from '../census/holders.ts';
import { inheritedGrants, resolveMembers } from '../census/accessListMembers.ts';
import { hasPlaceholder, mayProduceRole } from '../powers/mappedRoles.ts';
import { isAdmin, adminTargets } from '../powers/powers.ts';
import { textsAt } from '../../roles/role/value.ts';
import { isTemplate } from '../powers/traitTemplates.ts';

/**
 * Finds access lists that give admin rights. Their owners may add any user as a member, including themselves,
 * and so gain those rights.
 */
export function listFindings(
  census: Census,
  grants: Grants,
  entities: readonly Entity[],
): readonly Finding[] {
  const lockState = lockStates(census);
  const templateRoles = rolesWithTemplates(census, entities);
  return census.accessLists.flatMap((list) => {
    const { people, lists } = resolveMembers(list.owners, census);
    const holders = [
      ...[...people].map((name): Holder => ({ kind: 'person', name, ...lockState(name) })),
      ...[...lists].flatMap((nested) => unreadMembers(census, nested)),
    ];
    if (holders.length === 0) return [];
    const { roles, traits } = inheritedGrants(list, census, true);
    // The id of the finding hashes this text.
    const adminPowersText = (name: Untrusted): string => {
      const role = census.roles.get(name);
      const powers = role ? grants.powersOf([role], traits).filter(isAdmin) : [];
      return powers.length > 0 ? JSON.stringify(powers) : '';
    };
    const granted = roles.filter((role) => grants.elevated.has(role) || adminPowersText(role) !== '');
    // With the traits that the list grants, roles that users already hold may give admin rights.
    const byTraits =
      traits.size === 0
        ? []
        : templateRoles.filter((role) => !grants.elevated.has(role) && adminPowersText(role) !== '');
    const elevated = [...new Set([...granted, ...byTraits])];
    const [role] = elevated;
    if (role === undefined) return [];
    const fields = { kind: 'ownsList', grade: 'high', path: ['spec', 'owners'], values: elevated } as const;
    const through = { list: list.title, listName: list.name };
    const more = elevated.map(adminPowersText).sort().join('\n');
    return [createFinding(census, { ...fields, role, holders, ...through }, more)];
  });
}

/** Returns the held roles with a template in a field that can give admin rights. */
function rolesWithTemplates(census: Census, entities: readonly Entity[]): readonly Untrusted[] {
  if (
    census.accessLists.every(({ grants, ownerGrants }) => grants.traits.size + ownerGrants.traits.size === 0)
  )
    return [];
  const fields = adminTargets.flatMap((target) => Object.keys(target.fields));
  const held = new Set(entities.flatMap(({ roles }) => [...roles.keys()]));
  return [...held].filter((name) =>
    fields.some((field) => textsAt(census.roles.get(name)?.value, ['spec', 'allow', field]).some(isTemplate)),
  );
}

/**
 * Finds mappings and role maps that contain a role name with `$1` or a template. There the identity provider
 * or the other cluster decides the name of the role. The severity is high where the pattern can produce the
 * name of an admin role.
 */
export function mappingFindings(
  census: Census,
  grants: Grants,
  entities: readonly Entity[],
): readonly Finding[] {
  const canBeAdmin = (pattern: string, role: string): boolean =>
    [...grants.elevated].some((name) => mayProduceRole(pattern, role, rawText(name)));
  return entities.flatMap(({ holder, roles }) => {
    if (holder.kind !== 'mapping' && holder.kind !== 'cluster') return [];
    const path = holder.kind === 'mapping' ? ['spec'] : ['spec', 'role_map'];
    const pattern = holder.value === undefined ? '' : rawText(holder.value);
    return [...roles.keys()]
      .filter((role) => hasPlaceholder(rawText(role)))
      .map((role) => {
        const grade = canBeAdmin(pattern, rawText(role)) || !couldRead(census, 'roles') ? 'high' : 'medium';
        const fields = { kind: 'openMapping', noRole: true, values: [role], holders: [holder] } as const;
        return createFinding(census, { ...fields, grade, role, path });
      });
  });
}
