import * as l10n from '@vscode/l10n';
import { untrusted, type Untrusted } from '../../access/untrusted/untrusted.ts';
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
