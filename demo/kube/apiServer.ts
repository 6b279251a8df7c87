// The API server of the demo's Kubernetes cluster: one process a cluster, ends by itself.
import { existsSync, watch } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { offsetClock } from '../../src/state/clock.ts';
import { kubernetesGroupsOf, rolesNamed } from '../server/authorization.ts';
import { discovery, KubeFailure, nothingThere, review, type ReviewBody } from './apiResponses.ts';
import { answerResource, demandAllowed, type Call, type Stream } from './resourceRequests.ts';
import { readToken, type KubeCaller } from './token.ts';
import { KubeWorld } from './sampleObjects.ts';
import { lockOn } from '../server/locks.ts';
import { kubesFor } from '../server/nodes.ts';
import { readState } from '../server/serverState.ts';

/** Without a request for so long it ends, in ms. */
const longestIdle = 10 * 60_000;
/** How often it looks whether the cluster and the rights of open streams are still there, in ms. */
const lookInterval = 500;

/**
 * Runs the API server of the cluster in `dir`; resolves to the exit code. Says on stdout that the port answers,
 * also when another server had it already: the port is what keeps a second one out.
 */
export async function runKubeServer(
  dir: string,
  { idleLimit = longestIdle, say = (text: string): void => void process.stdout.write(text) } = {},
): Promise<number> {
  const { kube } = readState(dir);
  if (!kube) return 1;
  // A clock of its own each time: one that lives believes an old offset for a moment.
  const now = (): number => offsetClock(join(dir, 'clock')).now();
  const world = new KubeWorld(dir, now);
  const streams = new Set<() => void>();
  const server = createServer({ key: kube.key, cert: kube.certificate }, (request, response) => {
    idle.refresh();
    answer(request, response).catch((error: unknown) => fail(response, error));
  });
  const idle = setTimeout(() => end(), idleLimit);
  const end = (): void => {
    clearTimeout(idle);
    clearInterval(looking);
    watching.close();
    server.close();
    server.closeAllConnections();
  };
  const look = (): void => {
    if (!existsSync(join(dir, 'state.json'))) {
      end();
      return;
    }
    if (streams.size) idle.refresh();
    for (const check of streams) check();
  };
  const looking = setInterval(look, lookInterval);
  const watching = watch(dir, look).on('error', look);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', `https://${kube?.name ?? ''}`);
    const caller = authenticate(dir, request, now());
    const body = await bodyOf(request);
    const found = discovery(url.pathname, `127.0.0.1:${kube?.port ?? 0}`);
    if (found) {
      send(response, 200, found);
      return;
    }
    const [, group = '', rest = ''] = /^\/(?:api|apis\/([^/]+))\/v1\/(.+)$/.exec(url.pathname) ?? [];
    if (request.method === 'POST' && /^selfsubject[a-z]*reviews$/.test(rest)) {
      send(response, 201, review(rest, caller, JSON.parse(body || '{}') as ReviewBody));
      return;
    }
    const call: Call = {
      group,
      path: rest,
      method: request.method ?? 'GET',
      query: url.searchParams,
      accept: request.headers.accept,
      caller,
      world,
      now,
      send: (status, object) => send(response, status, object),
      stream: (type) => stream(request, response, type),
    };
    demandAllowed(call);
    if (!answerResource(call)) throw nothingThere();
  }

  /** An answer that goes on until the client leaves or may no longer see it. */
  function stream(request: IncomingMessage, response: ServerResponse, type: string): Stream {
    const check = (): void => {
      try {
        authenticate(dir, request, now());
      } catch {
        response.destroy();
      }
    };
    streams.add(check);
    const closed = new Promise<void>((done) => {
      response.once('close', () => {
        streams.delete(check);
        done();
      });
    });
    response.writeHead(200, { 'content-type': type });
    response.flushHeaders();
    return { write: (text) => void response.write(text), end: () => void response.end(), closed };
  }

  if (!(await listen(server, kube.port))) {
    end();
    say('another one answers\n');
    return 0;
  }
  say('ready\n');
  await new Promise((closed) => server.once('close', closed));
  return 0;
}

/** False when the port is taken. */
const listen = (server: Server, port: number): Promise<boolean> =>
  new Promise((done, fail) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') done(false);
      else fail(error);
    });
    server.listen(port, '127.0.0.1', () => done(true));
  });

/**
 * Who calls. A token lives to its end, a grant that was given back included; a lock cuts it at once. What its roles
 * allow is looked up at every call: a role that changed counts as it is now.
 */
function authenticate(dir: string, { headers }: IncomingMessage, now: number): KubeCaller {
  const state = readState(dir);
  const [, text = ''] = /^Bearer (.+)$/.exec(headers.authorization ?? '') ?? [];
  const token = readToken(state, text);
  if (!token || token.validUntil <= now) throw new KubeFailure(401, 'Unauthorized', 'Unauthorized');
  const roles = rolesNamed(state, token.roles);
  if (lockOn(state, token, now) || !kubesFor(state, roles).length) {
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
  if (response.headersSent) response.destroy();
  else send(response, failure.code, failure.status());
}
