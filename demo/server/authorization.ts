// The server's authorization: permissions, roles that may be requested, durations, and the certificates it
// issues.
import { goDuration, utcRfc3339, goUtcTime } from '../cli/goFormat.ts';
import type { Caller, Certificate } from './certificate.ts';
import { Refusal } from '../cli/refusal.ts';
import { rolesThroughLists } from './accessListMembership.ts';
import { refuseLocked } from './locks.ts';
import { matchesPattern, readStoredRole, type Conditions, type DemoRole } from '../resources/roles.ts';
import { current, requestState, type StoredRequest, type State } from './serverState.ts';
import { readStoredUser, type DemoUser } from '../resources/users.ts';

const hour = 3_600_000;
const day = 24 * hour;
/** The upper limit of every session. */
const longestSession = 30 * hour;
const longestGrant = 14 * day;
const longestPending = 7 * day;
const farthestStart = 7 * day;

/** Returns a user with the roles from access lists. @throws Refusal when the user does not exist. */
export function personOf(state: State, name: string): DemoUser {
  const user = current(state.users).find(({ metadata }) => metadata.name === name);
  if (!user) throw new Refusal(`user "${name}" not found`);
  const { roles, ...person } = readStoredUser(user);
  return { ...person, roles: [...new Set([...roles, ...rolesThroughLists(state, name)])] };
}

/** Returns all roles of the cluster. */
export const allRoles = (state: State): DemoRole[] => current(state.roles).map(readStoredRole);

/** Returns the roles with these names; names without a role are ignored. */
export const rolesNamed = (state: State, names: readonly string[]): DemoRole[] =>
  allRoles(state).filter((role) => names.includes(role.name));

/** Throws a Refusal when a role does not exist. */
export function requireRoles(state: State, names: readonly string[]): void {
  const unknown = names.find((name) => !rolesNamed(state, [name]).length);
  if (unknown !== undefined) throw new Refusal(`role ${unknown} is not found`);
}

/**
 * Returns the roles that a user holds without an access request.
 * @throws Refusal when the user does not exist.
 */
export const heldRoles = (state: State, user: string): DemoRole[] =>
  rolesNamed(state, personOf(state, user).roles);

/** Whether the rules of the roles in a certificate permit a verb on a resource. */
export function isPermitted(state: State, caller: Caller, verb: string, resource: string): boolean {
  if (caller.builtin) return true;
  const roles = rolesNamed(state, caller.roles);
  const hasRule = (side: 'allow' | 'deny'): boolean =>
    roles.some((role) =>
      role[side].rules.some(
        ({ resources, verbs }) =>
          (resources.includes(resource) || resources.includes('*')) &&
          [verb, '*', ...(verb === 'readnosecrets' ? ['read'] : [])].some((each) => verbs.includes(each)),
      ),
    );
  return hasRule('allow') && !hasRule('deny');
}

/**
 * Throws a Refusal with tctl's message when the roles in a certificate do not permit all verbs on a resource.
 */
export function requirePermission(
  state: State,
  caller: Caller,
  verbs: readonly string[],
  resource: string,
): void {
  const missing = verbs.filter((verb) => !isPermitted(state, caller, verb, resource));
  if (missing.length) {
    throw new Refusal(
      missing.map((verb) => `access denied to perform action "${verb}" on "${resource}"`).join(', '),
    );
  }
}

/** Whether a role allows its holders to request another role, by name or through a resource. */
export const ruleCovers = ({ allow: { request } }: DemoRole, name: string): boolean =>
  matchesPattern(request.roles, name) || matchesPattern(request.searchAsRoles, name);

/** Whether a user with these roles may request a role by name. */
export const mayRequestRole = (held: readonly DemoRole[], name: string): boolean =>
  held.some(({ allow }) => matchesPattern(allow.request.roles, name)) &&
  !held.some(({ deny }) => matchesPattern(deny.request.roles, name));

