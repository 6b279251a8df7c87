// `tsh ls`, `tsh clusters` and `tsh request search`: what there is.
import type { Certificate } from '../server/certificate.ts';
import type { Command } from '../client/command.ts';
import { Refusal } from '../cli/refusal.ts';
import { format } from '../cli/globalFlags.ts';
import { cutTable, goJson, headedTable } from '../cli/goFormat.ts';
import { rolesNamed, heldRoles } from '../server/authorization.ts';
import { kubesFor, nodeObject, nodesFor, nodesOf } from '../server/nodes.ts';
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

interface Found {
  readonly name: string;
  readonly hostname: string;
  readonly labels: Readonly<Record<string, string>>;
}

const labelText = (labels: Found['labels']): string =>
  Object.entries(labels)
    .map((pair) => pair.join('='))
    .sort()
    .join(',');

/** Whether every label `k=v,…` is there and every keyword is somewhere. */
function isWanted(found: Found, labels: string, keywords: string): boolean {
  const own = [found.name, found.hostname, ...Object.entries(found.labels).flat()];
  return (
    labels
      .split(',')
      .filter(Boolean)
      .every((pair) => labelText(found.labels).split(',').includes(pair)) &&
    keywords
      .split(',')
      .filter(Boolean)
      .every((word) => own.some((text) => text.toLowerCase().includes(word.toLowerCase())))
  );
}

const list: Command = {
  words: ['ls'],
  help: 'List remote SSH nodes.',
  flags: [
    { name: 'cluster', short: 'c', help: 'Specify the Teleport cluster to connect' },
    {
      name: 'verbose',
      short: 'v',
      kind: 'boolean',
      help: 'One-line output (for text format), including node UUIDs',
    },
    format,
    ...searchFlags,
    { name: 'all', short: 'R', kind: 'boolean', help: 'List nodes from all clusters and proxies.' },
  ],
  args: [
    {
      name: 'labels',
      help: 'List of comma separated labels to filter by labels (e.g. key1=value1,key2=value2)',
    },
  ],
  run(session) {
    const { certificate, state } = connect(session);
    const nodes = nodesOf(state, certificate).filter((node) =>
      isWanted(node, session.flags.args[0] ?? '', session.flags.text('search') ?? ''),
    );
    if ((session.flags.text('format') ?? 'text') !== 'text') {
      session.out(`${goJson(nodes.map((node) => nodeObject(state, node, session.now())))}\n`);
      return;
    }
    const rows = nodes.map(({ hostname, address, labels }) => [hostname, address, labelText(labels)]);
    session.out(`${cutTable(['Node Name', 'Address', 'Labels'], rows, 'Labels')}\n`);
  },
};

const clusters: Command = {
  words: ['clusters'],
  help: 'List available Teleport clusters.',
  flags: [
    format,
    { name: 'quiet', short: 'q', kind: 'boolean', help: 'Quiet mode.' },
    { name: 'verbose', short: 'v', kind: 'boolean', help: 'Verbose table output, shows full label output.' },
  ],
  run(session) {
    const { certificate, state } = connect(session);
    const all = [state.cluster, ...state.leaves].map((name) => ({
      cluster_name: name,
      status: 'online',
      cluster_type: name === state.cluster ? 'root' : 'leaf',
      labels: null,
      selected: name === certificate.cluster,
    }));
    if ((session.flags.text('format') ?? 'text') !== 'text') {
      session.out(`${goJson(all)}\n`);
      return;
    }
    const rows = all.map((one) => [
      one.cluster_name,
      one.status,
      one.cluster_type,
      '',
      one.selected ? '*' : '',
    ]);
    session.out(`${headedTable(['Cluster Name', 'Status', 'Cluster Type', 'Labels', 'Selected'], rows)}\n`);
  },
};

const objectKinds = [
  ...['pod', 'secret', 'configmap', 'namespace', 'service', 'serviceaccount', 'kube_node'],
  ...['persistentvolume', 'persistentvolumeclaim', 'deployment', 'replicaset', 'statefulset', 'daemonset'],
  ...['clusterrole', 'kube_role', 'clusterrolebinding', 'rolebinding', 'cronjob', 'job'],
  ...['certificatesigningrequest', 'ingress'],
];
const kinds = ['node', 'kube_cluster', 'db', 'app', 'windows_desktop', 'user_group', ...objectKinds];

/** It stands among the other commands on requests. */
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
    const found = searched(state, kind, certificate).filter((each) =>
      isWanted(each, flags.text('labels') ?? '', flags.text('search') ?? ''),
    );
    const ids = found.map(({ name }) => `/${state.cluster}/${kind}/${name}`);
    const rows = found.map((each, at) => [each.name, each.hostname, labelText(each.labels), ids[at] ?? '']);
    const head = ['Name', 'Hostname', 'Labels', 'Resource ID'];
    session.out(flags.yes('verbose') ? headedTable(head, rows) : cutTable(head, rows, 'Labels'));
    if (!ids.length) return;
    const asked = ids.map((id) => `--resource ${id}`).join(' ');
    session.out(
      `\nTo request access to these resources, run\n> tsh request create ${asked} \\\n    --reason <request reason>\n\n`,
    );
  },
};

/** What somebody reaches by themselves or could reach through `search_as_roles`. */
function searched(state: State, kind: string, { user, cluster }: Certificate): readonly Found[] {
  if (cluster !== state.cluster) return [];
  const own = heldRoles(state, user);
  const names = own.flatMap((role) => [role.name, ...role.allow.request.searchAsRoles]);
  if (kind === 'node') return nodesFor(state, names);
  if (kind !== 'kube_cluster') return [];
  return kubesFor(state, rolesNamed(state, names)).map((name) => ({ name, hostname: '', labels: {} }));
}

export const nodeCommands: readonly Command[] = [list, clusters];
