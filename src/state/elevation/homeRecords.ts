import { join } from 'node:path';
import * as v from 'valibot';
import type { Elevation, ElevationElsewhere } from '../../access/elevation.ts';
import type { AccessRequest } from '../../access/request.ts';
import { untrusted, type Untrusted } from '../../access/untrusted/untrusted.ts';
import type { Profile } from '../../teleport/output/loginSchema.ts';
import { failureKinds } from '../../teleport/process/failure.ts';
import { processSpaceSchema } from '../../teleport/process/processSpace.ts';
import type { StorageFiles } from '../storageFiles.ts';
import { storedId, storedInstant, storedText } from '../storedSchemas.ts';

const processId = v.object({ pid: v.number(), stamp: v.string() });

const watchdogDropSchema = v.object({
  why: v.picklist(['abandoned', 'shutdown', 'ended']),
  result: v.object({
    requestId: storedId,
    at: storedInstant,
    where: v.picklist(['private', 'mainLogin']),
    dropFailure: v.exactOptional(v.object({ kind: v.picklist(failureKinds) })),
    openUntil: v.exactOptional(storedInstant),
    reusableUntil: v.exactOptional(storedInstant),
    windowStays: v.exactOptional(v.literal(true)),
  }),
});

/**
 * A drop by a watchdog and its result, stored for the next window: `abandoned` because no window came back,
 * `shutdown` because the machine shuts down, `ended` because the certificate ended.
 */
export type WatchdogDrop = v.InferOutput<typeof watchdogDropSchema>;

const recordSchema = v.object({
  name: v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/)),
  /**
   * `filling` until the request is assumed in the home. A `removed` record is kept for a day, so that files
   * that tools create there again are swept.
   */
  state: v.picklist(['filling', 'ready', 'removed']),
  /** Host name and boot, as older versions read and write it. `space` counts where it is there. */
  boot: v.string(),
  /** Where the process ids and the home are valid. */
  space: v.optional(processSpaceSchema),
  root: v.string(),
  mainLogin: v.string(),
  requestId: storedId,
  roles: v.array(storedText),
  user: storedText,
  cluster: storedText,
  /**
   * The proxy of the login. `cluster` is the leaf cluster when one is selected, so it does not identify the
   * login.
   */
  proxy: v.optional(storedText),
  /** When the request was assumed; in a `removed` record, when the home was removed. */
  since: storedInstant,
  certificateEnds: storedInstant,
  grantEnds: storedInstant,
  /** The end of the login that the home was copied from. */
  loginEnds: v.optional(storedInstant),
  /** The extension host of the window that owns the home. */
  window: processId,
  shells: v.array(processId),
  /** The Kubernetes cluster that the user chose for kubectl in the terminals of the home. */
  kube: v.optional(storedText),
  /** The pending request that will continue this elevation, sent by Continue. */
  successor: v.optional(storedId),
  /** The elevation is dropped without a question, so closing its terminals asks none either. */
  dropStarted: v.optional(v.boolean()),
  /**
   * The request was denied or deleted after it was assumed. Running access goes on, but it cannot be
   * continued.
   */
  withdrawn: v.optional(v.picklist(['denied', 'deleted'])),
});

/** The record of a private home, stored in the extension's own storage. */
export type HomeRecord = v.InferOutput<typeof recordSchema>;

/** The record of a private home that is being filled to use an approved request. */
export function newHomeRecord(
  { id, roles, grantEnds }: AccessRequest,
  { user, cluster, proxy, validUntil }: Profile,
  home: Pick<HomeRecord, 'name' | 'root' | 'boot' | 'space' | 'mainLogin' | 'since' | 'window'>,
): HomeRecord {
  return {
    ...home,
    state: 'filling',
    requestId: id,
    roles: [...roles],
    ...{ user, cluster, proxy },
    certificateEnds: Math.min(validUntil, grantEnds),
    grantEnds,
    loginEnds: validUntil,
    shells: [],
  };
}

/** Removed homes are swept this many times, this many ms apart: for a minute. */
export const sweeping = { times: 12, every: 5_000 };

/**
 * The window that owns a private home: this one, another one on this machine, or one that is gone. A home of
 * another machine or account has none of these, see `HomeOwners.outOfReach`.
 */
export type Owner = 'here' | 'elsewhere' | 'gone';

const recordFile = (name: string): string => join('homes', `${name}.json`);
/** A file of its own, because a window may be writing the record at the same moment. */
const watchdogDropFile = (name: string): string => join('homes', `${name}.watchdog`);

