import type { Elevation } from './elevation.ts';
import { minutesAsked, phaseOf, type AccessRequest } from './request.ts';
import { rawText, type Instant, type RequestId } from './untrusted/untrusted.ts';
import type { Draft } from './requestDraft.ts';
import { longestReason } from './reason.ts';

/** Two ends closer together than this, in ms, count as the same end. */
const sameEndTolerance = 60_000;

/** How an elevation can be continued. */
export type Continuation =
  /** The grant ends after the certificate, so a new certificate needs no approval. */
  | { readonly kind: 'renew'; readonly grantEnds: Instant }
  /** The grant ends with the certificate, so a new request (the successor) must be approved. */
  | { readonly kind: 'successor'; readonly minutes: number }
  /** The successor is pending. */
  | { readonly kind: 'waiting'; readonly id: RequestId }
  /** The successor is approved but not assumed yet. */
  | { readonly kind: 'takeOver'; readonly request: AccessRequest }
  /** The login ends no later than the certificate, so no certificate made from it could last longer. */
  | { readonly kind: 'login'; readonly loginEnds: Instant }
  /** The request was withdrawn on the server: the elevation lasts until its end and cannot be continued. */
  | { readonly kind: 'withdrawn' };

/**
 * Determines how an elevation can be continued now.
 * @param request the elevation's request as the server last reported it; undefined if it is no longer known
 * @param requests all known requests, to find the successor in
 * @param loginEnds the end of the main login
 */
export function continuation(
  elevation: Elevation,
  request: AccessRequest | undefined,
  requests: readonly AccessRequest[],
  loginEnds: Instant,
  now: Instant,
): Continuation {
  const { certificateEnds, successor, withdrawn } = elevation;
  const next = requests.find(({ id }) => id === successor);
  const phase = next && phaseOf(next, now);
  if (next && phase === 'pending') return { kind: 'waiting', id: next.id };
  if (next && phase === 'ready') return { kind: 'takeOver', request: next };
  if (loginEnds <= certificateEnds + sameEndTolerance) return { kind: 'login', loginEnds };
  const grantEnds = request?.grantEnds ?? elevation.grantEnds ?? 0;
  if (withdrawn === undefined && grantEnds > certificateEnds + sameEndTolerance)
    return { kind: 'renew', grantEnds };
  if (withdrawn !== undefined) return { kind: 'withdrawn' };
  return { kind: 'successor', minutes: request ? minutesAsked(request) : 60 };
}

/** The end of a successor's reason, which names the continued request. */
const continuesSuffix = / \(continues [0-9a-f-]{36}\)$/;

/** Drafts the successor of a request: a copy whose reason also names the id of the continued request. */
export function successorDraft(request: AccessRequest): Draft {
  const suffix = ` (continues ${request.id})`;
  const reason = (request.reason ? rawText(request.reason) : '').replace(continuesSuffix, '');
  const maxBytes = longestReason - Buffer.byteLength(suffix);
  return {
    roles: request.resources.length > 0 ? [] : request.roles,
    resources: request.resources,
    reason: truncateBytes(reason, maxBytes) + suffix,
    minutes: minutesAsked(request),
    reviewers: request.suggestedReviewers,
  };
}

/** Cuts a text to at most `maxBytes` bytes of UTF-8 without splitting a character. */
function truncateBytes(text: string, maxBytes: number): string {
  let size = 0;
  let kept = '';
  for (const character of text) {
    size += Buffer.byteLength(character);
    if (size > maxBytes) break;
    kept += character;
  }
  return kept;
}
