// Reviews: who may submit them, the thresholds they count for, and the state that results from them.
import { randomUUID } from 'node:crypto';
import { Refusal } from '../cli/refusal.ts';
import { parseFilter, type FilterSubject } from '../resources/thresholdFilter.ts';
import { checkStart, personOf, requestOf, heldRoles } from './authorization.ts';
import { matchesPattern, type Conditions } from '../resources/roles.ts';
import { putRequest, requestState, stateNames, type StoredRequest, type State } from './serverState.ts';

/** Whether a user may review a request. Only the user's own roles count, assumed ones do not. */
export function mayReviewRequest(state: State, user: string, request: StoredRequest): boolean {
  const held = heldRoles(state, user);
  const subject = subjectOf(state, user, request);
  const covers = ({ roles, where }: Conditions['reviewRequests'], role: string): boolean =>
    matchesPattern(roles, role) && (!where || parseFilter(where)(subject));
  const allows = (role: string): boolean =>
    held.some(({ allow }) => covers(allow.reviewRequests, role)) &&
    !held.some(({ deny }) => covers(deny.reviewRequests, role));
  return request.user !== user && request.roles.every(allows);
}

/** Returns the values of a reviewer and a request that expressions can name. */
function subjectOf(state: State, reviewer: string, request: StoredRequest): FilterSubject {
  const { roles, traits } = personOf(state, reviewer);
  return { roles, traits, requested: request.roles, reason: request.reason };
}

/**
 * Returns the indexes of the thresholds that a review counts for: those whose filter matches author and
 * review.
 */
function countingThresholds(state: State, author: string, request: StoredRequest, reason: string): number[] {
  const subject = { ...subjectOf(state, author, request), review: { reason } };
  return [...request.thresholds.entries()]
    .filter(([, { filter }]) => !filter || parseFilter(filter)(subject))
    .map(([index]) => index);
}

/**
 * Adds a review to a request and applies its thresholds. Returns the changed request.
 * @throws Refusal when the author may not review the request, or when it is decided already.
 */
export function reviewRequest(
  state: State,
  author: string,
  id: string,
  review: { readonly approve: boolean; readonly reason: string; readonly assumeStart: number },
  now: number,
): StoredRequest {
  if (!heldRoles(state, author).some(({ allow }) => allow.reviewRequests.roles.length)) {
    throw new Refusal(`user "${author}" cannot submit reviews`);
  }
  const request = requestOf(state, id, now);
  if (!request) throw new Refusal(`cannot apply review to access request "${id}" (not found)`);
  if (!mayReviewRequest(state, author, request))
    throw new Refusal(`user "${author}" cannot review request "${id}"`);
  if (request.reviews.some((each) => each.author === author)) {
    throw new Refusal(`user "${author}" has already reviewed this request`);
  }
  if (request.state !== requestState.pending) {
    throw new Refusal(
      `the access request has been already ${(stateNames[request.state] ?? '').toLowerCase()}`,
    );
  }
  checkStart(review.assumeStart, request.expires, now);
  const proposedState = review.approve ? requestState.approved : requestState.denied;
  const reviews = [
    ...request.reviews,
    {
      author,
      proposedState,
      reason: review.reason,
      created: now,
      thresholds: countingThresholds(state, author, request, review.reason),
    },
  ];
  const newState = decision({ ...request, reviews });
  const next: StoredRequest = {
    ...request,
    reviews,
    // The last approval that gives a start sets it.
    assumeStart: (review.approve && review.assumeStart) || request.assumeStart,
    revision: randomUUID(),
    ...(newState === requestState.pending
      ? {}
      : { state: newState, resolveReason: review.reason, decidedByReview: true, kept: request.expires }),
  };
  putRequest(state, id, next);
  return next;
}

/** Returns the state that results from the reviews so far. */
function decision(request: StoredRequest): number {
  const count = (index: number, proposed: number): number =>
    request.reviews.filter((each) => each.proposedState === proposed && each.thresholds.includes(index))
      .length;
  const reaches = (index: number, proposed: number, needed: number | undefined): boolean =>
    Boolean(needed) && count(index, proposed) >= (needed ?? 0);
  if (request.thresholds.some(({ deny }, index) => reaches(index, requestState.denied, deny))) {
    return requestState.denied;
  }
  const approved = Object.values(request.roleThresholds).every((sets) =>
    sets.every((set) =>
      set.some((index) => reaches(index, requestState.approved, request.thresholds[index]?.approve)),
    ),
  );
  return approved ? requestState.approved : requestState.pending;
}