/** The elevations of the main login. */
export const mainLoginSchema = v.array(
  v.pipe(
    v.object({
      requestId: storedId,
      roles: v.array(storedText),
      since: v.exactOptional(storedInstant),
      certificateEnds: storedInstant,
      grantEnds: v.exactOptional(storedInstant),
      loginEnds: v.exactOptional(storedInstant),
    }),
    v.transform((stored): Elevation => ({ ...stored, where: { kind: 'mainLogin' }, here: true })),
  ),
);

/**
 * The records of private homes. Each has its own file, so that windows do not overwrite each other's records.
 */
export class HomeRecords {
  readonly #files: StorageFiles;

  constructor(files: StorageFiles) {
    this.#files = files;
  }

  /**
   * Creates the folder of the records if it is missing.
   * @returns its path, undefined when it cannot be created
   */
  folder(): Promise<string | undefined> {
    return this.#files.makeFolder('homes');
  }

  /** Reads the records of all windows from the disk. Files that do not match the schema are skipped. */
  async readAll(): Promise<HomeRecord[]> {
    const names = await this.#files.names('homes');
    const records = await Promise.all(names.map((name) => this.#files.read(name, recordSchema)));
    return records.filter((record) => record !== undefined);
  }

  /** Reads one record from the disk. */
  read(name: string): Promise<HomeRecord | undefined> {
    return this.#files.read(recordFile(name), recordSchema);
  }

  /** The drop of this home by a watchdog; undefined when no watchdog dropped it. */
  watchdogDrop(name: string): Promise<WatchdogDrop | undefined> {
    return this.#files.read(watchdogDropFile(name), watchdogDropSchema);
  }

  /** Stores the drop of a home by a watchdog, for the next window. */
  saveWatchdogDrop(name: string, drop: WatchdogDrop): Promise<void> {
    return this.#files.write(watchdogDropFile(name), drop);
  }

  /** Writes the record of a home and replaces its last version. */
  save(record: HomeRecord): Promise<void> {
    return this.#files.write(recordFile(record.name), record);
  }

  /**
   * The elevations of the main login when they were last read. They are shown after a reload until tsh is
   * called.
   */
  async mainLogin(): Promise<readonly Elevation[]> {
    return (await this.#files.read('mainLogin.json', mainLoginSchema)) ?? [];
  }

  /** Stores the elevations of the main login as they were just read. */
  saveMainLogin(elevations: readonly Elevation[]): Promise<void> {
    return this.#files.write('mainLogin.json', elevations);
  }

  /** Removes the record of a home, with the stored drop by its watchdog. */
  async remove(name: string): Promise<void> {
    await this.#files.remove(watchdogDropFile(name));
    await this.#files.remove(recordFile(name));
  }
}

/**
 * Whether a profile is the login that a home was copied from, or a later login of the same user at the same
 * proxy.
 */
export function sameLogin(
  record: Pick<HomeRecord, 'user' | 'cluster' | 'proxy'>,
  profile: Pick<Profile, 'user' | 'cluster' | 'proxy'>,
): boolean {
  if (record.user !== profile.user) return false;
  return record.proxy === undefined ? record.cluster === profile.cluster : record.proxy === profile.proxy;
}

/** The private homes made from a login, in every window, also those made while a leaf cluster was selected. */
export const homesOfLogin = (
  records: readonly HomeRecord[],
  profile: Pick<Profile, 'user' | 'cluster' | 'proxy'>,
): HomeRecord[] => records.filter((record) => record.state !== 'removed' && sameLogin(record, profile));

/**
 * The elevation that a private home holds.
 * @param owner the window that owns the home
 * @param mismatch the cluster that kubectl uses, if it is not the chosen one
 */
export function elevationOf(record: HomeRecord, owner: Owner = 'here', mismatch?: Untrusted): Elevation {
  return {
    requestId: record.requestId,
    roles: record.roles,
    where: { kind: 'private', home: record.name },
    since: record.since,
    certificateEnds: record.certificateEnds,
    grantEnds: record.grantEnds,
    ...(record.loginEnds === undefined ? {} : { loginEnds: record.loginEnds }),
    ...(record.kube === undefined ? {} : { kube: record.kube }),
    ...(mismatch === undefined ? {} : { mismatch }),
    ...(record.successor === undefined ? {} : { successor: record.successor }),
    ...(record.withdrawn === undefined ? {} : { withdrawn: record.withdrawn }),
    here: owner === 'here',
    ...(owner === 'gone' ? { windowGone: true } : {}),
  };
}

/** The elevation that a private home on another machine, or of another account, holds. */
export const elevationElsewhere = (record: HomeRecord, at: ElevationElsewhere['at']): ElevationElsewhere => ({
  elevation: elevationOf(record, 'elsewhere'),
  at,
  host: untrusted(record.space?.host ?? record.boot.split(' ')[0] ?? ''),
});
