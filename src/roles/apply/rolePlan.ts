import type { Untrusted } from '../../access/untrusted/untrusted.ts';
import type { StoredResource } from '../../teleport/output/adminSchema.ts';
import type { FieldDiff } from '../role/roleDiff.ts';
import type { PlainObject } from '../role/value.ts';

/**
 * What Apply would do to a role. `stale`: the server's version is not the version that the change is based
 * on, so nothing is sent. `ownedElsewhere`: another program owns the role and would overwrite the change, so
 * it is shown and never sent. `removed`: only an undo removes a role.
 */
export type PlanStatus = 'new' | 'changed' | 'same' | 'ownedElsewhere' | 'stale' | 'removed';

/** The plan of Apply or Undo for one role. */
export interface RolePlan {
  readonly name: Untrusted;
  readonly status: PlanStatus;
  /** The exact text that is shown and sent. */
  readonly bytes: string;
  readonly value: PlainObject;
  /** The role on the server when it was read; undefined when the server has no such role. */
  readonly held: StoredResource | undefined;
  /** The server's version, written for a diff with `bytes`; empty when the server has no such role. */
  readonly heldText: string;
  readonly diffs: readonly FieldDiff[];
  /** The program that owns the role: terraform, kubernetes, okta … */
  readonly owner?: Untrusted;
  /** Whether the role is a preset of Teleport. */
  readonly preset: boolean;
  /**
   * For a stale role: the version that the change is based on, if known, and the
   * server's version for a diff with it.
   */
  readonly base?: { readonly text: string; readonly server: string };
  /** For a stale role: the changes that others made on the server since and that this plan would revert. */
  readonly overwritten?: readonly FieldDiff[];
  /** Requestable roles that are neither on the server nor applied together with this role. */
  readonly missingRoles?: readonly Untrusted[];
  /** The revision in the manifest. */
  readonly manifestRevision?: string;
}
