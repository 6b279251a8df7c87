import { rawText, type Untrusted } from '../../access/untrusted/untrusted.ts';
import { changeValue, type FieldChange } from '../manifest/changeManifest.ts';
import { textsAt, type Path, type PlainObject } from '../role/value.ts';
import type { KnownRoles } from './answers.ts';

/** How a role is written: as a new manifest, or as changes of the existing role. */
export type RoleWrite = { readonly manifest: PlainObject } | { readonly changes: readonly FieldChange[] };

/** A new role of version v7, which every server since Teleport 14 accepts. */
export const newRole = (name: Untrusted, spec: PlainObject): PlainObject => ({
  kind: 'role',
  version: 'v7',
  metadata: { name: rawText(name) },
  spec,
});

/**
 * Plans the changes of a role. A role that does not exist is planned as a new one.
 * @param changesOf the changes that a role still needs
 */
export function planChanges(
  name: Untrusted,
  { roles }: KnownRoles,
  changesOf: (role: PlainObject) => readonly FieldChange[],
): RoleWrite {
  const existing = roles.get(name);
  if (existing) return { changes: changesOf(existing) };
  const emptyRole = newRole(name, { allow: {} });
  return { manifest: changeValue(emptyRole, changesOf(emptyRole)) };
}

/** The role after a plan is written. */
export const roleAfter = (existing: PlainObject | undefined, write: RoleWrite): PlainObject =>
  'manifest' in write ? write.manifest : changeValue(existing ?? {}, write.changes);

/** The change that adds a name to a list, unless the list has the name or `*`. */
export function addName(role: PlainObject, path: Path, name: Untrusted): readonly FieldChange[] {
  const names = textsAt(role, path);
  return names.includes(rawText(name)) || names.includes('*') ? [] : [{ path, add: rawText(name) }];
}
