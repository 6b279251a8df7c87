// The objects in the demo's Kubernetes cluster. A deleted pod is replaced by one with another name; pods are
// stored.
import { createHash, randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { utcRfc3339 } from '../cli/goFormat.ts';
import { kubeKinds, pods, type KubeKind, type KubeObject } from './kubeKinds.ts';
import { replaceFile } from '../server/serverState.ts';

interface PodRecord {
  readonly namespace: string;
  readonly app: string;
  readonly name: string;
  /** When the pod was created, in ms since 1970. */
  readonly created: number;
}

const day = 86_400_000;
const version = 'v1.31.4';

const namespaces = ['default', 'kube-system', 'payments'];
const nodeNames = ['prod-eu-1', 'prod-eu-2'];

/** Namespace, name and number of pods. */
const deployments = [
  ['default', 'web', 2],
  ['default', 'worker', 1],
  ['kube-system', 'coredns', 1],
  ['payments', 'api', 2],
] as const;

/** A change that `watch` requests report. */
export interface KubeChange {
  readonly type: 'ADDED' | 'DELETED';
  readonly kind: KubeKind;
  readonly object: KubeObject;
}

/** The cluster's objects. Pods are stored in `<dir>/kube.json`. */
export class KubeObjectStore {
  private readonly file: string;
  private readonly now: () => number;
  private readonly changes = new EventEmitter<{ change: [KubeChange] }>().setMaxListeners(0);
  private readonly born: number;
  private records: PodRecord[];
  private revision: number;

  constructor(dir: string, now: () => number) {
    this.file = join(dir, 'kube.json');
    this.now = now;
    const stored = readStoredObjects(this.file);
    this.born = stored?.born ?? now() - 20 * day;
    this.revision = stored?.revision ?? 1000;
    this.records = stored?.records ?? this.initialPods();
    if (!stored) this.save();
  }

  /** Returns the cluster's resource version, which grows with every change. */
  resourceVersion(): string {
    return String(this.revision);
  }

  /** Returns all objects of a kind, in one namespace or in all. */
  list(kind: KubeKind, namespace?: string): KubeObject[] {
    return this.all(kind).filter(
      ({ metadata }) => namespace === undefined || metadata.namespace === namespace,
    );
  }

  /** Returns the object of this kind and name; undefined when it does not exist. */
  find(kind: KubeKind, namespace: string | undefined, name: string): KubeObject | undefined {
    return this.list(kind, namespace).find(({ metadata }) => metadata.name === name);
  }

  /** Deletes a pod. Its deployment creates another one at once. */
  deletePod(object: KubeObject): void {
    const index = this.records.findIndex(
      ({ namespace, name }) => namespace === object.metadata.namespace && name === object.metadata.name,
    );
    const [deleted] = this.records.splice(index, 1);
    if (index < 0 || !deleted) return;
    this.revision += 1;
    this.changes.emit('change', { type: 'DELETED', kind: pods, object });
    const record = { ...deleted, name: podName(deleted.namespace, deleted.app), created: this.now() };
    this.records.push(record);
    this.revision += 1;
    this.save();
    this.changes.emit('change', { type: 'ADDED', kind: pods, object: this.pod(record) });
  }

  /** Calls the listener for every change until the returned function is called. */
  onChange(listener: (change: KubeChange) => void): () => void {
    this.changes.on('change', listener);
    return () => void this.changes.off('change', listener);
  }

  private initialPods(): PodRecord[] {
    return deployments.flatMap(([namespace, app, count]) =>
      Array.from({ length: count }, () => ({
        namespace,
        app,
        name: podName(namespace, app),
        created: this.now() - 3 * day,
      })),
    );
  }

  private save(): void {
    const { born, revision, records } = this;
    replaceFile(this.file, JSON.stringify({ born, revision, records }));
  }

  private all({ resource }: KubeKind): KubeObject[] {
    const { born } = this;
    switch (resource) {
      case 'pods':
        return this.records.map((record) => this.pod(record));
      case 'namespaces':
        return namespaces.map((name) =>
          this.object('Namespace', 'v1', { name, created: born }, { status: { phase: 'Active' } }),
        );
      case 'nodes':
        return nodeNames.map((name, index) => this.node(name, index));
      case 'deployments':
        return deployments.map(([namespace, name, replicas]) =>
          this.object(
            'Deployment',
            'apps/v1',
            { name, namespace, created: born, labels: { app: name } },
            {
              spec: { replicas, selector: { matchLabels: { app: name } } },
              status: {
                replicas,
                readyReplicas: replicas,
                updatedReplicas: replicas,
                availableReplicas: replicas,
              },
            },
          ),
        );
      case 'configmaps':
        return [
          this.object(
            'ConfigMap',
            'v1',
            { name: 'web-settings', namespace: 'default', created: born },
            { data: { LOG_LEVEL: 'info', REGION: 'eu' } },
          ),
        ];
      case 'services':
        return [
          this.object(
            'Service',
            'v1',
            { name: 'web', namespace: 'default', created: born, labels: { app: 'web' } },
            { spec: { type: 'ClusterIP', clusterIP: '10.96.0.20', ports: [{ port: 80 }] } },
          ),
        ];
      default:
        return [];
    }
  }

  private pod({ namespace, app, name, created }: PodRecord): KubeObject {
    const nodeName = nodeNames[name.charCodeAt(name.length - 1) % nodeNames.length] ?? '';
    const image = `registry.example.test/${app}:1.4.2`;
    return this.object(
      'Pod',
      'v1',
      { name, namespace, created, labels: { app } },
      {
        spec: { nodeName, containers: [{ name: app, image }] },
        status: {
          phase: 'Running',
          podIP: `10.244.0.${(name.charCodeAt(name.length - 2) % 200) + 10}`,
          conditions: [{ type: 'Ready', status: 'True' }],
          containerStatuses: [{ name: app, image, ready: true, restartCount: 0 }],
        },
      },
    );
  }

  private node(name: string, index: number): KubeObject {
    return this.object(
      'Node',
      'v1',
      { name, created: this.born },
      {
        status: {
          addresses: [{ type: 'InternalIP', address: `10.0.0.${index + 11}` }],
          conditions: [{ type: 'Ready', status: 'True' }],
          nodeInfo: { kubeletVersion: version, osImage: 'Demo Linux 12' },
        },
      },
    );
  }

  private object(
    kind: string,
    apiVersion: string,
    identity: { name: string; created: number; namespace?: string; labels?: Record<string, string> },
    rest: Readonly<Record<string, unknown>>,
  ): KubeObject {
    const { created, ...metadataFields } = identity;
    const id = createHash('sha256')
      .update(JSON.stringify([kind, identity]))
      .digest('hex');
    const uid = id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/, '$1-$2-$3-$4-$5');
    const creationTimestamp = utcRfc3339(Math.floor(created / 1000) * 1000);
    const metadata = { ...metadataFields, uid, resourceVersion: this.resourceVersion(), creationTimestamp };
    return { kind, apiVersion, metadata, ...rest };
  }
}

interface StoredObjects {
  readonly born: number;
  readonly revision: number;
  readonly records: PodRecord[];
}

function readStoredObjects(file: string): StoredObjects | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as StoredObjects;
  } catch {
    return undefined;
  }
}

const podName = (namespace: string, app: string): string => {
  const hash = createHash('sha256').update(`${namespace}/${app}`).digest('hex').slice(0, 9);
  return `${app}-${hash}-${randomBytes(3).toString('hex').slice(0, 5)}`;
};

/** The response to `/version`. */
export const serverVersion = {
  major: '1',
  minor: '31',
  gitVersion: version,
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '2025-01-01T00:00:00Z',
  goVersion: 'go1.22.9',
  compiler: 'gc',
  platform: 'linux/amd64',
};

/** Finds the kind for the API group and the resource in a path. */
export const kindAt = (group: string, resource: string): KubeKind | undefined =>
  kubeKinds.find((each) => each.group === group && each.resource === resource);
