// What `tctl requests approve` and `deny` do: they set the state, whatever the reviews say.
import { randomUUID } from 'node:crypto';
import type { Caller } from './certificate.ts';
import { Refusal } from '../cli/refusal.ts';
import { demand, requestOf } from './authorization.ts';
import { putRequest, requestState, type State } from './serverState.ts';

/** What `tctl requests approve` and `deny` say. */
export interface ForcedState {
  readonly state: number;
  readonly reason: string;
  readonly annotations: Readonly<Record<string, readonly string[]>>;
  /** A subset of the roles; empty = all. */
  readonly roles: readonly string[];
  /** ms; 0 = as it was */
  readonly assumeStart: number;
}

/** Sets the state directly. It asks no threshold and overwrites reason and annotations. */
export function forceRequestState(
  state: State,
  certificate: Caller,
  id: string,
  decreed: ForcedState,
  now: number,
): void {
  demand(state, certificate, ['update'], 'access_request');
  if (certificate.requests.length) {
    throw new Refusal('cannot directly update the state of an access request while using an access request');
  }
  const request = requestOf(state, id, now);
  if (!request) throw new Refusal(`cannot set state of access request "${id}" (not found)`);
  if (request.user === certificate.user) {
    throw new Refusal('directly updating the state of your own access requests is not permitted');
  }
  if (request.state === requestState.denied) {
    if (decreed.state === requestState.denied) return;
    throw new Refusal('cannot set request-state "APPROVED" (already denied)');
  }
  const foreign = decreed.roles.find((role) => !request.roles.includes(role));
  if (foreign !== undefined) {
    throw new Refusal(
      `role "${foreign}" not in original request, overrides must be a subset of original role list`,
    );
  }
  putRequest(state, id, {
    ...request,
    state: decreed.state,
    roles: decreed.roles.length ? decreed.roles : request.roles,
    resolveReason: decreed.reason,
    resolveAnnotations: decreed.annotations,
    assumeStart: decreed.assumeStart || request.assumeStart,
    kept: decreed.state === requestState.approved ? request.expires : request.kept,
    revision: randomUUID(),
  });
}
