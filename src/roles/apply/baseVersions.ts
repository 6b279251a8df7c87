import * as v from 'valibot';
import { createHash } from 'node:crypto';
import { rawText, type Untrusted } from '../../access/untrusted/untrusted.ts';
import type { StorageFiles } from '../../state/storageFiles.ts';
import { storedText } from '../../state/storedSchemas.ts';
import type { StoredResource } from '../../teleport/output/adminSchema.ts';
import type { PlainObject } from '../role/value.ts';

/** The version of a role that this user has seen and that the user's next change is based on. */
export interface BaseVersion {
  /** Empty for a role that the server is known not to have. */
  readonly revision: string;
  readonly document: PlainObject;
  /** The revision in a manifest for which this newer version counts as the base. */
  readonly instead?: string;
}

const roleObject = v.custom<PlainObject>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);
const schema = v.object({
  cluster: storedText,
  name: storedText,
  revision: v.string(),
  document: roleObject,
  instead: v.optional(v.string()),
});

/**
 * Stores the version of each role that this user last fetched or applied, in the extension's own storage,
 * because a file in the workspace does not tell which version it came from.
 */
export class BaseVersions {
  readonly #files: StorageFiles;

  constructor(files: StorageFiles) {
    this.#files = files;
  }

  /** @returns undefined for a role that was never fetched or applied on this machine */
  async find(cluster: Untrusted, name: Untrusted): Promise<BaseVersion | undefined> {
    const stored = await this.#files.read(fileOf(cluster, name), schema);
    if (stored?.cluster !== cluster || stored.name !== name) return undefined;
    const { revision, document, instead } = stored;
    return { revision, document, ...(instead === undefined ? {} : { instead }) };
  }

  /**
   * Stores a version as the base of the next change.
   * @param instead the revision in a manifest for which this version counts as the base
   */
  async remember(
    cluster: Untrusted,
    { name, revision, document }: StoredResource,
    instead?: string,
  ): Promise<void> {
    const version = { cluster, name, revision, document, ...(instead ? { instead } : {}) };
    await this.#files.write(fileOf(cluster, name), version);
  }

  /**
   * Stores that this user removed the role, so that its absence does not count as a change by another user.
   */
  rememberRemoved(cluster: Untrusted, name: Untrusted): Promise<void> {
    return this.remember(cluster, { name, revision: '', document: {} });
  }
}

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
