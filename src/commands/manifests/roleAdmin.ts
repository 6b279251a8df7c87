// Shared by Apply and Undo: required rights, the cluster, and how roles are shown.
import * as l10n from '@vscode/l10n';
import { forMessage, forRow } from '../../access/untrusted/sinks.ts';
import { untrusted, type Untrusted } from '../../access/untrusted/untrusted.ts';
import type { DiffPair } from '../../editor/documents/diffEditor.ts';
import { showWarning } from '../../editor/messages.ts';
import type { RolePlan } from '../../roles/apply/rolePlan.ts';
import { failureOf } from '../../teleport/process/failure.ts';
import { runWithRecovery } from '../login/runWithRecovery.ts';
import { requireLogin } from '../login/requireLogin.ts';
import type { ManifestServices } from './services.ts';

/**
 * Runs a task that needs rights on roles. If the user lacks them, the failure message names the required
 * rule.
 */
export function withRoleRights(services: ManifestServices, task: () => Promise<void>): Promise<void> {
  return runWithRecovery(services, task, task, (kind) =>
    kind === 'notPermitted'
      ? l10n.t('Administering roles takes a rule on "role" with list, read, create, update and delete.')
      : '',
  );
}

/** The cluster that tctl works on. If the user selected a leaf cluster, this is not the profile's cluster. */
export async function clusterOf(services: ManifestServices): Promise<Untrusted> {
  const { cluster } = await requireLogin(services);
  try {
    const status = await services.tctl.status(services.mainLogin);
    return status.cluster === undefined ? cluster : untrusted(status.cluster);
  } catch (error) {
    // `tctl status` needs the right to see the cluster's keys, which administering roles does not need.
    if (failureOf(error)?.kind === 'notPermitted') return cluster;
    throw error;
  }
}

/** A role's name, sanitised for a message. */
export const roleForMessage = (name: Untrusted): string => forMessage(name) ?? l10n.t('A role');

/** A cluster's name, sanitised for a message. */
export const clusterForMessage = (cluster: Untrusted): string => forMessage(cluster) ?? l10n.t('the cluster');

/** The label of the server's version in a diff. */
export const serverLabel = (cluster: Untrusted): string => l10n.t('on {0}', forRow(cluster));

/** Compares the server's version with exactly the bytes that are sent. */
export const diffPairOf = ({ name, status, heldText, bytes }: RolePlan, cluster: Untrusted): DiffPair => ({
  name: forRow(name),
  before: { label: serverLabel(cluster), text: heldText },
  after: { label: status === 'removed' ? l10n.t('removed') : l10n.t('what is sent'), text: bytes },
});

/** Shows why nothing was sent, with a button that runs `again`. */
export async function showLookAgain(text: string, again: () => Promise<void>): Promise<void> {
  if (await showWarning(text, { title: l10n.t('Look Again'), value: true })) await again();
}
