import type { Foreign } from '../../access/text/foreign.ts';
import { failureOf } from '../../teleport/process/failure.ts';
import type { Home } from '../../teleport/home/home.ts';
import type { Held } from '../../teleport/output/adminSchema.ts';
import type { Tctl } from '../../teleport/commands/tctl.ts';

/**
 * A list of roles made right: lists lag, so a role that is not in it as this person last saw it is asked for by name.
 * @param seen the revision last seen, by name; empty for a role that was not there
 */
export async function upToDate(
  listed: readonly Held[],
  seen: ReadonlyMap<Foreign, string>,
  tctl: Pick<Tctl, 'role'>,
  home: Home,
): Promise<readonly Held[]> {
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
  name: Foreign,
  tctl: Pick<Tctl, 'role'>,
  home: Home,
): Promise<Held | undefined> {
  try {
    return await tctl.role(home, name);
  } catch (error) {
    if (failureOf(error)?.kind === 'gone') return undefined;
    throw error;
  }
}
