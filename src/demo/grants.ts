// What the server grants: how long, to whom, and the certificates made from it.
import { duration, utcTime } from './go.ts';
import type { Certificate } from './certificate.ts';
import { Refusal } from './failure.ts';
import type { Person, Role } from './roles.ts';
import { requestState, type AccessRequest, type Lock, type State } from './state.ts';

const hour = 3_600_000;
const day = 24 * hour;
/** No session is longer. */
const longestSession = 30 * hour;
const longestGrant = 14 * day;
const longestPending = 7 * day;

/** A user by name. The state is our own: whoever holds a certificate is in it. */
export function personOf(state: State, name: string): Person {
  const person = state.people.find((each) => each.name === name);
  if (!person) throw new Refusal(`user "${name}" not found`);
  return person;
}

export const rolesNamed = (state: State, names: readonly string[]): Role[] =>
  names.flatMap((name) => state.roles.filter((role) => role.name === name));

export const rolesOf = (state: State, user: string): Role[] => rolesNamed(state, personOf(state, user).roles);

/** Whether a person's own roles have a rule. */
export function may(state: State, user: string, verb: string, resource: string): boolean {
  return rolesOf(state, user).some((role) => role.rules?.[resource]?.includes(verb));
}

/** Refuses what a person's own roles have no rule for, in tctl's words. */
export function demand(state: State, user: string, verb: string, resource: string): void {
  if (!may(state, user, verb, resource)) {
    throw new Refusal(`access denied to perform action "${verb}" on "${resource}"`);
  }
}

/** Whether a rule lets a role be asked for, by name or through a resource. */
export const covers = (rule: NonNullable<Role['request']>, name: string): boolean =>
  rule.roles.includes(name) || (rule.searchAsRoles ?? []).includes(name);

const strictest = (roles: readonly Role[]): number =>
  Math.min(longestSession, ...roles.flatMap((role) => role.maxSessionTtl ?? []));

/** What a request asks for in time; all in ms from now, undefined = not asked. */
export interface AskedTimes {
  readonly requestTtl: number | undefined;
  readonly sessionTtl: number | undefined;
  readonly maxDuration: number | undefined;
}

/**
 * The three ends of a request, in ms since the epoch. The session is cut to the login's rest and the roles'
 * strictest `max_session_ttl`; the grant is as long as the session, or, where the person's role has
 * `request.max_duration` and a duration was asked for, as long as the lesser of the two.
 */
export function requestEnds(
  state: State,
  certificate: Certificate,
  roles: readonly string[],
  asked: AskedTimes,
  now: number,
): { kept: number; expires: number; sessionEnd: number } {
  const most = strictest(rolesNamed(state, roles));
  // The client sends an instant, so a little of what was asked for is over when the server reads it.
  const sent = 1;
  if (asked.sessionTtl && asked.sessionTtl > most) {
    throw new Refusal(
      `invalid session TTL: ${duration(asked.sessionTtl - sent)} greater than maximum allowed (${duration(most)})`,
    );
  }
  if (asked.requestTtl && asked.requestTtl > longestPending) {
    throw new Refusal(
      `invalid request TTL: ${duration(asked.requestTtl - sent)} greater than maximum allowed (${duration(longestPending)})`,
    );
  }
  const session = Math.min(most, certificate.validUntil - now, asked.sessionTtl || Infinity);
  const own = rolesOf(state, certificate.user);
  const allowed = Math.min(
    ...roles.map((name) =>
      Math.max(
        0,
        ...own.map(({ request }) => (request && covers(request, name) ? (request.maxDuration ?? 0) : 0)),
      ),
    ),
  );
  const grant = asked.maxDuration && allowed ? Math.min(asked.maxDuration, allowed) : session;
  return {
    kept: now + (asked.requestTtl || Math.min(grant, longestPending)),
    expires: now + grant,
    sessionEnd: now + Math.min(session, grant),
  };
}

