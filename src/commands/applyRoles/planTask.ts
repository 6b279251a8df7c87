import * as l10n from '@vscode/l10n';
import type { Uri } from 'vscode';
import type { Untrusted } from '../../access/untrusted/untrusted.ts';
import { showInfo, withProgress } from '../../editor/messages.ts';
import { rolesBefore, type ApplyRecord } from '../../roles/apply/applyHistory.ts';
import { findBase, type BaseVersion } from '../../roles/apply/baseVersions.ts';
import { planRoles } from '../../roles/apply/planApply.ts';
import { readSources, type ManifestSource } from '../../roles/apply/readSources.ts';
import type { RolePlan, WantedRole } from '../../roles/apply/rolePlan.ts';
import { refreshRoles } from '../../roles/role/readRole.ts';
import type { StoredResource } from '../../teleport/output/adminSchema.ts';
import { sourcesOf } from '../manifests/chooseManifests.ts';
import { clusterOf, withRoleRights } from '../manifests/roleAdmin.ts';
import type { ApplyRolesServices } from './services.ts';
import { showRefusal } from './showRefusal.ts';

/** Manifests to apply. */
export interface ManifestTask {
  readonly purpose: 'apply';
  readonly files: readonly Uri[];
  /** The stale plans that the user decided to send nevertheless. */
  readonly accepted: readonly RolePlan[];
}

/** An Apply to undo. */
export interface UndoTask {
  readonly purpose: 'undo';
  readonly record: ApplyRecord;
  /** Whether stale roles stay as they are and the others are undone. Otherwise nothing is undone. */
  readonly skipsStale: boolean;
}

/** What the user asked for, with the decisions on the way. */
export type ApplyTask = ManifestTask | UndoTask;

/** The plans of a task, with the texts and the cluster that they were computed from. */
export interface PlannedTask {
  readonly sources: readonly ManifestSource[];
  readonly cluster: Untrusted;
  readonly plans: readonly RolePlan[];
}

/**
 * Reads the manifests or the record, reads the cluster, and plans each role.
 * @returns undefined after a message, if the task is refused
 */
export async function planTask(
  services: ApplyRolesServices,
  task: ApplyTask,
): Promise<PlannedTask | undefined> {
  const { tctl, mainLogin } = services;
  const sources = task.purpose === 'apply' ? await sourcesOf(task.files) : [];
  const readOrRefuse = (serverRoles?: readonly StoredResource[]): readonly WantedRole[] | undefined => {
    const roles = readSources(sources, serverRoles);
    if (!('kind' in roles)) return roles;
    void withRoleRights(services, () => showRefusal(roles));
    return undefined;
  };
  // Most refusals need no server.
  if (!readOrRefuse()) return undefined;
  const { cluster, listed } = await withProgress(l10n.t('Reading roles from the cluster…'), async () => ({
    cluster: await clusterOf(services),
    listed: await tctl.roles(mainLogin),
  }));
  if (task.purpose === 'undo' && task.record.cluster !== cluster) {
    void showInfo(l10n.t('That was applied to another cluster. Sign in there first; nothing was sent.'));
    return undefined;
  }
  const roles = task.purpose === 'apply' ? readOrRefuse(listed) : rolesBefore(task.record);
  if (!roles) return undefined;
  const wanted = await Promise.all(roles.map((role) => withBase(services, task, cluster, role)));
  const seenRevisions = new Map(
    wanted.flatMap(({ name, base }) => (base ? [[name, base.revision ?? ''] as const] : [])),
  );
  const serverRoles = await refreshRoles(listed, seenRevisions, tctl, mainLogin);
  return { sources, cluster, plans: planRoles(wanted, serverRoles) };
}

/** The role with the version that its change is based on: one that the user accepted, or the one last seen. */
async function withBase(
  { files }: ApplyRolesServices,
  task: ApplyTask,
  cluster: Untrusted,
  role: WantedRole,
): Promise<WantedRole> {
  if (task.purpose === 'undo') return role;
  const accepted = task.accepted.find(({ name }) => name === role.name);
  const base = accepted ? acceptedBase(accepted) : await findBase(files, cluster, role.name);
  return { ...role, base };
}

/** The server's version of a stale role as the base for this Apply, so that the role can be sent. */
const acceptedBase = ({ held, manifestRevision }: RolePlan): BaseVersion => ({
  revision: held?.revision ?? '',
  document: held?.document ?? {},
  instead: manifestRevision,
});
