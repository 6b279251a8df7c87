// The question and the results of Undo Apply.
import * as l10n from '@vscode/l10n';
import { forPage, forSentence, namesForMessage } from '../../access/untrusted/sinks.ts';
import type { Untrusted, Instant } from '../../access/untrusted/untrusted.ts';
import { isWritten, type SendResult } from '../../roles/apply/sendRoles.ts';
import type { RolePlan } from '../../roles/apply/rolePlan.ts';
import { ignoredFieldWords, plansWords } from './applyText.ts';
import { failureWords } from '../failure.ts';
import { atTime, fullDateTime } from '../time.ts';

/** The results of an undo. */
export interface UndoOutcome {
  readonly results: readonly SendResult[];
  /** Roles that the undo left unchanged, because another user changed them after Apply. */
  readonly changedSince: readonly Untrusted[];
}

/** All changes that an undo would make, for its confirmation dialog, as plain text. */
export function undoWords(plans: readonly RolePlan[], changedSince: readonly Untrusted[]): string {
  const removesRoles = plans.some(({ status }) => status === 'removed');
  return [
    plansWords(plans),
    ...changedSince.map((name) =>
      l10n.t('{0}: changed since by somebody else; it stays as it is', forSentence(name)),
    ),
    ...(removesRoles
      ? ['', l10n.t('Where a user still holds a role that is to go, the cluster keeps it.')]
      : []),
  ].join('\n');
}

/** Whether the undo restored or removed the role, wholly or in part. */
export const isUndone = (result: SendResult): boolean => isWritten(result) || result.kind === 'removed';

type NotUndone = Extract<SendResult, { readonly kind: 'refused' | 'unknown' | 'stale' | 'waiting' }>;
const isNotUndone = (result: SendResult): result is NotUndone => !isUndone(result);

/** Whether the undo is complete, so that the message needs no details. */
export const isFullyUndone = ({ results, changedSince }: UndoOutcome): boolean =>
  changedSince.length === 0 && results.every(({ kind }) => kind === 'applied' || kind === 'removed');

const namesOf = (results: readonly SendResult[]): string =>
  namesForMessage(results.map(({ plan }) => plan.name)) ??
  (results.length === 1 ? l10n.t('1 role') : l10n.t('{0} roles', results.length));

/**
 * The message about the results of an undo. It shows names only when they are safe for a message.
 * @param cluster the cluster's name, safe for a message
 */
export function undoneWords({ results, changedSince }: UndoOutcome, cluster: string): string {
  const restored = results.filter(isWritten);
  const removed = results.filter(({ kind }) => kind === 'removed');
  const notUndone = results.filter(isNotUndone);
  return [
    headWords(restored, removed, cluster),
    ...(restored.some(({ kind }) => kind === 'inPart') ? [l10n.t('Not all of it came back.')] : []),
    ...(notUndone.length > 0 ? [notUndoneWords(notUndone)] : []),
    ...(changedSince.length > 0 ? [changedSinceWords(changedSince)] : []),
    l10n.t('Files in the workspace stay as they are.'),
  ].join(' ');
}

/** The first sentence of the message: the restored and the removed roles. */
function headWords(restored: readonly SendResult[], removed: readonly SendResult[], cluster: string): string {
  if (restored.length === 0 && removed.length === 0) return l10n.t('Nothing was undone on {0}.', cluster);
  if (removed.length === 0) return l10n.t('Undone on {0}: {1} put back.', cluster, namesOf(restored));
  if (restored.length === 0) return l10n.t('Undone on {0}: {1} removed.', cluster, namesOf(removed));
  return l10n.t('Undone on {0}: {1} put back, {2} removed.', cluster, namesOf(restored), namesOf(removed));
}

/** The roles that were not undone, with the reason when it is one role. */
function notUndoneWords(notUndone: readonly NotUndone[]): string {
  const [only] = notUndone;
  const reason = notUndone.length === 1 && only ? reasonWords(only) : l10n.t('The document says why.');
  return l10n.t('Not undone: {0}. {1}', namesOf(notUndone), reason);
}

function changedSinceWords(changedSince: readonly Untrusted[]): string {
  const names = namesForMessage(changedSince);
  return names === undefined
    ? l10n.t('{0} roles were changed since by somebody else and stay as they are.', changedSince.length)
    : l10n.t('Changed since by somebody else, so it stays as it is: {0}.', names);
}

/** Why a role is not undone. */
function reasonWords(result: NotUndone): string {
  switch (result.kind) {
    case 'refused':
      return failureWords(result.failure).text;
    case 'unknown':
      return l10n.t(
        'It may be undone or not, the cluster could not be asked. {0}',
        failureWords(result.failure).text,
      );
    case 'stale':
      return l10n.t('Somebody changed it on the cluster at the same time; nothing was overwritten.');
    case 'waiting':
      return l10n.t('It was not tried, because one before it failed.');
  }
}

/** The lines about one role in the document of results. */
function resultLines(result: SendResult, now: Instant): readonly string[] {
  switch (result.kind) {
    case 'applied':
      return [l10n.t('Put back as it was before, read back {0}.', atTime(result.at, now))];
    case 'inPart':
      return [
        l10n.t('Put back in part, read back {0}.', atTime(result.at, now)),
        ...result.ignored.map(ignoredFieldWords),
      ];
    case 'removed':
      return [l10n.t('Removed from the cluster.')];
    case 'refused':
    case 'unknown':
    case 'stale':
    case 'waiting': {
      const said =
        result.kind === 'refused' && failureWords(result.failure).showSaid ? result.failure.said : undefined;
      return [l10n.t('Not undone. {0}', reasonWords(result)), ...(said === undefined ? [] : forPage(said))];
    }
  }
}

/** The document with the result of each role. */
export function undonePage(
  { results, changedSince }: UndoOutcome,
  { cluster, at }: { readonly cluster: Untrusted; readonly at: Instant },
): string {
  return [
    l10n.t('Apply undone on {0}, {1}', forSentence(cluster), fullDateTime(at)),
    ...results.flatMap((result) => [
      '',
      forSentence(result.plan.name),
      ...resultLines(result, at).map((line) => `    ${line}`),
    ]),
    ...changedSince.flatMap((name) => [
      '',
      forSentence(name),
      `    ${l10n.t('Not undone: somebody changed it after it was applied, and their change stays.')}`,
    ]),
    '',
    l10n.t('How to go on: Undo Apply… does what is left. The files in the workspace stay as they are.'),
    '',
  ].join('\n');
}
