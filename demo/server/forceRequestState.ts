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
  putRequest(state, id, {
    ...request,
    state: forced.state,
    resolveReason: forced.reason,
    resolveAnnotations: forced.annotations,
    kept: forced.state === requestState.approved ? request.expires : request.kept,
    revision: randomUUID(),
  });
}
