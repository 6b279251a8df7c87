// The commands `tsh login` and `tsh logout`.
import { removeKeysFromAgent } from '../client/sshAgent.ts';
import type { Command } from '../client/command.ts';
import { assume, awaitDecision, requireApproved, printStatus } from '../client/reissueLogin.ts';
import { Refusal } from '../cli/refusal.ts';
import { firstCertificate, reissue, requestOf, heldRoles } from '../server/authorization.ts';
import {
  profileHost,
  newKey,
  readLogin,
  readProfile,
  removeKeys,
  removeLogins,
  rewriteLogin,
  selectProfile,
  writeLogin,
  type StoredLogin,
} from '../client/profileFolder.ts';
import { removeFromKubeconfig } from '../kube/kubeconfig.ts';
import { askPassword } from '../cli/passwordPrompt.ts';
import { requestText } from '../client/requestOutput.ts';
import { createRequest } from '../server/requests.ts';
import type { DemoRole } from '../resources/roles.ts';
import {
  checkProxy,
  chosenProfile,
  connect,
  requireValidLogin,
  isExpired,
  ping,
  type Session,
} from '../client/session.ts';
import { changeState, current, readState, requestState } from '../server/serverState.ts';
import { statusCommands } from './tshStatus.ts';

/** The password of every user. */
const password = 'demo';
/** The lifetime of a login without `--ttl`, in ms. */
const loginTtl = 12 * 3_600_000;

const login: Command = {
  words: ['login'],
  help: 'Log in to a cluster and retrieve the session certificate.',
  flags: [
    { name: 'request-id', help: 'Login with the roles requested in the given request' },
    { name: 'request-roles', help: 'Request one or more extra roles' },
    { name: 'request-reason', help: 'Reason for requesting extra roles' },
    { name: 'request-nowait', kind: 'boolean', help: 'Finish without waiting for request resolution' },
    { name: 'browser', help: "Set to 'none' to suppress browser opening on login" },
  ],
  args: [{ name: 'cluster', help: 'Clusters to login to' }],
  async run(session) {
    checkProxy(session);
    const { flags, env } = session;
    const profile = chosenProfile(session);
    const proxy = profile?.proxy ?? (session.requestedProxy ? readState(session.dir).proxy : undefined);
    if (proxy === undefined) throw new Refusal('No proxy address specified, missed --proxy flag?');
    ping(session, proxy);
    const user = flags.text('user') ?? (env['TELEPORT_USER'] || profile?.user);
    const existing = readLoginOrNone(session);
    const isValid =
      existing && !isExpired(session, existing.certificate) && user === existing.certificate.user;
    const login = isValid ? existing : await signInWithPassword(session, user ?? env['USER'] ?? '');
    selectProfile(session.home, login.profile);
    const id = flags.text('request-id');
    const cluster = flags.args[0] ?? (env['TELEPORT_CLUSTER'] || env['TELEPORT_SITE']);
    try {
      // With a cluster named, tsh only switches the cluster and ignores the request.
      if (cluster) switchCluster(session, login, cluster);
      else if (id !== undefined) await assumeById(session, login, id);
      else if (!isValid) await requestAtLogin(session, login);
    } catch (error) {
      if (!isValid) removeKeys(session.home, login.profile);
      throw error;
    }
    // Without a cluster this prints the status from before the request was assumed, as tsh did before 18.7.6.
    printStatus(session, cluster ? undefined : login);
  },
};

/** Re-issues the login for the root cluster or a leaf cluster. Throws a Refusal for an unknown cluster. */
function switchCluster(session: Session, login: StoredLogin, cluster: string): void {
  if (cluster === login.certificate.cluster) return;
  const { certificate, state } = connect(session, login);
  if (cluster !== state.cluster && !state.leaves.includes(cluster)) {
    throw new Refusal(`cluster ${cluster} is not found`);
  }
  const { requests } = certificate;
  rewriteLogin(session.home, state, reissue(state, certificate, requests, session.now(), cluster));
}

/**
 * Requests all roles and waits for the decision when a role of the user demands this at every new login, with
 * `request_access: always` or `reason`.
 */
