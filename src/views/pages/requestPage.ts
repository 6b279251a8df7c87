import * as l10n from '@vscode/l10n';
import { requestActions } from '../../access/availableActions.ts';
import { resourceId } from '../../access/requestDraft.ts';
import { endOf, type Elevation, type End } from '../../access/elevation.ts';
import { forPage, forSentence } from '../../access/untrusted/sinks.ts';
import type { JournalEntry } from '../../access/journalEntry.ts';
import { progress } from '../../access/reviewProgress.ts';
import { minutesAsked, phaseOf, type AccessRequest, type Review } from '../../access/request.ts';
import type { LinearPattern } from '../../access/untrusted/linearPattern.ts';
import { riskSigns } from '../../access/riskSigns.ts';
import { untrusted, type Instant, type RequestId } from '../../access/untrusted/untrusted.ts';
import { signedInUser, type Snapshot } from '../../state/store.ts';
import { riskSignsLine } from '../../text/riskSigns.ts';
import { fullDateTime, inUtc, span } from '../../text/time.ts';
import { field, untrustedField, section } from './pageLayout.ts';
import { approvals } from '../rows/requestRow.ts';

/** A field with an instant in local time and UTC; empty if the instant is undefined. */
function instantField(name: string, instant: Instant | undefined, note = ''): string[] {
  if (instant === undefined) return [];
  const local = fullDateTime(instant);
  const utc = local.endsWith(' UTC') ? '' : ` (${inUtc(instant)})`;
  return [field(name, `${local}${utc}${note}`)];
}

function stateWords(request: AccessRequest, inUse: boolean, now: Instant): string {
  if (inUse) return l10n.t('in use');
  switch (phaseOf(request, now)) {
    case 'ready':
      return l10n.t('approved, ready to use');
    case 'scheduled':
      return l10n.t('approved, starts later');
    case 'pending':
      return l10n.t('pending, {0}', approvals(request));
    case 'denied':
      return l10n.t('denied');
    case 'promoted':
      return l10n.t('became a membership of an access list');
    case 'other':
      return l10n.t('in a state this version does not know');
    case 'expired':
      return l10n.t('expired');
  }
}

function reviewLines(review: Review): string[] {
  const verdict =
    review.verdict === 'approved'
      ? l10n.t('approved')
      : review.verdict === 'denied'
        ? l10n.t('denied')
        : l10n.t('other');
  return [
    `  ${l10n.t('{0} by {1}, {2}', verdict, forSentence(review.author), fullDateTime(review.at))}`,
    ...(review.reason ? forPage(review.reason).map((line) => `    ${line}`) : []),
  ];
}

function thresholdLines(request: AccessRequest, now: Instant): string[] {
  const pending = phaseOf(request, now) === 'pending';
  return progress(request).thresholds.map(({ name, approvals: given, needed }) => {
    const label = name ? forSentence(name) : l10n.t('default');
    const missing = Math.max(0, needed - given);
    if (!pending) return `  ${l10n.t('{0}: {1} of {2} approvals', label, given, needed)}`;
    return `  ${l10n.t('{0}: {1} of {2} approvals, {3} more needed', label, given, needed, missing)}`;
  });
}

function endLines(
  request: AccessRequest,
  elevation: Elevation | undefined,
  loginEnds: Instant | undefined,
  now: Instant,
): string[] {
  const first = firstEnding(request, elevation, loginEnds, now);
  const note = (of: Ending): string => (first === of ? ` ${l10n.t('<- ends first')}` : '');
  return [
    ...(request.state === 'pending'
      ? instantField(l10n.t('Decide by'), request.decideBy, note('decision'))
      : []),
    ...instantField(l10n.t('Starts'), request.startsAt),
    ...instantField(l10n.t('Grant ends'), request.grantEnds, note('grant')),
    ...instantField(l10n.t('Certificate'), elevation?.certificateEnds, note('certificate')),
    ...instantField(l10n.t('Login ends'), loginEnds, note('login')),
  ];
}

type Ending = End['of'] | 'decision';

/** Which end comes first; undefined if the first two are less than a minute apart or no end is ahead. */
function firstEnding(
  request: AccessRequest,
  elevation: Elevation | undefined,
  loginEnds: Instant | undefined,
  now: Instant,
): Ending | undefined {
  if (elevation) return endOf(elevation, loginEnds).of;
  const phase = phaseOf(request, now);
  if (phase !== 'pending' && phase !== 'ready' && phase !== 'scheduled') return undefined;
  const ends: (readonly [Ending, Instant])[] = [
    ...(phase === 'pending' ? [['decision', request.decideBy] as const] : []),
    ['grant', request.grantEnds],
    ...(loginEnds === undefined ? [] : [['login', loginEnds] as const]),
  ];
  const [first, second] = ends.sort((a, b) => a[1] - b[1]);
  const together = first && second && second[1] - first[1] < 60_000;
  return together ? undefined : first?.[0];
}

