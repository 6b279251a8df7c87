// One run of a demo program: its environment, its output, the login it uses and the way to the server.
import { homedir } from 'node:os';
import { join } from 'node:path';
import { offsetClock } from '../../src/state/clock.ts';
import type { Parsed } from '../cli/kingpinParser.ts';
import { isAuthService } from './authServiceConfig.ts';
import { isGenuine, type Certificate } from '../server/certificate.ts';
import { Refusal } from '../cli/refusal.ts';
import { lockOn } from '../server/locks.ts';
import {
  profileHost,
  readLogin,
  readProfile,
  type StoredLogin,
  type StoredProfile,
} from './profileFolder.ts';
import { clusterAt, isAddressOf } from '../server/knownClusters.ts';
import { readState, type State } from '../server/serverState.ts';

/** Where a program prints. */
export interface Output {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** What a command runs in. */
export interface Session extends Output {
  readonly dir: string;
  /** TELEPORT_HOME */
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
  readonly flags: Parsed;
  /** The proxy asked for by flag or environment. */
  readonly asked: string | undefined;
  /** The proxy does not answer. */
  readonly offline: boolean;
  /** The demo's time, ms. */
  now(): number;
}

export function openSession(
  name: 'tsh' | 'tctl',
  dir: string,
  env: NodeJS.ProcessEnv,
  flags: Parsed,
  output: Output,
  isOffline: boolean,
): Session {
  const home = homeOf(env);
  const [flag, variable] =
    name === 'tsh' ? ['proxy', 'TELEPORT_PROXY'] : ['auth-server', 'TELEPORT_AUTH_SERVER'];
  const asked = flags.text(flag) ?? (env[variable] || undefined);
  const proxy = asked ?? readProfile(home)?.proxy;
  const answering = proxy === undefined ? dir : clusterAt(dir, proxy);
  const clock = offsetClock(join(answering ?? dir, 'clock'));
  const offline = isOffline || answering === undefined;
  return { ...output, dir: answering ?? dir, home, env, flags, asked, offline, now: () => clock.now() };
}

export const homeOf = (env: NodeJS.ProcessEnv): string => env['TELEPORT_HOME'] || join(homedir(), '.tsh');

/** A login the server accepted, and what the server knows. */
export interface Connection {
  readonly certificate: Certificate;
  readonly state: State;
}

/** The same, of somebody with a login. */
export interface LoginConnection extends Connection {
  readonly login: StoredLogin;
}

/** The profile that is meant: of the proxy asked for, or the current one. */
export function chosenProfile(session: Session): StoredProfile | undefined {
  const { home, asked } = session;
  return readProfile(home, asked === undefined ? undefined : profileHost(asked));
}

/** Who "me" is: flag, then environment, then the login. */
export const meOf = ({ flags, env }: Session, certificate: Certificate): string =>
  flags.text('user') ?? (env['TELEPORT_USER'] || certificate.user);

const dialError = (address: string): string => `dial tcp ${address}: connect: connection refused`;
const numeric = (address: string): string => address.replace(/^localhost:/, '127.0.0.1:');

/**
 * Before anything else tsh finds out which proxy is meant. One it has no login for is asked over the network,
 * and here no other answers.
 */
export function checkProxy(session: Session): void {
  const { asked } = session;
  if (asked === undefined || isOurs(session, asked)) return;
  const address = asked.includes(':') ? asked : `${asked}:443`;
  throw new Refusal(`Get "https://${asked}/webapi/ping": ${dialError(address)}`);
}

const isOurs = ({ dir }: Session, asked: string): boolean => isAddressOf(readState(dir).proxy, asked);

/** The login in the home, for commands that need one. */
export function demandLogin(session: Session): StoredLogin {
  checkProxy(session);
  const login = readLogin(session.home, chosenProfile(session));
  if (!login) throw new Refusal('No proxy address specified, missed --proxy flag?');
  return login;
}

/** Connects with a login: the network, the certificate's end, its signature and the locks, in that order. */
export function connect(session: Session, login = demandLogin(session)): LoginConnection {
  const { profile, certificate } = login;
  if (session.offline) {
    const dial = `failed to dial: ${dialError(numeric(profile.proxy))}`;
    throw new Refusal(`connection error: desc = "transport: Error while dialing: ${dial}"`);
  }
  if (!login.text) throw new Refusal('no SSH auth methods loaded, are you logged in?');
  if (isExpired(session, certificate)) throw new Refusal('ssh: cert has expired');
  return accept(session, login);
}

/** tctl uses the same login and has its own words. */
export function connectTctl(session: Session): Connection {
  if (isAuthService(session.flags.text('config'), session.env)) return asService(session);
  const login = readLogin(session.home, chosenProfile(session));
  if (!login?.text) {
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

function asService(session: Session): Connection {
  const state = readState(session.dir);
  const { cluster, host } = state;
  const none = { roles: [], requests: [], resources: [], logins: [], kubernetesGroups: [] };
  const certificate = {
    user: `${host}.${cluster}`,
    cluster,
    ...none,
    validUntil: Infinity,
    issued: 0,
    key: host,
  };
  return { certificate: { ...certificate, builtin: true }, state };
}

function accept(session: Session, login: StoredLogin): LoginConnection {
  const state = readState(session.dir);
  if (!isGenuine(login.text, state)) {
    throw new Refusal(
      'ssh: handshake failed: ssh: unable to authenticate, attempted methods [none publickey], no supported methods remain',
    );
  }
  if (lockOn(state, login.certificate, session.now())) throw new Refusal('access denied');
  return { login, certificate: login.certificate, state };
}

export const isExpired = (session: Session, certificate: Certificate): boolean =>
  certificate.validUntil <= session.now();

/** `tsh login` asks the proxy first and says so differently. */
export function ping(session: Session, proxy: string): void {
  if (!session.offline) return;
  throw new Refusal(
    `Teleport proxy not available at ${proxy}.\n\tGet "https://${proxy}/webapi/ping/local": ${dialError(numeric(proxy))}`,
  );
}
