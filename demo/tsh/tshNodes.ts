// The commands that list resources: `tsh ls`, `tsh clusters` and `tsh request search`.
import type { Certificate } from '../server/certificate.ts';
import type { Command } from '../client/command.ts';
import { Refusal } from '../cli/refusal.ts';
import { format } from '../cli/globalFlags.ts';
import { truncatedTable, goJson, headedTable } from '../cli/goFormat.ts';
import { rolesNamed, heldRoles } from '../server/authorization.ts';
import { reachableKubes, nodeObject, reachableNodes, nodesOfCertificate } from '../server/nodes.ts';
import { connect } from '../client/session.ts';
import type { State } from '../server/serverState.ts';

const searchFlags = [
  {
    name: 'search',
    help: 'List of comma separated search keywords or phrases enclosed in quotations (e.g. --search=foo,bar,"some phrase")',
  },
  {
    name: 'query',
    help: 'Query by predicate language enclosed in single quotes. Supports ==, !=, &&, and || (e.g. --query=\'labels["key1"] == "value1" && labels["key2"] != "value2"\')',
  },
] as const;

/** A resource that a search can find. */
interface SearchItem {
  readonly name: string;
  readonly hostname: string;
  readonly labels: Readonly<Record<string, string>>;
}

const labelText = (labels: SearchItem['labels']): string =>
  Object.entries(labels)
    .map((pair) => pair.join('='))
    .sort()
    .join(',');

/**
 * Returns true when the item has every label of `labels` (`k=v,…`), and contains every one of the
 * comma-separated keywords in its name, hostname or labels.
 */
function matchesSearch(item: SearchItem, labels: string, keywords: string): boolean {
  const texts = [item.name, item.hostname, ...Object.entries(item.labels).flat()];
  return (
    labels
      .split(',')
      .filter(Boolean)
      .every((pair) => labelText(item.labels).split(',').includes(pair)) &&
    keywords
      .split(',')
      .filter(Boolean)
      .every((word) => texts.some((text) => text.toLowerCase().includes(word.toLowerCase())))
  );
}

const list: Command = {
  words: ['ls'],
  help: 'List remote SSH nodes.',
  flags: [format],
  run(session) {
    const { certificate, state } = connect(session);
    const nodes = nodesOfCertificate(state, certificate);
    if ((session.flags.text('format') ?? 'text') !== 'text') {
      session.out(`${goJson(nodes.map((node) => nodeObject(state, node, session.now())))}\n`);
      return;
    }
    const rows = nodes.map(({ hostname, address, labels }) => [hostname, address, labelText(labels)]);
    session.out(`${truncatedTable(['Node Name', 'Address', 'Labels'], rows, 'Labels')}\n`);
  },
};

const clusters: Command = {
  words: ['clusters'],
  help: 'List available Teleport clusters.',
  flags: [format],
  run(session) {
    const { certificate, state } = connect(session);
    const clusterObjects = [state.cluster, ...state.leaves].map((name) => ({
      cluster_name: name,
      status: 'online',
      cluster_type: name === state.cluster ? 'root' : 'leaf',
      labels: null,
      selected: name === certificate.cluster,
    }));
    if ((session.flags.text('format') ?? 'text') !== 'text') {
      session.out(`${goJson(clusterObjects)}\n`);
      return;
    }
    const rows = clusterObjects.map((cluster) => [
      cluster.cluster_name,
      cluster.status,
      cluster.cluster_type,
      '',
      cluster.selected ? '*' : '',
    ]);
    session.out(`${headedTable(['Cluster Name', 'Status', 'Cluster Type', 'Labels', 'Selected'], rows)}\n`);
  },
};

/** The kinds of Kubernetes objects. A search for them needs `--kube-cluster`. */
const objectKinds = [
  ...['pod', 'secret', 'configmap', 'namespace', 'service', 'serviceaccount', 'kube_node'],
  ...['persistentvolume', 'persistentvolumeclaim', 'deployment', 'replicaset', 'statefulset', 'daemonset'],
  ...['clusterrole', 'kube_role', 'clusterrolebinding', 'rolebinding', 'cronjob', 'job'],
  ...['certificatesigningrequest', 'ingress'],
];
const kinds = ['node', 'kube_cluster', 'db', 'app', 'windows_desktop', 'user_group', ...objectKinds];

/** The command `tsh request search`. tshRequests.ts lists it among the other request commands. */
export const searchCommand: Command = {
  words: ['request', 'search'],
  help: 'Search for resources to request access to.',
  flags: [
    {
      name: 'kind',
      help: `Resource kind to search for (${kinds.join(', ')})`,
      oneOf: kinds,
      required: true,
    },
    ...searchFlags,
    {
      name: 'labels',
      help: 'List of comma separated labels to filter by labels (e.g. key1=value1,key2=value2)',
    },
    { name: 'kube-cluster', help: 'Kubernetes Cluster to search for Pods' },
    { name: 'kube-namespace', help: 'Kubernetes Namespace to search for Pods' },
    { name: 'all-kube-namespaces', kind: 'boolean', help: 'Search Pods in every namespace' },
    {
      name: 'verbose',
      short: 'v',
      kind: 'boolean',
      help: 'Verbose table output, shows full label output',
    },
  ],
  run(session) {
    const { flags } = session;
    const { certificate, state } = connect(session);
    const kind = flags.text('kind') ?? '';
    if (objectKinds.includes(kind) && !flags.text('kube-cluster')) {
      throw new Refusal('when searching for Pods, --kube-cluster cannot be empty');
    }
    const items = searchableResources(state, kind, certificate).filter((each) =>
      matchesSearch(each, flags.text('labels') ?? '', flags.text('search') ?? ''),
    );
    const ids = items.map(({ name }) => `/${state.cluster}/${kind}/${name}`);
    const rows = items.map((each, at) => [each.name, each.hostname, labelText(each.labels), ids[at] ?? '']);
    const head = ['Name', 'Hostname', 'Labels', 'Resource ID'];
    session.out(flags.isSet('verbose') ? headedTable(head, rows) : truncatedTable(head, rows, 'Labels'));
    if (!ids.length) return;
    const resourceFlags = ids.map((id) => `--resource ${id}`).join(' ');
    session.out(
      `\nTo request access to these resources, run\n> tsh request create ${resourceFlags} \\\n    --reason <request reason>\n\n`,
    );
  },
};

/**
 * The resources of a kind that a user reaches with their own roles or could reach through `search_as_roles`.
 */
function searchableResources(
  state: State,
  kind: string,
  { user, cluster }: Certificate,
): readonly SearchItem[] {
  if (cluster !== state.cluster) return [];
  const roles = heldRoles(state, user);
  const names = roles.flatMap((role) => [role.name, ...role.allow.request.searchAsRoles]);
  if (kind === 'node') return reachableNodes(state, names);
  if (kind !== 'kube_cluster') return [];
  return reachableKubes(state, rolesNamed(state, names)).map(({ name }) => ({
    name,
    hostname: '',
    labels: {},
  }));
}

/** The commands `tsh ls` and `tsh clusters`. */
export const nodeCommands: readonly Command[] = [list, clusters];