const strictestTtl = (roles: readonly DemoRole[]): number =>
  Math.min(longestSession, ...roles.map((role) => role.maxSessionTtl));

/** The durations that a request asks for, in ms from now. Absent when the request does not give one. */
export interface RequestedTimes {
  readonly requestTtl?: number | undefined;
  readonly sessionTtl?: number | undefined;
  readonly maxDuration?: number | undefined;
}

/**
 * Returns the three ends of a request, in ms since the epoch. The session is limited by the remaining time of
 * the login and by the strictest `max_session_ttl` of the roles. The grant is as long as the session. When
 * the user's role has `request.max_duration` and the request gives a duration, the grant is as long as the
 * shorter of these two.
 * @throws Refusal when the request asks for more than the maximum.
 */
export function requestEnds(
  state: State,
  certificate: Certificate,
  roles: readonly string[],
  times: RequestedTimes,
  now: number,
): { kept: number; expires: number; sessionEnd: number } {
  const longest = strictestTtl(rolesNamed(state, roles));
  // The client sends a point in time, so 1 ms of the duration has passed when the server reads the request.
  const transmission = 1;
  if (times.sessionTtl && times.sessionTtl > longest) {
    throw new Refusal(
      `invalid session TTL: ${goDuration(times.sessionTtl - transmission)} greater than maximum allowed (${goDuration(longest)})`,
    );
  }
  if (times.requestTtl && times.requestTtl > longestPending) {
    throw new Refusal(
      `invalid request TTL: ${goDuration(times.requestTtl - transmission)} greater than maximum allowed (${goDuration(longestPending)})`,
    );
  }
  const session = Math.min(longest, certificate.validUntil - now, times.sessionTtl || Infinity);
  const held = heldRoles(state, certificate.user);
  const allowed = Math.min(
    ...roles.map((name) =>
      Math.max(0, ...held.map((role) => (ruleCovers(role, name) ? role.allow.request.maxDuration : 0))),
    ),
  );
  const grant = times.maxDuration && allowed ? Math.min(times.maxDuration, allowed) : session;
  return {
    kept: now + (times.requestTtl || Math.min(grant, longestPending)),
    expires: now + grant,
    sessionEnd: now + Math.min(session, grant),
  };
}

/** Throws a Refusal when a duration is longer than any role may allow. */
export function checkMaxDuration(ms: number | undefined): void {
  if (ms && ms > longestGrant) {
    throw new Refusal(`max_duration must be less than or equal to ${goDuration(longestGrant)}`);
  }
}

/**
 * Throws a Refusal when an assume start is in the past, after the grant's end or too far in the future. Times
 * are in ms; start 0 means at once.
 */
export function checkStart(start: number, expires: number, now: number): void {
  if (!start) return;
  if (start <= now) throw new Refusal(`assume start time has to be after ${utcRfc3339(now)}`);
  if (start >= expires) {
    throw new Refusal(`assume start time must be prior to access expiry time at ${utcRfc3339(expires)}`);
  }
  if (start > now + farthestStart) {
    throw new Refusal(
      `assume start time is too far in the future, latest time allowed is ${utcRfc3339(now + farthestStart)}`,
    );
  }
}

/** Whether the server still has a request. It removes expired ones. */
export const isAlive = (request: StoredRequest, now: number): boolean => request.kept > now;

/** Returns a request by its id, without a check of the caller's permissions. */
export function requestOf(state: State, id: string, now: number): StoredRequest | undefined {
  return state.requests.map((stored) => stored.now).find((each) => each?.id === id && isAlive(each, now));
}

/**
 * Issues the certificate of a login with a password. `ttl` is in ms and limited by the roles.
 * @throws Refusal when a lock is in force.
 */
