import * as l10n from '@vscode/l10n';
import { possible, type Busy, type RequestActions } from '../../access/availableActions.ts';
import { resourceId } from '../../access/requestDraft.ts';
import { forRow, forSpeech, forTooltip } from '../../access/untrusted/sinks.ts';
import { progress } from '../../access/reviewProgress.ts';
import {
  decidingReview,
  minutesAsked,
  phaseOf,
  resourceName,
  subjects,
  waitsUntil,
  type AccessRequest,
} from '../../access/request.ts';
import type { RiskSign } from '../../access/riskSigns.ts';
import { untrusted, type Untrusted, type Instant } from '../../access/untrusted/untrusted.ts';
import { riskSignWords, riskSignsLine } from '../../text/riskSigns.ts';
import { atTime, fullDateTime, span } from '../../text/time.ts';
import type { Row } from './row.ts';

/** Icon and words for the state of a request, the same in every view. */
interface StateLook {
  readonly icon: string;
  readonly color?: string;
  readonly words: string;
}

const joinNames = (texts: readonly Untrusted[], sink: (text: Untrusted) => string): string =>
  texts.map(sink).join(', ') || l10n.t('(nothing named)');

/** The display name of a request in a row: its roles, or its resources if it has no roles. */
const requestName = (request: AccessRequest): string => joinNames(subjects(request), forRow);

/** Short names of the requested resources; empty if the request names none. */
const resourceWords = (request: AccessRequest, sink: (text: Untrusted) => string): string[] =>
  request.resources.length > 0
    ? [request.resources.map((resource) => sink(resourceName(resource))).join(', ')]
    : [];

/** The review progress in words: `1 of 2 approvals`. */
export function approvals(request: AccessRequest): string {
  const { given, needed } = progress(request);
  return l10n.t('{0} of {1} approvals', given, needed);
}

function stateLook(
  request: AccessRequest,
  now: Instant,
  busy: Busy | undefined,
  loginEnds = Infinity,
): StateLook {
  if (busy === 'assuming') return { icon: 'loading~spin', words: l10n.t('being assumed…') };
  if (busy === 'deciding') return { icon: 'loading~spin', words: l10n.t('being decided…') };
  switch (phaseOf(request, now)) {
    case 'ready':
      return {
        icon: 'pass',
        color: 'testing.iconPassed',
        words: l10n.t('ready until {0}', atTime(request.grantEnds, now)),
      };
    case 'scheduled':
      return { icon: 'calendar', words: l10n.t('starts {0}', atTime(request.startsAt ?? now, now)) };
    case 'pending':
      return { icon: 'clockface', color: 'charts.yellow', words: waitingWords(request, now, loginEnds) };
    case 'denied':
      return { icon: 'circle-slash', color: 'testing.iconFailed', words: l10n.t('denied') };
    case 'promoted':
      return { icon: 'organization', words: l10n.t('became a membership of an access list') };
    case 'other':
      return { icon: 'question', words: l10n.t('in a state this version does not know') };
    case 'expired':
      return { icon: 'history', words: l10n.t('expired') };
  }
}

/** Progress and deadline of the user's own request. A login that ends before the deadline is named first. */
export function waitingWords(request: AccessRequest, now: Instant, loginEnds: Instant): string {
  const { given, needed } = progress(request);
  const until = waitsUntil(request);
  if (loginEnds >= until) return l10n.t('{0} of {1}, waits until {2}', given, needed, atTime(until, now));
  return l10n.t(
    '{0} of {1}, login ends {2}, waits until {3}',
    given,
    needed,
    atTime(loginEnds, now),
    atTime(until, now),
  );
}

/**
 * Describes a request in plain lines, for its tooltip.
 * @param reviewHint what a reviewer should look at; undefined for the user's own request
 */