/** The text of the request page: everything that is known about a request now. */
export function requestPage(id: RequestId, snapshot: Snapshot, now: Instant, ticket?: LinearPattern): string {
  const request = snapshot.requests?.find((candidate) => candidate.id === id);
  const elevation = snapshot.elevations.find((candidate) => candidate.requestId === id);
  if (!request) return missingPage(id, snapshot);
  const isPending = phaseOf(request, now) === 'pending';
  const isMine = request.user === signedInUser(snapshot);
  const loginEnds = snapshot.login.kind === 'signedIn' ? snapshot.login.profile.validUntil : undefined;
  return [
    l10n.t('Access request {0}', id),
    '',
    field(l10n.t('State'), stateWords(request, elevation !== undefined, now)),
    ...untrustedField(l10n.t('Who'), [request.user]),
    ...untrustedField(l10n.t('Roles'), request.roles),
    ...(request.resources.length > 0
      ? untrustedField(
          l10n.t('Resources'),
          request.resources.map((resource) => untrusted(resourceId(resource))),
        )
      : []),
    ...(request.reason ? untrustedField(l10n.t('Why'), [request.reason]) : [field(l10n.t('Why'), '-')]),
    ...(isPending && !isMine
      ? [field(l10n.t('Look at'), riskSignsLine(riskSigns(request, snapshot.requests ?? [], ticket)))]
      : []),
    field(l10n.t('How long'), l10n.t('{0}, counted from asking', span(minutesAsked(request)))),
    ...(request.suggestedReviewers.length > 0
      ? untrustedField(l10n.t('Reviewers'), request.suggestedReviewers)
      : []),
    ...instantField(l10n.t('Asked'), request.created),
    ...endLines(request, elevation, isMine ? loginEnds : elevation?.loginEnds, now),
    ...dropLines(id, snapshot),
    // A decision with tctl does not count thresholds, so they are left out if there is no review.
    ...(isPending || request.reviews.length > 0
      ? section(l10n.t('Approvals'), thresholdLines(request, now))
      : []),
    ...section(l10n.t('Reviews'), request.reviews.flatMap(reviewLines)),
    ...(request.claimedDecider && request.reviews.length === 0
      ? [
          '',
          ...untrustedField(l10n.t('Decided by'), [request.claimedDecider]),
          l10n.t('(as noted by whoever decided with tctl; not proved)'),
        ]
      : []),
    ...(request.resolveReason && request.reviews.length === 0
      ? section(l10n.t('Words of the decision'), forPage(request.resolveReason))
      : []),
    ...section(l10n.t('In a terminal'), commandLines(request, snapshot, now)),
    '',
    l10n.t('Lines that begin with │ were written by people or come from the cluster.'),
    '',
  ].join('\n');
}

/** When the access was dropped, and until when connections that are already open may last. */
function dropLines(id: RequestId, { ended }: Snapshot): string[] {
  const note = ended.find((entry) => entry.id === id && entry.kind === 'dropped');
  if (!note) return [];
  return [
    ...instantField(l10n.t('Given back'), note.at),
    ...instantField(l10n.t('Open until'), note.openUntil, ` ${l10n.t('(connections already open)')}`),
  ];
}

/** The tsh commands that do the same in a shell. They contain ids only. */
function commandLines(request: AccessRequest, snapshot: Snapshot, now: Instant): string[] {
  const { decide } = requestActions(request, snapshot, now).obstacles;
  const isMine = request.user === signedInUser(snapshot);
  return [
    `  tsh request show ${request.id}`,
    ...(decide === undefined ? [`  tsh request review --approve ${request.id}`] : []),
    ...(isMine && phaseOf(request, now) === 'ready'
      ? [`  tsh login --request-id=${request.id}`, `  tsh request drop ${request.id}`]
      : []),
  ];
}

/** The label for a journal entry of a request that the cluster no longer knows. */
function entryLabel(kind: JournalEntry['kind']): string {
  switch (kind) {
    case 'denied':
      return l10n.t('Denied');
    case 'dropped':
      return l10n.t('Given back');
    case 'lapsed':
      return l10n.t('Expired');
    case 'ended':
      return l10n.t('Ended');
    case 'locked':
      return l10n.t('Locked');
    case 'requested':
    case 'approved':
    case 'assumed':
    case 'continued':
    case 'reviewed':
      return l10n.t('Noted');
  }
}

/** The text of the request page while the request is not known. */
function missingPage(id: RequestId, snapshot: Snapshot): string {
  const note = snapshot.ended.find((entry) => entry.id === id);
  return [
    l10n.t('Access request {0}', id),
    '',
    snapshot.login.kind === 'signedOut' || snapshot.login.kind === 'expired'
      ? l10n.t('You are signed out. It is shown here when you have signed in again.')
      : snapshot.requests === undefined
        ? l10n.t('Not known yet. It is shown here as soon as the cluster answers.')
        : l10n.t(
            'The cluster does not know this request (any more): it has expired, was deleted, or is not visible to you.',
          ),
    ...(note ? ['', field(entryLabel(note.kind), fullDateTime(note.at))] : []),
    ...(note ? untrustedField(l10n.t('Roles'), note.roles) : []),
    ...(note?.by ? untrustedField(l10n.t('By'), [note.by]) : []),
    ...(note?.words ? untrustedField(l10n.t('Words'), [note.words]) : []),
    '',
  ].join('\n');
}
