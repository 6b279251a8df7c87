import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { namesForMessage } from '../../access/text/sinks.ts';
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
 * Says what came of an application: all of it in a message; else also a document that says of each role what became
 * of it, with the ways on.
 */
export async function showOutcome(
  services: ApplyRolesServices,
  sent: SendOutcome,
  ways: Ways,
): Promise<void> {
  const go = async (way: Way | undefined): Promise<void> => {
    if (way !== undefined) await goOn(way, services, sent, ways);
  };
  const { results } = sent;
  const undo: Button<Way> = { title: l10n.t('Undo…'), value: 'undo' };
  const canUndo = results.some(isWritten) ? [undo] : [];
  const isWhole = results.every(({ kind }) => kind === 'applied');
  await go(
    isWhole
      ? await showInfo<Way>(appliedWords(services, sent), ...canUndo)
      : await sayRest(services, sent, canUndo, go),
  );
}

type Way = 'undo' | 'again' | 'look' | 'setUp';

/** How it can go on. */
interface Ways {
  readonly again: () => Promise<void>;
  readonly undo: (application: ApplyRecord) => Promise<void>;
}

async function goOn(way: Way, services: ApplyRolesServices, sent: SendOutcome, ways: Ways): Promise<void> {
  switch (way) {
    case 'undo':
      return ways.undo(sent.record);
    case 'again':
      return ways.again();
    case 'setUp':
      return runCommand('jitAccess.setUpRoles');
    case 'look': {
      const context = sendContext(services, new ApplyHistory(services.files));
      const title = l10n.t('Reading roles from the cluster…');
      return showOutcome(services, await withProgress(title, () => recheckUnknown(sent, context)), ways);
    }
  }
}

function appliedWords({ clock }: ApplyRolesServices, { results, record: application }: SendOutcome): string {
  const names = namesForMessage(results.map(({ plan }) => plan.name));
  const cluster = clusterForMessage(application.cluster);
  const last = results.findLast(isWritten);
  const when = atTime(last?.at ?? clock.now(), clock.now());
  return names === undefined
    ? l10n.t('{0} roles applied to {1}, read back {2}.', results.length, cluster, when)
    : l10n.t('{0} applied to {1}, read back {2}.', names, cluster, when);
}

/** The document and the message have the same ways on; the message goes away. */
async function sayRest(
  services: ApplyRolesServices,
  { results, record: application }: SendOutcome,
  canUndo: readonly Button<Way>[],
  go: (way: Way) => Promise<void>,
): Promise<Way | undefined> {
  const { cluster } = application;
  const lacked = results.flatMap((one) =>
    one.kind === 'refused' ? (lackedField(one.failure) ?? []) : [],
  )[0];
  if (lacked !== undefined)
    await (await SavedAnswers.load(services.files, cluster)).save({ edition: 'community' });
  const buttons = [...restButtons(results, lacked !== undefined), ...canUndo];
  const page = outcomePage(results, { cluster, at: services.clock.now() });
  const title = l10n.t('What Became of Apply Roles');
  const lenses = buttons.map(({ title: label, value }): Lens => ({
    line: 0,
    title: label,
    key: value,
    press: () => withRoleRights(services, () => go(value)),
  }));
  const uri = services.documents.put(`/outcome/${title}.txt`, page, '', lenses);
  await vscode.window.showTextDocument(uri, { preview: false });
  const text = outcomeWords(results);
  return showWarning<Way>(lacked === undefined ? text : `${text} ${communityWords(lacked)}`, ...buttons);
}

function restButtons(results: readonly SendResult[], isCommunity: boolean): readonly Button<Way>[] {
  // Sent again it would be refused again.
  if (isCommunity) return [{ title: l10n.t('Set Up Roles…'), value: 'setUp' }];
  // Of what is not known nothing is sent again before somebody has looked.
  if (results.some(({ kind }) => kind === 'unknown')) return [{ title: l10n.t('Read Again'), value: 'look' }];
  const isLeft = results.some(({ kind }) => kind === 'refused' || kind === 'stale' || kind === 'waiting');
  return isLeft ? [{ title: l10n.t('Try Again for the Rest'), value: 'again' }] : [];
}
