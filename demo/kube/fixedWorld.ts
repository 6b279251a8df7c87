// The contents of the demo's Kubernetes cluster. They are fixed: nothing changes them.

/** An object: its namespace, where its kind has namespaces, and the cells of its row, the name first. */
interface KubeObject {
  readonly namespace?: string;
  readonly cells: readonly [name: string, ...rest: string[]];
}

/** A kind of object, all in the core API group. */
export interface KubeKind {
  /** The plural name, used in URL paths. */
  readonly resource: string;
  readonly singular: string;
  readonly short: string;
  readonly kind: string;
  readonly namespaced: boolean;
  /** The columns that `kubectl get` shows. */
  readonly columns: readonly string[];
  readonly objects: readonly KubeObject[];
}

const kubernetesVersion = 'v1.31.4';

const pod = (namespace: string, name: string): KubeObject => ({
  namespace,
  cells: [name, '1/1', 'Running', '0', '3d'],
});

/** All kinds of the cluster. Discovery and the names that kubectl accepts are made from this list. */
export const kubeKinds: readonly KubeKind[] = [
  {
    resource: 'pods',
    singular: 'pod',
    short: 'po',
    kind: 'Pod',
    namespaced: true,
    columns: ['Name', 'Ready', 'Status', 'Restarts', 'Age'],
    objects: [
      pod('default', 'web-7d4b9c6f5-2xkqp'),
      pod('default', 'web-7d4b9c6f5-9wzrt'),
      pod('default', 'worker-5c8f7b9d4-hm6vn'),
      pod('kube-system', 'coredns-6f6b679f8f-4tqkz'),
      pod('payments', 'api-84d6c5b7f9-c7j2x'),
      pod('payments', 'api-84d6c5b7f9-pl8sd'),
    ],
  },
  {
    resource: 'namespaces',
    singular: 'namespace',
    short: 'ns',
    kind: 'Namespace',
    namespaced: false,
    columns: ['Name', 'Status', 'Age'],
    objects: ['default', 'kube-system', 'payments'].map((name) => ({ cells: [name, 'Active', '20d'] })),
  },
  {
    resource: 'nodes',
    singular: 'node',
    short: 'no',
    kind: 'Node',
    namespaced: false,
    columns: ['Name', 'Status', 'Roles', 'Age', 'Version'],
    objects: ['prod-eu-1', 'prod-eu-2'].map((name) => ({
      cells: [name, 'Ready', '<none>', '20d', kubernetesVersion],
    })),
  },
];

/** The response to `/version`. */
export const serverVersion = {
  major: '1',
  minor: '31',
  gitVersion: kubernetesVersion,
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '2025-01-01T00:00:00Z',
  goVersion: 'go1.22.9',
  compiler: 'gc',
  platform: 'linux/amd64',
};

const metadataOf = ({ namespace, cells: [name] }: KubeObject): object => ({
  name,
  ...(namespace === undefined ? {} : { namespace }),
});

/** Returns objects as a Table with one row for each object, as the API server sends it. */
export const tableOf = ({ columns }: KubeKind, objects: readonly KubeObject[]): object => ({
  kind: 'Table',
  apiVersion: 'meta.k8s.io/v1',
  metadata: {},
  columnDefinitions: columns.map((name) => ({
    name,
    type: 'string',
    format: name === 'Name' ? 'name' : '',
    description: '',
    priority: 0,
  })),
  rows: objects.map((object) => ({
    cells: object.cells,
    object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: metadataOf(object) },
  })),
});

/** Returns an object as JSON. */
export const objectOf = ({ kind }: KubeKind, object: KubeObject): object => ({
  kind,
  apiVersion: 'v1',
  metadata: metadataOf(object),
});

/** Returns objects as a Kubernetes list object. */
export const kubeList = (kind: KubeKind, objects: readonly KubeObject[]): object => ({
  kind: `${kind.kind}List`,
  apiVersion: 'v1',
  metadata: {},
  items: objects.map((object) => objectOf(kind, object)),
});
