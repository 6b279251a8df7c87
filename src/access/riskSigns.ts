import { mixesScripts } from './text/sinks.ts';
import { minutesAsked, subjects, type AccessRequest } from './request.ts';
import { rawText, type Untrusted, type Instant } from './text/untrusted.ts';

/** Why a reviewer may want to look closer. */
export type RiskSign =
  /** More than twice the median of the last ten. */
  | { readonly kind: 'long'; readonly usualMinutes: number }
  /** No earlier request of this person for this is known. */
  | { readonly kind: 'firstTime' }
  | { readonly kind: 'noTicket' }
  /** A name mixes look-alike letters of two scripts. */
  | { readonly kind: 'mixedScripts' };

function median(numbers: readonly number[]): number | undefined {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** The requests of a list in the order in which they are looked for. */
interface History {
  readonly newestFirst: readonly AccessRequest[];
  readonly of: ReadonlyMap<Untrusted, readonly AccessRequest[]>;
}

/** Lists are never edited, and every row of one is marked: it is sorted once. */
const histories = new WeakMap<readonly AccessRequest[], History>();

function historyOf(requests: readonly AccessRequest[]): History {
  const known = histories.get(requests);
  if (known) return known;
  const newestFirst = [...requests].sort((a, b) => b.created - a.created);
  const history = { newestFirst, of: Map.groupBy(newestFirst, ({ user }) => user) };
  histories.set(requests, history);
  return history;
}

/** The first of `newestFirst` that was made before an instant. */
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
 * The marks of a request, computed here from what this reviewer can see; a role's contents are not known here.
 * @param others the requests known, this one among them or not
 * @param ticket the team's ticket pattern, if there is one
 */
export function riskSigns(
  request: AccessRequest,
  others: readonly AccessRequest[],
  ticket?: RegExp,
): RiskSign[] {
  const { newestFirst, of } = historyOf(others);
  const first = firstBefore(newestFirst, request.created);
  const usual = median(newestFirst.slice(first, first + 10).map(minutesAsked));
  const known = (of.get(request.user) ?? []).some(
    (one) => one.created < request.created && subjects(request).every((what) => subjects(one).includes(what)),
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
    ...(known ? [] : [{ kind: 'firstTime' } as const]),
  ];
}
