// The server's rules for access requests: who may create and see them.
import { randomBytes, randomUUID } from 'node:crypto';
import type { Caller, Certificate } from './certificate.ts';
import { Refusal } from '../cli/refusal.ts';
import {
  allRoles,
  checkMaxDuration,
  checkStart,
  ruleCovers,
  requireRequestable,
  isAlive,
  isPermitted,
  mayRequestRole,
  requestEnds,
  requestOf,
  rolesNamed,
  heldRoles,
  type RequestedTimes,
} from './authorization.ts';
import { roleReaches } from './nodes.ts';
import { mayReviewRequest } from './reviews.ts';
import type { DemoRole, RoleThreshold } from '../resources/roles.ts';
import {
  listed,
  putRequest,
  requestState,
  type StoredRequest,
  type ResourceId,
  type State,
} from './serverState.ts';

const longestReason = 4096;

/** The content of a new access request. */
export interface NewRequest extends RequestedTimes {
  readonly roles: readonly string[];
  readonly resources: readonly ResourceId[];
  readonly reason: string;
  readonly reviewers: readonly string[];
  /** The earliest time at which the request may be assumed, in ms since 1970; 0 for at once. */
  readonly assumeStart: number;
}

/** Creates a request. @throws Refusal with the server's message when a rule forbids it. */
export function createRequest(
  state: State,
  certificate: Certificate,
  draft: NewRequest,
  now: number,
): StoredRequest {
  const { user } = certificate;
  if (Buffer.byteLength(draft.reason) > longestReason) {
    throw new Refusal(`access request reason is too long, max ${longestReason} bytes`);
  }
  checkMaxDuration(draft.maxDuration);
  const held = heldRoles(state, user);
  if (!draft.reason && held.some((role) => role.requestAccess === 'reason')) {
    throw new Refusal('request reason must be specified (required by static role configuration)');
  }
  const requested = draft.roles.includes('*') ? requestableRoles(state, user) : draft.roles;
  for (const name of requested) {
    if (!mayRequestRole(held, name)) throw new Refusal(`user "${user}" can not request role "${name}"`);
    requireRequestable(state, held, user, name);
  }
  const found =
    draft.resources.length && !requested.length ? rolesReaching(state, user, draft.resources) : [];
  const roles = [...new Set([...requested, ...found])].sort();
  requireReason(held, roles, draft.reason);
  const ends = requestEnds(state, certificate, roles, draft, now);
  checkStart(draft.assumeStart, ends.expires, now);

  const thresholds: RoleThreshold[] = [];
  const indexOf = (threshold: RoleThreshold): number => {
    const index = thresholds.findIndex((each) => JSON.stringify(each) === JSON.stringify(threshold));
    return index >= 0 ? index : thresholds.push(threshold) - 1;
  };
  const fallback: readonly RoleThreshold[] = [{ name: 'default', approve: 1, deny: 1 }];
  const roleThresholds = Object.fromEntries(
    roles.map((name) => [
      name,
      held
        .filter((role) => ruleCovers(role, name))
        .map(({ allow: { request } }) =>
          (request.thresholds.length ? request.thresholds : fallback).map(indexOf),
        ),
    ]),
  );
  const suggested = new Set(held.flatMap(({ allow }) => allow.request.suggestedReviewers));
  const request: StoredRequest = {
    id: newRequestId(now),
    user,
    roles,
    state: requestState.pending,
    created: now,
    ...ends,
    revision: randomUUID(),
    reason: draft.reason,
    resolveReason: '',
    resolveAnnotations: {},
    thresholds,
    roleThresholds,
    reviews: [],
    suggestedReviewers: draft.reviewers.length ? draft.reviewers : [...suggested],
    resources: draft.resources,
    assumeStart: draft.assumeStart,
    decidedByReview: false,
  };
  putRequest(state, request.id, request);
  return request;
}

