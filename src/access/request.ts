import { rawText, untrusted, type Untrusted, type Instant, type RequestId } from './untrusted/untrusted.ts';

/** State of a request. `other` is a state of a newer server: it is shown but never acted on. */
export type RequestState = 'pending' | 'approved' | 'denied' | 'promoted' | 'other';

/** One reviewer's decision on a request. */
export interface Review {
  readonly author: Untrusted;
  readonly verdict: RequestState;
  readonly reason?: Untrusted;
  readonly at: Instant;
  /** Indexes of the thresholds that this review counted for. */
  readonly thresholds: readonly number[];
}

/** Number of reviews that approve or deny a request. */
export interface Threshold {
  readonly name?: Untrusted;
  /** Approvals needed; 0 means that this threshold never approves. */
  readonly approve: number;
  readonly deny: number;
}

/** A resource that a request names instead of a role. */
export interface Resource {
  readonly cluster: Untrusted;
  readonly kind: Untrusted;
  readonly name: Untrusted;
  /** `<namespace>/<object>` inside a Kubernetes cluster. */
  readonly sub?: Untrusted;
  /** The name that users know, if a search returned it. Requests hold ids only. */
  readonly label?: Untrusted;
}

/** An access request as the server last reported it, from `tsh request show --format=json`. */
export interface AccessRequest {
  readonly id: RequestId;
  /** Changes with every update on the server. It does not tell which of two versions is newer. */
  readonly revision: string;
  readonly user: Untrusted;
  readonly roles: readonly Untrusted[];
  readonly resources: readonly Resource[];
  readonly state: RequestState;
  readonly created: Instant;
  /** When a pending request expires without a decision. */
  readonly decideBy: Instant;
  /** End of the grant. The duration counts from sending, not from approval. */
  readonly grantEnds: Instant;
  /** The request cannot be assumed before this instant. */
  readonly startsAt?: Instant;
  readonly reason?: Untrusted;
  readonly resolveReason?: Untrusted;
  readonly thresholds: readonly Threshold[];
  /** The threshold sets of all roles, as indexes of thresholds. One threshold of every set must be met. */
  readonly thresholdSets: readonly (readonly number[])[];
  readonly reviews: readonly Review[];
  readonly suggestedReviewers: readonly Untrusted[];
  /** Name of the person who decided with tctl, as written by that person's client: a claim without proof. */
  readonly claimedDecider?: Untrusted;
}

/** The last instant at which a decision still has an effect. */
export const waitsUntil = ({ decideBy, grantEnds }: AccessRequest): Instant => Math.min(decideBy, grantEnds);

/**
 * Where a request is in its course. `pending`: can still be decided. `ready`: approved, and can be assumed now.
 * `scheduled`: approved, and starts later. `expired`: nobody decided in time, or the grant has ended.
 */
export type RequestPhase =
  'pending' | 'ready' | 'scheduled' | 'expired' | Exclude<RequestState, 'pending' | 'approved'>;

/** The phase of a request at an instant. */
export function phaseOf(request: AccessRequest, now: Instant): RequestPhase {
  const { state, grantEnds, startsAt = 0 } = request;
  if (state === 'pending') return waitsUntil(request) > now ? 'pending' : 'expired';
  if (state !== 'approved') return state;
  return grantEnds <= now ? 'expired' : startsAt <= now ? 'ready' : 'scheduled';
}

/** A short name for a resource. The name of a server is a UUID, so only its first eight digits are used. */
export function resourceName({ kind, name, sub, label }: Resource): Untrusted {
  if (label !== undefined) return label;
  const short = /^[0-9a-f]{8}(?=-[0-9a-f]{4}-)/.exec(rawText(name))?.[0] ?? rawText(name);
  return untrusted([rawText(kind), short, ...(sub === undefined ? [] : [rawText(sub)])].join(' '));
}

/**
 * The names shown for a request: its roles, else its resources. A resource request has roles as well, because
 * the cluster adds them.
 */
export function subjects(request: AccessRequest): readonly Untrusted[] {
  return request.roles.length > 0 ? request.roles : request.resources.map(resourceName);
}

/** The requested duration in minutes, counted from sending; at least 1, so that no view shows "0 min". */
export const minutesAsked = (request: AccessRequest): number =>
  Math.max(1, Math.round((request.grantEnds - request.created) / 60_000));

/** The review that decided the request; undefined without one, for example on Community. */
export function decidingReview(request: AccessRequest): Review | undefined {
  return request.reviews.findLast((review) => review.verdict === request.state);
}

/** Whether two versions of a request have the same user, roles, resources, reason and times. */
export function sameForReviewer(one: AccessRequest, other: AccessRequest): boolean {
  const reviewed = (request: AccessRequest): unknown => [
    request.id,
    request.user,
    request.roles,
    request.resources,
    request.reason ?? null,
    request.grantEnds,
    request.startsAt ?? null,
  ];
  return JSON.stringify(reviewed(one)) === JSON.stringify(reviewed(other));
}