/** Refuses a duration no role may allow. */
export function checkMaxDuration(ms: number | undefined): void {
  if (ms && ms > longestGrant) {
    throw new Refusal(`max_duration must be less than or equal to ${duration(longestGrant)}`);
  }
}

/** The lock in force on a certificate, or one that would be with these requests. */
export function lockOn(
  state: State,
  certificate: Pick<Certificate, 'user' | 'roles' | 'requests'>,
  now: number,
): Lock | undefined {
  return state.locks.find(
    ({ target, expires }) =>
      (expires === undefined || expires > now) &&
      ((target.accessRequest !== undefined && certificate.requests.includes(target.accessRequest)) ||
        target.user === certificate.user ||
        (target.role !== undefined && certificate.roles.includes(target.role))),
  );
}

/** Whether a request is still there: expired ones disappear. */
export const isAlive = (request: AccessRequest, now: number): boolean => request.kept > now;

/** A request by id, whoever asks. */
export function requestOf(state: State, id: string, now: number): AccessRequest | undefined {
  return state.requests.map((stored) => stored.now).find((each) => each?.id === id && isAlive(each, now));
}

/** A first certificate, from a login with a password. `ttl` in ms, cut to what the roles allow. */
export function firstCertificate(
  state: State,
  user: string,
  key: string,
  ttl: number,
  now: number,
): Certificate {
  const roles = rolesOf(state, user);
  return certificateFor(state, user, roles, [], key, now + Math.min(ttl, strictest(roles)), now);
}

/**
 * Makes a certificate anew with exactly these requests assumed. It never lasts longer than the one it is made
 * from, than any of the grants, or than the strictest role. Every request is validated again.
 */
export function reissue(state: State, from: Certificate, ids: readonly string[], now: number): Certificate {
  const requests = ids.map((id) => assumable(state, id, now));
  if (requests.filter((request) => request.resources.length).length > 1) {
    throw new Refusal('cannot generate certificate with multiple resource access requests');
  }
  const own = personOf(state, from.user).roles;
  const roles = rolesNamed(state, [...new Set([...own, ...requests.flatMap((request) => request.roles)])]);
  const end = Math.min(
    from.validUntil,
    now + strictest(roles),
    ...requests.map((request) => request.expires),
  );
  const next = certificateFor(state, from.user, roles, requests, from.key, end, now);
  const lock = lockOn(state, next, now);
  if (lock) throw new Refusal(`lock targeting ${targetText(lock)} is in force: ${lock.message}`);
  return next;
}

function targetText({ target }: Lock): string {
  const [kind = '', name = ''] = Object.entries(target)[0] ?? [];
  return `${kind.charAt(0).toUpperCase()}${kind.slice(1)}:"${name}"`;
}

function assumable(state: State, id: string, now: number): AccessRequest {
  const request = requestOf(state, id, now);
  if (!request) throw new Refusal(`access request "${id}" not found`);
  if (request.state === requestState.denied) throw new Refusal(`access request "${id}" has been denied`);
  if (request.state !== requestState.approved)
    throw new Refusal(`access request "${id}" is awaiting approval`);
  if (request.assumeStart > now) {
    throw new Refusal(`access request "${id}" can not be assumed until ${utcTime(request.assumeStart)}`);
  }
  if (request.expires <= now) throw new Refusal(`access request "${id}" has expired`);
  return request;
}

function certificateFor(
  state: State,
  user: string,
  roles: readonly Role[],
  requests: readonly AccessRequest[],
  key: string,
  end: number,
  now: number,
): Certificate {
  const all = (list: (role: Role) => readonly string[] | undefined): string[] =>
    [...new Set(roles.flatMap((role) => list(role) ?? []))].sort();
  return {
    user,
    cluster: state.cluster,
    roles: roles.map((role) => role.name).sort(),
    requests: requests.map((request) => request.id),
    resources: requests.flatMap((request) => request.resources),
    logins: all((role) => role.logins),
    kubernetesGroups: all((role) => role.kubernetesGroups),
    validUntil: Math.floor(end / 1000) * 1000,
    issued: now,
    key,
  };
}
