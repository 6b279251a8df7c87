import * as v from 'valibot';
import type { Untrusted, Instant, RequestId } from '../../access/untrusted/untrusted.ts';
import { id, maybeInstant, maybeText, readCounted, text, texts, type PlainObject } from './schemaParts.ts';

/** A lock, as `tctl get locks` shows it. */
export interface Lock {
  readonly name: Untrusted;
  /** The locked request; missing if the lock is on users, roles or machines. */
  readonly request?: RequestId;
  readonly message?: Untrusted;
  readonly expires?: Instant;
}

const lock = v.pipe(
  v.object({
    metadata: v.object({ name: text }),
    spec: v.object({
      target: v.fallback(v.object({ access_request: v.fallback(v.optional(id), undefined) }), {}),
      message: maybeText,
      expires: maybeInstant,
    }),
  }),
  v.transform(({ metadata, spec: { target, message, expires } }): Lock => ({
    name: metadata.name,
    ...(target.access_request === undefined ? {} : { request: target.access_request }),
    ...(message === undefined ? {} : { message }),
    ...(expires === undefined ? {} : { expires }),
  })),
);

/** Reads `tctl get locks --format=json`. */
export const readLocks = (output: string): Lock[] => readCounted(output, lock).items;

/** A role, user or other resource as the server stores it. */
export interface StoredResource {
  readonly name: Untrusted;
  /** Changes with every write. A write is only allowed if the revision is the one that was read. */
  readonly revision: string;
  /** The whole resource as JSON. */
  readonly document: PlainObject;
}

const storedResource = v.pipe(
  v.looseObject({ metadata: v.looseObject({ name: text, revision: v.fallback(v.string(), '') }) }),
  v.transform((document): StoredResource => ({
    name: document.metadata.name,
    revision: document.metadata.revision,
    document: document as unknown as PlainObject,
  })),
);

/** Reads `tctl get roles|role/x|users|user/x --format=json`. tctl prints an array also for one resource. */
export const readStoredResources = (output: string): StoredResource[] =>
  readCounted(output, storedResource).items;

/** A list of resources. */
export interface Listing {
  readonly resources: readonly StoredResource[];
  /** The number of items that could not be read. */
  readonly unreadable: number;
}

/** Reads a list of resources and counts the items that cannot be read. */
export function readListing(output: string): Listing {
  const { items, unreadable } = readCounted(output, storedResource);
  return { resources: items, unreadable };
}

/** The names of the roles that a user resource holds. */
export function roleNamesOf({ document }: StoredResource): readonly Untrusted[] {
  const result = v.safeParse(v.object({ spec: v.object({ roles: texts }) }), document);
  return result.success ? result.output.spec.roles : [];
}

/** Reads the name in `Created a lock with name "…".`, the output of `tctl lock`. */
export const readLockName = (output: string): string | undefined =>
  /name "([0-9a-f-]{36})"/.exec(output)?.[1];

/**
 * Reads the cluster's name and version from `tctl status`. Each is missing if the output does not contain it.
 */
export function readClusterStatus(output: string): { readonly cluster?: string; readonly version?: string } {
  const field = (name: string): string | undefined =>
    new RegExp(`^${name}\\s+(\\S+)\\s*$`, 'm').exec(output)?.[1];
  const [cluster, version] = [field('Cluster'), field('Version')];
  return { ...(cluster ? { cluster } : {}), ...(version ? { version } : {}) };
}
