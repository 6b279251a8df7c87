// Connects the kubectl stand-in to a cluster: reads the kubeconfig, runs the exec plug-in and sends HTTPS
// requests.
import { spawn } from 'node:child_process';
import { request, type RequestOptions } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { readKubeconfig, type ExecPlugin } from '../kube/kubeconfig.ts';

/** An error that ends kubectl with exit code 1. The message is printed on stderr unchanged. */
export class KubectlFailure extends Error {}

/**
 * Runs the exec plug-in for a token. The plug-in may read from the terminal and prints its own errors on
 * stderr.
 * @throws KubectlFailure when the plug-in cannot run or fails.
 */
async function runPlugin({ command, args, env }: ExecPlugin): Promise<string> {
  const windows = process.platform === 'win32';
  const child = spawn(windows ? `"${command}"` : command, args, {
    env: { ...process.env, ...Object.fromEntries((env ?? []).map(({ name, value }) => [name, value])) },
    shell: windows,
    stdio: [process.stdin.isTTY ? 'inherit' : 'ignore', 'pipe', 'inherit'],
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
  return (JSON.parse(printed) as { status: { token: string } }).status.token;
}

/** A client of a cluster. It runs the exec plug-in once, and again when the server refuses its token. */
export class KubeClient {
  readonly namespace: string;
  private readonly server: string;
  private readonly tls: Pick<RequestOptions, 'ca' | 'servername'>;
  private readonly plugin: ExecPlugin;
  private token: string | undefined;

  /**
   * Selects the current context of the kubeconfig.
   * @param namespace the namespace that the command line names
   * @throws KubectlFailure when the context, its cluster or its plug-in does not exist.
   */
  constructor(kubeconfig: string, namespace: string | undefined) {
    const config = readKubeconfig(kubeconfig);
    const context = config.contexts.find(({ name }) => name === config['current-context'])?.context;
    const cluster = config.clusters.find(({ name }) => name === context?.cluster)?.cluster;
    const plugin = config.users.find(({ name }) => name === context?.user)?.user.exec;
    if (!cluster?.server || !plugin) {
      throw new KubectlFailure(
        'The connection to the server localhost:8080 was refused - did you specify the right host or port?',
      );
    }
    this.namespace = namespace ?? context?.namespace ?? 'default';
    this.server = cluster.server;
    this.plugin = plugin;
    this.tls = {
      ca: Buffer.from(cluster['certificate-authority-data'] ?? '', 'base64'),
      servername: cluster['tls-server-name'],
    };
  }

  /** Sends a request. Resolves to the response when its headers arrive, with any status. */
  async send(method: string, path: string, accept: string, body?: string | Buffer): Promise<IncomingMessage> {
    this.token ??= await runPlugin(this.plugin);
    const response = await this.sendOnce(method, path, accept, body, this.token);
    if (response.statusCode !== 401) return response;
    response.resume();
    this.token = await runPlugin(this.plugin);
    return this.sendOnce(method, path, accept, body, this.token);
  }

  private sendOnce(
    method: string,
    path: string,
    accept: string,
    body: string | Buffer | undefined,
    token: string,
  ): Promise<IncomingMessage> {
    const contentType = body === undefined ? {} : { 'content-type': 'application/json' };
    const headers = { accept, authorization: `Bearer ${token}`, ...contentType };
    const url = new URL(path, this.server);
    return new Promise((done, fail) => {
      const outgoing = request(url, { method, headers, ...this.tls }, done);
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
    let text = '';
    for await (const chunk of response.setEncoding('utf8') as AsyncIterable<string>) text += chunk;
    if ((response.statusCode ?? 0) < 400) return JSON.parse(text) as T;
    const { code, message, reason } = JSON.parse(text) as { code: number; message: string; reason: string };
    throw new KubectlFailure(
      code === 401
        ? 'error: You must be logged in to the server (Unauthorized)'
        : `Error from server (${reason}): ${message}`,
    );
  }
}
