import type { Untrusted } from '../../access/untrusted/untrusted.ts';
import { failureOf } from '../../teleport/process/failure.ts';
import type { Home } from '../../teleport/home/home.ts';
import type { StoredResource } from '../../teleport/output/adminSchema.ts';
import type { Tctl } from '../../teleport/commands/tctl.ts';

/**
 * Corrects a list of roles, because Teleport's lists lag. It reads each role by name whose revision in the
 * list differs from the revision that this user saw last.
 * @param seen the revision last seen, by role name; empty for a role that did not exist
 */
export async function refreshRoles(
  listed: readonly StoredResource[],
  seen: ReadonlyMap<Untrusted, string>,
  tctl: Pick<Tctl, 'role'>,
  home: Home,
): Promise<readonly StoredResource[]> {
  let roles = listed;
  for (const [name, revision] of seen) {
    const inList = roles.find((role) => role.name === name);
    if ((inList?.revision ?? '') === revision) continue;
    const current = await readRole(name, tctl, home);
    const others = roles.filter((role) => role !== inList);
    roles = current ? [...others, current] : others;
  }
  return roles;
}

/**
 * Reads a role from the server.
 * @returns undefined when the server has no role of that name
 */
export async function readRole(
  name: Untrusted,
  tctl: Pick<Tctl, 'role'>,
  home: Home,
): Promise<StoredResource | undefined> {
  try {
    return await tctl.role(home, name);
  } catch (error) {
    if (failureOf(error)?.kind === 'gone') return undefined;
    throw error;
  }
}
