import * as v from 'valibot';
import { createHash } from 'node:crypto';
import { rawText, type Untrusted } from '../../access/text/untrusted.ts';
import type { StorageFiles } from '../../state/storageFiles.ts';
import { storedText } from '../../state/storedSchemas.ts';
import type { StoredResource } from '../../teleport/output/adminSchema.ts';
import type { PlainObject } from '../role/value.ts';

/** A version of a role that this person has seen: what a change of theirs begins from. */
export interface BaseVersion {
  /** Empty for a role that is known not to be there. */
  readonly revision: string;
  readonly document: PlainObject;
  /** The revision named in a manifest that this version was taken over. */
  readonly instead?: string;
}

const object = v.custom<PlainObject>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);
const schema = v.object({
  cluster: storedText,
  name: storedText,
  revision: v.string(),
  document: object,
  instead: v.optional(v.string()),
});

/**
 * The version of each role that this person last fetched or applied, in our own storage: a file in the workspace says
 * nothing of where it came from.
 */
export class BaseVersions {
  readonly #files: StorageFiles;

  constructor(files: StorageFiles) {
    this.#files = files;
  }

  /** Undefined for a role that was never fetched or applied here. */
  async of(cluster: Untrusted, name: Untrusted): Promise<BaseVersion | undefined> {
    const found = await this.#files.read(fileOf(cluster, name), schema);
    if (found?.cluster !== cluster || found.name !== name) return undefined;
    const { revision, document, instead } = found;
    return { revision, document, ...(instead === undefined ? {} : { instead }) };
  }

  /** @param instead the revision that a manifest names, if this version is to count for it */
  async remember(
    cluster: Untrusted,
    { name, revision, document }: StoredResource,
    instead?: string,
  ): Promise<void> {
    const kept = { cluster, name, revision, document, ...(instead ? { instead } : {}) };
    await this.#files.write(fileOf(cluster, name), kept);
  }

  /** This person removed the role: that it is not there is nobody else's change. */
  gone(cluster: Untrusted, name: Untrusted): Promise<void> {
    return this.remember(cluster, { name, revision: '', document: {} });
  }
}

/** A name may be anything, a path for one. */
function fileOf(cluster: Untrusted, name: Untrusted): string {
  const digest = createHash('sha256')
    .update(`${rawText(cluster)}\0${rawText(name)}`)
    .digest('hex');
  return `bases/${digest.slice(0, 32)}.json`;
}