function tooltipOf(request: AccessRequest, now: Instant, reviewHint?: string): string {
  // "Decide by" would sound like an order to the person who made the request.
  const waits = (until: string): string =>
    reviewHint === undefined ? l10n.t('Waits until {0}', until) : l10n.t('Decide by {0}', until);
  const review = decidingReview(request);
  const pending = phaseOf(request, now) === 'pending';
  const lines = [
    joinNames(subjects(request), forTooltip),
    ...request.resources.map((resource) => forTooltip(untrusted(resourceId(resource)))),
    l10n.t('Asked by {0}, {1}', forTooltip(request.user), fullDateTime(request.created)),
    l10n.t('For {0}, counted from asking', span(minutesAsked(request))),
    request.reason ? l10n.t('Reason: {0}', forTooltip(request.reason)) : l10n.t('No reason given'),
    reviewHint,
    pending ? waits(fullDateTime(request.decideBy)) : undefined,
    l10n.t('Grant ends {0}', fullDateTime(request.grantEnds)),
    pending ? approvals(request) : undefined,
    review ? l10n.t('Decided by {0}, {1}', forTooltip(review.author), fullDateTime(review.at)) : undefined,
    !review && request.claimedDecider
      ? l10n.t('Decided with tctl, says {0}', forTooltip(request.claimedDecider))
      : undefined,
    request.resolveReason ? l10n.t('Words: {0}', forTooltip(request.resolveReason)) : undefined,
    request.id,
  ];
  return lines.filter((line) => line !== undefined).join('\n');
}

/** Says until when a request can be used, and that the login ends then if it ends before the grant. */
export function readyWords(
  request: AccessRequest,
  now: Instant,
  usedBefore: boolean,
  loginEnds: Instant,
): string {
  const until = atTime(Math.min(request.grantEnds, loginEnds), now);
  if (loginEnds < request.grantEnds) return l10n.t('ready until {0}, when your login ends', until);
  return usedBefore ? l10n.t('usable again until {0}', until) : l10n.t('ready until {0}', until);
}

/** The row of a request that the user made and that is not in use. */
export function ownRow(
  { request, obstacles }: RequestActions,
  now: Instant,
  usedBefore: boolean,
  busy?: Busy,
  loginEnds: Instant = Infinity,
): Row {
  const { icon, color, words: stateWords } = stateLook(request, now, busy, loginEnds);
  const words = obstacles.use === undefined ? readyWords(request, now, usedBefore, loginEnds) : stateWords;
  return {
    id: request.id,
    label: requestName(request),
    description: [...resourceWords(request, forRow), words].join(' · '),
    tooltip: tooltipOf(request, now),
    icon,
    ...(color ? { color } : {}),
    can: possible(obstacles),
    spoken: [joinNames(subjects(request), forSpeech), ...resourceWords(request, forSpeech), words].join(', '),
    target: { kind: 'request', id: request.id },
  };
}

/** The row of another person's request, with user, roles, reason and duration. */
export function othersRow(
  { request, obstacles }: RequestActions,
  now: Instant,
  busy?: Busy,
  signs: readonly RiskSign[] = [],
): Row {
  const { icon, color, words } = stateLook(request, now, busy);
  const pending = phaseOf(request, now) === 'pending';
  const review = decidingReview(request);
  const label = l10n.t('{0}: {1}', forRow(request.user), requestName(request));
  const reason = request.reason ? forRow(request.reason) : l10n.t('no reason given');
  const { given, needed } = progress(request);
  const progressWords = needed > 1 ? [l10n.t('{0} of {1}', given, needed)] : [];
  // The row shows only the rare signs. The tooltip, the page and the dialog show all of them.
  const rareSigns = signs.filter(({ kind }) => ['mixedScripts', 'lookAlike', 'long'].includes(kind));
  const deadline = l10n.t('decide by {0}', atTime(waitsUntil(request), now));
  const description = pending
    ? [
        ...resourceWords(request, forRow),
        span(minutesAsked(request)),
        ...progressWords,
        ...rareSigns.map(riskSignWords),
        busy ? words : reason,
        deadline,
      ].join(' · ')
    : review
      ? l10n.t('{0} · by {1} {2}', words, forRow(review.author), atTime(review.at, now))
      : request.claimedDecider
        ? l10n.t('{0} · says {1}', words, forRow(request.claimedDecider))
        : words;
  return {
    id: request.id,
    label,
    description,
    tooltip: tooltipOf(request, now, pending ? l10n.t('Look at: {0}', riskSignsLine(signs)) : undefined),
    icon,
    ...(color ? { color } : {}),
    can: possible(obstacles),
    spoken: l10n.t(
      '{0} asks for {1}, {2}',
      forSpeech(request.user),
      joinNames(subjects(request), forSpeech),
      description,
    ),
    target: { kind: 'request', id: request.id },
  };
}
