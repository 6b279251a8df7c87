// How the kubectl stand-in reaches a cluster: kubeconfig, exec plug-in, HTTPS.
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

/** The kubeconfig files as one: the first to name something wins. */
export function mergedConfig(given: KubectlArguments, env: NodeJS.ProcessEnv): Kubeconfig {
  const named = given.text('kubeconfig');
  const all = (named ? [named] : kubeconfigPaths(env)).map(readKubeconfig);
  const first = <T extends { readonly name: string }>(list: (config: Kubeconfig) => readonly T[]): T[] => [
    ...new Map(
      all
        .flatMap(list)
        .toReversed()
        .map((each) => [each.name, each]),
    ).values(),
  ];
  return {
    apiVersion: 'v1',
    clusters: first((config) => config.clusters),
    contexts: first((config) => config.contexts),
    'current-context': all.map((config) => config['current-context']).find(Boolean) ?? '',
    kind: 'Config',
    preferences: {},
    users: first((config) => config.users),
  };
}

/** The context in use with what it names. */
export interface Selected {
  readonly context: KubeconfigContext['context'];
  readonly cluster: KubeconfigCluster['cluster'];
  readonly user: KubeconfigUser['user'];
  readonly namespace: string;
}

/** What the current context, or the one named, stands for. */
export function selectedBy(given: KubectlArguments, config: Kubeconfig): Selected {
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
  /** When it is no longer used, ISO 8601; absent = never. */
  readonly end: string | undefined;
}

/** Runs the plug-in. It may ask on the terminal and says itself on stderr what is wrong. */
async function runPlugin(plugin: ExecPlugin, server: string): Promise<Credential> {
  const { apiVersion, command, args } = plugin;
  const interactive = process.stdin.isTTY;
  const info = { kind: 'ExecCredential', apiVersion, spec: { interactive, cluster: { server } } };
  const own = Object.fromEntries((plugin.env ?? []).map(({ name, value }) => [name, value]));
  const windows = process.platform === 'win32';
  const child = spawn(windows ? `"${command}"` : command, args ?? [], {
    env: { ...process.env, ...own, KUBERNETES_EXEC_INFO: JSON.stringify(info) },
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
  return { token: status?.token, end: status?.expirationTimestamp };
}

/** One connection to a cluster. The plug-in is asked once, and again when its answer has ended or is refused. */
export class KubeClient {
  readonly namespace: string;
  private readonly selected: Selected;
  private readonly now: () => number;
  private credential: Credential | undefined;

  constructor(selected: Selected, now: () => number) {
    this.selected = selected;
    this.namespace = selected.namespace;
    this.now = now;
  }

  get server(): string {
    return this.selected.cluster.server ?? '';
  }

  /** Sends a request; resolves to the answer as it begins, whatever its status. */
  async open(method: string, path: string, accept: string, body?: string | Buffer): Promise<IncomingMessage> {
    const answer = await this.send(method, path, accept, body, await this.token());
    if (answer.statusCode !== 401 || !this.selected.user.exec) return answer;
    answer.resume();
    this.credential = undefined;
    return this.send(method, path, accept, body, await this.token());
  }

  private async token(): Promise<string | undefined> {
    const { exec, token } = this.selected.user;
    if (!exec) return token;
    const { end } = this.credential ?? {};
    if (!this.credential || (end !== undefined && Date.parse(end) <= this.now())) {
      this.credential = await runPlugin(exec, this.server);
    }
    return this.credential.token;
  }

  private send(
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
      const sent = request(url, options, done);
      sent.once('error', (error: NodeJS.ErrnoException) => {
        fail(
          new KubectlFailure(
            error.code === 'ECONNREFUSED'
              ? `The connection to the server ${url.host} was refused - did you specify the right host or port?`
              : `Unable to connect to the server: ${error.message}`,
          ),
        );
      });
      sent.end(body);
    });
  }

  /** The whole answer as JSON. Throws what the server refused in kubectl's words. */
  async ask<T>(method: string, path: string, accept = 'application/json', body?: object): Promise<T> {
    const answer = await this.open(method, path, accept, body && JSON.stringify(body));
    const text = await textOf(answer);
    if ((answer.statusCode ?? 0) >= 400) throw refusal(text);
    return JSON.parse(text) as T;
  }
}

/** The rest of an answer. */
export async function textOf(answer: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of answer.setEncoding('utf8') as AsyncIterable<string>) text += chunk;
  return text;
}

/** A Status in kubectl's words. */
export function refusal(text: string): KubectlFailure {
  const { code, message, reason } = JSON.parse(text) as { code: number; message: string; reason: string };
  return new KubectlFailure(
    code === 401
      ? 'error: You must be logged in to the server (Unauthorized)'
      : `Error from server (${reason}): ${message}`,
  );
}
