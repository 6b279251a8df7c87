// `tsh login` and `logout`
import { leaveAgent } from '../client/sshAgent.ts';
import type { Command } from '../client/command.ts';
import { assume, awaitDecision, demandApproved, printStatus } from '../client/reissueLogin.ts';
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
import { removeFromKubeconfig, serverOf } from '../kube/kubeconfigEntries.ts';
import { askPassword } from '../cli/passwordPrompt.ts';
import { requestText } from '../client/requestOutput.ts';
import { createRequest, type NewRequest } from '../server/requests.ts';
import type { DemoRole } from '../resources/roles.ts';
import {
  checkProxy,
  chosenProfile,
  connect,
  demandLogin,
  isExpired,
  ping,
  type Session,
} from '../client/session.ts';
import { changeState, current, readState, requestState } from '../server/serverState.ts';
import { statusCommands } from './tshStatus.ts';

/** Everybody's. */
const password = 'demo';
/** How long a login lasts unless `--ttl` says otherwise, in ms. */
const loginTtl = 12 * 3_600_000;

const login: Command = {
  words: ['login'],
  help: 'Log in to a cluster and retrieve the session certificate.',
  flags: [
    { name: 'request-id', help: 'Login with the roles requested in the given request' },
    { name: 'request-roles', help: 'Request one or more extra roles' },
    { name: 'request-reason', help: 'Reason for requesting extra roles' },
    { name: 'request-reviewers', help: 'Suggested reviewers for role request' },
    { name: 'request-nowait', kind: 'boolean', help: 'Finish without waiting for request resolution' },
    { name: 'browser', help: "Set to 'none' to suppress browser opening on login" },
  ],
  args: [{ name: 'cluster', help: 'Clusters to login to' }],
  async run(session) {
    checkProxy(session);
    const { flags, env } = session;
    const profile = chosenProfile(session);
    const proxy = profile?.proxy ?? (session.asked ? readState(session.dir).proxy : undefined);
    if (proxy === undefined) throw new Refusal('No proxy address specified, missed --proxy flag?');
    ping(session, proxy);
    const user = flags.text('user') ?? (env['TELEPORT_USER'] || profile?.user);
    const found = readLoginOrNone(session);
    const valid = found && !isExpired(session, found.certificate) && user === found.certificate.user;
    const login = valid ? found : await signInWithPassword(session, user ?? env['USER'] ?? '');
    selectProfile(session.home, login.profile);
    const id = flags.text('request-id');
    const cluster = flags.args[0] ?? (env['TELEPORT_CLUSTER'] || env['TELEPORT_SITE']);
    try {
      // With a cluster named, tsh switches the cluster and forgets about the request.
      if (cluster) switchCluster(session, login, cluster);
      else if (id !== undefined) await assumeById(session, login, id);
      else if (!valid) await requestAtLogin(session, login);
    } catch (error) {
      if (!valid) removeKeys(session.home, login.profile);
      throw error;
    }
    // Before 18.7.6 the status printed is the one from before.
    printStatus(session, cluster ? undefined : login);
  },
};

/** Re-issues the login for the root or a leaf. */
function switchCluster(session: Session, login: StoredLogin, cluster: string): void {
  if (cluster === login.certificate.cluster) return;
  const { certificate, state } = connect(session, login);
  if (cluster !== state.cluster && !state.leaves.includes(cluster)) {
    throw new Refusal(`cluster ${cluster} is not found`);
  }
  const { requests } = certificate;
  rewriteLogin(session.home, state, reissue(state, certificate, requests, session.now(), cluster));
}

