import { mixesScripts } from './inert.ts';
import { minutesAsked, subjects, type AccessRequest } from './request.ts';
import { bare } from './text.ts';

/** Why a reviewer may want to look closer. */
export type Mark =
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

/**
 * The marks of a request, computed here from what this reviewer can see; a role's contents are not known here.
 * @param others the requests known, this one among them or not
 * @param ticket the team's ticket pattern, if there is one
 */
export function marksOf(request: AccessRequest, others: readonly AccessRequest[], ticket?: RegExp): Mark[] {
  const earlier = others.filter((one) => one.id !== request.id && one.created < request.created);
  const lastTen = earlier.sort((a, b) => b.created - a.created).slice(0, 10);
  const usual = median(lastTen.map(minutesAsked));
  const known = earlier.some(
    (one) => one.user === request.user && subjects(request).every((what) => subjects(one).includes(what)),
  );
  const names = [request.user, ...subjects(request)];
  return [
    ...(names.some(mixesScripts) ? [{ kind: 'mixedScripts' } as const] : []),
    ...(usual !== undefined && minutesAsked(request) > 2 * usual
      ? [{ kind: 'long', usualMinutes: usual } as const]
      : []),
    ...(ticket && !(request.reason && ticket.test(bare(request.reason)))
      ? [{ kind: 'noTicket' } as const]
      : []),
    ...(known ? [] : [{ kind: 'firstTime' } as const]),
  ];
}
