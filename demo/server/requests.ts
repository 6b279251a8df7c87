// The server's rules for access requests: who sees, makes, reviews and decides them.
import { randomBytes, randomUUID } from 'node:crypto';
import type { Caller, Certificate } from './certificate.ts';
import { Refusal } from '../cli/refusal.ts';
import {
  allRoles,
  checkMaxDuration,
  checkStart,
  ruleCovers,
  demandRole,
  isAlive,
  may,
  mayAskFor,
  requestEnds,
  requestOf,
  rolesNamed,
  heldRoles,
  type AskedTimes,
} from './authorization.ts';
import { reaches } from './nodes.ts';
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

/** What a person asks for. */
export interface NewRequest extends AskedTimes {
  readonly roles: readonly string[];
  readonly resources: readonly ResourceId[];
  readonly reason: string;
  readonly reviewers: readonly string[];
  /** ms; 0 = at once */
  readonly assumeStart: number;
}

/** Makes a request, or refuses with the server's words. */
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
  const own = heldRoles(state, user);
  if (!draft.reason && own.some((role) => role.requestAccess === 'reason')) {
    throw new Refusal('request reason must be specified (required by static role configuration)');
  }
  const named = draft.roles.includes('*') ? mayBeRequested(state, user) : draft.roles;
  for (const name of named) {
    if (!mayAskFor(own, name)) throw new Refusal(`user "${user}" can not request role "${name}"`);
    demandRole(state, own, user, name);
  }
  const searched = draft.resources.length && !named.length ? rolesFor(state, user, draft.resources) : [];
  const roles = [...new Set([...named, ...searched])].sort();
  demandReason(own, roles, draft.reason);
  const ends = requestEnds(state, certificate, roles, draft, now);
  checkStart(draft.assumeStart, ends.expires, now);

  const thresholds: RoleThreshold[] = [];
  const indexOf = (threshold: RoleThreshold): number => {
    const at = thresholds.findIndex((each) => JSON.stringify(each) === JSON.stringify(threshold));
    return at >= 0 ? at : thresholds.push(threshold) - 1;
  };
  const fallback: readonly RoleThreshold[] = [{ name: 'default', approve: 1, deny: 1 }];
  const roleThresholds = Object.fromEntries(
    roles.map((name) => [
      name,
      own
        .filter((role) => ruleCovers(role, name))
        .map(({ allow: { request } }) =>
          (request.thresholds.length ? request.thresholds : fallback).map(indexOf),
        ),
    ]),
  );
  const suggested = new Set(own.flatMap(({ allow }) => allow.request.suggestedReviewers));
  const request: StoredRequest = {
    id: timedId(now),
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

/** Teleport looks the asked roles up among those named in the role that wants reasons: a pattern there matches nothing. */
function demandReason(own: readonly DemoRole[], asked: readonly string[], reason: string): void {
  if (reason.trim()) return;
  for (const name of asked) {
    const wants = own
      .map(({ allow }) => allow.request)
      .find(
        (request) =>
          request.reasonRequired &&
          [...request.roles, ...request.searchAsRoles].some((role) => role === name),
      );
    if (!wants) continue;
    const prompt = wants.reasonPrompt ? `\n${wants.reasonPrompt}` : '';
    throw new Refusal(`request reason must be specified (required for role "${name}")${prompt}`);
  }
}

/** The roles somebody may ask for by name and does not hold, sorted. */
export function mayBeRequested(state: State, user: string): string[] {
  const own = heldRoles(state, user);
  const names = allRoles(state).map(({ name }) => name);
  return names.filter((name) => mayAskFor(own, name) && own.every((role) => role.name !== name)).sort();
}

/** The roles through which somebody may ask for these resources: those that reach them. */
function rolesFor(state: State, user: string, resources: readonly ResourceId[]): string[] {
  const searchable = heldRoles(state, user).flatMap(({ allow }) => allow.request.searchAsRoles);
  if (!searchable.length) {
    throw new Refusal(
      `Resource Access Requests require usable "search_as_roles", none found for user "${user}"`,
    );
  }
  const foreign = resources.find(
    ({ cluster }) => cluster !== state.cluster && !state.leaves.includes(cluster),
  );
  if (foreign) {
    throw new Refusal(`access request contains invalid or unknown cluster names: ${foreign.cluster}`);
  }
  const reaching = rolesNamed(state, searchable).filter((role) =>
    resources.some((resource) => reaches(state, role, resource)),
  );
  if (!reaching.length) {
    throw new Refusal(
      'no roles configured in the "search_as_roles" for this user allow access to any requested resources. The user may already have access to all requested resources with their existing roles.',
    );
  }
  return reaching.map(({ name }) => name);
}

/** A UUIDv7, as the server makes since 17: it begins with the time. */
function timedId(now: number): string {
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

/** Whether somebody may read a request: their own, one they may review, or any with list and read. */
export function isVisible(state: State, caller: Caller, request: StoredRequest): boolean {
  return (
    request.user === caller.user ||
    (may(state, caller, 'list', 'access_request') && may(state, caller, 'read', 'access_request')) ||
    (!caller.builtin && mayReviewRequest(state, caller.user, request))
  );
}

/** All a person sees, oldest first. Lags: what changed just now appears as it was. */
export function listRequests(state: State, caller: Caller, now: number): StoredRequest[] {
  return listed(state.requests)
    .filter((request) => isAlive(request, now) && isVisible(state, caller, request))
    .sort((a, b) => a.created - b.created || (a.id < b.id ? -1 : 1));
}

/** One request as it is right now, or undefined where there is none a person may see. */
export function findRequest(
  state: State,
  caller: Caller,
  id: string,
  now: number,
): StoredRequest | undefined {
  const request = requestOf(state, id, now);
  return request && isVisible(state, caller, request) ? request : undefined;
}
