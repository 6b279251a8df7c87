import * as v from 'valibot';
import { randomUUID } from 'node:crypto';
import type { Untrusted, Instant } from '../../access/untrusted/untrusted.ts';
import type { StorageFiles } from '../../state/storageFiles.ts';
import { storedInstant, storedText } from '../../state/storedSchemas.ts';
import type { PlainObject } from '../role/value.ts';

const folder = 'applied';
/** The number of Apply records that are kept. */
const mostRecords = 50;

const roleObject = v.custom<PlainObject>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);

const appliedRoleSchema = v.object({
  name: storedText,
  /** The server's role before Apply; absent for a role that Apply created. */
  before: v.optional(v.object({ revision: v.string(), document: roleObject })),
  sent: roleObject,
  /** The revision after Apply; absent when the role was not read back. */
  after: v.optional(v.string()),
  undone: v.optional(v.boolean()),
});

const recordSchema = v.object({
  cluster: storedText,
  by: storedText,
  at: storedInstant,
  roles: v.array(appliedRoleSchema),
});

/** One role of an Apply: what was sent, and what the server held before. */
export type AppliedRole = v.InferOutput<typeof appliedRoleSchema>;

/** The record of one Apply, from which it can be undone. */
export interface ApplyRecord extends v.InferOutput<typeof recordSchema> {
  readonly id: string;
}

/** Stores the records of the newest fifty Applies, in the extension's own storage outside the workspace. */
export class ApplyHistory {
  readonly #files: StorageFiles;

  constructor(files: StorageFiles) {
    this.#files = files;
  }

  /** Creates a record without roles. The record is stored when its first role is added. */
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
   * Writes a record over its stored version. A record without roles is removed.
   * @returns whether the record can be read back; the caller sends nothing that could not be undone
   */
  async store({ id, ...rest }: ApplyRecord): Promise<boolean> {
    if (rest.roles.length === 0) {
      await this.#files.remove(id);
      return true;
    }
    await this.#files.write(id, rest);
    const stored = await this.#files.read(id, recordSchema);
    if (JSON.stringify(stored) !== JSON.stringify(v.parse(recordSchema, rest))) return false;
    const names = (await this.#files.names(folder)).sort().reverse();
    for (const old of names.slice(mostRecords)) await this.#files.remove(old);
    return true;
  }

  /** The records of a cluster with at least one role left to undo, the newest first. */
  async undoable(cluster: Untrusted): Promise<readonly ApplyRecord[]> {
    const names = (await this.#files.names(folder)).sort().reverse();
    const records = await Promise.all(names.map((name) => this.#read(name)));
    return records.flatMap((record) =>
      record?.cluster === cluster && record.roles.some(canUndo) ? [record] : [],
    );
  }

  async #read(id: string): Promise<ApplyRecord | undefined> {
    const stored = await this.#files.read(id, recordSchema);
    return stored && { id, ...stored };
  }
}

/** Whether the Apply of a role can still be undone. */
export const canUndo = ({ undone }: AppliedRole): boolean => undone !== true;

/** The record with one role replaced or added. */
export function withRole(record: ApplyRecord, role: AppliedRole): ApplyRecord {
  const { roles } = record;
  const exists = roles.some(({ name }) => name === role.name);
  const next = exists ? roles.map((other) => (other.name === role.name ? role : other)) : [...roles, role];
  return { ...record, roles: next };
}
