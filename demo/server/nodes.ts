// What can be reached in a cluster: its SSH servers.
import type { Certificate } from './certificate.ts';
import type { Node } from '../resources/sampleData.ts';
import { utc, type GoValue } from '../cli/goFormat.ts';
import { rolesNamed } from './authorization.ts';
import { selects, type DemoRole } from '../resources/roles.ts';
import type { ResourceId, State } from './serverState.ts';

/** A node says that it is there this often, and is believed for twice as long; in ms. */
const heartbeat = 5 * 60_000;

/** Whether a role gives access to a resource. */
export function reaches(state: State, role: DemoRole, { kind, name }: ResourceId): boolean {
  if (kind === 'kube_cluster') return kubesFor(state, [role]).includes(name);
  const node = kind === 'node' ? state.nodes.find((each) => each.name === name) : undefined;
  return node !== undefined && reachesNode(role, node);
}

/** The names of the Kubernetes clusters that these roles reach. */
export const kubesFor = ({ kube }: State, roles: readonly DemoRole[]): string[] =>
  kube &&
  roles.some(({ allow, deny }) => {
    const { labels = {} } = kube;
    return selects(allow.kubernetesLabels, labels) && !selects(deny.kubernetesLabels, labels);
  })
    ? [kube.name]
    : [];

const reachesNode = ({ allow, deny }: DemoRole, { labels }: Node): boolean =>
  selects(allow.nodeLabels, labels) && !selects(deny.nodeLabels, labels);

/** The nodes that somebody with these roles reaches. */
export const nodesFor = (state: State, roles: readonly string[]): Node[] =>
  state.nodes.filter((node) => rolesNamed(state, roles).some((role) => reachesNode(role, node)));

/** The nodes a certificate reaches: with a resource request in it, only those it names. A leaf has
 * none. */
export const nodesOf = (state: State, { cluster, roles, resources }: Certificate): Node[] =>
  (cluster === state.cluster ? nodesFor(state, roles) : []).filter(
    ({ name }) => resources.length === 0 || resources.some((each) => each.name === name),
  );

const never = '0001-01-01T00:00:00Z';

/** A node as tsh prints it. Its revision changes with every heartbeat. */
export function nodeObject(state: State, { name, hostname, address, labels }: Node, now: number): GoValue {
  const beats = Math.floor((now - state.started) / heartbeat);
  const seen = state.started + beats * heartbeat;
  return {
    kind: 'node',
    version: 'v2',
    metadata: {
      name,
      labels: labels,
      expires: utc(seen + 2 * heartbeat),
      revision: revisionOf(state, beats),
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

const revisionOf = ({ host }: State, beats: number): string =>
  host.slice(0, -12) + beats.toString(16).padStart(12, '0');
