import { mixesScripts } from './untrusted/lookAlikes.ts';
import { minutesAsked, subjects, type AccessRequest } from './request.ts';
import { rawText, type Untrusted, type Instant } from './untrusted/untrusted.ts';

/** A sign that a reviewer should look closer at a request. */
export type RiskSign =
  /** The requested duration is more than twice the median of the last ten requests. */
  | { readonly kind: 'long'; readonly usualMinutes: number }
  /** No earlier request of the same user for the same roles or resources is known. */
  | { readonly kind: 'firstTime' }
  | { readonly kind: 'noTicket' }
  /** A name mixes look-alike letters of two scripts. */
  | { readonly kind: 'mixedScripts' };

function median(numbers: readonly number[]): number | undefined {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** A request list, sorted and grouped for fast lookup. */
interface History {
  readonly newestFirst: readonly AccessRequest[];
  readonly byUser: ReadonlyMap<Untrusted, readonly AccessRequest[]>;
}

/** Histories by request list. Lists never change, so each is sorted once for all of its rows. */
const histories = new WeakMap<readonly AccessRequest[], History>();

function historyOf(requests: readonly AccessRequest[]): History {
  const cached = histories.get(requests);
  if (cached) return cached;
  const newestFirst = [...requests].sort((a, b) => b.created - a.created);
  const history = { newestFirst, byUser: Map.groupBy(newestFirst, ({ user }) => user) };
  histories.set(requests, history);
  return history;
}

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

/**
 * Computes the risk signs of a request from the requests this reviewer can see. What a role allows is
 * unknown.
 * @param others all known requests, with or without this one
 * @param ticket the ticket pattern from the settings, if set
 */
export function riskSigns(
  request: AccessRequest,
  others: readonly AccessRequest[],
  ticket?: RegExp,
): RiskSign[] {
  const { newestFirst, byUser } = historyOf(others);
  const first = firstBefore(newestFirst, request.created);
  const usual = median(newestFirst.slice(first, first + 10).map(minutesAsked));
  const requestedBefore = (byUser.get(request.user) ?? []).some(
    (earlier) =>
      earlier.created < request.created &&
      subjects(request).every((subject) => subjects(earlier).includes(subject)),
  );
  const names = [request.user, ...subjects(request)];
  return [
    ...(names.some(mixesScripts) ? [{ kind: 'mixedScripts' } as const] : []),
    ...(usual !== undefined && minutesAsked(request) > 2 * usual
      ? [{ kind: 'long', usualMinutes: usual } as const]
      : []),
    ...(ticket && !(request.reason && ticket.test(rawText(request.reason)))
      ? [{ kind: 'noTicket' } as const]
      : []),
    ...(requestedBefore ? [] : [{ kind: 'firstTime' } as const]),
  ];
}
