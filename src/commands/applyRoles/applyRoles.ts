import * as l10n from '@vscode/l10n';
import type { Uri } from 'vscode';
import { chooseManifests } from '../manifests/chooseManifests.ts';
import { withRoleRights } from '../manifests/roleAdmin.ts';
import { requireTrust } from '../shared/requireTrust.ts';
import { continueFromDiff, runApply } from './runApply.ts';
import type { ApplyRolesServices } from './services.ts';

/** Continues the Apply of the diff in the active editor. Without such a diff, starts a new Apply. */
export const applyFromDiff = (services: ApplyRolesServices): Promise<void> =>
  continueFromDiff(services, 'apply', () => applyRoles(services));

/**
 * Applies manifests of the workspace. It shows the changes and asks, then sends role by role and reads each
 * role back.
 * @param files the manifests, if they are chosen already, for example by Set Up Roles
 */
export async function applyRoles(services: ApplyRolesServices, files?: readonly Uri[]): Promise<void> {
  await requireTrust(
    l10n.t(
      'Role manifests of a folder that is not trusted are not applied. Nothing was sent; trust this folder first.',
    ),
  );
  const shown = services.diffEditors.activeDiff('apply')?.files;
  const chosen = files ?? (await chooseManifests(l10n.t('Apply Roles'), shown));
  await withRoleRights(services, () => runApply(services, { purpose: 'apply', files: chosen, accepted: [] }));
}
