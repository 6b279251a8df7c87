import * as l10n from '@vscode/l10n';
import { resourceId } from '../../access/requestDraft.ts';
import { forRow, forSpeech, forTooltip } from '../../access/text/sinks.ts';
import { progress } from '../../access/reviewProgress.ts';
import {
  decidingReview,
  isOpen,
  isScheduled,
  isUsable,
  minutesAsked,
  resourceName,
  subjects,
  waitsUntil,
  type AccessRequest,
} from '../../access/request.ts';
import type { RiskSign } from '../../access/riskSigns.ts';
import { untrusted, type Untrusted, type Instant } from '../../access/text/untrusted.ts';
import type { Busy } from '../../state/store.ts';
import { riskSignWords, riskSignsLine } from '../../text/riskSigns.ts';
import { atTime, fully, span } from '../../text/time.ts';
import type { Row } from './row.ts';

/** What a request looks like: the same icon and word everywhere. */
interface Look {
  readonly icon: string;
  readonly color?: string;
  readonly word: string;
}

const list = (texts: readonly Untrusted[], sink: (text: Untrusted) => string): string =>
  texts.map(sink).join(', ') || l10n.t('(nothing named)');

/** The request's roles, for a row. */
export const requestName = (request: AccessRequest): string => list(subjects(request), forRow);

/** The resources it is for, in few words, where it is for some. */
const which = (request: AccessRequest, sink: (text: Untrusted) => string): string[] =>
  request.resources.length > 0 ? [request.resources.map((one) => sink(resourceName(one))).join(', ')] : [];

/** `1 of 2 approvals`. */
export function approvals(request: AccessRequest): string {
  const { given, needed } = progress(request);
  return l10n.t('{0} of {1} approvals', given, needed);
}

function look(request: AccessRequest, now: Instant, busy: Busy | undefined, loginEnds = Infinity): Look {
  if (busy === 'assuming') return { icon: 'loading~spin', word: l10n.t('being assumed…') };
  if (busy === 'deciding') return { icon: 'loading~spin', word: l10n.t('being decided…') };
  if (isUsable(request, now)) {
    return {
      icon: 'pass',
      color: 'testing.iconPassed',
      word: l10n.t('ready until {0}', atTime(request.grantEnds, now)),
    };
  }
  if (isScheduled(request, now)) {
    return { icon: 'calendar', word: l10n.t('starts {0}', atTime(request.startsAt ?? now, now)) };
  }
  if (isOpen(request, now))
    return { icon: 'clockface', color: 'charts.yellow', word: waitingWords(request, now, loginEnds) };
  switch (request.state) {
    case 'denied':
      return { icon: 'circle-slash', color: 'testing.iconFailed', word: l10n.t('denied') };
    case 'promoted':
      return { icon: 'organization', word: l10n.t('became a membership of an access list') };
    case 'other':
      return { icon: 'question', word: l10n.t('in a state this version does not know') };
    case 'approved':
    case 'pending':
      return { icon: 'history', word: l10n.t('expired') };
  }
}

/** How far an own request is and how long it waits; a login that ends before that is named first. */
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
 * Everything about a request as plain lines, for the tooltip.
 * @param lookAt what a reviewer should look at; undefined for the one who asked
 */
export function tooltipOf(request: AccessRequest, now: Instant, lookAt?: string): string {
  // Said to the one who asked, "decide by" would be an order.
  const waits = (until: string): string =>
    lookAt === undefined ? l10n.t('Waits until {0}', until) : l10n.t('Decide by {0}', until);
  const review = decidingReview(request);
  const lines = [
    list(subjects(request), forTooltip),
    ...request.resources.map((resource) => forTooltip(untrusted(resourceId(resource)))),
    l10n.t('Asked by {0}, {1}', forTooltip(request.user), fully(request.created)),
    l10n.t('For {0}, counted from asking', span(minutesAsked(request))),
    request.reason ? l10n.t('Reason: {0}', forTooltip(request.reason)) : l10n.t('No reason given'),
    lookAt,
    isOpen(request, now) ? waits(fully(request.decideBy)) : undefined,
    l10n.t('Grant ends {0}', fully(request.grantEnds)),
    isOpen(request, now) ? approvals(request) : undefined,
    review ? l10n.t('Decided by {0}, {1}', forTooltip(review.author), fully(review.at)) : undefined,
    !review && request.says ? l10n.t('Decided with tctl, says {0}', forTooltip(request.says)) : undefined,
    request.resolveReason ? l10n.t('Words: {0}', forTooltip(request.resolveReason)) : undefined,
    request.id,
  ];
  return lines.filter((line) => line !== undefined).join('\n');
}

/** Until when it can be used, and what ends then if it is not the grant. */
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

/** One of the person's own requests, not in use. */
export function ownRow(
  request: AccessRequest,
  now: Instant,
  usedBefore: boolean,
  busy?: Busy,
  loginEnds: Instant = Infinity,
): Row {
  const { icon, color, word: state } = look(request, now, busy, loginEnds);
  const ready = isUsable(request, now) && busy === undefined;
  const word = ready ? readyWords(request, now, usedBefore, loginEnds) : state;
  const open = isOpen(request, now);
  return {
    id: request.id,
    label: requestName(request),
    description: [...which(request, forRow), word].join(' · '),
    tooltip: tooltipOf(request, now),
    icon,
    ...(color ? { color } : {}),
    can: ['request', ...(ready ? ['use'] : []), ...(open ? ['nudge', 'cancel'] : [])],
    spoken: [list(subjects(request), forSpeech), ...which(request, forSpeech), word].join(', '),
    target: { kind: 'request', id: request.id },
  };
}

/** A colleague's request, with who, what, why and how long. */
export function othersRow(
  request: AccessRequest,
  now: Instant,
  mayDecide: boolean,
  busy?: Busy,
  marks: readonly RiskSign[] = [],
): Row {
  const { icon, color, word } = look(request, now, busy);
  const open = isOpen(request, now);
  const review = decidingReview(request);
  const what = l10n.t('{0}: {1}', forRow(request.user), requestName(request));
  const why = request.reason ? forRow(request.reason) : l10n.t('no reason given');
  const { given, needed } = progress(request);
  const share = needed > 1 ? [l10n.t('{0} of {1}', given, needed)] : [];
  // In the row only what is rare; the tooltip, the page and the dialog have all.
  const loud = marks.filter(({ kind }) => kind === 'mixedScripts' || kind === 'long');
  const by = l10n.t('decide by {0}', atTime(waitsUntil(request), now));
  const how = open
    ? [
        ...which(request, forRow),
        span(minutesAsked(request)),
        ...share,
        ...loud.map(riskSignWords),
        busy ? word : why,
        by,
      ].join(' · ')
    : review
      ? l10n.t('{0} · by {1} {2}', word, forRow(review.author), atTime(review.at, now))
      : request.says
        ? l10n.t('{0} · says {1}', word, forRow(request.says))
        : word;
  return {
    id: request.id,
    label: what,
    description: how,
    tooltip: tooltipOf(request, now, open ? l10n.t('Look at: {0}', riskSignsLine(marks)) : undefined),
    icon,
    ...(color ? { color } : {}),
    can: ['request', ...(open && mayDecide && busy === undefined ? ['decide'] : [])],
    spoken: l10n.t('{0} asks for {1}, {2}', forSpeech(request.user), list(subjects(request), forSpeech), how),
    target: { kind: 'request', id: request.id },
  };
}
