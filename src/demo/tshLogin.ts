// `tsh login`, `logout`, `status` and `version`
import { leaveAgent } from './agent.ts';
import type { Command } from './command.ts';
import { assume, awaitDecision, demandApproved, overridesOf, printStatus } from './elevate.ts';
import { Refusal } from './failure.ts';
import { format } from './flags.ts';
import { goJson } from './go.ts';
import { firstCertificate, requestOf } from './grants.ts';
import { newKey, readLogin, readProfile, removeLogins, writeLogin, type Login } from './home.ts';
import { removeFromKubeconfig, serverOf } from './kubeLogin.ts';
import { askPassword } from './password.ts';
import { requestText, statusObject, statusText } from './print.ts';
import { checkProxy, connect, demandLogin, isExpired, ping, type Session } from './session.ts';
import { current, readState, requestState } from './state.ts';

const version = '17.0.0-dev';
const runtime = 'go1.26.8';
/** Everybody's. */
const password = 'demo';
/** How long a login lasts unless `--ttl` says otherwise, in ms. */
const loginTtl = 12 * 3_600_000;

const login: Command = {
  words: ['login'],
  help: 'Log in to a cluster and retrieve the session certificate.',
  flags: [
    { name: 'request-id', help: 'Login with the roles requested in the given request' },
    { name: 'request-nowait', kind: 'boolean', help: 'Finish without waiting for request resolution' },
    { name: 'browser', help: "Set to 'none' to suppress browser opening on login" },
  ],
  args: [{ name: 'cluster', help: 'Clusters to login to' }],
  async run(session) {
    checkProxy(session);
    const { flags, env } = session;
    const profile = readProfile(session.home);
    const named = flags.text('proxy') ?? env['TELEPORT_PROXY'];
    const proxy = profile?.proxy ?? (named ? readState(session.dir).proxy : undefined);
    if (proxy === undefined) throw new Refusal('No proxy address specified, missed --proxy flag?');
    ping(session, proxy);
    const user = flags.text('user') ?? (env['TELEPORT_USER'] || profile?.user);
    const found = readLoginOrNone(session);
    const valid = found && !isExpired(session, found.certificate) && user === found.certificate.user;
    const login = valid ? found : await signInWithPassword(session, user ?? env['USER'] ?? '');
    // With a cluster named, tsh switches the cluster and forgets about the request.
    const switches = flags.args.length > 0 || env['TELEPORT_CLUSTER'] || env['TELEPORT_SITE'];
    const id = flags.text('request-id');
    try {
      if (id !== undefined && !switches) await assumeById(session, login, id);
    } catch (error) {
      if (!valid) removeLogins(session.home);
      throw error;
    }
    // Before 18.7.6 the status printed is the one from before.
    printStatus(session, login);
  },
};

async function assumeById(session: Session, login: Login, id: string): Promise<void> {
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
function readLoginOrNone(session: Session): Login | undefined {
  try {
    return readLogin(session.home);
  } catch (error) {
    if (error instanceof Refusal && process.stdin.isTTY) return undefined;
    throw error;
  }
}

/** Asks for the password and puts a first login into the home; refuses where nobody can type. */
export async function signInWithPassword(session: Session, user: string): Promise<Login> {
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
    const { kube } = readState(session.dir);
    if (kube && readProfile(session.home)) removeFromKubeconfig(session.env, serverOf(kube));
    const any = removeLogins(session.home);
    await leaveAgent(session);
    session.out(any ? 'Logged out all users from all proxies.\n' : 'All users logged out.\n');
  },
};

const shownVariables = [
  'TELEPORT_PROXY',
  'TELEPORT_CLUSTER',
  'TELEPORT_SITE',
  'TELEPORT_KUBE_CLUSTER',
  'KUBECONFIG',
];

const status: Command = {
  words: ['status'],
  help: 'Display the list of proxy servers and retrieved certificates.',
  flags: [
    format,
    {
      name: 'verbose',
      short: 'v',
      kind: 'boolean',
      help: 'Show extra status information after successful login',
    },
  ],
  run(session) {
    checkProxy(session);
    const login = readLogin(session.home);
    if (!login) throw new Refusal('Not logged in.');
    const { certificate, profile } = login;
    const overrides = overridesOf(session);
    if ((session.flags.text('format') ?? 'text') === 'text') {
      session.out(statusText(certificate, profile.proxy, overrides, session.now()));
    } else {
      const set = shownVariables.flatMap((name): [string, string][] => {
        const value = session.env[name];
        return value === undefined ? [] : [[name, value]];
      });
      session.out(
        `${goJson({
          active: statusObject(certificate, profile.proxy, overrides),
          profiles: [],
          environment: set.length ? new Map(set) : undefined,
        })}\n`,
      );
    }
    if (isExpired(session, certificate)) throw new Refusal('Active profile expired.');
  },
};

const versionCommand: Command = {
  words: ['version'],
  help: 'Print the tsh client and Proxy server versions for the current context.',
  flags: [
    format,
    {
      name: 'client',
      short: 'c',
      kind: 'boolean',
      help: 'Show the client version only (no server required).',
    },
  ],
  run(session) {
    const profile = session.flags.yes('client') ? undefined : readProfile(session.home);
    const reached = profile && !session.offline ? profile : undefined;
    if (profile && !reached)
      session.err(`Failed to fetch proxy version: ${unreachable(session, profile.proxy)}\n`);
    if ((session.flags.text('format') ?? 'text') === 'text') {
      session.out(`Teleport v${version} git: ${runtime}\n`);
      if (reached) session.out(`Proxy version: ${version}\nProxy: ${reached.proxy}\n`);
      return;
    }
    session.out(
      `${goJson({
        version,
        gitref: '',
        runtime,
        proxyVersion: reached && version,
        proxyPublicAddress: reached?.proxy,
      })}\n`,
    );
  },
};

function unreachable(session: Session, proxy: string): string {
  try {
    ping(session, proxy);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

export const loginCommands: readonly Command[] = [login, logout, status, versionCommand];
