import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { Lens } from '../../editor/documents/textDocuments.ts';
import { showInfo, showWarning, withProgress, type Button } from '../../editor/messages.ts';
import type { ApplyRecord } from '../../roles/apply/applyHistory.ts';
import { isFailed, isWritten, recheckUnknown, type SendOutcome } from '../../roles/apply/sendRoles.ts';
import { SavedAnswers } from '../../roles/setup/savedAnswers.ts';
import { isComplete, lackedIn, outcomePage, outcomeWords } from '../../text/roles/outcomeText.ts';
import { withRoleRights } from '../manifests/roleAdmin.ts';
import { runCommand } from '../shared/runCommand.ts';
import type { ApplyRolesServices } from './services.ts';

/** What the outcome offers: to send the rest, and to undo the Apply. */
interface OutcomeActions {
  readonly retry: (record: ApplyRecord) => Promise<void>;
  readonly undo: (record: ApplyRecord) => Promise<void>;
}

type OutcomeButton = Button<() => Promise<void>> & { readonly key: string };

/**
 * Shows the outcome of an Apply or Undo. If every role is as it was wanted, a message says so. Otherwise a page
 * also lists the result of each role. The page repeats the buttons, because the message disappears.
 */
export async function showOutcome(
  services: ApplyRolesServices,
  outcome: SendOutcome,
  actions: OutcomeActions,
): Promise<void> {
  const { purpose, results, record } = outcome;
  const now = services.clock.now();
  const text = outcomeWords(outcome, now);
  const undo = { title: l10n.t('Undo…'), key: 'undo', value: () => actions.undo(record) };
  const undoButtons = purpose === 'apply' && results.some(isWritten) ? [undo] : [];
  if (isComplete(outcome)) {
    await (
      await showInfo<() => Promise<void>>(text, ...undoButtons)
    )?.();
    return;
  }
  // The server's refusal of a field that only Enterprise has shows that the cluster is Community.
  if (lackedIn(outcome) !== undefined)
    await (await SavedAnswers.load(services.files, record.cluster)).save({ edition: 'community' });
  const buttons = [...remedyButtons(services, outcome, actions), ...undoButtons];
  const title =
    purpose === 'apply' ? l10n.t('What Became of Apply Roles') : l10n.t('What Became of Undo Apply');
  const lenses = buttons.map((button): Lens => ({
    line: 0,
    title: button.title,
    key: button.key,
    press: () => withRoleRights(services, button.value),
  }));
  const uri = services.documents.put(`/outcome/${title}.txt`, outcomePage(outcome, now), '', lenses);
  await vscode.window.showTextDocument(uri, { preview: false });
  await (
    await showWarning<() => Promise<void>>(text, ...buttons)
  )?.();
}

/** The buttons for roles that were not applied or not undone. */
function remedyButtons(
  services: ApplyRolesServices,
  outcome: SendOutcome,
  actions: OutcomeActions,
): readonly OutcomeButton[] {
  const { results, record } = outcome;
  // The server would refuse the same roles again.
  if (lackedIn(outcome) !== undefined)
    return [
      { title: l10n.t('Set Up Roles…'), key: 'setUp', value: () => runCommand('jitAccess.setUpRoles') },
    ];
  const readAgain = async (): Promise<void> => {
    const latest = await withProgress(l10n.t('Reading roles from the cluster…'), () =>
      recheckUnknown(outcome, services),
    );
    await showOutcome(services, latest, actions);
  };
  // A role with an unknown result is read again before anything is sent again.
  if (results.some(({ kind }) => kind === 'unknown'))
    return [{ title: l10n.t('Read Again'), key: 'readAgain', value: readAgain }];
  return results.some(isFailed)
    ? [{ title: l10n.t('Try Again for the Rest'), key: 'retry', value: () => actions.retry(record) }]
    : [];
}
