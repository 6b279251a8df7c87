// The session of one call of a demo program: its environment, its output, its login and its connection to the
// server.
import { homedir } from 'node:os';
import { join } from 'node:path';
import { offsetClock } from '../../src/state/clock.ts';
import type { ParsedArguments } from '../cli/kingpinParser.ts';
import { isAuthService } from './authServiceConfig.ts';
import { emptyCertificate, isGenuine, type Certificate } from '../server/certificate.ts';
import { Refusal } from '../cli/refusal.ts';
import { lockFor } from '../server/locks.ts';
import {
  profileHost,
  readLogin,
  readProfile,
  type StoredLogin,
  type StoredProfile,
} from './profileFolder.ts';
import { clusterAt, isAddressOf } from '../server/knownClusters.ts';
import { readState, type State } from '../server/serverState.ts';

/** The output streams of a program. */
export interface Output {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** The context in which a command runs. */
export interface Session extends Output {
  /** The folder of the cluster whose proxy the call reaches. */
  readonly dir: string;
  /** TELEPORT_HOME */
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
  readonly flags: ParsedArguments;
  /** The proxy that a flag or the environment names. */
  readonly requestedProxy: string | undefined;
  /** Whether the proxy does not answer. */
  readonly offline: boolean;
  /** The time of the demo cluster, in ms. */
  now(): number;
}

/** Opens the session of a call. `isOffline` makes the proxy unreachable, for a fault. */
export function openSession(
  name: 'tsh' | 'tctl',
  dir: string,
  env: NodeJS.ProcessEnv,
  flags: ParsedArguments,
  output: Output,
  isOffline: boolean,
): Session {
  const home = homeOf(env);
  const [flag, variable] =
    name === 'tsh' ? ['proxy', 'TELEPORT_PROXY'] : ['auth-server', 'TELEPORT_AUTH_SERVER'];
  const requestedProxy = flags.text(flag) ?? (env[variable] || undefined);
  const proxy = requestedProxy ?? readProfile(home)?.proxy;
  const reachedDir = proxy === undefined ? dir : clusterAt(dir, proxy);
  const clock = offsetClock(join(reachedDir ?? dir, 'clock'));
  const offline = isOffline || reachedDir === undefined;
  const now = (): number => clock.now();
  return { ...output, dir: reachedDir ?? dir, home, env, flags, requestedProxy, offline, now };
}

/** The folder of the logins: TELEPORT_HOME, or `~/.tsh` without it. */
export const homeOf = (env: NodeJS.ProcessEnv): string => env['TELEPORT_HOME'] || join(homedir(), '.tsh');

/** A certificate that the server accepted, and the state of the server. */
export interface Connection {
  readonly certificate: Certificate;
  readonly state: State;
}

/** A connection with a login. A tctl that acts as the auth service has none. */
export interface LoginConnection extends Connection {
  readonly login: StoredLogin;
}

/** The profile of the requested proxy, or the current profile when no proxy is requested. */
export function chosenProfile(session: Session): StoredProfile | undefined {
  const { home, requestedProxy } = session;
  return readProfile(home, requestedProxy === undefined ? undefined : profileHost(requestedProxy));
}

/** The user that the call acts as: from the flag `--user`, the environment, or the login. */
export const actingUser = ({ flags, env }: Session, certificate: Certificate): string =>
  flags.text('user') ?? (env['TELEPORT_USER'] || certificate.user);

const dialError = (address: string): string => `dial tcp ${address}: connect: connection refused`;
const numeric = (address: string): string => address.replace(/^localhost:/, '127.0.0.1:');

/**
 * Checks the requested proxy, as tsh does before anything else.
 * @throws Refusal when the address is not the proxy of this cluster, because no other proxy answers here.
 */
export function checkProxy(session: Session): void {
  const { requestedProxy } = session;
  if (requestedProxy === undefined || isClusterProxy(session, requestedProxy)) return;
  const address = requestedProxy.includes(':') ? requestedProxy : `${requestedProxy}:443`;
  throw new Refusal(`Get "https://${requestedProxy}/webapi/ping": ${dialError(address)}`);
}

const isClusterProxy = ({ dir }: Session, address: string): boolean =>
  isAddressOf(readState(dir).proxy, address);

/** Reads the login of the chosen profile. Throws a Refusal when there is none. */
export function requireValidLogin(session: Session): StoredLogin {
  checkProxy(session);
  const login = readLogin(session.home, chosenProfile(session));
  if (!login) throw new Refusal('No proxy address specified, missed --proxy flag?');
  return login;
}

/**
 * Connects to the server with a login. Checks the network, the expiry of the certificate, its signature and
 * the locks, in that order.
 * @throws Refusal when a check fails.
 */
export function connect(session: Session, login = requireValidLogin(session)): LoginConnection {
  const { profile, certificate } = login;
  if (session.offline) {
    const dial = `failed to dial: ${dialError(numeric(profile.proxy))}`;
    throw new Refusal(`connection error: desc = "transport: Error while dialing: ${dial}"`);
  }
  if (!login.certificateText) throw new Refusal('no SSH auth methods loaded, are you logged in?');
  if (isExpired(session, certificate)) throw new Refusal('ssh: cert has expired');
  return accept(session, login);
}

/**
 * Connects tctl to the server: with the login of tsh, or as the auth service.
 * @throws Refusal with tctl's own messages when a check fails.
 */
export function connectTctl(session: Session): Connection {
  if (isAuthService(session.flags.text('config'), session.env)) return connectAsService(session);
  const login = readLogin(session.home, chosenProfile(session));
  if (!login?.certificateText) {
    throw new Refusal(
      'Could not load Teleport host UUID file at /var/lib/teleport/host_uuid. Please make sure that a Teleport Auth Service instance is running on this host prior to using tctl or provide credentials by logging in with tsh first.\n\tlstat /var/lib/teleport: no such file or directory',
    );
  }
  if (isExpired(session, login.certificate)) {
    throw new Refusal('your credentials have expired, please login using `tsh login`');
  }
  if (session.offline) {
    const { proxy } = login.profile;
    throw new Refusal(`Cannot connect to the auth server. Is the auth server running on "${proxy}"?`, {
      coloured: false,
    });
  }
  const { cluster } = readState(session.dir);
  if (login.certificate.cluster !== cluster) {
    throw new Refusal(
      `your credentials are for cluster "${login.certificate.cluster}", please run \`tsh login "${cluster}"\` to log in to the root cluster`,
    );
  }
  return accept(session, login);
}

/** Connects as the auth service itself, with a certificate that never expires and may do everything. */
function connectAsService(session: Session): Connection {
  const state = readState(session.dir);
  const { cluster, host } = state;
  const user = `${host}.${cluster}`;
  const certificate = { ...emptyCertificate, user, cluster, validUntil: Infinity, key: host, builtin: true };
  return { certificate, state };
}

/** Checks the signature and the locks of a login, as the server does for every connection. */
function accept(session: Session, login: StoredLogin): LoginConnection {
  const state = readState(session.dir);
  if (!isGenuine(login.certificateText, state)) {
    throw new Refusal(
      'ssh: handshake failed: ssh: unable to authenticate, attempted methods [none publickey], no supported methods remain',
    );
  }
  if (lockFor(state, login.certificate, session.now())) throw new Refusal('access denied');
  return { login, certificate: login.certificate, state };
}

/** Whether a certificate has expired, by the time of the demo cluster. */
export const isExpired = (session: Session, certificate: Certificate): boolean =>
  certificate.validUntil <= session.now();

/**
 * Throws a Refusal when the proxy is offline, with the message of `tsh login`, which pings the proxy first.
 */
export function ping(session: Session, proxy: string): void {
  if (session.offline) throw new Refusal(pingFailure(proxy));
}

/** The message of a failed ping. */
export const pingFailure = (proxy: string): string =>
  `Teleport proxy not available at ${proxy}.\n\tGet "https://${proxy}/webapi/ping/local": ${dialError(numeric(proxy))}`;
