// Re-issuing a login's certificate: assuming requests, waiting for them, giving them back.
import { setTimeout as wait } from 'node:timers/promises';
import { Refusal } from '../cli/refusal.ts';
import { quote } from '../cli/goFormat.ts';
import { reissue, requestOf } from '../server/authorization.ts';
import { readLogin, readProfiles, rewriteLogin, type StoredLogin } from './profileFolder.ts';
import { selectedKube } from '../kube/kubeconfigEntries.ts';
import { statusText, type Overrides } from './requestOutput.ts';
import { connect, demandLogin, isExpired, type Session } from './session.ts';
import { readState, requestState, stateNames, type StoredRequest } from '../server/serverState.ts';

/** How often a waiting program looks at the state, in ms: it ends within a second of the decision. */
const waitStep = 100;

/** Waits until a request is decided; returns it when approved, refuses otherwise. */
export async function awaitDecision(session: Session, id: string): Promise<StoredRequest> {
  for (;;) {
    const request = requestOf(readState(session.dir), id, session.now());
    if (!request) throw new Refusal(`request ${id} has expired or been deleted...`);
    if (request.state !== requestState.pending) return demandApproved(request);
    await wait(waitStep);
  }
}

/** The request, when it is approved. */
export function demandApproved(request: StoredRequest): StoredRequest {
  if (request.state === requestState.approved) return request;
  const reason = request.resolveReason ? `, reason=${quote(request.resolveReason)}` : '';
  throw new Refusal(`request ${request.id} has been set to ${stateNames[request.state] ?? ''}${reason}`);
}

/** Says that it was approved and re-issues the login with it. */
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

/** Re-issues the login without these requests, or without any: then nothing is validated. */
export function drop(session: Session, login: StoredLogin, ids: readonly string[] | undefined): void {
  const { certificate, state } = connect(session, login);
  const kept = ids ? certificate.requests.filter((id) => !ids.includes(id)) : [];
  rewriteLogin(session.home, state, reissue(state, certificate, kept, session.now()));
}

/** What the environment says over the profile. */
export function overridesOf({ dir, env }: Session): Overrides {
  return {
    kubeCluster: env['TELEPORT_KUBE_CLUSTER'] || selectedKube(env, readState(dir).cluster),
    proxy: env['TELEPORT_PROXY'],
    cluster: env['TELEPORT_CLUSTER'] ?? env['TELEPORT_SITE'],
  };
}

/** What another profile is shown with. */
export const noOverrides: Overrides = { kubeCluster: undefined, proxy: undefined, cluster: undefined };

/** The logins of the other profiles in the home; those that cannot be read are left out. */
export function othersThan({ profile }: StoredLogin, { home }: Session): StoredLogin[] {
  return readProfiles(home).flatMap((each) => {
    if (each.host === profile.host) return [];
    try {
      return readLogin(home, each) ?? [];
    } catch {
      return [];
    }
  });
}

/** Prints the status text of a login, the one on disk unless another is given, and of the other profiles. */
export function printStatus(session: Session, login = demandLogin(session)): void {
  const { certificate, profile } = login;
  session.out(statusText(certificate, profile.proxy, overridesOf(session), session.now()));
  for (const other of othersThan(login, session)) {
    session.out(statusText(other.certificate, other.profile.proxy, noOverrides, session.now(), ' '));
  }
  if (isExpired(session, certificate)) throw new Refusal('Active profile expired.');
}
