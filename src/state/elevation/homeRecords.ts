import { join } from 'node:path';
import * as v from 'valibot';
import type { Elevation } from '../../access/elevation.ts';
import type { Untrusted } from '../../access/text/untrusted.ts';
import type { Profile } from '../../teleport/output/requestSchema.ts';
import type { StorageFiles } from '../storageFiles.ts';
import { storedId, storedInstant, storedText } from '../storedSchemas.ts';

const processId = v.object({ pid: v.number(), stamp: v.string() });

/** What giving back came to, noted by a watchdog for the next window. */
const account = v.object({
  why: v.picklist(['alone', 'ended']),
  at: storedInstant,
  notTold: v.boolean(),
  /** Where it is not known whether the cluster was told: why not. */
  unsure: v.optional(v.picklist(['timedOut', 'unreadable'])),
  openUntil: v.optional(storedInstant),
  reusableUntil: v.optional(storedInstant),
});

/** What a watchdog did without anybody there: `alone` because no window came back, `ended` because the end came. */
export type Account = v.InferOutput<typeof account>;

const schema = v.object({
  name: v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/)),
  /** `filling` until the request is in use there; `removed` is kept a day, so that what re-appears is swept. */
  state: v.picklist(['filling', 'ready', 'removed']),
  /** Which machine and boot the process numbers belong to. */
  boot: v.string(),
  root: v.string(),
  mainLogin: v.string(),
  requestId: storedId,
  roles: v.array(storedText),
  user: storedText,
  cluster: storedText,
  /** The proxy of its login; with a leaf selected `cluster` is the leaf. */
  proxy: v.optional(storedText),
  /** When it was assumed; of a removed one, when it was removed. */
  since: storedInstant,
  certificateEnds: storedInstant,
  grantEnds: storedInstant,
  /** The end of the login it was copied from. */
  loginEnds: v.optional(storedInstant),
  /** The extension host that looks after it. */
  window: processId,
  shells: v.array(processId),
  /** The Kubernetes cluster that kubectl in its terminals was pointed at. */
  kube: v.optional(storedText),
  /** The request that is to continue it: Continue was pressed, and it waits for a decision. */
  successor: v.optional(storedId),
  /** Being given back without a question: its terminals close, and nobody is asked about that. */
  leaving: v.optional(v.boolean()),
  /** Taken back on the server after it was assumed: running access goes on, but nothing continues it. */
  withdrawn: v.optional(v.picklist(['denied', 'deleted'])),
});

/** What is known of a private home, kept beside it in the extension's own storage. */
export type HomeRecord = v.InferOutput<typeof schema>;

/** What tools re-create where a home was is removed so many times, so many ms apart: for a minute. */
export const sweeping = { times: 12, every: 5_000 };

/** Who looks after a private home. */
export type Owner = 'here' | 'elsewhere' | 'gone';

const fileOf = (name: string): string => join('homes', `${name}.json`);
/** Apart from the record, which a window may be writing at the same moment. */
const accountOf = (name: string): string => join('homes', `${name}.account`);

/** What is assumed in the main login. */
export const mainLoginSchema = v.array(
  v.pipe(
    v.object({
      requestId: storedId,
      roles: v.array(storedText),
      since: v.optional(storedInstant),
      certificateEnds: storedInstant,
      grantEnds: v.optional(storedInstant),
      loginEnds: v.optional(storedInstant),
    }),
    v.transform(({ since, grantEnds, loginEnds, ...rest }): Elevation => ({
      ...rest,
      where: { kind: 'mainLogin' },
      ...(since === undefined ? {} : { since }),
      ...(grantEnds === undefined ? {} : { grantEnds }),
      ...(loginEnds === undefined ? {} : { loginEnds }),
      here: true,
    })),
  ),
);

/** The index of private homes: one file each, so that windows do not overwrite each other's. */
export class HomeRecords {
  readonly #files: StorageFiles;

  constructor(files: StorageFiles) {
    this.#files = files;
  }

  /** Where the index lies, made if it is not there; undefined when it cannot be. */
  folder(): Promise<string | undefined> {
    return this.#files.makeFolder('homes');
  }

  async all(): Promise<HomeRecord[]> {
    const names = await this.#files.names('homes');
    const records = await Promise.all(names.map((name) => this.#files.read(name, schema)));
    return records.filter((record) => record !== undefined);
  }

  /** One record as it is on the disk now. */
  one(name: string): Promise<HomeRecord | undefined> {
    return this.#files.read(fileOf(name), schema);
  }

  /** True for the first process that asks about this: several windows and a watchdog may give the same home back. */
  claim(what: string, name: string): Promise<boolean> {
    return this.#files.claim(join('told', `${what}-${name}`));
  }

  /** What a watchdog noted when it gave this home back; undefined when none did. */
  account(name: string): Promise<Account | undefined> {
    return this.#files.read(accountOf(name), account);
  }

  saveAccount(name: string, what: Account): Promise<void> {
    return this.#files.write(accountOf(name), what);
  }

  save(record: HomeRecord): Promise<void> {
    return this.#files.write(fileOf(record.name), record);
  }

  /** What was assumed in the main login when it was last looked at: shown after a reload until tsh is asked. */
  async mainLogin(): Promise<readonly Elevation[]> {
    return (await this.#files.read('mainLogin.json', mainLoginSchema)) ?? [];
  }

  saveMainLogin(elevations: readonly Elevation[]): Promise<void> {
    return this.#files.write('mainLogin.json', elevations);
  }

  async forget(name: string): Promise<void> {
    await this.#files.remove(accountOf(name));
    await this.#files.remove(fileOf(name));
  }
}

/** Whether a login is the one, or a later one of the same person at the same proxy, that a home was copied from. */
export function sameLogin(
  record: Pick<HomeRecord, 'user' | 'cluster' | 'proxy'>,
  profile: Pick<Profile, 'user' | 'cluster' | 'proxy'>,
): boolean {
  if (record.user !== profile.user) return false;
  return record.proxy === undefined ? record.cluster === profile.cluster : record.proxy === profile.proxy;
}

/**
 * The elevation that a private home holds.
 * @param owner the window that looks after it: this one, another, or one that is gone
 * @param mismatch where kubectl goes instead of where it was pointed at
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
    ...(owner === 'gone' ? { left: true } : {}),
  };
}
