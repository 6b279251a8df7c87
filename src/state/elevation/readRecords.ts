import { join } from 'node:path';
import type { ElevationElsewhere } from '../../access/elevation.ts';
import { holdsLogin } from '../../teleport/home/privateHome.ts';
import type { ProcessId } from '../../teleport/process/processId.ts';
import type { HomeOwners } from './homeOwners.ts';
import { elevationElsewhere, type HomeRecord, type HomeRecords } from './homeRecords.ts';

/** The records on the disk, as they are. */
export interface StoredRecords {
  /** The records of this machine and account. */
  readonly records: readonly HomeRecord[];
  /** The elevations on other machines or of other accounts. */
  readonly elsewhere: readonly ElevationElsewhere[];
  /** The names of the homes of this machine whose record says removed while they are still there. */
  readonly disbelieved: ReadonlySet<string>;
}

/** Reads all records. What is out of reach is kept apart, so that nothing can act on it. */
export async function readRecords(stored: HomeRecords, owners: HomeOwners): Promise<StoredRecords> {
  const records: HomeRecord[] = [];
  const elsewhere: ElevationElsewhere[] = [];
  const disbelieved = new Set<string>();
  for (const record of await stored.readAll()) {
    const at = await owners.outOfReach(record);
    if (!at) {
      records.push(record);
      if (await isStillThere(record)) disbelieved.add(record.name);
    } else if (record.state === 'ready') elsewhere.push(elevationElsewhere(record, at));
  }
  return { records, elsewhere, disbelieved };
}

/**
 * Whether a record says removed while its home still holds the login. A home is removed before its record says
 * so, thus somebody else wrote that, for example an older version on another machine. What tools create again in
 * a removed home is no such login.
 */
export const isStillThere = async ({ state, root, name }: HomeRecord): Promise<boolean> =>
  state === 'removed' && holdsLogin(join(root, name));

/**
 * The records that count from now on. Of its own homes a window knows more than the disk, where a write may still
 * run; a home that is still there is in use, whatever its record says.
 * @param known the records that this window has
 * @param own the process of this window; undefined where there is no record at all
 */
export function mergeRecords(
  { records, disbelieved }: StoredRecords,
  known: ReadonlyMap<string, HomeRecord>,
  own: ProcessId | undefined,
): Map<string, HomeRecord> {
  const isOwn = ({ window }: HomeRecord): boolean => window.pid === own?.pid && window.stamp === own.stamp;
  const merged = new Map(records.map((record) => [record.name, record]));
  for (const [name, record] of known) {
    const onDisk = merged.get(name);
    if (isOwn(record) && (!onDisk || (onDisk.state !== 'removed' && isOwn(onDisk)))) merged.set(name, record);
  }
  for (const name of disbelieved) {
    const [before, onDisk] = [known.get(name), merged.get(name)];
    if (onDisk) merged.set(name, before?.state === 'ready' ? before : { ...onDisk, state: 'ready' });
  }
  return merged;
}
