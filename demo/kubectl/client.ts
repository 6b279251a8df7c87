// Connects the kubectl stand-in to a cluster: reads the kubeconfig, runs the exec plug-in and sends HTTPS
// requests.
import { spawn } from 'node:child_process';
import { request, type RequestOptions } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { KubectlFailure, type KubectlArguments } from './arguments.ts';
import {
  kubeconfigPaths,
  readKubeconfig,
  type ExecPlugin,
  type Kubeconfig,
  type KubeconfigCluster,
  type KubeconfigContext,
  type KubeconfigUser,
} from '../kube/kubeconfig.ts';

/**
 * Merges the kubeconfig files into one. When two files hold entries of the same name, the first file wins.
 */
export function mergedConfig(given: KubectlArguments, env: NodeJS.ProcessEnv): Kubeconfig {
  const named = given.text('kubeconfig');
  const configs = (named ? [named] : kubeconfigPaths(env)).map(readKubeconfig);
  const firstOfEachName = <T extends { readonly name: string }>(
    list: (config: Kubeconfig) => readonly T[],
  ): T[] => [
    ...new Map(
      configs
        .flatMap(list)
        .toReversed()
        .map((each) => [each.name, each]),
    ).values(),
  ];
  return {
    apiVersion: 'v1',
    clusters: firstOfEachName((config) => config.clusters),
    contexts: firstOfEachName((config) => config.contexts),
    'current-context': configs.map((config) => config['current-context']).find(Boolean) ?? '',
    kind: 'Config',
    preferences: {},
    users: firstOfEachName((config) => config.users),
  };
}

/** The context in use, with the cluster, the user and the namespace that it names. */
export interface SelectedContext {
  readonly context: KubeconfigContext['context'];
  readonly cluster: KubeconfigCluster['cluster'];
  readonly user: KubeconfigUser['user'];
  readonly namespace: string;
}

/**
 * Resolves the context that `--context` names, or the current context.
 * @throws KubectlFailure when the context or its cluster does not exist.
 */
export function selectContext(given: KubectlArguments, config: Kubeconfig): SelectedContext {
  const name = given.text('context') ?? config['current-context'];
  const context = config.contexts.find((each) => each.name === name)?.context;
  if (!context && name) throw new KubectlFailure(`error: context ${JSON.stringify(name)} does not exist`);
  const cluster = config.clusters.find((each) => each.name === context?.cluster)?.cluster;
  const user = config.users.find((each) => each.name === context?.user)?.user;
  if (!context || !cluster?.server) {
    throw new KubectlFailure(
      'The connection to the server localhost:8080 was refused - did you specify the right host or port?',
    );
  }
  const namespace = given.text('namespace') ?? context.namespace ?? 'default';
  return { context, cluster, user: user ?? {}, namespace };
}

interface Credential {
  readonly token: string | undefined;
  /** The ISO 8601 time after which the token is not used, absent for no limit. */
  readonly expires: string | undefined;
}

/**
 * Runs the exec plug-in for a credential. The plug-in may read from the terminal and prints its own errors on
 * stderr.
 * @throws KubectlFailure when the plug-in cannot run or fails.
 */
