// What Undo Apply asks, and what it says came of it.
import * as l10n from '@vscode/l10n';
import { forPage, forSentence, namesForMessage } from '../../access/text/sinks.ts';
import type { Untrusted, Instant } from '../../access/text/untrusted.ts';
import { isWritten, type SendResult } from '../../roles/apply/sendRoles.ts';
import type { RolePlan } from '../../roles/apply/rolePlan.ts';
import { ignoredFieldWords, plansWords } from './applyText.ts';
import { failureWords } from '../failure.ts';
import { atTime, fullDateTime } from '../time.ts';

/** What came of an undo. */
export interface UndoOutcome {
  readonly results: readonly SendResult[];
  /** Roles that somebody changed after they were applied: they were left alone. */
  readonly changedSince: readonly Untrusted[];
}

/** Everything an undo would do, for its one question: plain text. */
export function undoWords(plans: readonly RolePlan[], moved: readonly Untrusted[]): string {
  const removes = plans.some(({ status }) => status === 'removed');
  return [
    plansWords(plans),
    ...moved.map((name) =>
      l10n.t('{0}: changed since by somebody else; it stays as it is', forSentence(name)),
    ),
    ...(removes ? ['', l10n.t('Where a user still holds a role that is to go, the cluster keeps it.')] : []),
  ].join('\n');
}

/** Whether a role is as the undo wants it. */
export const isUndone = (result: SendResult): boolean => isWritten(result) || result.kind === 'removed';

type NotUndone = Extract<SendResult, { readonly kind: 'refused' | 'unknown' | 'stale' | 'waiting' }>;
const isNotUndone = (result: SendResult): result is NotUndone => !isUndone(result);

/** Whether nothing is left to say but that it is done. */
export const isFullyUndone = ({ results, changedSince: moved }: UndoOutcome): boolean =>
  moved.length === 0 && results.every(({ kind }) => kind === 'applied' || kind === 'removed');

const namesOf = (results: readonly SendResult[]): string =>
  namesForMessage(results.map(({ plan }) => plan.name)) ??
  (results.length === 1 ? l10n.t('1 role') : l10n.t('{0} roles', results.length));

/**
 * All that came of an undo, in one message: plain names only.
 * @param cluster fit for a message
 */
export function undoneWords({ results, changedSince: moved }: UndoOutcome, cluster: string): string {
  const back = results.filter(isWritten);
  const gone = results.filter(({ kind }) => kind === 'removed');
  const left = results.filter(isNotUndone);
  return [
    headWords(back, gone, cluster),
    ...(back.some(({ kind }) => kind === 'inPart') ? [l10n.t('Not all of it came back.')] : []),
    ...(left.length > 0 ? [notUndoneWords(left)] : []),
    ...(moved.length > 0 ? [changedSinceWords(moved)] : []),
    l10n.t('Files in the workspace stay as they are.'),
  ].join(' ');
}

function headWords(back: readonly SendResult[], gone: readonly SendResult[], cluster: string): string {
  if (back.length === 0 && gone.length === 0) return l10n.t('Nothing was undone on {0}.', cluster);
  if (gone.length === 0) return l10n.t('Undone on {0}: {1} put back.', cluster, namesOf(back));
  if (back.length === 0) return l10n.t('Undone on {0}: {1} removed.', cluster, namesOf(gone));
  return l10n.t('Undone on {0}: {1} put back, {2} removed.', cluster, namesOf(back), namesOf(gone));
}

function notUndoneWords(left: readonly NotUndone[]): string {
  const [only] = left;
  const why = left.length === 1 && only ? whyWords(only) : l10n.t('The document says why.');
  return l10n.t('Not undone: {0}. {1}', namesOf(left), why);
}

function changedSinceWords(moved: readonly Untrusted[]): string {
  const names = namesForMessage(moved);
  return names === undefined
    ? l10n.t('{0} roles were changed since by somebody else and stay as they are.', moved.length)
    : l10n.t('Changed since by somebody else, so it stays as it is: {0}.', names);
}

/** Why a role is not undone. */
function whyWords(result: NotUndone): string {
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

function lines(result: SendResult, now: Instant): readonly string[] {
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
      return [l10n.t('Not undone. {0}', whyWords(result)), ...(said === undefined ? [] : forPage(said))];
    }
  }
}

/** What became of each role, as a document. */
export function undonePage(
  { results, changedSince: moved }: UndoOutcome,
  { cluster, at }: { readonly cluster: Untrusted; readonly at: Instant },
): string {
  return [
    l10n.t('Apply undone on {0}, {1}', forSentence(cluster), fullDateTime(at)),
    ...results.flatMap((result) => [
      '',
      forSentence(result.plan.name),
      ...lines(result, at).map((line) => `    ${line}`),
    ]),
    ...moved.flatMap((name) => [
      '',
      forSentence(name),
      `    ${l10n.t('Not undone: somebody changed it after it was applied, and their change stays.')}`,
    ]),
    '',
    l10n.t('How to go on: Undo Apply… does what is left. The files in the workspace stay as they are.'),
    '',
  ].join('\n');
}
