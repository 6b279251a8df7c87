import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { namesForMessage } from '../../access/untrusted/sinks.ts';
import type { Lens } from '../../editor/documents/textDocuments.ts';
import { showInfo, showWarning, withProgress, type Button } from '../../editor/messages.ts';
import { lackedField } from '../../roles/role/enterpriseOnly.ts';
import { ApplyHistory, type ApplyRecord } from '../../roles/apply/applyHistory.ts';
import { isWritten, recheckUnknown, type SendResult, type SendOutcome } from '../../roles/apply/sendRoles.ts';
import { SavedAnswers } from '../../roles/setup/savedAnswers.ts';
import { communityWords, outcomePage, outcomeWords } from '../../text/roles/applyText.ts';
import { atTime } from '../../text/time.ts';
import { withRoleRights, clusterForMessage } from '../manifests/roleAdmin.ts';
import type { ApplyRolesServices } from './services.ts';
import { sendContext } from './sendWithProgress.ts';
import { runCommand } from '../shared/runCommand.ts';

/**
 * Shows the outcome of an Apply. If every role was applied, a message says so. Otherwise a page also lists
 * the result of each role, with buttons for the next actions.
 */
export async function showOutcome(
  services: ApplyRolesServices,
  sent: SendOutcome,
  actions: ApplyActions,
): Promise<void> {
  const run = async (action: OutcomeAction | undefined): Promise<void> => {
    if (action !== undefined) await runAction(action, services, sent, actions);
  };
  const { results } = sent;
  const undo: Button<OutcomeAction> = { title: l10n.t('Undo…'), value: 'undo' };
  const undoButtons = results.some(isWritten) ? [undo] : [];
  const isFullyApplied = results.every(({ kind }) => kind === 'applied');
  await run(
    isFullyApplied
      ? await showInfo<OutcomeAction>(appliedWords(services, sent), ...undoButtons)
      : await showIncomplete(services, sent, undoButtons, run),
  );
}

type OutcomeAction = 'undo' | 'retry' | 'readAgain' | 'setUp';

/** Actions of Apply that the outcome offers. */
interface ApplyActions {
  readonly retry: () => Promise<void>;
  readonly undo: (record: ApplyRecord) => Promise<void>;
}

async function runAction(
  action: OutcomeAction,
  services: ApplyRolesServices,
  sent: SendOutcome,
  actions: ApplyActions,
): Promise<void> {
  switch (action) {
    case 'undo':
      return actions.undo(sent.record);
    case 'retry':
      return actions.retry();
    case 'setUp':
      return runCommand('jitAccess.setUpRoles');
    case 'readAgain': {
      const context = sendContext(services, new ApplyHistory(services.files));
      const title = l10n.t('Reading roles from the cluster…');
      return showOutcome(services, await withProgress(title, () => recheckUnknown(sent, context)), actions);
    }
  }
}

function appliedWords({ clock }: ApplyRolesServices, { results, record }: SendOutcome): string {
  const names = namesForMessage(results.map(({ plan }) => plan.name));
  const cluster = clusterForMessage(record.cluster);
  const lastWritten = results.findLast(isWritten);
  const readBackAt = atTime(lastWritten?.at ?? clock.now(), clock.now());
  return names === undefined
    ? l10n.t('{0} roles applied to {1}, read back {2}.', results.length, cluster, readBackAt)
    : l10n.t('{0} applied to {1}, read back {2}.', names, cluster, readBackAt);
}

/**
 * Opens the page of results and shows a message. The page repeats the buttons, because the message
 * disappears.
 */
async function showIncomplete(
  services: ApplyRolesServices,
  { results, record: { cluster } }: SendOutcome,
  undoButtons: readonly Button<OutcomeAction>[],
  run: (action: OutcomeAction) => Promise<void>,
): Promise<OutcomeAction | undefined> {
  // A field that only Enterprise has. The server's refusal of it shows that the cluster is Community.
  const lacked = results.flatMap((result) =>
    result.kind === 'refused' ? (lackedField(result.failure) ?? []) : [],
  )[0];
  if (lacked !== undefined)
    await (await SavedAnswers.load(services.files, cluster)).save({ edition: 'community' });
  const buttons = [...remedyButtons(results, lacked !== undefined), ...undoButtons];
  const page = outcomePage(results, { cluster, at: services.clock.now() });
  const title = l10n.t('What Became of Apply Roles');
  const lenses = buttons.map(({ title: label, value }): Lens => ({
    line: 0,
    title: label,
    key: value,
    press: () => withRoleRights(services, () => run(value)),
  }));
  const uri = services.documents.put(`/outcome/${title}.txt`, page, '', lenses);
  await vscode.window.showTextDocument(uri, { preview: false });
  const text = outcomeWords(results);
  return showWarning<OutcomeAction>(
    lacked === undefined ? text : `${text} ${communityWords(lacked)}`,
    ...buttons,
  );
}

/** The buttons for roles that were not applied. */
function remedyButtons(
  results: readonly SendResult[],
  isCommunity: boolean,
): readonly Button<OutcomeAction>[] {
  // The server would refuse the same roles again.
  if (isCommunity) return [{ title: l10n.t('Set Up Roles…'), value: 'setUp' }];
  // A role with an unknown result is read again before anything is sent again.
  if (results.some(({ kind }) => kind === 'unknown'))
    return [{ title: l10n.t('Read Again'), value: 'readAgain' }];
  const canRetry = results.some(({ kind }) => kind === 'refused' || kind === 'stale' || kind === 'waiting');
  return canRetry ? [{ title: l10n.t('Try Again for the Rest'), value: 'retry' }] : [];
}
