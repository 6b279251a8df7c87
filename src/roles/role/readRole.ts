import type { Untrusted } from '../../access/text/untrusted.ts';
import { failureOf } from '../../teleport/process/failure.ts';
import type { Home } from '../../teleport/home/home.ts';
import type { StoredResource } from '../../teleport/output/adminSchema.ts';
import type { Tctl } from '../../teleport/commands/tctl.ts';

/**
 * A list of roles made right: lists lag, so a role that is not in it as this person last saw it is asked for by name.
 * @param seen the revision last seen, by name; empty for a role that was not there
 */
export async function upToDate(
  listed: readonly StoredResource[],
  seen: ReadonlyMap<Untrusted, string>,
  tctl: Pick<Tctl, 'role'>,
  home: Home,
): Promise<readonly StoredResource[]> {
  let held = listed;
  for (const [name, revision] of seen) {
    const found = held.find((one) => one.name === name);
    if ((found?.revision ?? '') === revision) continue;
    const now = await roleOrNone(name, tctl, home);
    const others = held.filter((one) => one !== found);
    held = now ? [...others, now] : others;
  }
  return held;
}

/** A role as the server holds it now; undefined where it holds none of that name. */
export async function roleOrNone(
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
