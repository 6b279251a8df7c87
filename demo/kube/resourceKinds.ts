// The kinds of things in the demo's Kubernetes cluster: names, places and the columns kubectl shows.

/** A Kubernetes object as JSON. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly creationTimestamp: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly [key: string]: unknown;
}

/** A column of a table: shown always, or with `-o wide` only. */
export interface Column {
  readonly name: string;
  readonly wide?: boolean;
  /** `now` in ms. */
  cell(object: KubeObject, now: number): string;
}

export interface KubeKind {
  /** As in paths. */
  readonly resource: string;
  readonly singular: string;
  readonly kind: string;
  readonly group: '' | 'apps';
  readonly namespaced: boolean;
  readonly short: readonly string[];
  readonly columns: readonly Column[];
}

/** A path into an object, as text. */
function field(object: unknown, ...path: readonly (string | number)[]): string {
  let value = object;
  for (const key of path) value = (value as Record<string | number, unknown> | undefined)?.[key];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '<none>';
}

const at = (name: string, ...path: readonly (string | number)[]): Column => ({
  name,
  cell: (object) => field(object, ...path),
});
const wide = (name: string, ...path: readonly (string | number)[]): Column => ({
  ...at(name, ...path),
  wide: true,
});
const always = (name: string, text: string): Column => ({ name, cell: () => text });

const name = at('Name', 'metadata', 'name');
const age: Column = {
  name: 'Age',
  cell: ({ metadata }, now) => ageOf(now - Date.parse(metadata.creationTimestamp)),
};

/** How kubectl shortens a duration in ms: `5s`, `4m10s`, `3h12m`, `20d`. */
export function ageOf(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [minutes, hours, days] = [60, 3600, 86_400].map((unit) => Math.floor(seconds / unit));
  const rest = (value: number, unit: string): string => (value ? `${value}${unit}` : '');
  if (seconds < 120) return `${seconds}s`;
  if ((minutes ?? 0) < 10) return `${minutes ?? 0}m${rest(seconds % 60, 's')}`;
  if ((hours ?? 0) < 3) return `${minutes ?? 0}m`;
  if ((hours ?? 0) < 8) return `${hours ?? 0}h${rest((minutes ?? 0) % 60, 'm')}`;
  if ((hours ?? 0) < 48) return `${hours ?? 0}h`;
  return `${days ?? 0}d`;
}

const ready = (...path: readonly string[]): Column => ({
  name: 'Ready',
  cell: (object) => `${field(object, 'status', 'readyReplicas')}/${field(object, ...path)}`,
});

export const pods: KubeKind = {
  resource: 'pods',
  singular: 'pod',
  kind: 'Pod',
  group: '',
  namespaced: true,
  short: ['po'],
  columns: [
    name,
    always('Ready', '1/1'),
    at('Status', 'status', 'phase'),
    always('Restarts', '0'),
    age,
    wide('IP', 'status', 'podIP'),
    wide('Node', 'spec', 'nodeName'),
    { ...always('Nominated Node', '<none>'), wide: true },
    { ...always('Readiness Gates', '<none>'), wide: true },
  ],
};

/** All there are; discovery and kubectl's names for them are made of this. */
export const kubeKinds: readonly KubeKind[] = [
  pods,
  {
    resource: 'namespaces',
    singular: 'namespace',
    kind: 'Namespace',
    group: '',
    namespaced: false,
    short: ['ns'],
    columns: [name, at('Status', 'status', 'phase'), age],
  },
  {
    resource: 'nodes',
    singular: 'node',
    kind: 'Node',
    group: '',
    namespaced: false,
    short: ['no'],
    columns: [
      name,
      always('Status', 'Ready'),
      always('Roles', '<none>'),
      age,
      at('Version', 'status', 'nodeInfo', 'kubeletVersion'),
      wide('Internal-IP', 'status', 'addresses', 0, 'address'),
      wide('OS-Image', 'status', 'nodeInfo', 'osImage'),
    ],
  },
  {
    resource: 'deployments',
    singular: 'deployment',
    kind: 'Deployment',
    group: 'apps',
    namespaced: true,
    short: ['deploy'],
    columns: [
      name,
      ready('spec', 'replicas'),
      at('Up-to-date', 'status', 'updatedReplicas'),
      at('Available', 'status', 'availableReplicas'),
      age,
    ],
  },
  {
    resource: 'configmaps',
    singular: 'configmap',
    kind: 'ConfigMap',
    group: '',
    namespaced: true,
    short: ['cm'],
    columns: [name, { name: 'Data', cell: ({ data }) => String(Object.keys(data ?? {}).length) }, age],
  },
  {
    resource: 'services',
    singular: 'service',
    kind: 'Service',
    group: '',
    namespaced: true,
    short: ['svc'],
    columns: [name, at('Type', 'spec', 'type'), at('Cluster-IP', 'spec', 'clusterIP'), age],
  },
  {
    resource: 'events',
    singular: 'event',
    kind: 'Event',
    group: '',
    namespaced: true,
    short: ['ev'],
    columns: [name, at('Reason', 'reason'), at('Message', 'message'), age],
  },
];

/** A kind by any of its names: `pods`, `pod`, `po`. */
export const kubeKindNamed = (word: string): KubeKind | undefined =>
  kubeKinds.find(
    ({ resource, singular, short, group }) =>
      [resource, singular, ...short].includes(word.toLowerCase()) ||
      (group && `${resource}.${group}` === word),
  );
