// `kubectl proxy`: hands requests on with the credential it has, and keeps that to its end.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KubectlFailure } from './arguments.ts';
import type { KubeClient } from './client.ts';
import type { Output } from '../client/session.ts';

/** Serves on 127.0.0.1 until it is ended; 0 takes any port. */
export function proxy(client: KubeClient, port: number, { out, err }: Output): Promise<number> {
  const server = createServer((request, response) => {
    pass(client, request, response).catch((error: unknown) => {
      err(`${error instanceof Error ? error.message : String(error)}\n`);
      if (!response.headersSent) response.writeHead(502);
      response.end();
    });
  });
  return new Promise((_, fail) => {
    server.once('error', (error) => fail(new KubectlFailure(`error: ${error.message}`)));
    server.listen(port, '127.0.0.1', () => {
      out(`Starting to serve on 127.0.0.1:${(server.address() as AddressInfo).port}\n`);
    });
  });
}

async function pass(client: KubeClient, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const body = chunks.length ? Buffer.concat(chunks) : undefined;
  const { method = 'GET', url = '/', headers } = request;
  const answer = await client.open(method, url, headers.accept ?? '*/*', body);
  response.writeHead(answer.statusCode ?? 502, {
    'content-type': answer.headers['content-type'] ?? 'application/json',
  });
  answer.on('error', () => response.destroy()).pipe(response);
}
