import { isOpen, type AccessRequest } from './request.ts';
import type { Untrusted, Instant, RequestId } from './text/untrusted.ts';

/** Something a person wants to hear, once: what became of what they wait for, or that they are asked to review. */
export type RequestChange =
  | { readonly kind: 'approved' | 'denied' | 'promoted'; readonly request: AccessRequest }
  | { readonly kind: 'lapsed'; readonly id: RequestId; readonly request: AccessRequest | undefined }
  | { readonly kind: 'asked'; readonly requests: readonly AccessRequest[] };

/** What became of a request that was waited for. */
export type Decision = Exclude<RequestChange, { kind: 'asked' }>;

/**
 * What became of the requests a person waits for.
 * @param waiting ids asked for and not yet answered
 * @param known the requests as the server last said them
 * @param gone ids the server no longer knows
 */
export function decisions(
  waiting: readonly RequestId[],
  known: readonly AccessRequest[],
  gone: ReadonlySet<RequestId>,
  now: Instant,
): Decision[] {
  return waiting.flatMap((id): Decision[] => {
    const request = known.find((one) => one.id === id);
    if (request && request.state !== 'pending' && request.state !== 'other')
      return [{ kind: request.state, request }];
    if (gone.has(id) || (request && request.decideBy <= now)) return [{ kind: 'lapsed', id, request }];
    return [];
  });
}

/**
 * Whether a request waits for the review of this person.
 * @param reviews whether they have reviewed on this cluster: then any that they may see, else only where they are named
 */
export function waitsForReview(
  request: AccessRequest,
  me: Untrusted,
  reviews: boolean,
  now: Instant,
): boolean {
  const asked = request.user !== me && (reviews || request.suggestedReviewers.includes(me));
  return asked && isOpen(request, now) && !request.reviews.some((review) => review.author === me);
}
