// Stores the version of each role that this user last fetched or applied, in the extension's own storage,
// because a file in the workspace does not tell which version it came from.
import * as v from 'valibot';
import { createHash } from 'node:crypto';
import { rawText, type Untrusted } from '../../access/untrusted/untrusted.ts';
import type { StorageFiles } from '../../state/storageFiles.ts';
import { storedText } from '../../state/storedSchemas.ts';
import type { StoredResource } from '../../teleport/output/adminSchema.ts';
import type { PlainObject } from '../role/value.ts';

/** The version of a role that this user has seen and that the user's next change is based on. */
export interface BaseVersion {
  /** Empty for a role that the server is known not to have; undefined if it was sent and not read back. */
  readonly revision: string | undefined;
  readonly document: PlainObject;
  /** The revision in a manifest for which this newer version counts as the base. */
  readonly instead?: string | undefined;
}

/** A role in a stored file. */
export const storedRole = v.custom<PlainObject>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);
const schema = v.object({
  cluster: storedText,
  name: storedText,
  revision: v.string(),
  document: storedRole,
  instead: v.optional(v.string()),
});

/** @returns undefined for a role that was never fetched or applied on this machine */
export async function findBase(
  files: StorageFiles,
  cluster: Untrusted,
  name: Untrusted,
): Promise<BaseVersion | undefined> {
  const stored = await files.read(fileOf(cluster, name), schema);
  return stored?.cluster === cluster && stored.name === name ? stored : undefined;
}

/**
 * Stores a version as the base of the next change. Of a role that this user removed it is the empty revision,
 * so that its absence does not count as a change by another user.
 * @param instead the revision in a manifest for which this version counts as the base
 */
export const rememberBase = (
  files: StorageFiles,
  cluster: Untrusted,
  { name, revision, document }: StoredResource,
  instead?: string,
): Promise<void> => files.write(fileOf(cluster, name), { cluster, name, revision, document, instead });

/**
 * The file of a role's version. Its name is a hash, because a role name may
 * hold any characters, such as a path.
 */
function fileOf(cluster: Untrusted, name: Untrusted): string {
  const digest = createHash('sha256')
    .update(`${rawText(cluster)}\0${rawText(name)}`)
    .digest('hex');
  return `bases/${digest.slice(0, 32)}.json`;
}
