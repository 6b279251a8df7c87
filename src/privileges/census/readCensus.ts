import type { Untrusted, Instant } from '../../access/untrusted/untrusted.ts';
import { failureOf, TeleportFailure } from '../../teleport/process/failure.ts';
import type { Home } from '../../teleport/home/home.ts';
import type { StoredResource } from '../../teleport/output/adminSchema.ts';
import type { Tctl } from '../../teleport/commands/tctl.ts';
import {
  clusterParts,
  readConnectors,
  readMembers,
  readPart,
  type PartName,
  type Reading,
} from '../../teleport/commands/tctlClusterResources.ts';
import * as resource from './parseResources.ts';
import type { Census, Gap } from './census.ts';

/** What `readCensus` needs to read a cluster as the signed-in user. */
export interface ReadCensusOptions {
  readonly tctl: Tctl;
  readonly home: Home;
  readonly cluster: Untrusted;
  readonly user: Untrusted;
  readonly now: () => Instant;
  readonly signal?: AbortSignal;
  /** Called before each part is read. */
  readonly progress?: (part: PartName) => void;
}

/**
 * Reads a cluster, part by part. A part that cannot be read becomes a gap; the other parts are still read.
 * @throws TeleportFailure for a cause that ends every call: no tctl, signed out, expired, cancelled
 */
export async function readCensus(options: ReadCensusOptions): Promise<Census> {
  const { tctl, home, cluster, user, signal, progress = () => undefined } = options;
  const callOptions = { signal };
  const gaps: Gap[] = [];
  const absent: PartName[] = [];
  const resourcesOf = (part: PartName, reading: Reading, name?: Untrusted): readonly StoredResource[] => {
    const gap = name === undefined ? { part } : { part, name };
    if (reading.kind === 'read') {
      const { unreadable: lost, resources } = reading;
      if (lost > 0)
        gaps.push({
          ...gap,
          partial: { lost, of: lost + resources.length },
          failure: { kind: 'unreadable' },
        });
      return resources;
    }
    if (reading.kind === 'absent') absent.push(part);
    else gaps.push({ ...gap, failure: reading.failure });
    return [];
  };
  const read = async (part: Exclude<PartName, 'members'>): Promise<readonly StoredResource[]> => {
    progress(part);
    return resourcesOf(part, await readPart(tctl, home, part, callOptions));
  };

  const users = (await read('users')).map(resource.userOf);
  const roles = (await read('roles')).map(resource.roleOf);
  progress('saml');
  const connectorReadings = await readConnectors(tctl, home, callOptions);
  const connectors = (['saml', 'oidc', 'github'] as const).flatMap((part) =>
    resourcesOf(part, connectorReadings[part]).map((connector) => [part, connector] as const),
  );
  const lists = await read('accessLists');
  const accessLists = [];
  if (lists.length > 0) progress('members');
  for (const list of lists) {
    const members = await readMembers(tctl, home, list.name, callOptions);
    accessLists.push(resource.accessListOf(list, resourcesOf('members', members, list.name)));
  }
  const bots = (await read('bots')).map(resource.botOf);
  const clusters = await read('trustedClusters');
  const locks = await read('locks');
  const version = await versionOf(options);
  return {
    cluster,
    user,
    readAt: options.now(),
    users,
    roles: new Map(roles.map((role) => [role.name, role])),
    mappings: connectors.flatMap(([type, connector]) => resource.mappingsOf(type, connector)),
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

/**
 * Reads the server's version.
 * @returns undefined where it cannot be read
 * @throws TeleportFailure with kind `cancelled`
 */
async function versionOf({ tctl, home, signal }: ReadCensusOptions): Promise<string | undefined> {
  try {
    return (await tctl.status(home, { signal })).version;
  } catch (error) {
    const failure = failureOf(error);
    if (failure && failure.kind !== 'cancelled') return undefined;
    throw error;
  }
}

/** Whether no part at all could be read, so that there is nothing to report. */
export const nothingRead = ({ gaps, absent }: Census): boolean =>
  clusterParts.every(
    (part) =>
      part === 'members' || absent.includes(part) || gaps.some((gap) => gap.part === part && !gap.partial),
  );

/**
 * Returns the failure that all gaps have in common, such as an unreachable server.
 * @returns undefined where the gaps differ, or where the user's roles do not permit the reading: the report
 * then says which rules are missing
 */
export function commonFailure({ gaps }: Census): TeleportFailure | undefined {
  const [first] = gaps;
  const same = first && gaps.every(({ failure }) => failure.kind === first.failure.kind);
  return same && first.failure.kind !== 'notPermitted' ? new TeleportFailure(first.failure) : undefined;
}