export function firstCertificate(
  state: State,
  user: string,
  key: string,
  ttl: number,
  now: number,
): Certificate {
  const roles = heldRoles(state, user);
  const end = now + Math.min(ttl, strictestTtl(roles));
  const certificate = certificateFor(state.cluster, user, roles, [], key, end, now);
  refuseLocked(state, certificate, now);
  return certificate;
}

/**
 * Reissues a certificate with exactly these requests assumed. The new certificate does not last longer than
 * the old one, than any of the grants, or than the strictest role allows. Every request is validated again.
 * @param cluster the cluster that the certificate is for: the root or a leaf
 * @throws Refusal when a request cannot be assumed or a lock is in force.
 */
export function reissue(
  state: State,
  from: Certificate,
  ids: readonly string[],
  now: number,
  cluster = from.cluster,
): Certificate {
  const requests = ids.map((id) => requireAssumable(state, id, now));
  if (requests.filter((request) => request.resources.length).length > 1) {
    throw new Refusal('cannot generate certificate with multiple resource access requests');
  }
  const held = heldRoles(state, from.user);
  for (const name of requests.flatMap((request) => request.roles))
    requireRequestable(state, held, from.user, name);
  const names = [...held.map(({ name }) => name), ...requests.flatMap((request) => request.roles)];
  const roles = rolesNamed(state, names);
  const end = Math.min(
    from.validUntil,
    now + strictestTtl(roles),
    ...requests.map((request) => request.expires),
  );
  const certificate = certificateFor(cluster, from.user, roles, requests, from.key, end, now);
  refuseLocked(state, certificate, now);
  return certificate;
}

/**
 * Throws a Refusal when a user with these roles may not request a role, by name or through a resource, or
 * when the role does not exist.
 */
export function requireRequestable(
  state: State,
  held: readonly DemoRole[],
  user: string,
  name: string,
): void {
  if (
    !held.some((role) => ruleCovers(role, name)) ||
    held.some(({ deny }) => matchesPattern(deny.request.roles, name))
  ) {
    throw new Refusal(`user "${user}" can not request role "${name}"`);
  }
  requireRoles(state, [name]);
}

function requireAssumable(state: State, id: string, now: number): StoredRequest {
  const request = requestOf(state, id, now);
  if (!request) throw new Refusal(`access request "${id}" not found`);
  if (request.state === requestState.denied) throw new Refusal(`access request "${id}" has been denied`);
  if (request.state !== requestState.approved)
    throw new Refusal(`access request "${id}" is awaiting approval`);
  if (request.assumeStart > now) {
    throw new Refusal(`access request "${id}" can not be assumed until ${goUtcTime(request.assumeStart)}`);
  }
  if (request.expires <= now) throw new Refusal(`access request "${id}" has expired`);
  return request;
}

/** Returns the values that these roles allow and none of them denies, sorted. */
function granted(roles: readonly DemoRole[], valuesOf: (side: Conditions) => readonly string[]): string[] {
  const denied = roles.flatMap(({ deny }) => valuesOf(deny));
  return [...new Set(roles.flatMap(({ allow }) => valuesOf(allow)))]
    .filter((each) => !denied.includes(each))
    .sort();
}

/** Returns the Kubernetes groups that these roles give, sorted. */
export const kubernetesGroupsOf = (roles: readonly DemoRole[]): string[] =>
  granted(roles, ({ kubernetesGroups }) => kubernetesGroups);

function certificateFor(
  cluster: string,
  user: string,
  roles: readonly DemoRole[],
  requests: readonly StoredRequest[],
  key: string,
  end: number,
  now: number,
): Certificate {
  return {
    user,
    cluster,
    roles: roles.map((role) => role.name).sort(),
    requests: requests.map((request) => request.id),
    resources: requests.flatMap((request) => request.resources),
    logins: granted(roles, ({ logins }) => logins),
    kubernetesGroups: kubernetesGroupsOf(roles),
    validUntil: Math.floor(end / 1000) * 1000,
    issued: now,
    key,
  };
}
