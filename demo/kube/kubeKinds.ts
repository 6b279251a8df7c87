// The kinds of objects in the demo's Kubernetes cluster: their names, API groups and the columns kubectl
// shows.

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

/** A column of a table. */
export interface Column {
  readonly name: string;
  /** Whether kubectl shows the column with `-o wide` only. */
  readonly wide?: boolean;
  /** Returns the text of the cell. `now` is in ms. */
  cell(object: KubeObject, now: number): string;
}

/** A kind of Kubernetes object. */
export interface KubeKind {
  /** The plural name, used in URL paths. */
  readonly resource: string;
  readonly singular: string;
  readonly kind: string;
  readonly group: '' | 'apps';
  readonly namespaced: boolean;
  readonly short: readonly string[];
  readonly columns: readonly Column[];
}

/** Returns the text or number at a path in an object as text, or `<none>`. */
function field(object: unknown, ...path: readonly (string | number)[]): string {
  let value = object;
  for (const key of path) value = (value as Record<string | number, unknown> | undefined)?.[key];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '<none>';
}

const fieldColumn = (name: string, ...path: readonly (string | number)[]): Column => ({
  name,
  cell: (object) => field(object, ...path),
});
const wideColumn = (name: string, ...path: readonly (string | number)[]): Column => ({
  ...fieldColumn(name, ...path),
  wide: true,
});
const constantColumn = (name: string, text: string): Column => ({ name, cell: () => text });

const nameColumn = fieldColumn('Name', 'metadata', 'name');
const ageColumn: Column = {
  name: 'Age',
  cell: ({ metadata }, now) => ageOf(now - Date.parse(metadata.creationTimestamp)),
};

/** Formats a duration in ms as kubectl shows ages: `5s`, `4m10s`, `3h12m`, `20d`. */
function ageOf(ms: number): string {
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

const readyColumn = (...path: readonly string[]): Column => ({
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
    nameColumn,
    constantColumn('Ready', '1/1'),
    fieldColumn('Status', 'status', 'phase'),
    constantColumn('Restarts', '0'),
    ageColumn,
    wideColumn('IP', 'status', 'podIP'),
    wideColumn('Node', 'spec', 'nodeName'),
    { ...constantColumn('Nominated Node', '<none>'), wide: true },
    { ...constantColumn('Readiness Gates', '<none>'), wide: true },
  ],
};

/** All kinds of the cluster. Discovery and the names that kubectl accepts are made from this list. */
export const kubeKinds: readonly KubeKind[] = [
  pods,
  {
    resource: 'namespaces',
    singular: 'namespace',
    kind: 'Namespace',
    group: '',
    namespaced: false,
    short: ['ns'],
    columns: [nameColumn, fieldColumn('Status', 'status', 'phase'), ageColumn],
  },
  {
    resource: 'nodes',
    singular: 'node',
    kind: 'Node',
    group: '',
    namespaced: false,
    short: ['no'],
    columns: [
      nameColumn,
      constantColumn('Status', 'Ready'),
      constantColumn('Roles', '<none>'),
      ageColumn,
      fieldColumn('Version', 'status', 'nodeInfo', 'kubeletVersion'),
      wideColumn('Internal-IP', 'status', 'addresses', 0, 'address'),
      wideColumn('OS-Image', 'status', 'nodeInfo', 'osImage'),
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
      nameColumn,
      readyColumn('spec', 'replicas'),
      fieldColumn('Up-to-date', 'status', 'updatedReplicas'),
      fieldColumn('Available', 'status', 'availableReplicas'),
      ageColumn,
    ],
  },
  {
    resource: 'configmaps',
    singular: 'configmap',
    kind: 'ConfigMap',
    group: '',
    namespaced: true,
    short: ['cm'],
    columns: [
      nameColumn,
      { name: 'Data', cell: ({ data }) => String(Object.keys(data ?? {}).length) },
      ageColumn,
    ],
  },
  {
    resource: 'services',
    singular: 'service',
    kind: 'Service',
    group: '',
    namespaced: true,
    short: ['svc'],
    columns: [
      nameColumn,
      fieldColumn('Type', 'spec', 'type'),
      fieldColumn('Cluster-IP', 'spec', 'clusterIP'),
      ageColumn,
    ],
  },
  {
    resource: 'events',
    singular: 'event',
    kind: 'Event',
    group: '',
    namespaced: true,
    short: ['ev'],
    columns: [nameColumn, fieldColumn('Reason', 'reason'), fieldColumn('Message', 'message'), ageColumn],
  },
];

/** Finds a kind by any of its names: `pods`, `pod`, `po`. */
export const kubeKindNamed = (word: string): KubeKind | undefined =>
  kubeKinds.find(
    ({ resource, singular, short, group }) =>
      [resource, singular, ...short].includes(word.toLowerCase()) ||
      (group && `${resource}.${group}` === word),
  );
