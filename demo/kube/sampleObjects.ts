// What is in the demo's Kubernetes cluster. Pods can be deleted and come back under another name; that is kept.
import { createHash, randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { utc } from '../cli/goFormat.ts';
import { kubeKinds, pods, type KubeKind, type KubeObject } from './resourceKinds.ts';
import { replaceFile } from '../server/serverState.ts';

interface PodRecord {
  readonly namespace: string;
  readonly app: string;
  readonly name: string;
  /** ms */
  readonly created: number;
}

const day = 86_400_000;
const version = 'v1.31.4';

const namespaces = ['default', 'kube-system', 'payments'];
const nodeNames = ['prod-eu-1', 'prod-eu-2'];

/** Namespace, name, how many pods. */
const deployments = [
  ['default', 'web', 2],
  ['default', 'worker', 1],
  ['kube-system', 'coredns', 1],
  ['payments', 'api', 2],
] as const;

/** What `watch` is told. */
export interface KubeChange {
  readonly type: 'ADDED' | 'DELETED';
  readonly kind: KubeKind;
  readonly object: KubeObject;
}

/** The cluster's objects; kept in `<dir>/kube.json`. */
export class KubeWorld {
  private readonly file: string;
  private readonly now: () => number;
  private readonly changes = new EventEmitter<{ change: [KubeChange] }>().setMaxListeners(0);
  private readonly born: number;
  private records: PodRecord[];
  private revision: number;

  constructor(dir: string, now: () => number) {
    this.file = join(dir, 'kube.json');
    this.now = now;
    const kept = readKept(this.file);
    this.born = kept?.born ?? now() - 20 * day;
    this.revision = kept?.revision ?? 1000;
    this.records = kept?.records ?? this.firstPods();
    if (!kept) this.keep();
  }

  /** Grows with every change. */
  resourceVersion(): string {
    return String(this.revision);
  }

  /** Everything of a kind, of one namespace or of all. */
  list(kind: KubeKind, namespace?: string): KubeObject[] {
    return this.all(kind).filter(
      ({ metadata }) => namespace === undefined || metadata.namespace === namespace,
    );
  }

  find(kind: KubeKind, namespace: string | undefined, name: string): KubeObject | undefined {
    return this.list(kind, namespace).find(({ metadata }) => metadata.name === name);
  }

  /** Deletes a pod; its deployment makes another at once. */
  deletePod(object: KubeObject): void {
    const at = this.records.findIndex(
      ({ namespace, name }) => namespace === object.metadata.namespace && name === object.metadata.name,
    );
    const [gone] = this.records.splice(at, 1);
    if (at < 0 || !gone) return;
    this.revision += 1;
    this.changes.emit('change', { type: 'DELETED', kind: pods, object });
    const record = { ...gone, name: podName(gone.namespace, gone.app), created: this.now() };
    this.records.push(record);
    this.revision += 1;
    this.keep();
    this.changes.emit('change', { type: 'ADDED', kind: pods, object: this.pod(record) });
  }

  /** Tells of changes until the returned function is called. */
  onChange(tell: (change: KubeChange) => void): () => void {
    this.changes.on('change', tell);
    return () => void this.changes.off('change', tell);
  }

  private firstPods(): PodRecord[] {
    return deployments.flatMap(([namespace, app, count]) =>
      Array.from({ length: count }, () => ({
        namespace,
        app,
        name: podName(namespace, app),
        created: this.now() - 3 * day,
      })),
    );
  }

  private keep(): void {
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
        return nodeNames.map((name, at) => this.node(name, at));
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

  private node(name: string, at: number): KubeObject {
    return this.object(
      'Node',
      'v1',
      { name, created: this.born },
      {
        status: {
          addresses: [{ type: 'InternalIP', address: `10.0.0.${at + 11}` }],
          conditions: [{ type: 'Ready', status: 'True' }],
          nodeInfo: { kubeletVersion: version, osImage: 'Demo Linux 12' },
        },
      },
    );
  }

  private object(
    kind: string,
    apiVersion: string,
    about: { name: string; created: number; namespace?: string; labels?: Record<string, string> },
    rest: Readonly<Record<string, unknown>>,
  ): KubeObject {
    const { created, ...names } = about;
    const id = createHash('sha256')
      .update(JSON.stringify([kind, about]))
      .digest('hex');
    const uid = id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/, '$1-$2-$3-$4-$5');
    const creationTimestamp = utc(Math.floor(created / 1000) * 1000);
    const metadata = { ...names, uid, resourceVersion: this.resourceVersion(), creationTimestamp };
    return { kind, apiVersion, metadata, ...rest };
  }
}

interface Kept {
  readonly born: number;
  readonly revision: number;
  readonly records: PodRecord[];
}

function readKept(file: string): Kept | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Kept;
  } catch {
    return undefined;
  }
}

const podName = (namespace: string, app: string): string => {
  const hash = createHash('sha256').update(`${namespace}/${app}`).digest('hex').slice(0, 9);
  return `${app}-${hash}-${randomBytes(3).toString('hex').slice(0, 5)}`;
};

/** What the API server calls itself. */
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

/** `Kind` of a path, if there is such. */
export const kindAt = (group: string, resource: string): KubeKind | undefined =>
  kubeKinds.find((each) => each.group === group && each.resource === resource);
