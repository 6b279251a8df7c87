// The words of what came of Apply and of its undo.
import * as l10n from '@vscode/l10n';
import { forMessage, forPage, forSentence, namesForMessage } from '../../access/untrusted/sinks.ts';
import type { Untrusted, Instant } from '../../access/untrusted/untrusted.ts';
import type { ApplyPurpose } from '../../roles/apply/rolePlan.ts';
import {
  isFailed,
  isWritten,
  type FailedResult,
  type SendOutcome,
  type SendResult,
} from '../../roles/apply/sendRoles.ts';
import { lackedField } from '../../roles/role/enterpriseOnly.ts';
import type { IgnoredField } from '../../roles/role/roleDiff.ts';
import { failureWords } from '../failure.ts';
import { atTime, fullDateTime } from '../time.ts';
import { clusterForMessage, fieldName } from './applyText.ts';
import { valueWords } from './roleValues.ts';

/** Whether every role is as it was wanted, so that the message needs no details. */
export const isComplete = ({ results }: SendOutcome): boolean =>
  results.every(({ kind }) => kind === 'applied' || kind === 'removed');

/** The first field that the server refused because only Enterprise has it. Only Apply sends new fields. */
export const lackedIn = ({ purpose, results }: SendOutcome): Untrusted | undefined =>
  purpose === 'apply'
    ? results
        .flatMap((result) => (result.kind === 'refused' ? [lackedField(result.failure)] : []))
        .find((field) => field !== undefined)
    : undefined;

/** The sentence that the cluster is Teleport Community and does not have a field, safe for a message. */
const communityWords = (field: Untrusted): string =>
  l10n.t(
    'This is Teleport Community, which does not have {0}. Run Set Up Roles again: it now knows.',
    forMessage(field) ?? l10n.t('such a field'),
  );

/** The message about the results. It shows names only when they are safe for a message. */
export function outcomeWords(outcome: SendOutcome, now: Instant): string {
  if (outcome.purpose === 'undo') return undoneWords(outcome);
  if (isComplete(outcome)) return appliedWords(outcome, now);
  const { results } = outcome;
  const count = (...kinds: readonly SendResult['kind'][]): number =>
    results.filter(({ kind }) => kinds.includes(kind)).length;
  const [inPart, unknown, not] = [count('inPart'), count('unknown'), count('refused', 'stale', 'waiting')];
  const lacked = lackedIn(outcome);
  return [
    l10n.t('{0} of {1} roles applied.', count('applied'), results.length),
    ...(inPart > 0 ? [l10n.t('{0} in part: the cluster ignored fields.', inPart)] : []),
    ...(unknown > 0 ? [l10n.t('{0} not known.', unknown)] : []),
    ...(not > 0 ? [l10n.t('{0} not applied; the document says why.', not)] : []),
    ...(lacked === undefined ? [] : [communityWords(lacked)]),
  ].join(' ');
}

function appliedWords({ results, record }: SendOutcome, now: Instant): string {
  const names = namesForMessage(results.map(({ plan }) => plan.name));
  const cluster = clusterForMessage(record.cluster);
  const readBackAt = atTime(results.findLast(isWritten)?.at ?? now, now);
  return names === undefined
    ? l10n.t('{0} roles applied to {1}, read back {2}.', results.length, cluster, readBackAt)
    : l10n.t('{0} applied to {1}, read back {2}.', names, cluster, readBackAt);
}

const namesOf = (results: readonly SendResult[]): string =>
  namesForMessage(results.map(({ plan }) => plan.name)) ??
  (results.length === 1 ? l10n.t('1 role') : l10n.t('{0} roles', results.length));

function undoneWords({ results, record }: SendOutcome): string {
  const notUndone = results.filter(isFailed);
  const leftAlone = results.filter(({ kind }) => kind === 'leftAlone');
  return [
    undoneHead(results, clusterForMessage(record.cluster)),
    ...(results.some(({ kind }) => kind === 'inPart') ? [l10n.t('Not all of it came back.')] : []),
    ...(notUndone.length > 0 ? [notUndoneWords(notUndone)] : []),
    ...(leftAlone.length > 0 ? [leftAloneWords(leftAlone)] : []),
    l10n.t('Files in the workspace stay as they are.'),
  ].join(' ');
}

/** The first sentence of the message: the restored and the removed roles. */
function undoneHead(results: readonly SendResult[], cluster: string): string {
  const restored = results.filter(isWritten);
  const removed = results.filter(({ kind }) => kind === 'removed');
  if (restored.length === 0 && removed.length === 0) return l10n.t('Nothing was undone on {0}.', cluster);
  if (removed.length === 0) return l10n.t('Undone on {0}: {1} put back.', cluster, namesOf(restored));
  if (restored.length === 0) return l10n.t('Undone on {0}: {1} removed.', cluster, namesOf(removed));
  return l10n.t('Undone on {0}: {1} put back, {2} removed.', cluster, namesOf(restored), namesOf(removed));
}