async function requestAtLogin(session: Session, login: StoredLogin): Promise<void> {
  const { flags } = session;
  const { certificate, state } = connect(session, login);
  const roles = heldRoles(state, certificate.user);
  const demanding = roles.find(({ requestAccess }) => ['always', 'reason'].includes(requestAccess));
  if (!demanding || flags.text('request-roles') === 'no') return;
  const reason = flags.text('request-reason') ?? '';
  refuseWithoutReason(roles, reason);
  const draft = { roles: ['*'], resources: [], reason, reviewers: [], assumeStart: 0 };
  const request = changeState(session.dir, (state) =>
    createRequest(state, certificate, draft, session.now()),
  );
  session.out(`Request pending...\n${requestText(request)}\n`);
  if (flags.isSet('request-nowait')) return;
  session.out('Waiting for request approval...\n');
  assume(session, login, await awaitDecision(session, request.id));
}

/** Throws a Refusal when a role demands a reason at login and the reason is empty. */
export function refuseWithoutReason(roles: readonly DemoRole[], reason: string): void {
  const demanding = roles.find(({ requestAccess }) => requestAccess === 'reason');
  if (!demanding || reason) return;
  const prompt = demanding.requestPrompt ? `, prompt=${demanding.requestPrompt}` : '';
  throw new Refusal(`--request-reason must be specified${prompt}`);
}

/**
 * Assumes a request, after waiting for its decision when it is pending. Throws a Refusal when it is denied.
 */
async function assumeById(session: Session, login: StoredLogin, id: string): Promise<void> {
  const { certificate, state } = connect(session, login);
  const request = requestOf(state, id, session.now());
  if (request?.user !== certificate.user) throw new Refusal(`invalid access request "${id}"`);
  if (request.state !== requestState.pending) {
    assume(session, login, requireApproved(request));
    return;
  }
  session.out(`Request pending...\n${requestText(request)}\n`);
  if (session.flags.isSet('request-nowait')) return;
  session.out('Waiting for request approval...\n');
  assume(session, login, await awaitDecision(session, id));
}

/**
 * Reads the existing login. With a terminal an unreadable login counts as none, because the user can sign in
 * again.
 * @throws Refusal without a terminal when the login is unreadable.
 */
function readLoginOrNone(session: Session): StoredLogin | undefined {
  try {
    const login = readLogin(session.home, chosenProfile(session));
    return login?.certificateText ? login : undefined;
  } catch (error) {
    if (error instanceof Refusal && process.stdin.isTTY) return undefined;
    throw error;
  }
}

/**
 * Asks for the password and writes a new login into the home.
 * @throws Refusal without a terminal, and for a wrong password or an unknown user.
 */
export async function signInWithPassword(session: Session, user: string): Promise<StoredLogin> {
  const typed = await askPassword(`Enter password for Teleport user ${user}:`, session.err);
  const state = readState(session.dir);
  if (typed !== password || !current(state.users).some(({ metadata }) => metadata.name === user)) {
    throw new Refusal('invalid credentials');
  }
  const ttlMinutes = Number(session.flags.text('ttl') ?? 0);
  const ttl = ttlMinutes > 0 ? ttlMinutes * 60_000 : loginTtl;
  writeLogin(session.home, state, firstCertificate(state, user, newKey(), ttl, session.now()));
  return requireValidLogin(session);
}

const logout: Command = {
  words: ['logout'],
  help: 'Delete a cluster certificate.',
  async run(session) {
    const proxy = session.requestedProxy;
    const user = session.flags.text('user') ?? (session.env['TELEPORT_USER'] || undefined);
    if (proxy !== undefined && user !== undefined) {
      const profile = chosenProfile(session);
      if (profile) removeKeys(session.home, { ...profile, user });
      session.out(`Logged out ${user} from ${profileHost(proxy)}.\n`);
    } else if (proxy !== undefined || user !== undefined) {
      session.out(incompleteLogoutHelp);
    } else {
      const { cluster, kube } = readState(session.dir);
      if (kube && readProfile(session.home)) removeFromKubeconfig(session.env, cluster, kube);
      const hadProfile = removeLogins(session.home);
      await removeKeysFromAgent(session);
      session.out(hadProfile ? 'Logged out all users from all proxies.\n' : 'All users logged out.\n');
    }
  },
};

const incompleteLogoutHelp =
  'Specify --proxy and --user to remove keys for specific user from a proxy or neither to log out all users from all proxies.\n';

/** The commands `tsh login`, `logout`, `status` and `version`. */
export const loginCommands: readonly Command[] = [login, logout, ...statusCommands];
