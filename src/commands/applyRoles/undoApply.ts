import * as l10n from '@vscode/l10n';
import { forPick } from '../../access/untrusted/sinks.ts';
import { showInfo } from '../../editor/messages.ts';
import { Cancelled, pickOne } from '../../editor/quickInput.ts';
import { canUndo, undoableRecords, type ApplyRecord } from '../../roles/apply/applyHistory.ts';
import { clusterForMessage } from '../../text/roles/applyText.ts';
import { fullDateTime, relative } from '../../text/time.ts';
import { clusterOf, withRoleRights } from '../manifests/roleAdmin.ts';
import { continueFromDiff, runApply } from './runApply.ts';
import type { ApplyRolesServices } from './services.ts';

/** Continues the undo of the diff in the active editor. Without such a diff, starts a new undo. */
export const undoFromDiff = (services: ApplyRolesServices): Promise<void> =>
  continueFromDiff(services, 'undo', () => undoApply(services));

/** Asks for an Apply and restores the roles that the cluster held before it. */
export async function undoApply(services: ApplyRolesServices): Promise<void> {
  await withRoleRights(services, async () => {
    const record = await chooseRecord(services);
    await runApply(services, { purpose: 'undo', record, skipsStale: false });
  });
}

/**
 * Asks which Apply to undo.
 * @throws Cancelled if the user closes the dialog, or after a message if there is nothing to undo
 */
async function chooseRecord(services: ApplyRolesServices): Promise<ApplyRecord> {
  const cluster = await clusterOf(services);
  const records = await undoableRecords(services.files, cluster);
  if (records.length === 0) {
    const clusterName = clusterForMessage(cluster);
    void showInfo(l10n.t('Nothing to undo: no roles were applied to {0} from this computer.', clusterName));
    throw new Cancelled();
  }
  const now = services.clock.now();
  const choices = records.map((record) => ({
    label: record.roles
      .filter(canUndo)
      .map(({ name }) => forPick(name))
      .join(', '),
    description: l10n.t('applied {0} by {1}', relative(record.at, now), forPick(record.by)),
    detail: fullDateTime(record.at),
    value: record,
  }));
  const placeholder = l10n.t('Which one? You see what changes before anything is sent');
  const answer = await pickOne({ title: l10n.t('Undo Apply') }, { choices, placeholder });
  return answer;
}
