// Re-issues the certificate of a login to assume or drop access requests, waits for decisions, and prints the
// status.
import { setTimeout as wait } from 'node:timers/promises';
import { Refusal } from '../cli/refusal.ts';
import { quote } from '../cli/goFormat.ts';
import { reissue, requestOf } from '../server/authorization.ts';
import { readLogin, readProfiles, rewriteLogin, type StoredLogin } from './profileFolder.ts';
import { selectedKube } from '../kube/kubeconfig.ts';
import { statusText, type Overrides } from './requestOutput.ts';
import { connect, requireValidLogin, isExpired, type Session } from './session.ts';
import { readState, requestState, stateNames, type StoredRequest } from '../server/serverState.ts';

/**
 * How often a waiting program reads the state, in ms. Must be short: a wait ends within a second of the
 * decision.
 */
const pollInterval = 100;

/**
 * Waits until a request is decided.
 * @returns the approved request.
 * @throws Refusal when the request is denied, or expires or is deleted before the decision.
 */
export async function awaitDecision(session: Session, id: string): Promise<StoredRequest> {
  for (;;) {
    const request = requestOf(readState(session.dir), id, session.now());
    if (!request) throw new Refusal(`request ${id} has expired or been deleted...`);
    if (request.state !== requestState.pending) return requireApproved(request);
    await wait(pollInterval);
  }
}

/** Returns the request when it is approved, and throws a Refusal otherwise. */
export function requireApproved(request: StoredRequest): StoredRequest {
  if (request.state === requestState.approved) return request;
  const reason = request.resolveReason ? `, reason=${quote(request.resolveReason)}` : '';
  throw new Refusal(`request ${request.id} has been set to ${stateNames[request.state] ?? ''}${reason}`);
}

/** Prints that a request was approved, and re-issues the login with this request assumed. */
export function assume(session: Session, login: StoredLogin, request: StoredRequest): void {
  session.err(
    request.resolveReason
      ? `\nApproval received, reason=${quote(request.resolveReason)}\nGetting updated certificates...\n\n`
      : '\nApproval received, getting updated certificates...\n\n',
  );
  const { certificate, state } = connect(session, login);
  const ids = [...new Set([...certificate.requests, request.id])];
  rewriteLogin(session.home, state, reissue(state, certificate, ids, session.now()));
}

/**
 * Re-issues the login without these requests, or without all requests when `ids` is undefined. The requests
 * that stay are validated again, so dropping all requests validates none.
 */
export function drop(session: Session, login: StoredLogin, ids: readonly string[] | undefined): void {
  const { certificate, state } = connect(session, login);
  const kept = ids ? certificate.requests.filter((id) => !ids.includes(id)) : [];
  rewriteLogin(session.home, state, reissue(state, certificate, kept, session.now()));
}

/** Reads the values from the environment and the kubeconfig that override those of the profile. */
export function overridesOf({ dir, env }: Session): Overrides {
  return {
    kubeCluster: env['TELEPORT_KUBE_CLUSTER'] || selectedKube(env, readState(dir).cluster),
    proxy: env['TELEPORT_PROXY'],
    cluster: env['TELEPORT_CLUSTER'] ?? env['TELEPORT_SITE'],
  };
}

/** The overrides of profiles other than the active one, which have none. */
export const noOverrides: Overrides = { kubeCluster: undefined, proxy: undefined, cluster: undefined };

/** Reads the logins of the other profiles in the home. Unreadable logins are left out. */
export function otherLogins({ profile }: StoredLogin, { home }: Session): StoredLogin[] {
  return readProfiles(home).flatMap((each) => {
    if (each.host === profile.host) return [];
    try {
      return readLogin(home, each) ?? [];
    } catch {
      return [];
    }
  });
}

/**
 * Prints the status text of a login and of the other profiles. Without a login given, reads the one on disk.
 * @throws Refusal after printing when the login has expired.
 */
export function printStatus(session: Session, login = requireValidLogin(session)): void {
  const { certificate, profile } = login;
  session.out(statusText(certificate, profile.proxy, overridesOf(session), session.now()));
  for (const other of otherLogins(login, session)) {
    session.out(statusText(other.certificate, other.profile.proxy, noOverrides, session.now(), ' '));
  }
  if (isExpired(session, certificate)) throw new Refusal('Active profile expired.');
}
