// What Apply and Undo share: rights, the cluster, and how a role is shown.
import * as l10n from '@vscode/l10n';
import { forMessage, forRow } from '../../access/text/sinks.ts';
import { untrusted, type Untrusted } from '../../access/text/untrusted.ts';
import type { DiffPair } from '../../editor/documents/diffEditor.ts';
import { showWarning } from '../../editor/messages.ts';
import type { RolePlan } from '../../roles/apply/rolePlan.ts';
import { failureOf } from '../../teleport/process/failure.ts';
import { runWithRecovery } from '../login/runWithRecovery.ts';
import { requireLogin } from '../login/requireLogin.ts';
import type { ManifestServices } from './services.ts';

/** Runs what takes rights on roles; where they are missing, names the rule. */
export function withRoleRights(services: ManifestServices, task: () => Promise<void>): Promise<void> {
  return runWithRecovery(services, task, task, (kind) =>
    kind === 'notPermitted'
      ? l10n.t('Administering roles takes a rule on "role" with list, read, create, update and delete.')
      : '',
  );
}

/** The cluster that tctl works on: with a leaf selected it is not the one in the profile. */
export async function clusterOf(services: ManifestServices): Promise<Untrusted> {
  const { cluster } = await requireLogin(services);
  try {
    const status = await services.tctl.status(services.mainLogin);
    return status.cluster === undefined ? cluster : untrusted(status.cluster);
  } catch (error) {
    // Roles can be administered without the right to see the cluster's keys, which that takes.
    if (failureOf(error)?.kind === 'notPermitted') return cluster;
    throw error;
  }
}

/** A role's name for a message. */
export const roleForMessage = (name: Untrusted): string => forMessage(name) ?? l10n.t('A role');

/** A cluster's name for a message. */
export const clusterForMessage = (cluster: Untrusted): string => forMessage(cluster) ?? l10n.t('the cluster');

/** What the server's version is called. */
export const onServer = (cluster: Untrusted): string => l10n.t('on {0}', forRow(cluster));

/** The server's version against exactly the bytes that are sent. */
export const diffPairOf = ({ name, status, heldText, bytes }: RolePlan, cluster: Untrusted): DiffPair => ({
  name: forRow(name),
  before: { label: onServer(cluster), text: heldText },
  after: { label: status === 'removed' ? l10n.t('removed') : l10n.t('what is sent'), text: bytes },
});

/** Says why nothing was sent, with a button to look again. */
export async function showLookAgain(text: string, again: () => Promise<void>): Promise<void> {
  if (await showWarning(text, { title: l10n.t('Look Again'), value: true })) await again();
}
