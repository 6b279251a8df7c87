import type { LinearPattern } from './untrusted/linearPattern.ts';
import { KnownNames, mixesScripts } from './untrusted/lookAlikes.ts';
import { resourceId } from './requestDraft.ts';
import { minutesAsked, subjects, type AccessRequest } from './request.ts';
import { rawText, type Untrusted, type Instant } from './untrusted/untrusted.ts';

/** A sign that a reviewer should look closer at a request. Nothing that its author alone can do takes one away. */
export type RiskSign =
  /** The requested duration is more than twice the median of the last ten requests that others approved. */
  | { readonly kind: 'long'; readonly usualMinutes: number }
  /** No earlier request of the same user for the same roles or resources is known that others approved. */
  | { readonly kind: 'firstTime' }
  | { readonly kind: 'noTicket' }
  /** A name mixes look-alike letters of two scripts. */
  | { readonly kind: 'mixedScripts' }
  /** A name looks like another name that is known here. */
  | { readonly kind: 'lookAlike' };

function median(numbers: readonly number[]): number | undefined {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/**
 * Whether somebody else approved a request. The cluster refuses a review of one's own request. Where there are no
 * reviews (Community), who decided with tctl is only claimed, but must have had the right to decide.
 */
function othersApproved({ state, user, reviews, claimedDecider }: AccessRequest): boolean {
  if (state !== 'approved' && state !== 'promoted') return false;
  return reviews.length > 0
    ? reviews.some(({ author, verdict }) => author !== user && verdict === state)
    : claimedDecider !== undefined && claimedDecider !== user;
}

/** A request list, sorted and grouped for fast lookup. */
interface History {
  /** The requests that others approved, the newest first. */
  readonly usual: readonly AccessRequest[];
  /** The same, by user. */
  readonly byUser: ReadonlyMap<Untrusted, readonly AccessRequest[]>;
  readonly names: KnownNames;
}

/** Histories by request list. Lists never change, so each is read once for all of its rows. */
const histories = new WeakMap<readonly AccessRequest[], History>();

/** The names in a request of those who ask, and of what they ask for. */
const askingNames = (request: AccessRequest): readonly Untrusted[] => [request.user, ...subjects(request)];

/** How many suggested reviewers of one request count as known names. Who asks may write as many as the cluster takes. */
const mostReviewers = 50;

function historyOf(requests: readonly AccessRequest[]): History {
  const cached = histories.get(requests);
  if (cached) return cached;
  const usual = requests.filter(othersApproved).sort((a, b) => b.created - a.created);
  const all = requests.flatMap((request) => [
    ...askingNames(request),
    ...request.suggestedReviewers.slice(0, mostReviewers),
    ...request.reviews.map(({ author }) => author),
  ]);
  const history = {
    usual,
    byUser: Map.groupBy(usual, ({ user }) => user),
    names: new KnownNames(all.map(rawText), [...commonNames, ...usual.flatMap(askingNames).map(rawText)]),
  };
  histories.set(requests, history);
  return history;
}

/** Names with power in most clusters, and Teleport's own roles. */
const commonNames =
  'root admin administrator sre ops oncall prod access auditor editor reviewer requester kube-admin device-admin group-access'.split(
    ' ',
  );

/** Binary search for the index of the first request in `newestFirst` that was created before an instant. */
function firstBefore(newestFirst: readonly AccessRequest[], instant: Instant): number {
  let [low, high] = [0, newestFirst.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((newestFirst[middle]?.created ?? 0) < instant) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Whether one request asks for everything that another one asks for. Without resources a role is asked for as a whole. */
function includes(larger: AccessRequest, smaller: AccessRequest): boolean {
  if (!smaller.roles.every((role) => larger.roles.includes(role))) return false;
  if (larger.resources.length === 0) return smaller.roles.length > 0;
  const ids = new Set(larger.resources.map(resourceId));
  return smaller.resources.length > 0 && smaller.resources.every((resource) => ids.has(resourceId(resource)));
}

/**
 * Computes the risk signs of a request from the requests this reviewer can see. What a role allows is
 * unknown.
 * @param others all known requests, with or without this one
 * @param ticket the ticket pattern from the settings, if set
 */
export function riskSigns(
  request: AccessRequest,
  others: readonly AccessRequest[],
  ticket?: LinearPattern,
): RiskSign[] {
  const { usual: newestFirst, byUser, names: known } = historyOf(others);
  const first = firstBefore(newestFirst, request.created);
  const usual = median(newestFirst.slice(first, first + 10).map(minutesAsked));
  const requestedBefore = (byUser.get(request.user) ?? []).some(
    (earlier) => earlier.created < request.created && includes(earlier, request),
  );
  const names = askingNames(request);
  return [
    ...(names.some(mixesScripts) ? [{ kind: 'mixedScripts' } as const] : []),
    ...(names.some((name) => known.looksLikeAnother(rawText(name))) ? [{ kind: 'lookAlike' } as const] : []),
    ...(usual !== undefined && minutesAsked(request) > 2 * usual
      ? [{ kind: 'long', usualMinutes: usual } as const]
      : []),
    ...(ticket && (request.reason === undefined || ticket.find(rawText(request.reason)) === undefined)
      ? [{ kind: 'noTicket' } as const]
      : []),
    ...(requestedBefore ? [] : [{ kind: 'firstTime' } as const]),
  ];
}
