import * as v from 'valibot';
import { randomUUID } from 'node:crypto';
import type { Untrusted, Instant } from '../../access/text/untrusted.ts';
import type { StorageFiles } from '../../state/storageFiles.ts';
import { storedInstant, storedText } from '../../state/storedSchemas.ts';
import type { PlainObject } from '../role/value.ts';

const folder = 'applied';
/** How many applications can be undone. */
const kept = 50;

const object = v.custom<PlainObject>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);

const role = v.object({
  name: storedText,
  /** What the server held before; absent for a role that was made. */
  before: v.optional(v.object({ revision: v.string(), document: object })),
  sent: object,
  /** The revision it has since; absent when nobody read it. */
  after: v.optional(v.string()),
  undone: v.optional(v.boolean()),
});

const application = v.object({
  cluster: storedText,
  by: storedText,
  at: storedInstant,
  roles: v.array(role),
});

/** What one Apply replaced in one role. */
export type AppliedRole = v.InferOutput<typeof role>;

/** What one Apply replaced. */
export interface ApplyRecord extends v.InferOutput<typeof application> {
  readonly id: string;
}

/** What was there before each Apply, outside the workspace: the newest fifty. */
export class ApplyHistory {
  readonly #files: StorageFiles;

  constructor(files: StorageFiles) {
    this.#files = files;
  }

  /** A new one with nothing in it. It is stored with its first role. */
  begin(cluster: Untrusted, by: Untrusted, at: Instant): ApplyRecord {
    return {
      id: `${folder}/${String(at).padStart(15, '0')}-${randomUUID()}.json`,
      cluster,
      by,
      at,
      roles: [],
    };
  }

  /**
   * Stores an application in place of what was known of it.
   * @returns whether it can be read back: what cannot be undone is not sent
   */
  async keep({ id, ...rest }: ApplyRecord): Promise<boolean> {
    if (rest.roles.length === 0) {
      await this.#files.remove(id);
      return true;
    }
    await this.#files.write(id, rest);
    const stored = await this.#files.read(id, application);
    if (JSON.stringify(stored) !== JSON.stringify(v.parse(application, rest))) return false;
    const names = (await this.#files.names(folder)).sort().reverse();
    for (const old of names.slice(kept)) await this.#files.remove(old);
    return true;
  }

  /** Those of a cluster with something left to undo, the newest first. */
  async of(cluster: Untrusted): Promise<readonly ApplyRecord[]> {
    const names = (await this.#files.names(folder)).sort().reverse();
    const found = await Promise.all(names.map((name) => this.#read(name)));
    return found.flatMap((one) => (one?.cluster === cluster && one.roles.some(isLeft) ? [one] : []));
  }

  async #read(id: string): Promise<ApplyRecord | undefined> {
    const stored = await this.#files.read(id, application);
    return stored && { id, ...stored };
  }
}

/** Whether this can still be undone. */
export const isLeft = ({ undone }: AppliedRole): boolean => undone !== true;

/** The application with one role of it changed or added. */
export function withRole(application: ApplyRecord, role: AppliedRole): ApplyRecord {
  const { roles } = application;
  const isThere = roles.some(({ name }) => name === role.name);
  const next = isThere ? roles.map((one) => (one.name === role.name ? role : one)) : [...roles, role];
  return { ...application, roles: next };
}
