import * as v from 'valibot';
import type { Untrusted, Instant, RequestId } from '../../access/text/untrusted.ts';
import { id, json, listOf, maybeInstant, maybeText, parseWith, text, texts } from './schemaParts.ts';

/** A lock, as `tctl get locks` shows it. */
export interface Lock {
  readonly name: Untrusted;
  /** The request it cuts; absent for locks on people, roles or machines. */
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
export const readLocks = (output: string): Lock[] => parseWith(v.nullable(listOf(lock)), json(output)) ?? [];

/** A role or user as the server holds it. */
export interface StoredResource {
  readonly name: Untrusted;
  /** Changes at every write; what was read under it is what may be replaced. */
  readonly revision: string;
  /** The whole resource, as plain JSON. */
  readonly document: Readonly<Record<string, unknown>>;
}

const held = v.pipe(
  v.looseObject({ metadata: v.looseObject({ name: text, revision: v.fallback(v.string(), '') }) }),
  v.transform((document): StoredResource => ({
    name: document.metadata.name,
    revision: document.metadata.revision,
    document: document,
  })),
);

/** Reads `tctl get roles|role/x|users|user/x --format=json`: an array, also for one. */
export const readStoredResources = (output: string): StoredResource[] =>
  parseWith(v.nullable(listOf(held)), json(output)) ?? [];

/** A list, and how many of its items were not as they must be. */
export interface Listing {
  readonly held: readonly StoredResource[];
  readonly lost: number;
}

/** Reads what `readHeld` reads, and counts what it leaves out. */
export function readListing(output: string): Listing {
  const all = json(output);
  const found = readStoredResources(output);
  return { held: found, lost: Array.isArray(all) ? all.length - found.length : 0 };
}

/** A person and the roles they hold, from what `readHeld` read. */
export function roleNamesOf({ document }: StoredResource): readonly Untrusted[] {
  const found = v.safeParse(v.object({ spec: v.object({ roles: texts }) }), document);
  return found.success ? found.output.spec.roles : [];
}

/** The name in `Created a lock with name "…".` */
export const readLockName = (output: string): string | undefined =>
  /name "([0-9a-f-]{36})"/.exec(output)?.[1];

/** What `tctl status` says of the cluster: a name and a version, each if it is there. */
export function readClusterStatus(output: string): { readonly cluster?: string; readonly version?: string } {
  const field = (name: string): string | undefined =>
    new RegExp(`^${name}\\s+(\\S+)\\s*$`, 'm').exec(output)?.[1];
  const [cluster, version] = [field('Cluster'), field('Version')];
  return { ...(cluster ? { cluster } : {}), ...(version ? { version } : {}) };
}
