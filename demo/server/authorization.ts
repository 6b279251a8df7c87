// What the server grants: how long, to whom, and the certificates made from it.
import { goDuration, utc, utcTime } from '../cli/goFormat.ts';
import type { Caller, Certificate } from './certificate.ts';
import { Refusal } from '../cli/refusal.ts';
import { rolesThroughLists } from './accessListMembership.ts';
import { refuseLocked } from './locks.ts';
import { matchesPattern, findRole, type Conditions, type DemoRole } from '../resources/roles.ts';
import { current, requestState, type StoredRequest, type State } from './serverState.ts';
import { personIn, type Person } from '../resources/users.ts';

const hour = 3_600_000;
const day = 24 * hour;
/** No session is longer. */
const longestSession = 30 * hour;
const longestGrant = 14 * day;
const longestPending = 7 * day;
const farthestStart = 7 * day;

/** A user by name, with what access lists give them, or refuses. */
export function personOf(state: State, name: string): Person {
  const user = current(state.users).find(({ metadata }) => metadata.name === name);
  if (!user) throw new Refusal(`user "${name}" not found`);
  const { roles, ...person } = personIn(user);
  return { ...person, roles: [...new Set([...roles, ...rolesThroughLists(state, name)])] };
}

/** Every role there is, as the server reads it. */
export const allRoles = (state: State): DemoRole[] => current(state.roles).map(findRole);

export const rolesNamed = (state: State, names: readonly string[]): DemoRole[] =>
  allRoles(state).filter((role) => names.includes(role.name));

export const heldRoles = (state: State, user: string): DemoRole[] =>
  rolesNamed(state, personOf(state, user).roles);

/** Whether the roles in a certificate have a rule. */
export function may(state: State, caller: Caller, verb: string, resource: string): boolean {
  if (caller.builtin) return true;
  const roles = rolesNamed(state, caller.roles);
  const has = (side: 'allow' | 'deny'): boolean =>
    roles.some((role) =>
      role[side].rules.some(
        ({ resources, verbs }) =>
          (resources.includes(resource) || resources.includes('*')) &&
          [verb, '*', ...(verb === 'readnosecrets' ? ['read'] : [])].some((each) => verbs.includes(each)),
      ),
    );
  return has('allow') && !has('deny');
}

/** Refuses what the roles in a certificate have no rule for, in tctl's words. */
export function demand(state: State, caller: Caller, verbs: readonly string[], resource: string): void {
  const missing = verbs.filter((verb) => !may(state, caller, verb, resource));
  if (missing.length) {
    throw new Refusal(
      missing.map((verb) => `access denied to perform action "${verb}" on "${resource}"`).join(', '),
    );
  }
}

/** Whether a role's rule lets another be asked for, by name or through a resource. */
export const ruleCovers = ({ allow: { request } }: DemoRole, name: string): boolean =>
  matchesPattern(request.roles, name) || matchesPattern(request.searchAsRoles, name);

/** Whether somebody with these roles may ask for a role by its name. */
export const mayAskFor = (own: readonly DemoRole[], name: string): boolean =>
  own.some(({ allow }) => matchesPattern(allow.request.roles, name)) &&
  !own.some(({ deny }) => matchesPattern(deny.request.roles, name));

const strictest = (roles: readonly DemoRole[]): number =>
  Math.min(longestSession, ...roles.map((role) => role.maxSessionTtl));

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
      `invalid session TTL: ${goDuration(asked.sessionTtl - sent)} greater than maximum allowed (${goDuration(most)})`,
    );
  }
  if (asked.requestTtl && asked.requestTtl > longestPending) {
    throw new Refusal(
      `invalid request TTL: ${goDuration(asked.requestTtl - sent)} greater than maximum allowed (${goDuration(longestPending)})`,
    );
  }
  const session = Math.min(most, certificate.validUntil - now, asked.sessionTtl || Infinity);
  const own = heldRoles(state, certificate.user);
  const allowed = Math.min(
    ...roles.map((name) =>
      Math.max(0, ...own.map((role) => (ruleCovers(role, name) ? role.allow.request.maxDuration : 0))),
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
    throw new Refusal(`max_duration must be less than or equal to ${goDuration(longestGrant)}`);
  }
}

/** Refuses a start that is over, past the grant's end or too far away. Times in ms; 0 = at once. */
export function checkStart(start: number, expires: number, now: number): void {
  if (!start) return;
  if (start <= now) throw new Refusal(`assume start time has to be after ${utc(now)}`);
  if (start >= expires) {
    throw new Refusal(`assume start time must be prior to access expiry time at ${utc(expires)}`);
  }
  if (start > now + farthestStart) {
    throw new Refusal(
      `assume start time is too far in the future, latest time allowed is ${utc(now + farthestStart)}`,
    );
  }
}

/** Whether a request is still there: expired ones disappear. */
export const isAlive = (request: StoredRequest, now: number): boolean => request.kept > now;

/** A request by id, whoever asks. */
export function requestOf(state: State, id: string, now: number): StoredRequest | undefined {
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
  const roles = heldRoles(state, user);
  const end = now + Math.min(ttl, strictest(roles));
  const certificate = certificateFor(state.cluster, user, roles, [], key, end, now);
  refuseLocked(state, certificate, now);
  return certificate;
}

/**
 * Makes a certificate anew with exactly these requests assumed. It never lasts longer than the one it is made
 * from, than any of the grants, or than the strictest role. Every request is validated again.
 * `cluster` is the one it is for: the root or a leaf.
 */
export function reissue(
  state: State,
  from: Certificate,
  ids: readonly string[],
  now: number,
  cluster = from.cluster,
): Certificate {
  const requests = ids.map((id) => assumable(state, id, now));
  if (requests.filter((request) => request.resources.length).length > 1) {
    throw new Refusal('cannot generate certificate with multiple resource access requests');
  }
  const own = heldRoles(state, from.user);
  for (const name of requests.flatMap((request) => request.roles)) demandRole(state, own, from.user, name);
  const names = [...own.map(({ name }) => name), ...requests.flatMap((request) => request.roles)];
  const roles = rolesNamed(state, names);
  const end = Math.min(
    from.validUntil,
    now + strictest(roles),
    ...requests.map((request) => request.expires),
  );
  const next = certificateFor(cluster, from.user, roles, requests, from.key, end, now);
  refuseLocked(state, next, now);
  return next;
}

/** Refuses a role that somebody with these roles may not ask for, by name or through a resource. */
export function demandRole(state: State, own: readonly DemoRole[], user: string, name: string): void {
  if (
    !own.some((role) => ruleCovers(role, name)) ||
    own.some(({ deny }) => matchesPattern(deny.request.roles, name))
  ) {
    throw new Refusal(`user "${user}" can not request role "${name}"`);
  }
  if (!rolesNamed(state, [name]).length) throw new Refusal(`role ${name} is not found`);
}

function assumable(state: State, id: string, now: number): StoredRequest {
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

/** What these roles allow of something and none of them denies, sorted. */
function granted(roles: readonly DemoRole[], list: (side: Conditions) => readonly string[]): string[] {
  const denied = roles.flatMap(({ deny }) => list(deny));
  return [...new Set(roles.flatMap(({ allow }) => list(allow)))]
    .filter((each) => !denied.includes(each))
    .sort();
}

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