/** The roles that were not undone, with the reason when it is one role. */
function notUndoneWords(notUndone: readonly FailedResult[]): string {
  const [only] = notUndone;
  const reason = notUndone.length === 1 && only ? reasonWords(only) : l10n.t('The document says why.');
  return l10n.t('Not undone: {0}. {1}', namesOf(notUndone), reason);
}

function leftAloneWords(leftAlone: readonly SendResult[]): string {
  const names = namesForMessage(leftAlone.map(({ plan }) => plan.name));
  return names === undefined
    ? l10n.t('{0} roles were changed since by somebody else and stay as they are.', leftAlone.length)
    : l10n.t('Changed since by somebody else, so it stays as it is: {0}.', names);
}

/** Why a role is not undone. */
function reasonWords(result: FailedResult): string {
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

/** Why a role is not applied. */
function notAppliedWords(result: FailedResult): string {
  switch (result.kind) {
    case 'refused':
      return lackedField(result.failure) === undefined
        ? l10n.t('Not applied; the role is as it was. {0}', failureWords(result.failure).text)
        : l10n.t('Not applied; the role is as it was.');
    case 'unknown':
      return l10n.t(
        'Not known: it was sent, or may have been, and the cluster could not be asked what it holds. {0}',
        failureWords(result.failure).text,
      );
    case 'stale':
      return l10n.t(
        'Not applied: somebody changed it on the cluster at the same time. Nothing was overwritten.',
      );
    case 'waiting':
      return l10n.t('Not sent, because a role before it was not applied.');
  }
}

/** The line about one role in the document of results. */
function resultWords(result: SendResult, purpose: ApplyPurpose, now: Instant): string {
  const isApply = purpose === 'apply';
  switch (result.kind) {
    case 'applied':
      return isApply
        ? l10n.t('Applied, read back {0}.', atTime(result.at, now))
        : l10n.t('Put back as it was before, read back {0}.', atTime(result.at, now));
    case 'inPart':
      return isApply
        ? l10n.t(
            'Applied in part, read back {0}: the cluster took the role, but not all of it. Probably it is older than these fields, or it sets them itself.',
            atTime(result.at, now),
          )
        : l10n.t('Put back in part, read back {0}.', atTime(result.at, now));
    case 'removed':
      return l10n.t('Removed from the cluster.');
    case 'leftAlone':
      return l10n.t('Not undone: somebody changed it after it was applied, and their change stays.');
    case 'refused':
    case 'unknown':
    case 'stale':
    case 'waiting':
      return isApply ? notAppliedWords(result) : l10n.t('Not undone. {0}', reasonWords(result));
  }
}

/** The lines below it: the fields that the server ignored, or the server's reason. */
function detailLines(result: SendResult, purpose: ApplyPurpose): readonly string[] {
  if (result.kind === 'inPart') return result.ignored.map(ignoredFieldWords);
  if (result.kind !== 'refused') return [];
  const { said } = result.failure;
  const lacked = purpose === 'apply' ? lackedField(result.failure) : undefined;
  if (lacked !== undefined) return [communityWords(lacked)];
  return said !== undefined && failureWords(result.failure).showSaid ? forPage(said) : [];
}

/** One line about a field that the server does not hold as sent. */
function ignoredFieldWords({ path, sent, held }: IgnoredField): string {
  const sentText = sent === undefined ? l10n.t('nothing') : valueWords(sent, path);
  const heldText = held === undefined ? l10n.t('nothing') : valueWords(held, path);
  return l10n.t('{0}: sent {1}, the cluster holds {2}', fieldName(path), sentText, heldText);
}

/** The document with the result of each role. */
export function outcomePage({ purpose, results, record }: SendOutcome, at: Instant): string {
  const [cluster, time] = [forSentence(record.cluster), fullDateTime(at)];
  const isApply = purpose === 'apply';
  return [
    isApply
      ? l10n.t('Roles applied to {0}, {1}', cluster, time)
      : l10n.t('Apply undone on {0}, {1}', cluster, time),
    ...results.flatMap((result) => [
      '',
      forSentence(result.plan.name),
      ...[resultWords(result, purpose, at), ...detailLines(result, purpose)].map((line) => `    ${line}`),
    ]),
    '',
    ...(isApply
      ? [
          l10n.t('How to go on: Apply Roles… sends only what the cluster does not hold yet.'),
          l10n.t('Undo Apply… puts back what was there before. The files in the workspace stay as they are.'),
        ]
      : [
          l10n.t('How to go on: Undo Apply… does what is left. The files in the workspace stay as they are.'),
        ]),
    '',
  ].join('\n');
}
