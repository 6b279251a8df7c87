import type { Untrusted } from '../../access/untrusted/untrusted.ts';
import type { StoredResource } from '../../teleport/output/adminSchema.ts';
import type { FieldDiff } from '../role/roleDiff.ts';
import type { PlainObject } from '../role/value.ts';
import type { BaseVersion } from './baseVersions.ts';

/** Apply sends manifests of the workspace; its undo sends the roles as they were before it. */
export type ApplyPurpose = 'apply' | 'undo';

/** A role as Apply or Undo wants it on the cluster. */
export interface WantedRole {
  readonly name: Untrusted;
  /** Undefined when the role is to be removed, which only an undo wants. */
  readonly value: PlainObject | undefined;
  /** The version that the change is based on, if known. */
  readonly base?: BaseVersion | undefined;
  /** The revision in the manifest. */
  readonly manifestRevision?: string | undefined;
}

/**
 * What Apply or Undo would do to a role. `stale`: the server's version is not the version that the change is
 * based on, so it is not sent. `ownedElsewhere`: another program owns the role and would overwrite the change,
 * so it is shown and never sent.
 */
export type PlanStatus = 'new' | 'changed' | 'removed' | 'same' | 'ownedElsewhere' | 'stale';

/** Whether the server holds the role as it is wanted, also one that another program owns. */
export const isAsWanted = ({ status, diffs }: RolePlan): boolean =>
  status === 'same' || (status === 'ownedElsewhere' && diffs.length === 0);

/** The plan of Apply or Undo for one role. */
export interface RolePlan extends Pick<WantedRole, 'name' | 'manifestRevision'> {
  readonly status: PlanStatus;
  /** The exact text that is shown and sent; empty for a role to remove. */
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
}

/** Whether the plan changes the cluster. */
export const isSent = ({ status }: RolePlan): boolean =>
  status === 'new' || status === 'changed' || status === 'removed';
