import * as v from 'valibot';
import type { AccessRequest, RequestState, Resource, Review } from '../../access/request.ts';
import type { Untrusted } from '../../access/untrusted/untrusted.ts';
import {
  count,
  id,
  indexes,
  instant,
  parseJson,
  listOf,
  maybeInstant,
  maybeText,
  parseWith,
  readCounted,
  text,
  texts,
} from './schemaParts.ts';

/*
 * The schemas of tsh's output. They accept null, missing and unknown fields and are strict about fields that
 * are used. An unreadable request in a list drops that row, not the list.
 */

const states: readonly RequestState[] = ['other', 'pending', 'approved', 'denied', 'promoted'];
const state = v.pipe(
  v.nullish(v.number(), 0),
  v.transform((number): RequestState => states[number] ?? 'other'),
);

const review = v.pipe(
  v.object({
    author: text,
    proposed_state: state,
    reason: maybeText,
    created: v.fallback(instant, 0),
    i: indexes,
  }),
  v.transform(({ author, proposed_state, reason, created, i }): Review => ({
    author,
    verdict: proposed_state,
    ...(reason === undefined ? {} : { reason }),
    at: created,
    thresholds: i,
  })),
);

const thresholdSets = v.fallback(
  v.pipe(
    v.nullish(v.record(v.string(), v.object({ s: listOf(v.object({ i: indexes })) })), {}),
    v.transform((roles) => Object.values(roles).flatMap(({ s }) => s.map(({ i }) => i))),
  ),
  [],
);

const plainResource = v.pipe(
  v.object({ cluster: text, kind: text, name: text, sub_resource: maybeText }),
  v.transform(({ sub_resource, ...rest }): Resource => ({
    ...rest,
    ...(sub_resource === undefined ? {} : { sub: sub_resource }),
  })),
);
/** Since Teleport 18.7 an entry may be an object with the resource in `id`, beside constraints. */
const resource = v.union([
  plainResource,
  v.pipe(
    v.object({ id: plainResource }),
    v.transform((entry) => entry.id),
  ),
]);

/**
 * The annotation with which `tctl requests approve` stores the reviewer. On Community nothing else names the
 * reviewer.
 */
export const reviewerAnnotation = 'reviewer';
const annotatedReviewer = (name: Untrusted | undefined): { claimedDecider?: Untrusted } =>
  name === undefined ? {} : { claimedDecider: name };

const request = v.pipe(
  v.object({
    // Old releases have `id` instead of `revision`.
    metadata: v.object({
      name: id,
      expires: maybeInstant,
      revision: v.nullish(v.string()),
      id: v.fallback(v.nullish(v.number()), undefined),
    }),
    spec: v.object({
      user: text,
      roles: texts,
      state,
      created: instant,
      expires: instant,
      expiry: maybeInstant,
      assume_start_time: maybeInstant,
      request_reason: maybeText,
      resolve_reason: maybeText,
      thresholds: listOf(
        v.pipe(
          v.object({ name: maybeText, approve: v.nullish(count, 0), deny: v.nullish(count, 0) }),
          v.transform(({ name, approve, deny }) => ({
            ...(name === undefined ? {} : { name }),
            approve,
            deny,
          })),
        ),
      ),
      rtm: thresholdSets,
      reviews: listOf(review),
      suggested_reviewers: texts,
      resolve_annotations: v.fallback(v.nullish(v.record(v.string(), texts), {}), {}),
      resource_ids: listOf(resource),
    }),
  }),
  v.transform(({ metadata, spec }): AccessRequest => ({
    id: metadata.name,
    revision: metadata.revision ?? String(metadata.id ?? ''),
    user: spec.user,
    roles: spec.roles,
    resources: spec.resource_ids,
    state: spec.state,
    created: spec.created,
    decideBy: spec.expiry ?? metadata.expires ?? spec.expires,
    grantEnds: spec.expires,
    ...(spec.assume_start_time === undefined ? {} : { startsAt: spec.assume_start_time }),
    ...(spec.request_reason === undefined ? {} : { reason: spec.request_reason }),
    ...(spec.resolve_reason === undefined ? {} : { resolveReason: spec.resolve_reason }),
    thresholds: spec.thresholds,
    thresholdSets: spec.rtm,
    reviews: spec.reviews,
    suggestedReviewers: spec.suggested_reviewers,
    ...annotatedReviewer(spec.resolve_annotations[reviewerAnnotation]?.[0]),
  })),
);

const capabilities = v.object({ requestable_roles: texts, suggested_reviewers: texts });

/** The roles that a user may request and the suggested reviewers, from `tctl requests capabilities`. */
export interface Capabilities {
  readonly roles: readonly Untrusted[];
  readonly reviewers: readonly Untrusted[];
}

/** Reads `tsh request ls --format=json`. Rows that cannot be read are left out and counted. */
export function readList(output: string): { requests: AccessRequest[]; unreadable: number } {
  const { items, unreadable } = readCounted(output, request);
  return { requests: items, unreadable };
}

/** Reads `tsh request show --format=json`. */
export const readRequest = (output: string): AccessRequest => parseWith(request, parseJson(output));

/** Reads `tctl requests capabilities --format=json`. The output is `{}` when the user may request nothing. */
export function readCapabilities(output: string): Capabilities {
  const { requestable_roles, suggested_reviewers } = parseWith(capabilities, parseJson(output));
  return { roles: requestable_roles, reviewers: suggested_reviewers };
}
