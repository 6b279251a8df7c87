import type { Untrusted, Instant } from '../../access/text/untrusted.ts';
import { failureOf, TeleportFailure } from '../../teleport/process/failure.ts';
import type { Home } from '../../teleport/home/home.ts';
import type { StoredResource } from '../../teleport/output/adminSchema.ts';
import type { Tctl } from '../../teleport/commands/tctl.ts';
import {
  parts,
  readConnectors,
  readMembers,
  readPart,
  type PartName,
  type Reading,
} from '../../teleport/commands/tctlClusterResources.ts';
import * as resource from './parseResources.ts';
import type { Census, Gap } from './census.ts';

export interface ReadCensus {
  readonly tctl: Tctl;
  readonly home: Home;
  readonly cluster: Untrusted;
  readonly user: Untrusted;
  readonly now: () => Instant;
  readonly signal?: AbortSignal;
  /** Told before each part. */
  readonly progress?: (part: PartName) => void;
}

/**
 * Reads a cluster, part by part. What may not be read is a gap and keeps nothing else from being read.
 * @throws TeleportFailure what ends every call: no tctl, signed out, expired, cancelled
 */
export async function readCensus(reading: ReadCensus): Promise<Census> {
  const { tctl, home, cluster, user, signal, progress = () => undefined } = reading;
  const asking = { signal };
  const gaps: Gap[] = [];
  const absent: PartName[] = [];
  const held = (part: PartName, found: Reading, name?: Untrusted): readonly StoredResource[] => {
    const of = name === undefined ? { part } : { part, name };
    if (found.kind === 'read') {
      const { lost, held: read } = found;
      if (lost > 0)
        gaps.push({ ...of, some: { lost, of: lost + read.length }, failure: { kind: 'unreadable' } });
      return read;
    }
    if (found.kind === 'absent') absent.push(part);
    else gaps.push({ ...of, failure: found.failure });
    return [];
  };
  const read = async (part: Exclude<PartName, 'members'>): Promise<readonly StoredResource[]> => {
    progress(part);
    return held(part, await readPart(tctl, home, part, asking));
  };

  const users = (await read('users')).map(resource.userOf);
  const roles = (await read('roles')).map(resource.roleOf);
  progress('saml');
  const found = await readConnectors(tctl, home, asking);
  const connectors = (['saml', 'oidc', 'github'] as const).flatMap((part) =>
    held(part, found[part]).map((one) => [part, one] as const),
  );
  const lists = await read('accessLists');
  const accessLists = [];
  if (lists.length > 0) progress('members');
  for (const list of lists) {
    const members = await readMembers(tctl, home, list.name, asking);
    accessLists.push(resource.accessListOf(list, held('members', members, list.name)));
  }
  const bots = (await read('bots')).map(resource.botOf);
  const clusters = await read('trustedClusters');
  const locks = await read('locks');
  const version = await versionOf(reading);
  return {
    cluster,
    user,
    at: reading.now(),
    users,
    roles: new Map(roles.map((role) => [role.name, role])),
    mappings: connectors.flatMap(([type, one]) => resource.mappingsOf(type, one)),
    connectors: connectors.length,
    accessLists,
    bots,
    roleMaps: clusters.flatMap(resource.roleMapsOf),
    locks: locks.map(resource.lockOf),
    ...(version === undefined ? {} : { version }),
    gaps,
    absent: [...new Set(absent)],
  };
}

/** The server's version; undefined where it does not tell. @throws TeleportFailure cancelled */
async function versionOf({ tctl, home, signal }: ReadCensus): Promise<string | undefined> {
  try {
    return (await tctl.status(home, { signal })).version;
  } catch (error) {
    const failure = failureOf(error);
    if (failure && failure.kind !== 'cancelled') return undefined;
    throw error;
  }
}

/** Whether nothing at all could be read, so that there is nothing to report. */
export const nothingRead = ({ gaps, absent }: Census): boolean =>
  parts.every(
    (part) =>
      part === 'members' || absent.includes(part) || gaps.some((gap) => gap.part === part && !gap.some),
  );

/** The failure as the cause of all, where every part failed the same way, such as out of reach. */
export function commonFailure({ gaps }: Census): TeleportFailure | undefined {
  const [first] = gaps;
  const same = first && gaps.every(({ failure }) => failure.kind === first.failure.kind);
  return same && first.failure.kind !== 'notPermitted' ? new TeleportFailure(first.failure) : undefined;
}
