import type { AccessRequest } from './request.ts';
import type { Instant, RequestId } from './text.ts';

/** Something a waiting person wants to hear, once. */
export type Change =
  | { readonly kind: 'approved' | 'denied' | 'promoted'; readonly request: AccessRequest }
  | { readonly kind: 'lapsed'; readonly id: RequestId; readonly request: AccessRequest | undefined };

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
): Change[] {
  return waiting.flatMap((id): Change[] => {
    const request = known.find((one) => one.id === id);
    if (request && request.state !== 'pending' && request.state !== 'other')
      return [{ kind: request.state, request }];
    if (gone.has(id) || (request && request.decideBy <= now)) return [{ kind: 'lapsed', id, request }];
    return [];
  });
}
