// What Apply and Undo share: rights, the cluster, and how a role is shown.
import * as l10n from '@vscode/l10n';
import { forMessage, forRow } from '../../access/text/sinks.ts';
import { foreign, type Foreign } from '../../access/text/foreign.ts';
import type { Pair } from '../../editor/documents/diffEditor.ts';
import { warn } from '../../editor/messages.ts';
import type { RolePlan } from '../../roles/apply/planApply.ts';
import { failureOf } from '../../teleport/process/failure.ts';
import { attempt } from '../login/runWithRecovery.ts';
import { signedIn } from '../login/requireLogin.ts';
import type { Tools } from '../shared/services.ts';

/** Runs what takes rights on roles; where they are missing, names the rule. */
export function administering(tools: Tools, task: () => Promise<void>): Promise<void> {
  return attempt(tools, task, task, (kind) =>
    kind === 'notPermitted'
      ? l10n.t('Administering roles takes a rule on "role" with list, read, create, update and delete.')
      : '',
  );
}

/** The cluster that tctl works on: with a leaf selected it is not the one in the profile. */
export async function clusterOf(tools: Tools): Promise<Foreign> {
  const { cluster } = await signedIn(tools);
  try {
    const status = await tools.tctl.status(tools.everyday);
    return status.cluster === undefined ? cluster : foreign(status.cluster);
  } catch (error) {
    // Roles can be administered without the right to see the cluster's keys, which that takes.
    if (failureOf(error)?.kind === 'notPermitted') return cluster;
    throw error;
  }
}

/** A role's name for a message. */
export const roleForMessage = (name: Foreign): string => forMessage(name) ?? l10n.t('A role');

/** A cluster's name for a message. */
export const clusterForMessage = (cluster: Foreign): string => forMessage(cluster) ?? l10n.t('the cluster');

/** What the server's version is called. */
export const onServer = (cluster: Foreign): string => l10n.t('on {0}', forRow(cluster));

/** The server's version against exactly the bytes that are sent. */
export const pairOf = ({ name, fate, heldText, bytes }: RolePlan, cluster: Foreign): Pair => ({
  name: forRow(name),
  before: { as: onServer(cluster), text: heldText },
  after: { as: fate === 'removed' ? l10n.t('removed') : l10n.t('what is sent'), text: bytes },
});

/** Says why nothing was sent, with a button to look again. */
export async function sayLookAgain(text: string, again: () => Promise<void>): Promise<void> {
  if (await warn(text, { title: l10n.t('Look Again'), means: true })) await again();
}
