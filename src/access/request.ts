import { rawText, untrusted, type Untrusted, type Instant, type RequestId } from './text/untrusted.ts';

/** `other`: a state of a newer server; shown, never acted on. */
export type RequestState = 'pending' | 'approved' | 'denied' | 'promoted' | 'other';

export interface Review {
  readonly author: Untrusted;
  readonly verdict: RequestState;
  readonly reason?: Untrusted;
  readonly at: Instant;
  /** Indexes of the thresholds this review counted for. */
  readonly thresholds: readonly number[];
}

export interface Threshold {
  readonly name?: Untrusted;
  /** Approvals needed; 0 means never by this threshold. */
  readonly approve: number;
  readonly deny: number;
}

export interface Resource {
  readonly cluster: Untrusted;
  readonly kind: Untrusted;
  readonly name: Untrusted;
  /** `<namespace>/<object>` inside a Kubernetes cluster. */
  readonly sub?: Untrusted;
  /** What a person knows it by, where a search told; requests hold ids only. */
  readonly label?: Untrusted;
}

/** An access request as the server last said it. Facts: `tsh request show --format=json`. */
export interface AccessRequest {
  readonly id: RequestId;
  /** Changes with every update on the server; says nothing about order. */
  readonly revision: string;
  readonly user: Untrusted;
  readonly roles: readonly Untrusted[];
  readonly resources: readonly Resource[];
  readonly state: RequestState;
  readonly created: Instant;
  /** End of a pending request: decide by. */
  readonly decideBy: Instant;
  /** End of the grant, counted from sending, not from approval. */
  readonly grantEnds: Instant;
  /** Not usable before this. */
  readonly startsAt?: Instant;
  readonly reason?: Untrusted;
  readonly resolveReason?: Untrusted;
  readonly thresholds: readonly Threshold[];
  /** For each role its sets of thresholds: of every set one threshold must be met. */
  readonly thresholdSets: readonly (readonly number[])[];
  readonly reviews: readonly Review[];
  readonly suggestedReviewers: readonly Untrusted[];
  /** Who decided with tctl, as noted by their own client: a claim, not a signature. */
  readonly says?: Untrusted;
}

/** Whether the request can still be decided at this moment. */
export function isOpen(request: AccessRequest, now: Instant): boolean {
  return request.state === 'pending' && waitsUntil(request) > now;
}

/** The last instant at which a decision still helps. */
export const waitsUntil = ({ decideBy, grantEnds }: AccessRequest): Instant => Math.min(decideBy, grantEnds);

/** Whether the request can be assumed at this moment. */
export function isUsable(request: AccessRequest, now: Instant): boolean {
  return request.state === 'approved' && request.grantEnds > now && (request.startsAt ?? 0) <= now;
}

/** Whether the request is approved and its start lies ahead. */
export function isScheduled(request: AccessRequest, now: Instant): boolean {
  return request.state === 'approved' && request.grantEnds > now && (request.startsAt ?? 0) > now;
}

/** A resource in few words: a server's name is a UUID, of which the beginning must do. */
export function resourceName({ kind, name, sub, label }: Resource): Untrusted {
  if (label !== undefined) return label;
  const short = /^[0-9a-f]{8}(?=-[0-9a-f]{4}-)/.exec(rawText(name))?.[0] ?? rawText(name);
  return untrusted([rawText(kind), short, ...(sub === undefined ? [] : [rawText(sub)])].join(' '));
}

/** What the person sees as the name of a request: its roles, which the cluster chooses where resources are asked for. */
export function subjects(request: AccessRequest): readonly Untrusted[] {
  return request.roles.length > 0 ? request.roles : request.resources.map(resourceName);
}

/** How long was asked for, in minutes, counted from sending; at least 1, since nothing lasts "0 min". */
export const minutesAsked = (request: AccessRequest): number =>
  Math.max(1, Math.round((request.grantEnds - request.created) / 60_000));

/** The review that decided, if a review did (Community decides without one). */
export function decidingReview(request: AccessRequest): Review | undefined {
  return request.reviews.findLast((review) => review.verdict === request.state);
}

/** Whether what a reviewer decides about is the same in both: who, what, why and how long. */
export function sameAsk(one: AccessRequest, other: AccessRequest): boolean {
  const ask = (request: AccessRequest): unknown => [
    request.id,
    request.user,
    request.roles,
    request.resources,
    request.reason ?? null,
    request.grantEnds,
    request.startsAt ?? null,
  ];
  return JSON.stringify(ask(one)) === JSON.stringify(ask(other));
}
