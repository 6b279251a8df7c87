// The API server of the demo's Kubernetes cluster. Each cluster has one process, which ends by itself.
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { offsetClock } from '../../src/state/clock.ts';
import { kubernetesGroupsOf, rolesNamed } from '../server/authorization.ts';
import {
  discovery,
  KubeFailure,
  readObjects,
  reviewPath,
  reviewResponse,
  unplayed,
  type AccessReview,
} from './apiResponses.ts';
import { readToken, type KubeCaller } from './token.ts';
import { lockFor } from '../server/locks.ts';
import { reachableKubes } from '../server/nodes.ts';
import { readState } from '../server/serverState.ts';

/** The server ends when it gets no request for this time, in ms. */
const defaultIdleLimit = 10 * 60_000;
/** The interval between checks that the cluster exists, in ms. */
const checkInterval = 500;

/**
 * Runs the API server of the cluster in `dir` and resolves to the exit code. Prints a line as soon as the
 * port accepts connections, also when another server already listens on it: the port prevents a second
 * server.
 */
export async function runKubeServer(
  dir: string,
  { idleLimit = defaultIdleLimit, say = (text: string): void => void process.stdout.write(text) } = {},
): Promise<number> {
  const { kube } = readState(dir);
  if (!kube) return 1;
  const server = createServer({ key: kube.key, cert: kube.certificate }, (request, response) => {
    idleTimer.refresh();
    answer(dir, request).then(
      ([status, object]) => send(response, status, object),
      (error: unknown) => fail(response, error),
    );
  });
  const idleTimer = setTimeout(() => end(), idleLimit);
  const checkTimer = setInterval(() => {
    if (!existsSync(join(dir, 'state.json'))) end();
  }, checkInterval);
  const end = (): void => {
    clearTimeout(idleTimer);
    clearInterval(checkTimer);
    server.close();
    server.closeAllConnections();
  };
  if (!(await listen(server, kube.port))) {
    end();
    say('another one answers\n');
    return 0;
  }
  say('ready\n');
  await new Promise((closed) => server.once('close', closed));
  return 0;
}

/** Resolves to the status and the object that answer a request. @throws KubeFailure when it is refused. */
async function answer(dir: string, request: IncomingMessage): Promise<readonly [number, object]> {
  const caller = authenticate(dir, request);
  const body = await bodyOf(request);
  const url = new URL(request.url ?? '/', `https://${request.headers.host ?? ''}`);
  if (request.method === 'POST' && url.pathname === reviewPath)
    return [201, reviewResponse(caller, JSON.parse(body) as AccessReview)];
  if (request.method !== 'GET') throw new KubeFailure(405, 'MethodNotAllowed', unplayed('changes'));
  return [200, discovery(url.pathname, url.host) ?? readObjects(caller, url, request.headers.accept)];
}

/** Listens on the port. Resolves to false when another process uses it. */
const listen = (server: Server, port: number): Promise<boolean> =>
  new Promise((done, fail) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') done(false);
      else fail(error);
    });
    server.listen(port, '127.0.0.1', () => done(true));
  });

/**
 * Returns the caller that a request's token names. A token stays valid until it expires, also when the access
 * request it came from was dropped; only a lock ends it earlier. The roles are looked up for every request,
 * so that a changed role takes effect at once.
 * @throws KubeFailure 401 without a valid token, 403 when a lock or the roles forbid access.
 */
function authenticate(dir: string, { headers }: IncomingMessage): KubeCaller {
  // A new clock for every reading, because a clock that is reused keeps an old offset for up to 200 ms.
  const now = offsetClock(join(dir, 'clock')).now();
  const state = readState(dir);
  const [, text = ''] = /^Bearer (.+)$/.exec(headers.authorization ?? '') ?? [];
  const token = readToken(state, text);
  if (!token || token.validUntil <= now) throw new KubeFailure(401, 'Unauthorized', 'Unauthorized');
  const roles = rolesNamed(state, token.roles);
  if (lockFor(state, token, now) || !reachableKubes(state, roles).length) {
    throw new KubeFailure(403, 'Forbidden', '[00] access denied');
  }
  return { ...token, groups: kubernetesGroupsOf(roles) };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8') as AsyncIterable<string>) body += chunk;
  return body;
}

function send(response: ServerResponse, status: number, object: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(object));
}

function fail(response: ServerResponse, error: unknown): void {
  const failure = error instanceof KubeFailure ? error : new KubeFailure(500, 'InternalError', String(error));
  send(response, failure.code, failure.status());
}
