import { join } from 'node:path';
import * as v from 'valibot';
import type { Elevation } from '../access/elevation.ts';
import type { Files } from './files.ts';
import { storedId, storedInstant, storedText } from './stored.ts';

const processId = v.object({ pid: v.number(), stamp: v.string() });

const schema = v.object({
  name: v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/)),
  /** `filling` until the request is in use there; `removed` is kept a day, so that what re-appears is swept. */
  state: v.picklist(['filling', 'ready', 'removed']),
  /** Which machine and boot the process numbers belong to. */
  boot: v.string(),
  root: v.string(),
  everyday: v.string(),
  requestId: storedId,
  roles: v.array(storedText),
  user: storedText,
  cluster: storedText,
  /** When it was assumed; of a removed one, when it was removed. */
  since: storedInstant,
  certificateEnds: storedInstant,
  grantEnds: storedInstant,
  /** The extension host that looks after it. */
  window: processId,
  shells: v.array(processId),
  /** The Kubernetes cluster that kubectl in its terminals was pointed at. */
  kube: v.optional(storedText),
});

/** What is known of a private home, kept beside it in the extension's own storage. */
export type HomeRecord = v.InferOutput<typeof schema>;

const fileOf = (name: string): string => join('homes', `${name}.json`);

/** What is assumed in the whole login. */
export const everydaySchema = v.array(
  v.pipe(
    v.object({
      requestId: storedId,
      roles: v.array(storedText),
      since: v.optional(storedInstant),
      certificateEnds: storedInstant,
      grantEnds: v.optional(storedInstant),
    }),
    v.transform(({ since, grantEnds, ...rest }): Elevation => ({
      ...rest,
      where: { kind: 'everyday' },
      ...(since === undefined ? {} : { since }),
      ...(grantEnds === undefined ? {} : { grantEnds }),
      here: true,
    })),
  ),
);

/** The index of private homes: one file each, so that windows do not overwrite each other's. */
export class HomeRecords {
  readonly #files: Files;

  constructor(files: Files) {
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

  save(record: HomeRecord): Promise<void> {
    return this.#files.write(fileOf(record.name), record);
  }

  /** What was assumed in the whole login when it was last looked at: shown after a reload until tsh is asked. */
  async everyday(): Promise<readonly Elevation[]> {
    return (await this.#files.read('everyday.json', everydaySchema)) ?? [];
  }

  saveEveryday(elevations: readonly Elevation[]): Promise<void> {
    return this.#files.write('everyday.json', elevations);
  }

  forget(name: string): Promise<void> {
    return this.#files.remove(fileOf(name));
  }
}

/** The elevation that a private home holds. */
export function elevationOf(record: HomeRecord, here: boolean): Elevation {
  return {
    requestId: record.requestId,
    roles: record.roles,
    where: { kind: 'private', home: record.name },
    since: record.since,
    certificateEnds: record.certificateEnds,
    grantEnds: record.grantEnds,
    ...(record.kube === undefined ? {} : { kube: record.kube }),
    here,
  };
}
