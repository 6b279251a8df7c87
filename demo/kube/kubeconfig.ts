// Reads and writes a kubeconfig as tsh does: keeps existing entries and sorts entries by name.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { parse, stringify } from 'yaml';
import { Refusal } from '../cli/refusal.ts';
import type { KubeAccess } from '../server/serverState.ts';

interface Named {
  readonly name: string;
}

/** The program that kubectl runs to get a credential. */
export interface ExecPlugin {
  readonly apiVersion: string;
  readonly args: readonly string[];
  readonly command: string;
  readonly env: readonly { readonly name: string; readonly value: string }[] | null;
  readonly provideClusterInfo: boolean;
}

type Entry<T> = Named & Readonly<T>;

/** A kubeconfig. Unknown keys are kept unchanged. */
export interface Kubeconfig {
  /** The addresses of API servers, and the CAs that sign their certificates. */
  readonly clusters: readonly Entry<{
    cluster: { 'certificate-authority-data'?: string; server?: string; 'tls-server-name'?: string };
  }>[];
  /** A cluster, a user and a namespace under one name. */
  readonly contexts: readonly Entry<{
    context: { cluster: string; extensions?: readonly object[]; namespace?: string; user: string };
  }>[];
  readonly 'current-context': string;
  readonly users: readonly Entry<{ user: { exec?: ExecPlugin } }>[];
}

/** Returns the path of the file that tsh writes: the first that kubectl reads. */
export const kubeconfigPath = (env: NodeJS.ProcessEnv): string =>
  (env['KUBECONFIG'] ?? '').split(delimiter).find(Boolean) ?? join(homedir(), '.kube', 'config');

/**
 * Reads a kubeconfig. Returns an empty one when the file is missing.
 * @throws Refusal when it cannot be read.
 */
export function readKubeconfig(path: string): Kubeconfig {
  let parsed: Partial<Kubeconfig> = {};
  try {
    parsed = (parse(readFileSync(path, 'utf8')) ?? {}) as Partial<Kubeconfig>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      throw new Refusal(`failed to load existing kubeconfig ${JSON.stringify(path)}: ${String(error)}`);
  }
  const defaults = { apiVersion: 'v1', kind: 'Config', preferences: {} };
  return {
    ...defaults,
    ...parsed,
    clusters: parsed.clusters ?? [],
    contexts: parsed.contexts ?? [],
    'current-context': parsed['current-context'] ?? '',
    users: parsed.users ?? [],
  };
}

/** Writes a kubeconfig in the layout that Go's YAML writer gives it. */
export function writeKubeconfig(path: string, config: Kubeconfig): void {
  const byName = (a: Named, b: Named): number => (a.name < b.name ? -1 : 1);
  const { clusters, contexts, users } = config;
  const sorted = {
    ...config,
    clusters: clusters.toSorted(byName),
    contexts: contexts.toSorted(byName),
    users: users.toSorted(byName),
  };
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, stringify(sorted, { indentSeq: false, lineWidth: 0, sortMapEntries: true }), {
    mode: 0o600,
  });
}

/** The TLS server name by which a proxy with a single port recognises connections to the API server. */
export const tlsServerName = 'kube-teleport-proxy-alpn.teleport.cluster.local';

const serverUrl = (kube: KubeAccess): string => `https://127.0.0.1:${kube.port}`;

/** Returns the list with the entry at its end and without an older entry of the same name. */
const withEntry = <T extends Named>(list: readonly T[], entry: T): T[] => [
  ...list.filter(({ name }) => name !== entry.name),
  entry,
];

/**
 * Writes the entries of a Kubernetes cluster into the file at `path` and makes its context the current one.
 * Keeps the namespace of an existing context. `cluster` is the name of the Teleport cluster.
 */
export function addToKubeconfig(path: string, cluster: string, kube: KubeAccess, exec: ExecPlugin): void {
  const config = readKubeconfig(path);
  const name = `${cluster}-${kube.name}`;
  const namespace = config.contexts.find((each) => each.name === name)?.context.namespace;
  const context = {
    cluster,
    extensions: [{ extension: kube.name, name: 'teleport.kube.name' }],
    ...(namespace === undefined ? {} : { namespace }),
    user: name,
  };
  const address = {
    'certificate-authority-data': Buffer.from(kube.certificate).toString('base64'),
    server: serverUrl(kube),
    'tls-server-name': tlsServerName,
  };
  writeKubeconfig(path, {
    ...config,
    clusters: withEntry(config.clusters, { cluster: address, name: cluster }),
    contexts: withEntry(config.contexts, { context, name }),
    'current-context': name,
    users: withEntry(config.users, { name, user: { exec } }),
  });
}

/** Removes the entries that tsh wrote for a Kubernetes cluster of this Teleport cluster. */
export function removeFromKubeconfig(env: NodeJS.ProcessEnv, cluster: string, kube: KubeAccess): void {
  const path = kubeconfigPath(env);
  const config = readKubeconfig(path);
  if (!config.clusters.some((each) => each.cluster.server === serverUrl(kube))) return;
  const name = `${cluster}-${kube.name}`;
  const isOther = (each: Named): boolean => each.name !== name;
  writeKubeconfig(path, {
    ...config,
    clusters: config.clusters.filter((each) => each.name !== cluster),
    contexts: config.contexts.filter(isOther),
    'current-context': config['current-context'] === name ? '' : config['current-context'],
    users: config.users.filter(isOther),
  });
}

/**
 * Returns the Kubernetes cluster of the current context, or undefined when it is not in this Teleport
 * cluster.
 */
export function selectedKube(env: NodeJS.ProcessEnv, cluster: string): string | undefined {
  const current = readKubeconfig(kubeconfigPath(env))['current-context'];
  return current.startsWith(`${cluster}-`) ? current.slice(cluster.length + 1) : undefined;
}
