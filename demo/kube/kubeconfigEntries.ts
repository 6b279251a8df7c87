// What `tsh kube login` puts into a kubeconfig, what logging out takes out again, and which cluster is selected.
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

/** Marks a context as tsh's and names its Kubernetes cluster. */
const kubeName = 'teleport.kube.name';
/** Marks the context that was selected before tsh selected one of its own. */
const selectedBefore = 'teleport-prev-selec-ctx';

/** Behind a proxy's one port the API server is told apart by this name. */
export const tlsServerName = 'kube-teleport-proxy-alpn.teleport.cluster.local';

/** Where kubectl finds the cluster. */
export const serverOf = (kube: KubeAccess): string => `https://127.0.0.1:${kube.port}`;

/** What is written for one Kubernetes cluster. */
export interface KubeconfigEntry {
  /** Teleport's cluster. */
  readonly cluster: string;
  readonly kube: KubeAccess;
  readonly exec: ExecPlugin;
  /** A template as of `--set-context-name`. */
  readonly contextName: string | undefined;
  readonly namespace: string | undefined;
}

/** Merges an entry into the file at `path`; `select` makes it the current context. A chosen namespace stays. */
export function addToKubeconfig(path: string, entry: KubeconfigEntry, select: boolean): void {
  const { cluster, kube, exec } = entry;
  const config = readKubeconfig(path);
  const user = `${cluster}-${kube.name}`;
  const name = contextNameOf(entry);
  config.clusters = withEntry(config.clusters, {
    cluster: {
      'certificate-authority-data': Buffer.from(kube.certificate).toString('base64'),
      server: serverOf(kube),
      'tls-server-name': tlsServerName,
    },
    name: cluster,
  });
  config.users = withEntry(config.users, { name: user, user: { exec } });
  const before = config.contexts.find((each) => each.name === name)?.context;
  const namespace = entry.namespace ?? before?.namespace;
  const context = {
    context: {
      cluster,
      ...(before?.extensions ? { extensions: before.extensions } : {}),
      ...(namespace ? { namespace } : {}),
      user,
    },
    name,
  };
  config.contexts = withEntry(config.contexts, withExtension(context, kubeName, kube.name));
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
      withExtension(each, selectedBefore, each.name === current ? null : undefined),
    );
  }
  config['current-context'] = name;
}

/** Takes out what tsh put in for this server, and selects what was selected before. */
export function removeFromKubeconfig(env: NodeJS.ProcessEnv, server: string): void {
  const path = kubeconfigPath(env);
  const config = readKubeconfig(path);
  const names = config.clusters.flatMap(({ name, cluster }) => (cluster.server === server ? [name] : []));
  if (!names.length) return;
  for (const name of names) removeCluster(config, name);
  writeKubeconfig(path, config);
}

function removeCluster(config: Kubeconfig, cluster: string): void {
  const gone = config.contexts.filter(
    ({ name, context }) => name.startsWith(cluster) || context.cluster === cluster,
  );
  config.contexts = config.contexts.filter((each) => !gone.includes(each));
  config.users = config.users.filter(({ name }) => !gone.some(({ context }) => context.user === name));
  config.clusters = config.clusters.filter(
    ({ name }) => !gone.some(({ context }) => context.cluster === name),
  );
  const before = config.contexts.filter((each) => extensionOf(each, selectedBefore) !== undefined);
  config.contexts = config.contexts.map((each) => withExtension(each, selectedBefore));
  if (config['current-context'].startsWith(cluster)) {
    config['current-context'] = before.length === 1 ? (before[0]?.name ?? '') : '';
  }
}

/** The Kubernetes cluster the current context means, if it is one of this Teleport cluster. */
export function selectedKube(env: NodeJS.ProcessEnv, cluster: string): string | undefined {
  const config = readKubeconfig(kubeconfigPath(env));
  const current = config['current-context'];
  if (current.startsWith(`${cluster}-`)) return current.slice(cluster.length + 1);
  const context = config.contexts.find(({ name }) => name === current);
  if (context?.context.cluster !== cluster) return undefined;
  const named = extensionOf(context, kubeName);
  return typeof named === 'string' && named ? named : current;
}
