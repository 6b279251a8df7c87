// The commands `tsh kube ls`, `tsh kube login` and `tsh kube credentials`.
import { mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from '../client/command.ts';
import { Refusal } from '../cli/refusal.ts';
import { format } from '../cli/globalFlags.ts';
import { goJson, headedTable } from '../cli/goFormat.ts';
import { kubernetesGroupsOf, rolesNamed } from '../server/authorization.ts';
import {
  kubeFolder,
  readLogin,
  readProfile,
  reloginLock,
  type StoredLogin,
  type StoredProfile,
} from '../client/profileFolder.ts';
import { addToKubeconfig, kubeconfigPath, selectedKube, type ExecPlugin } from '../kube/kubeconfig.ts';
import { ensureApiServer } from '../kube/startApiServer.ts';
import { execApiVersion, execCredential, issueToken, isTokenValid, readToken } from '../kube/token.ts';
import { reachableKubes } from '../server/nodes.ts';
import { checkProxy, connect, isExpired, ping, type Session } from '../client/session.ts';
import { readState, type KubeAccess } from '../server/serverState.ts';
import { signInWithPassword } from './tshLogin.ts';

const list: Command = {
  words: ['kube', 'ls'],
  help: 'Get a list of Kubernetes clusters.',
  flags: [format],
  run(session) {
    const { certificate, state } = connect(session);
    const selected = selectedKube(session.env, state.cluster);
    const kubes = reachableKubes(state, rolesNamed(state, certificate.roles));
    if ((session.flags.text('format') ?? 'text') === 'text') {
      const labels = Object.entries(state.kube?.labels ?? {}).map(([key, value]) => `${key}=${value}`);
      const rows = kubes.map(({ name }) => [name, labels.join(','), name === selected ? '*' : '']);
      session.out(`${headedTable(['Kube Cluster Name', 'Labels', 'Selected'], rows)}\n`);
      return;
    }
    const listed = kubes.map(({ name }) => ({
      kube_cluster_name: name,
      labels: state.kube?.labels ? new Map(Object.entries(state.kube.labels)) : null,
      selected: name === selected,
    }));
    session.out(`${goJson(listed)}\n`);
  },
};

const login: Command = {
  words: ['kube', 'login'],
  help: 'Login to a Kubernetes cluster.',
  args: [
    {
      name: 'kube-cluster',
      help: "Name of the Kubernetes cluster to login to. Check 'tsh kube ls' for a list of available clusters.",
      required: true,
    },
  ],
  async run(session) {
    const [name = ''] = session.flags.args;
    const { login: teleportLogin, certificate, state } = connect(session);
    const kubes = reachableKubes(state, rolesNamed(state, certificate.roles));
    const kube = kubes.find((each) => each.name === name);
    if (!kube) {
      throw new Refusal(
        `kubernetes cluster "${name}" not found, check 'tsh kube ls' for a list of known clusters`,
      );
    }
    const exec = execPlugin(session, teleportLogin.profile, kube);
    const profileConfig = join(
      kubeFolder(session.home, teleportLogin.profile),
      state.cluster,
      `${kube.name}-kubeconfig`,
    );
    for (const path of [kubeconfigPath(session.env), profileConfig])
      addToKubeconfig(path, state.cluster, kube, exec);
    rmSync(reloginLock(session.home, teleportLogin.profile.host), { force: true });
    await ensureApiServer(session.dir, kube);
    session.out(
      `Logged into Kubernetes cluster "${kube.name}". Try 'kubectl version' to test the connection.\n`,
    );
  },
};

/**
 * The exec plug-in that kubectl runs. Its TELEPORT_HOME is the real path of the home, with links resolved.
 */
function execPlugin({ dir, home, env }: Session, profile: StoredProfile, kube: KubeAccess): ExecPlugin {
  const pluginEnv = env['TELEPORT_HOME'] ? [{ name: 'TELEPORT_HOME', value: realpathSync(home) }] : null;
  return {
    apiVersion: execApiVersion,
    args: [
      'kube',
      'credentials',
      `--kube-cluster=${kube.name}`,
      `--teleport-cluster=${profile.cluster}`,
      `--proxy=${profile.proxy}`,
    ],
    command: join(dir, 'bin', process.platform === 'win32' ? 'tsh.cmd' : 'tsh'),
    env: pluginEnv,
    provideClusterInfo: false,
  };
}

const noGroups =
  "Your user's Teleport role does not allow Kubernetes access. Please ask cluster administrator to ensure your role has appropriate kubernetes_groups and kubernetes_users set.";

const credentials: Command = {
  words: ['kube', 'credentials'],
  help: 'Get credentials for kubectl access',
  flags: [
    {
      name: 'teleport-cluster',
      help: 'Name of the Teleport cluster to get credentials for.',
      required: true,
    },
    {
      name: 'kube-cluster',
      help: 'Name of the Kubernetes cluster to get credentials for.',
      required: true,
    },
  ],
  async run(session) {
    const name = session.flags.text('kube-cluster') ?? '';
    const { kube } = readState(session.dir);
    const text = cachedToken(session, name) ?? (await newToken(session, name));
    const token = readToken(readState(session.dir), text);
    if (!token) throw new Refusal('invalid credentials');
    if (kube && !session.offline) await ensureApiServer(session.dir, kube);
    session.out(`${execCredential(text, token, session.now())}\n`);
  },
};

const cacheFile = (home: string, profile: StoredProfile, kube: string): string =>
  join(kubeFolder(home, profile), profile.cluster, `${kube}.cred`);

/**
 * Reads the token that an earlier call left in the home. As tsh does, it returns the token without asking the
 * server, so a lock does not matter here. Returns undefined when no valid token exists.
 */
function cachedToken(session: Session, kube: string): string | undefined {
  const profile = readProfile(session.home);
  if (!profile) return undefined;
  try {
    const text = readFileSync(cacheFile(session.home, profile, kube), 'utf8');
    const token = readToken(readState(session.dir), text);
    return token && isTokenValid(token, session.now()) ? text : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Issues a token and caches it in the home. Throws a Refusal when the user may not use the Kubernetes
 * cluster.
 */
async function newToken(session: Session, name: string): Promise<string> {
  checkProxy(session);
  const { certificate, state, login: teleportLogin } = connect(session, await usableLogin(session));
  if (state.kube?.name !== name) {
    throw new Refusal(
      `Kubernetes cluster "${name}" is not registered in this Teleport cluster; you can list registered Kubernetes clusters using 'tsh kube ls'.`,
    );
  }
  if (!kubernetesGroupsOf(rolesNamed(state, certificate.roles)).length) throw new Refusal(noGroups);
  const text = issueToken(state, certificate, name);
  const file = cacheFile(session.home, teleportLogin.profile, name);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, text, { mode: 0o600 });
  return text;
}

/**
 * Returns the existing login when it is valid, and else asks the user to sign in. Before it asks, it writes
 * the relogin lock, which creates the home's folders again if they were removed.
 * @throws Refusal when the relogin lock exists already, or nobody can sign in.
 */
async function usableLogin(session: Session): Promise<StoredLogin> {
  const profile = readProfile(session.home);
  const existing = profile && readLogin(session.home);
  if (existing && !isExpired(session, existing.certificate)) return existing;
  const proxy = profile?.proxy ?? readState(session.dir).proxy;
  if (!profile && session.flags.text('proxy') === undefined) {
    throw new Refusal('No proxy address specified, missed --proxy flag?');
  }
  ping(session, proxy);
  const lock = reloginLock(session.home, proxy.split(':')[0] ?? '');
  mkdirSync(dirname(lock), { recursive: true, mode: 0o700 });
  try {
    writeFileSync(lock, '', { mode: 0o600, flag: 'wx' });
  } catch {
    throw new Refusal("Having problems with relogin, please use 'tsh login/tsh kube login' manually");
  }
  const user = session.flags.text('user') ?? profile?.user ?? session.env['USER'] ?? '';
  return signInWithPassword(session, user);
}

/** The command group `tsh kube`, for its usage text. */
export const kubeGroup = { words: ['kube'], help: 'Manage available Kubernetes clusters.' };

/** The commands `tsh kube …`. */
export const kubeCommands: readonly Command[] = [list, login, credentials];
