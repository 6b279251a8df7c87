// The kubeconfig entries that `tsh kube login` writes and logging out removes, and the selected Kubernetes
// cluster.
import {
  extensionOf,
  kubeconfigPath,
  readKubeconfig,
  withEntry,
  withExtension,
  writeKubeconfig,
  type ExecPlugin,
  type Kubeconfig,
} from './kubeconfig.ts';
import type { KubeAccess } from '../server/serverState.ts';

/** The extension that marks a context as written by tsh and names its Kubernetes cluster. */
const kubeNameMark = 'teleport.kube.name';
/** The extension that marks the context which was current before tsh selected its own. */
const previousContextMark = 'teleport-prev-selec-ctx';

/** The TLS server name by which a proxy with a single port recognises connections to the API server. */
export const tlsServerName = 'kube-teleport-proxy-alpn.teleport.cluster.local';

/** Returns the URL at which kubectl reaches the cluster. */
export const serverUrl = (kube: KubeAccess): string => `https://127.0.0.1:${kube.port}`;

/** The values that tsh writes to a kubeconfig for a Kubernetes cluster. */
export interface KubeconfigEntry {
  /** The name of the Teleport cluster. */
  readonly cluster: string;
  readonly kube: KubeAccess;
  readonly exec: ExecPlugin;
  /** The template given with `--set-context-name`. */
  readonly contextName: string | undefined;
  readonly namespace: string | undefined;
}

/**
 * Merges an entry into the file at `path`. With `select`, makes its context the current one. Keeps the
 * namespace of an existing context.
 */
export function addToKubeconfig(path: string, entry: KubeconfigEntry, select: boolean): void {
  const { cluster, kube, exec } = entry;
  const config = readKubeconfig(path);
  const user = `${cluster}-${kube.name}`;
  const name = contextNameOf(entry);
  config.clusters = withEntry(config.clusters, {
    cluster: {
      'certificate-authority-data': Buffer.from(kube.certificate).toString('base64'),
      server: serverUrl(kube),
      'tls-server-name': tlsServerName,
    },
    name: cluster,
  });
  config.users = withEntry(config.users, { name: user, user: { exec } });
  const previous = config.contexts.find((each) => each.name === name)?.context;
  const namespace = entry.namespace ?? previous?.namespace;
  const context = {
    context: {
      cluster,
      ...(previous?.extensions ? { extensions: previous.extensions } : {}),
      ...(namespace ? { namespace } : {}),
      user,
    },
    name,
  };
  config.contexts = withEntry(config.contexts, withExtension(context, kubeNameMark, kube.name));
  if (select) selectContext(config, name, cluster);
  writeKubeconfig(path, config);
}

function contextNameOf({ cluster, kube, contextName }: KubeconfigEntry): string {
  const template = contextName ?? '{{.ClusterName}}-{{.KubeName}}';
  return template.replace(/{{ *\.(ClusterName|KubeName) *}}/g, (_, key) =>
    key === 'KubeName' ? kube.name : cluster,
  );
}

function selectContext(config: Kubeconfig, name: string, cluster: string): void {
  const current = config['current-context'];
  if (current && !current.startsWith(cluster)) {
    config.contexts = config.contexts.map((each) =>
      withExtension(each, previousContextMark, each.name === current ? null : undefined),
    );
  }
  config['current-context'] = name;
}

/** Removes the entries that tsh wrote for this server and selects the context that was current before. */
export function removeFromKubeconfig(env: NodeJS.ProcessEnv, server: string): void {
  const path = kubeconfigPath(env);
  const config = readKubeconfig(path);
  const names = config.clusters.flatMap(({ name, cluster }) => (cluster.server === server ? [name] : []));
  if (!names.length) return;
  for (const name of names) removeCluster(config, name);
  writeKubeconfig(path, config);
}

function removeCluster(config: Kubeconfig, cluster: string): void {
  const removed = config.contexts.filter(
    ({ name, context }) => name.startsWith(cluster) || context.cluster === cluster,
  );
  config.contexts = config.contexts.filter((each) => !removed.includes(each));
  config.users = config.users.filter(({ name }) => !removed.some(({ context }) => context.user === name));
  config.clusters = config.clusters.filter(
    ({ name }) => !removed.some(({ context }) => context.cluster === name),
  );
  const marked = config.contexts.filter((each) => extensionOf(each, previousContextMark) !== undefined);
  config.contexts = config.contexts.map((each) => withExtension(each, previousContextMark));
  if (config['current-context'].startsWith(cluster)) {
    config['current-context'] = marked.length === 1 ? (marked[0]?.name ?? '') : '';
  }
}

/**
 * Returns the Kubernetes cluster of the current context, or undefined when it is not in this Teleport
 * cluster.
 */
export function selectedKube(env: NodeJS.ProcessEnv, cluster: string): string | undefined {
  const config = readKubeconfig(kubeconfigPath(env));
  const current = config['current-context'];
  if (current.startsWith(`${cluster}-`)) return current.slice(cluster.length + 1);
  const context = config.contexts.find(({ name }) => name === current);
  if (context?.context.cluster !== cluster) return undefined;
  const markedName = extensionOf(context, kubeNameMark);
  return typeof markedName === 'string' && markedName ? markedName : current;
}
