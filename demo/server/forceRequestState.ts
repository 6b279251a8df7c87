// Sets the state of a request regardless of its reviews, as `tctl requests approve` and `deny` do.
import { randomUUID } from 'node:crypto';
import type { Caller } from './certificate.ts';
import { Refusal } from '../cli/refusal.ts';
import { requirePermission, requestOf } from './authorization.ts';
import { putRequest, requestState, type State } from './serverState.ts';

/** The values given to `tctl requests approve` and `deny`. */
export interface ForcedState {
  readonly state: number;
  readonly reason: string;
  readonly annotations: Readonly<Record<string, readonly string[]>>;
  /** The roles to grant: a subset of the requested ones. Empty for all of them. */
  readonly roles: readonly string[];
  /** The new assume start, in ms since 1970; 0 keeps the assume start of the request. */
  readonly assumeStart: number;
}

/**
 * Sets the state of a request, without thresholds, and overwrites its reason and annotations.
 * @throws Refusal when the caller is not permitted to, or when the request is denied already.
 */
export function forceRequestState(
  state: State,
  certificate: Caller,
  id: string,
  forced: ForcedState,
  now: number,
): void {
  requirePermission(state, certificate, ['update'], 'access_request');
  if (certificate.requests.length) {
    throw new Refusal('cannot directly update the state of an access request while using an access request');
  }
  const request = requestOf(state, id, now);
  if (!request) throw new Refusal(`cannot set state of access request "${id}" (not found)`);
  if (request.user === certificate.user) {
    throw new Refusal('directly updating the state of your own access requests is not permitted');
  }
  if (request.state === requestState.denied) {
    if (forced.state === requestState.denied) return;
    throw new Refusal('cannot set request-state "APPROVED" (already denied)');
  }
  const unrequested = forced.roles.find((role) => !request.roles.includes(role));
  if (unrequested !== undefined) {
    throw new Refusal(
      `role "${unrequested}" not in original request, overrides must be a subset of original role list`,
    );
  }
  putRequest(state, id, {
    ...request,
    state: forced.state,
    roles: forced.roles.length ? forced.roles : request.roles,
    resolveReason: forced.reason,
    resolveAnnotations: forced.annotations,
    assumeStart: forced.assumeStart || request.assumeStart,
    kept: forced.state === requestState.approved ? request.expires : request.kept,
    revision: randomUUID(),
  });
}
