// Stores the newest fifty Applies, in the extension's own storage outside the workspace.
import * as v from 'valibot';
import { randomUUID } from 'node:crypto';
import type { Untrusted, Instant } from '../../access/untrusted/untrusted.ts';
import type { StorageFiles } from '../../state/storageFiles.ts';
import { storedInstant, storedText } from '../../state/storedSchemas.ts';
import { storedRole } from './baseVersions.ts';
import type { WantedRole } from './rolePlan.ts';

const folder = 'applied';
/** The number of Apply records that are kept. */
const mostRecords = 50;

const appliedRoleSchema = v.object({
  name: storedText,
  /** The server's role before Apply; absent for a role that Apply created. */
  before: v.optional(v.object({ revision: v.string(), document: storedRole })),
  sent: storedRole,
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

/** Creates a record without roles. It is stored when its first role is added. */
export const newRecord = (cluster: Untrusted, by: Untrusted, at: Instant): ApplyRecord => ({
  id: `${folder}/${String(at).padStart(15, '0')}-${randomUUID()}.json`,
  cluster,
  by,
  at,
  roles: [],
});

/**
 * Writes a record over its stored version. A record without roles is removed, and so are the oldest records.
 * @returns whether the record can be read back; the caller sends nothing that could not be undone
 */
export async function storeRecord(files: StorageFiles, { id, ...rest }: ApplyRecord): Promise<boolean> {
  if (rest.roles.length === 0) {
    await files.remove(id);
    return true;
  }
  await files.write(id, rest);
  const stored = await files.read(id, recordSchema);
  if (JSON.stringify(stored) !== JSON.stringify(v.parse(recordSchema, rest))) return false;
  for (const old of (await newestFirst(files)).slice(mostRecords)) await files.remove(old);
  return true;
}

/** The records of a cluster with at least one role left to undo, the newest first. */
export async function undoableRecords(
  files: StorageFiles,
  cluster: Untrusted,
): Promise<readonly ApplyRecord[]> {
  const records = (await newestFirst(files)).map(async (id) => {
    const stored = await files.read(id, recordSchema);
    return stored?.cluster === cluster && stored.roles.some(canUndo) ? [{ id, ...stored }] : [];
  });
  return (await Promise.all(records)).flat();
}

const newestFirst = async (files: StorageFiles): Promise<readonly string[]> =>
  (await files.names(folder)).sort().reverse();

/** Whether the Apply of a role can still be undone. */
export const canUndo = ({ undone }: AppliedRole): boolean => undone !== true;

/** What an undo wants: each role as it was before Apply. The role that was sent last comes first. */
export const rolesBefore = ({ roles }: ApplyRecord): readonly WantedRole[] =>
  roles
    .filter(canUndo)
    .map(({ name, before, sent, after }) => ({
      name,
      value: before?.document,
      base: { revision: after, document: sent },
    }))
    .reverse();

/** The record with one role replaced or added. */
export function withRole(record: ApplyRecord, role: AppliedRole): ApplyRecord {
  const { roles } = record;
  const exists = roles.some(({ name }) => name === role.name);
  const next = exists ? roles.map((other) => (other.name === role.name ? role : other)) : [...roles, role];
  return { ...record, roles: next };
}

/** The record with roles marked as undone, so that they are not offered again. */
export const withUndone = (record: ApplyRecord, names: readonly Untrusted[]): ApplyRecord => ({
  ...record,
  roles: record.roles.map((role) => (names.includes(role.name) ? { ...role, undone: true } : role)),
});
