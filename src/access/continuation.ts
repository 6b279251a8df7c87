import type { Elevation } from './elevation.ts';
import { isOpen, isUsable, minutesAsked, type AccessRequest } from './request.ts';
import { rawText, type Instant, type RequestId } from './text/untrusted.ts';
import { longestReason, type Draft } from './requestDraft.ts';

/** Ends closer together than this, in ms, are the same end. */
const close = 60_000;

/** What continuing an elevation takes. */
export type Continuation =
  /** The grant outlives the certificate: a fresh one, without anybody's approval. */
  | { readonly kind: 'renew'; readonly grantEnds: Instant }
  /** The grant ends with the certificate: another request, which a reviewer decides. */
  | { readonly kind: 'successor'; readonly minutes: number }
  /** That request is on its way. */
  | { readonly kind: 'waiting'; readonly id: RequestId }
  /** That request is approved, and has not taken over. */
  | { readonly kind: 'takeOver'; readonly request: AccessRequest }
  /** The login itself ends no later than what is in use, so nothing made from it could last longer. */
  | { readonly kind: 'login'; readonly loginEnds: Instant }
  /** Taken back on the server: it goes on to its end, and no further. */
  | { readonly kind: 'withdrawn' };

/**
 * What continuing this elevation takes at this moment.
 * @param request the request in use as the server last said it; undefined when it is not known any more
 * @param known all requests, for a successor that was asked for
 * @param loginEnds the end of the main login
 */
export function continuation(
  elevation: Elevation,
  request: AccessRequest | undefined,
  known: readonly AccessRequest[],
  loginEnds: Instant,
  now: Instant,
): Continuation {
  const { certificateEnds, successor, withdrawn } = elevation;
  const next = known.find(({ id }) => id === successor);
  if (next && isOpen(next, now)) return { kind: 'waiting', id: next.id };
  if (next && isUsable(next, now)) return { kind: 'takeOver', request: next };
  if (loginEnds <= certificateEnds + close) return { kind: 'login', loginEnds };
  const grantEnds = request?.grantEnds ?? elevation.grantEnds ?? 0;
  if (withdrawn === undefined && grantEnds > certificateEnds + close) return { kind: 'renew', grantEnds };
  if (withdrawn !== undefined) return { kind: 'withdrawn' };
  return { kind: 'successor', minutes: request ? minutesAsked(request) : 60 };
}

/** What a reason of a request says in front of the id it continues. */
const mark = / \(continues [0-9a-f-]{36}\)$/;

/** The request that continues another: the same roles or resources, reviewers and words, and which one it continues. */
export function successorDraft(request: AccessRequest): Draft {
  const suffix = ` (continues ${request.id})`;
  const words = (request.reason ? rawText(request.reason) : '').replace(mark, '');
  const room = longestReason - Buffer.byteLength(suffix);
  return {
    roles: request.resources.length > 0 ? [] : request.roles,
    resources: request.resources,
    reason: cut(words, room) + suffix,
    minutes: minutesAsked(request),
    reviewers: request.suggestedReviewers,
  };
}

/** The beginning of a text that fits into so many bytes, never half a character. */
function cut(text: string, bytes: number): string {
  let size = 0;
  let kept = '';
  for (const character of text) {
    size += Buffer.byteLength(character);
    if (size > bytes) break;
    kept += character;
  }
  return kept;
}
