// Starts the API server when a program needs it. The server keeps running after that program ends.
import { spawn } from 'node:child_process';
import { connect, createServer } from 'node:net';
import { dirname, resolve } from 'node:path';
import { Refusal } from '../cli/refusal.ts';
import { newServerIdentity } from '../server/tlsCertificate.ts';
import { tlsServerName } from './kubeconfig.ts';
import type { KubeAccess } from '../server/serverState.ts';

const host = '127.0.0.1';

/** Makes a Kubernetes cluster of this name, with a port that is free now. */
export async function newKube(name: string, labels?: KubeAccess['labels']): Promise<KubeAccess> {
  return { name, ...(labels && { labels }), port: await freePort(), ...newServerIdentity(tlsServerName) };
}

/**
 * The range of the port. It is below the ports that systems assign automatically, so that no other program
 * takes the port later.
 */
const [lowest, highest] = [20_000, 32_000];

async function freePort(): Promise<number> {
  for (;;) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest));
    if (await isFree(port)) return port;
  }
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const probe = createServer();
    probe.once('error', () => done(false));
    probe.listen(port, host, () => probe.close(() => done(true)));
  });

/** Starts the API server of the cluster in `dir` if needed, and resolves when it accepts connections. */
export async function ensureApiServer(dir: string, kube: KubeAccess): Promise<void> {
  if (!(await isAnswering(kube.port))) await start(dir);
}

const isAnswering = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const socket = connect(port, host);
    socket.once('connect', () => done(true)).once('error', () => done(false));
    socket.once('connect', () => socket.destroy());
  });

function start(dir: string): Promise<void> {
  const { PATH, SystemRoot } = process.env;
  // Without the variables of the elevated shell: the extension recognises the programs of that shell by them,
  // and must not end the API server together with the shell.
  const env = { ELECTRON_RUN_AS_NODE: '1', PATH, SystemRoot };
  const child = spawn(process.execPath, [resolve(process.argv[1] ?? ''), 'kube', dir], {
    cwd: dirname(process.execPath),
    detached: true,
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
    windowsHide: true,
  });
  return new Promise((done, fail) => {
    child.once('error', fail);
    child.once('exit', (code) => {
      if (code !== 0)
        fail(new Refusal(`the Kubernetes API server of the demo ended with code ${code ?? ''}`));
    });
    // The server prints a line when it listens or when another server already does.
    child.stdout.once('data', () => {
      child.stdout.destroy();
      child.unref();
      done();
    });
  });
}
