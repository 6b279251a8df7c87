// The command `kubectl proxy`. It forwards requests with its credential until the process ends.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KubectlFailure, type KubeClient } from './client.ts';
import type { Output } from '../client/session.ts';

/**
 * Serves on 127.0.0.1 until the process ends. Port 0 takes any free port.
 * @throws KubectlFailure when the port cannot be opened.
 */
export function proxy(client: KubeClient, port: number, { out, err }: Output): Promise<number> {
  const server = createServer((request, response) => {
    forward(client, request, response).catch((error: unknown) => {
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

async function forward(
  client: KubeClient,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const body = chunks.length ? Buffer.concat(chunks) : undefined;
  const { method = 'GET', url = '/', headers } = request;
  const upstream = await client.send(method, url, headers.accept ?? '*/*', body);
  response.writeHead(upstream.statusCode ?? 502, {
    'content-type': upstream.headers['content-type'] ?? 'application/json',
  });
  upstream.on('error', () => response.destroy()).pipe(response);
}