async function runPlugin(plugin: ExecPlugin, server: string): Promise<Credential> {
  const { apiVersion, command, args } = plugin;
  const interactive = process.stdin.isTTY;
  const info = { kind: 'ExecCredential', apiVersion, spec: { interactive, cluster: { server } } };
  const pluginEnv = Object.fromEntries((plugin.env ?? []).map(({ name, value }) => [name, value]));
  const windows = process.platform === 'win32';
  const child = spawn(windows ? `"${command}"` : command, args ?? [], {
    env: { ...process.env, ...pluginEnv, KUBERNETES_EXEC_INFO: JSON.stringify(info) },
    shell: windows,
    stdio: [interactive ? 'inherit' : 'ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (printed += chunk));
  const problem = await new Promise<string | undefined>((done) => {
    child.once('error', () => done(`executable ${command} not found`));
    child.once('close', (code) =>
      done(code ? `executable ${command} failed with exit code ${code}` : undefined),
    );
  });
  if (problem !== undefined) {
    throw new KubectlFailure(`Unable to connect to the server: getting credentials: exec: ${problem}`);
  }
  const { status } = JSON.parse(printed) as { status?: { token?: string; expirationTimestamp?: string } };
  return { token: status?.token, expires: status?.expirationTimestamp };
}

/**
 * A client of a cluster. It runs the exec plug-in once, and again when the credential has expired or is
 * refused.
 */
export class KubeClient {
  readonly namespace: string;
  private readonly selected: SelectedContext;
  private readonly now: () => number;
  private credential: Credential | undefined;

  constructor(selected: SelectedContext, now: () => number) {
    this.selected = selected;
    this.namespace = selected.namespace;
    this.now = now;
  }

  /** The address of the API server as in the kubeconfig; empty when the kubeconfig has none. */
  get server(): string {
    return this.selected.cluster.server ?? '';
  }

  /** Sends a request. Resolves to the response when its headers arrive, with any status. */
  async send(method: string, path: string, accept: string, body?: string | Buffer): Promise<IncomingMessage> {
    const response = await this.sendOnce(method, path, accept, body, await this.token());
    if (response.statusCode !== 401 || !this.selected.user.exec) return response;
    response.resume();
    this.credential = undefined;
    return this.sendOnce(method, path, accept, body, await this.token());
  }

  private async token(): Promise<string | undefined> {
    const { exec, token } = this.selected.user;
    if (!exec) return token;
    const { expires } = this.credential ?? {};
    if (!this.credential || (expires !== undefined && Date.parse(expires) <= this.now())) {
      this.credential = await runPlugin(exec, this.server);
    }
    return this.credential.token;
  }

  private sendOnce(
    method: string,
    path: string,
    accept: string,
    body: string | Buffer | undefined,
    token: string | undefined,
  ): Promise<IncomingMessage> {
    const { cluster } = this.selected;
    const authority = cluster['certificate-authority-data'];
    const options: RequestOptions = {
      method,
      headers: {
        accept,
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(authority ? { ca: Buffer.from(authority, 'base64') } : {}),
      ...(cluster['tls-server-name'] ? { servername: cluster['tls-server-name'] } : {}),
    };
    const url = new URL(path, this.server);
    return new Promise((done, fail) => {
      const outgoing = request(url, options, done);
      outgoing.once('error', (error: NodeJS.ErrnoException) => {
        fail(
          new KubectlFailure(
            error.code === 'ECONNREFUSED'
              ? `The connection to the server ${url.host} was refused - did you specify the right host or port?`
              : `Unable to connect to the server: ${error.message}`,
          ),
        );
      });
      outgoing.end(body);
    });
  }

  /**
   * Sends a request and reads the response as JSON.
   * @throws KubectlFailure with kubectl's message when the server refuses the request.
   */
  async requestJson<T>(method: string, path: string, accept = 'application/json', body?: object): Promise<T> {
    const response = await this.send(method, path, accept, body && JSON.stringify(body));
    const text = await bodyText(response);
    if ((response.statusCode ?? 0) >= 400) throw statusFailure(text);
    return JSON.parse(text) as T;
  }
}

/** Reads the body of a response as text. */
export async function bodyText(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of response.setEncoding('utf8') as AsyncIterable<string>) text += chunk;
  return text;
}

/** Turns the Status object in a response into a failure with kubectl's message. */
export function statusFailure(text: string): KubectlFailure {
  const { code, message, reason } = JSON.parse(text) as { code: number; message: string; reason: string };
  return new KubectlFailure(
    code === 401
      ? 'error: You must be logged in to the server (Unauthorized)'
      : `Error from server (${reason}): ${message}`,
  );
}