/** Roles whose `request_access` says so make every first login ask for all there is, and wait. */
async function requestAtLogin(session: Session, login: StoredLogin): Promise<void> {
  const { flags } = session;
  const { certificate, state } = connect(session, login);
  const own = heldRoles(state, certificate.user);
  const asking = own.find(({ requestAccess }) => ['always', 'reason'].includes(requestAccess));
  if (!asking || flags.text('request-roles') === 'no') return;
  const reason = flags.text('request-reason') ?? '';
  refuseWithoutReason(own, reason);
  const request = changeState(session.dir, (state) =>
    createRequest(state, certificate, { ...everything, reason }, session.now()),
  );
  session.out(`Request pending...\n${requestText(request)}\n`);
  if (flags.yes('request-nowait')) return;
  session.out('Waiting for request approval...\n');
  assume(session, login, await awaitDecision(session, request.id));
}

const everything: NewRequest = {
  roles: ['*'],
  resources: [],
  reason: '',
  reviewers: [],
  assumeStart: 0,
  requestTtl: undefined,
  sessionTtl: undefined,
  maxDuration: undefined,
};

/** Refuses a login without a reason where a role wants one. */
export function refuseWithoutReason(own: readonly DemoRole[], reason: string): void {
  const asking = own.find(({ requestAccess }) => requestAccess === 'reason');
  if (!asking || reason) return;
  const prompt = asking.requestPrompt ? `, prompt=${asking.requestPrompt}` : '';
  throw new Refusal(`--request-reason must be specified${prompt}`);
}

async function assumeById(session: Session, login: StoredLogin, id: string): Promise<void> {
  const { certificate, state } = connect(session, login);
  const request = requestOf(state, id, session.now());
  if (request?.user !== certificate.user) throw new Refusal(`invalid access request "${id}"`);
  if (request.state !== requestState.pending) {
    assume(session, login, demandApproved(request));
    return;
  }
  session.out(`Request pending...\n${requestText(request)}\n`);
  if (session.flags.yes('request-nowait')) return;
  session.out('Waiting for request approval...\n');
  assume(session, login, await awaitDecision(session, id));
}

/** A login that cannot be read is as good as none where somebody can type; elsewhere it is the failure. */
function readLoginOrNone(session: Session): StoredLogin | undefined {
  try {
    const login = readLogin(session.home, chosenProfile(session));
    return login?.text ? login : undefined;
  } catch (error) {
    if (error instanceof Refusal && process.stdin.isTTY) return undefined;
    throw error;
  }
}

/** Asks for the password and puts a first login into the home; refuses where nobody can type. */
export async function signInWithPassword(session: Session, user: string): Promise<StoredLogin> {
  const typed = await askPassword(`Enter password for Teleport user ${user}:`, session.err);
  const state = readState(session.dir);
  if (typed !== password || !current(state.users).some(({ metadata }) => metadata.name === user)) {
    throw new Refusal('invalid credentials');
  }
  const minutes = Number(session.flags.text('ttl') ?? 0);
  const ttl = minutes > 0 ? minutes * 60_000 : loginTtl;
  writeLogin(session.home, state, firstCertificate(state, user, newKey(), ttl, session.now()));
  return demandLogin(session);
}

const logout: Command = {
  words: ['logout'],
  help: 'Delete a cluster certificate.',
  async run(session) {
    const proxy = session.asked;
    const user = session.flags.text('user') ?? (session.env['TELEPORT_USER'] || undefined);
    if (proxy !== undefined && user !== undefined) {
      const profile = chosenProfile(session);
      if (profile) removeKeys(session.home, { ...profile, user });
      session.out(`Logged out ${user} from ${profileHost(proxy)}.\n`);
    } else if (proxy !== undefined || user !== undefined) {
      session.out(logoutOfWhat);
    } else {
      const { kube } = readState(session.dir);
      if (kube && readProfile(session.home)) removeFromKubeconfig(session.env, serverOf(kube));
      const any = removeLogins(session.home);
      await leaveAgent(session);
      session.out(any ? 'Logged out all users from all proxies.\n' : 'All users logged out.\n');
    }
  },
};

const logoutOfWhat =
  'Specify --proxy and --user to remove keys for specific user from a proxy or neither to log out all users from all proxies.\n';

export const loginCommands: readonly Command[] = [login, logout, ...statusCommands];
