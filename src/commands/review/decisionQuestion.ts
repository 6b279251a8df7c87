import * as l10n from '@vscode/l10n';
import { forMessage, namesForMessage, wholeForModal } from '../../access/untrusted/sinks.ts';
import { progress } from '../../access/reviewProgress.ts';
import { minutesAsked, subjects, type AccessRequest } from '../../access/request.ts';
import { resourceId } from '../../access/requestDraft.ts';
import { riskSigns } from '../../access/riskSigns.ts';
import { untrusted, type Untrusted } from '../../access/untrusted/untrusted.ts';
import { riskSignsLine } from '../../text/riskSigns.ts';
import { atTime, fullDateTime, span } from '../../text/time.ts';
import { fitsInDialog } from '../../text/wrapLines.ts';
import { reasonRules } from '../shared/reasonRules.ts';
import type { PlannedDecision } from './sendDecision.ts';
import type { ReviewServices } from './services.ts';

/** The question for a decision, which names the roles and the user where they are plain names. */
export function decisionQuestion(request: AccessRequest, { verdict, route }: PlannedDecision): string {
  const [roles, user] = [namesForMessage(subjects(request)), forMessage(request.user)];
  if (roles === undefined || user === undefined) {
    if (route === 'tctl')
      return verdict === 'approve'
        ? l10n.t('Approve request {0} alone, with tctl?', request.id)
        : l10n.t('Deny request {0} alone, with tctl?', request.id);
    return verdict === 'approve'
      ? l10n.t('Approve request {0}?', request.id)
      : l10n.t('Deny request {0}?', request.id);
  }
  if (route === 'tctl')
    return verdict === 'approve'
      ? l10n.t('Approve {0} for {1} alone, with tctl?', roles, user)
      : l10n.t('Deny {0} for {1} alone, with tctl?', roles, user);
  return verdict === 'approve'
    ? l10n.t('Approve {0} for {1}?', roles, user)
    : l10n.t('Deny {0} for {1}?', roles, user);
}

/**
 * The full decision for the modal dialog, as the server reported the request just now. What the requester wrote
 * freely comes last, so that no line of it can take the place of one of ours.
 * @returns undefined if it is more than the dialog shows without scrolling; nothing may be decided from it then
 */
export function decisionDetail(
  services: ReviewServices,
  request: AccessRequest,
  decision: PlannedDecision,
): string | undefined {
  const { verdict, reason, route } = decision;
  const now = services.clock.now();
  const signs = riskSigns(request, services.store.snapshot.requests ?? [], reasonRules().ticket);
  const { given, needed } = progress(request);
  const whole = (texts: readonly Untrusted[]): string | undefined => {
    const shown = texts.map(wholeForModal);
    return shown.includes(undefined) ? undefined : shown.join(', ');
  };
  const labelled = (words: (text: string) => string, texts: readonly Untrusted[]): string | undefined => {
    const text = texts.length === 0 ? '-' : whole(texts);
    return text === undefined ? undefined : words(text);
  };
  const resources = request.resources.map((resource) => untrusted(resourceId(resource)));
  const lines = [
    ...(route === 'tctl' ? [tctlNote(), ''] : []),
    labelled((text) => l10n.t('Who: {0}', text), [request.user]),
    labelled((text) => l10n.t('What: {0}', text), subjects(request)),
    ...(resources.length > 0 ? [labelled((text) => l10n.t('Only on: {0}', text), resources)] : []),
    l10n.t('How long: {0}, until {1}', span(minutesAsked(request)), fullDateTime(request.grantEnds)),
    l10n.t('Decide by: {0}', atTime(request.decideBy, now)),
    l10n.t('Look at: {0}', riskSignsLine(signs)),
    ...(route === 'review' ? [l10n.t('Approvals so far: {0} of {1}', given, needed)] : []),
    labelled((text) => l10n.t('Your words: {0}', text), reason === '' ? [] : [untrusted(reason)]),
    l10n.t('Request: {0}', request.id),
    ...(verdict === 'approve' ? ['', roleNote()] : []),
    '',
    labelled(
      (text) => l10n.t('Why, in the words of the one who asks: {0}', text),
      request.reason ? [request.reason] : [],
    ),
  ];
  if (lines.includes(undefined)) return undefined;
  const text = lines.join('\n');
  return fitsInDialog(decisionQuestion(request, decision), text) ? text : undefined;
}

/** What the decision means, whatever the request contains. */
export const decisionNotes = ({ verdict, route }: PlannedDecision): string[] => [
  ...(route === 'tctl' ? [tctlNote()] : []),
  ...(verdict === 'approve' ? [roleNote()] : []),
];

const tctlNote = (): string =>
  l10n.t(
    'The cluster takes no review from you (on Community Edition from nobody). With tctl you decide alone, and over what anybody decided before.',
  );
const roleNote = (): string =>
  l10n.t('What is approved is the name of a role; an administrator can change what it contains.');
