import type { AccessRequest } from './request.ts';
import type { Instant, RequestId } from './untrusted/untrusted.ts';

/** A change to announce to the user once: a decision on an awaited request, or new requests to review. */
export type RequestChange =
  | { readonly kind: 'approved' | 'denied' | 'promoted'; readonly request: AccessRequest }
  | { readonly kind: 'lapsed'; readonly id: RequestId; readonly request: AccessRequest | undefined }
  | { readonly kind: 'toReview'; readonly requests: readonly AccessRequest[] };

/** The outcome of an awaited request. */
export type Decision = Exclude<RequestChange, { kind: 'toReview' }>;

/** The id of the request that was decided or has expired. */
export const decisionId = (decision: Decision): RequestId =>
  decision.kind === 'lapsed' ? decision.id : decision.request.id;

/**
 * Finds the awaited requests that were decided or have expired.
 * @param waiting ids of requests whose decision the user awaits
 * @param requests the requests as the server last reported them
 * @param gone ids that the server no longer knows
 */
export function decisions(
  waiting: readonly RequestId[],
  requests: readonly AccessRequest[],
  gone: ReadonlySet<RequestId>,
  now: Instant,
): Decision[] {
  return waiting.flatMap((id): Decision[] => {
    const request = requests.find((candidate) => candidate.id === id);
    if (request && request.state !== 'pending' && request.state !== 'other')
      return [{ kind: request.state, request }];
    if (gone.has(id) || (request && request.decideBy <= now)) return [{ kind: 'lapsed', id, request }];
    return [];
  });
}