/**
 * Throws a Refusal when a requested role requires a reason and the request has none. Teleport compares the
 * names literally, so a pattern in the role that requires reasons matches nothing.
 */
function requireReason(held: readonly DemoRole[], requested: readonly string[], reason: string): void {
  if (reason.trim()) return;
  for (const name of requested) {
    const requiring = held
      .map(({ allow }) => allow.request)
      .find(
        (request) =>
          request.reasonRequired &&
          [...request.roles, ...request.searchAsRoles].some((role) => role === name),
      );
    if (!requiring) continue;
    const prompt = requiring.reasonPrompt ? `\n${requiring.reasonPrompt}` : '';
    throw new Refusal(`request reason must be specified (required for role "${name}")${prompt}`);
  }
}

/** Returns the roles that a user may request by name and does not hold, sorted. */
export function requestableRoles(state: State, user: string): string[] {
  const held = heldRoles(state, user);
  const names = allRoles(state).map(({ name }) => name);
  return names
    .filter((name) => mayRequestRole(held, name) && held.every((role) => role.name !== name))
    .sort();
}

/**
 * Returns the roles through which a user may request these resources: those in `search_as_roles` that give
 * access to any of them.
 * @throws Refusal when there are none, or when a resource is in an unknown cluster.
 */
function rolesReaching(state: State, user: string, resources: readonly ResourceId[]): string[] {
  const searchable = heldRoles(state, user).flatMap(({ allow }) => allow.request.searchAsRoles);
  if (!searchable.length) {
    throw new Refusal(
      `Resource Access Requests require usable "search_as_roles", none found for user "${user}"`,
    );
  }
  const unknown = resources.find(
    ({ cluster }) => cluster !== state.cluster && !state.leaves.includes(cluster),
  );
  if (unknown) {
    throw new Refusal(`access request contains invalid or unknown cluster names: ${unknown.cluster}`);
  }
  const reaching = rolesNamed(state, searchable).filter((role) =>
    resources.some((resource) => roleReaches(state, role, resource)),
  );
  if (!reaching.length) {
    throw new Refusal(
      'no roles configured in the "search_as_roles" for this user allow access to any requested resources. The user may already have access to all requested resources with their existing roles.',
    );
  }
  return reaching.map(({ name }) => name);
}

/** Returns a UUIDv7, which begins with the time. Teleport makes such request ids since version 17. */
function newRequestId(now: number): string {
  const random = randomBytes(10).toString('hex');
  const time = now.toString(16).padStart(12, '0');
  const variant = '89ab'.charAt(Number.parseInt(random.charAt(3), 16) % 4);
  return [
    time.slice(0, 8),
    time.slice(8),
    `7${random.slice(0, 3)}`,
    `${variant}${random.slice(4, 7)}`,
    random.slice(7, 19),
  ].join('-');
}

/**
 * Whether a caller may read a request: their own, one they may review, or any with the verbs list and read.
 */
function isVisible(state: State, caller: Caller, request: StoredRequest): boolean {
  return (
    request.user === caller.user ||
    (isPermitted(state, caller, 'list', 'access_request') &&
      isPermitted(state, caller, 'read', 'access_request')) ||
    (!caller.builtin && mayReviewRequest(state, caller.user, request))
  );
}

/**
 * Returns all requests that a caller sees, oldest first. The list lags: it shows the state before a recent
 * change.
 */
export function listRequests(state: State, caller: Caller, now: number): StoredRequest[] {
  return listed(state.requests)
    .filter((request) => isAlive(request, now) && isVisible(state, caller, request))
    .sort((a, b) => a.created - b.created || (a.id < b.id ? -1 : 1));
}

/**
 * Returns the current state of a request, or undefined when the caller may not see it or it does not exist.
 */
export function findRequest(
  state: State,
  caller: Caller,
  id: string,
  now: number,
): StoredRequest | undefined {
  const request = requestOf(state, id, now);
  return request && isVisible(state, caller, request) ? request : undefined;
}
