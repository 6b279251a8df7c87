// The SSH servers and Kubernetes clusters that roles give access to.
import type { Certificate } from './certificate.ts';
import type { Node } from '../resources/sampleData.ts';
import { never, utcRfc3339, type GoValue } from '../cli/goFormat.ts';
import { rolesNamed } from './authorization.ts';
import { selectsLabels, type DemoRole } from '../resources/roles.ts';
import type { KubeAccess, ResourceId, State } from './serverState.ts';

/** The interval of a node's heartbeats, in ms. A node expires two intervals after its last heartbeat. */
const heartbeat = 5 * 60_000;

/** Whether a role gives access to a resource. */
export function roleReaches(state: State, role: DemoRole, { kind, name }: ResourceId): boolean {
  if (kind === 'kube_cluster') return reachableKubes(state, [role]).some((kube) => kube.name === name);
  const node = kind === 'node' ? state.nodes.find((each) => each.name === name) : undefined;
  return node !== undefined && reachesNode(role, node);
}

/** Returns the Kubernetes clusters that these roles give access to. */
export const reachableKubes = ({ kube }: State, roles: readonly DemoRole[]): KubeAccess[] =>
  kube && roles.some((role) => reachesKube(role, kube)) ? [kube] : [];

const reachesKube = ({ allow, deny }: DemoRole, { labels = {} }: KubeAccess): boolean =>
  selectsLabels(allow.kubernetesLabels, labels) && !selectsLabels(deny.kubernetesLabels, labels);

const reachesNode = ({ allow, deny }: DemoRole, { labels }: Node): boolean =>
  selectsLabels(allow.nodeLabels, labels) && !selectsLabels(deny.nodeLabels, labels);

/** Returns the nodes that these roles give access to. */
export const reachableNodes = (state: State, roles: readonly string[]): Node[] =>
  state.nodes.filter((node) => rolesNamed(state, roles).some((role) => reachesNode(role, node)));

/**
 * Returns the nodes that a certificate gives access to. With resources from a request, only these. A leaf
 * cluster has no nodes.
 */
export const nodesOfCertificate = (state: State, { cluster, roles, resources }: Certificate): Node[] =>
  (cluster === state.cluster ? reachableNodes(state, roles) : []).filter(
    ({ name }) => resources.length === 0 || resources.some((each) => each.name === name),
  );

/** Returns a node as tsh prints it. Its revision changes with every heartbeat. */
export function nodeObject(state: State, { name, hostname, address, labels }: Node, now: number): GoValue {
  const heartbeats = Math.floor((now - state.started) / heartbeat);
  const lastHeartbeat = state.started + heartbeats * heartbeat;
  return {
    kind: 'node',
    version: 'v2',
    metadata: {
      name,
      labels,
      expires: utcRfc3339(lastHeartbeat + 2 * heartbeat),
      revision: revisionOf(state, heartbeats),
    },
    spec: {
      addr: address,
      hostname,
      rotation: {
        current_id: '',
        started: never,
        last_rotated: never,
        schedule: { update_clients: never, update_servers: never, standby: never },
      },
      version: state.version,
    },
  };
}

const revisionOf = ({ host }: State, heartbeats: number): string =>
  host.slice(0, -12) + heartbeats.toString(16).padStart(12, '0');
