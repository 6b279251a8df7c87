// The users, roles and nodes of a new demo cluster. The recordings of a real Teleport were made with the same
// ones.
import type { DemoEdition } from './roles.ts';
import type { RoleDraft } from './presets.ts';

/** An SSH server. */
export interface Node {
  readonly name: string;
  readonly hostname: string;
  /** host:port */
  readonly address: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The initial contents of a cluster. */
export interface SampleCluster {
  readonly cluster: string;
  /** host:port */
  readonly proxy: string;
  /** Maps a user name to the user's roles. */
  readonly people: Readonly<Record<string, readonly string[]>>;
  readonly roles: readonly RoleDraft[];
  readonly nodes: readonly Node[];
}

const anyLabels = { '*': '*' };
const anyKubernetes = [{ kind: '*', namespace: '*', name: '*', verbs: ['*'] }];

const kubeAdmin: RoleDraft = {
  name: 'kube-admin',
  options: { max_session_ttl: '1h' },
  allow: {
    kubernetes_labels: anyLabels,
    kubernetes_groups: ['system:masters'],
    kubernetes_resources: anyKubernetes,
  },
};
/** The standing Kubernetes access of dev-team before access requests are set up. */
const standingAccess = {
  kubernetes_labels: { env: ['dev', 'prod'] },
  kubernetes_groups: ['developers', 'system:masters'],
  kubernetes_resources: anyKubernetes,
};
const prodDba: RoleDraft = {
  name: 'prod-dba',
  options: { max_session_ttl: '4h' },
  allow: { db_labels: anyLabels, db_users: ['postgres'] },
};

const enterprise = (beforeSetup: boolean): SampleCluster => ({
  cluster: 'ent.example.test',
  proxy: 'localhost:13080',
  people: {
    alice: ['dev-team'],
    bob: ['prod-team'],
    rita: ['reviewer'],
    omar: ['reviewer'],
    eve: ['editor', 'access'],
  },
  roles: [
    {
      name: 'dev-team',
      options: { max_session_ttl: '12h' },
      allow: {
        logins: ['dev'],
        node_labels: { env: 'dev' },
        ...(beforeSetup ? standingAccess : {}),
        request: {
          roles: [...(beforeSetup ? [] : ['kube-admin']), 'prod-dba', 'two-eyes'],
          search_as_roles: ['node-admin'],
          thresholds: [{ name: 'default', approve: 1, deny: 1 }],
          suggested_reviewers: ['rita'],
          max_duration: '4h',
        },
      },
    },
    {
      name: 'prod-team',
      options: { max_session_ttl: '12h' },
      allow: {
        logins: ['ops'],
        request: { roles: ['two-eyes'], thresholds: [{ name: 'two', approve: 2, deny: 1 }] },
      },
    },
    ...(beforeSetup ? [] : [kubeAdmin]),
    prodDba,
    { name: 'two-eyes', options: { max_session_ttl: '2h' }, allow: { logins: ['root'] } },
    {
      name: 'node-admin',
      options: { max_session_ttl: '2h' },
      allow: { logins: ['root'], node_labels: anyLabels },
    },
    {
      name: 'reviewer',
      options: { max_session_ttl: '12h' },
      allow: {
        logins: ['nobody'],
        review_requests: {
          roles: [...(beforeSetup ? [] : ['kube-admin']), 'prod-dba', 'two-eyes', 'node-admin'],
          preview_as_roles: ['node-admin'],
        },
      },
    },
  ],
  nodes: [
    {
      name: '6241445a-8e88-4954-83a0-bf09de3d716b',
      hostname: 'node-ent',
      address: '127.0.0.1:13022',
      labels: { env: 'prod' },
    },
  ],
});

const accessApprover: RoleDraft = {
  name: 'access-approver',
  allow: {
    rules: [{ resources: ['access_request'], verbs: ['list', 'read', 'update', 'delete'] }],
  },
};

const team = (name: string, env: string, login: string, group: string, roles: string[]): RoleDraft => ({
  name,
  options: { max_session_ttl: '12h' },
  allow: {
    logins: [login],
    node_labels: { env },
    kubernetes_labels: { env },
    kubernetes_groups: [group],
    kubernetes_resources: anyKubernetes,
    ...(roles.length ? { request: { roles } } : {}),
  },
});

const community = (beforeSetup: boolean): SampleCluster => {
  const devTeam = team('dev-team', 'dev', 'dev', 'developers', beforeSetup ? [] : ['kube-admin']);
  const requestable = [...(beforeSetup ? [] : ['kube-admin']), 'prod-dba'];
  return {
    cluster: 'oss.example.test',
    proxy: 'localhost:14080',
    people: {
      alice: ['dev-team'],
      bob: ['prod-team'],
      ana: beforeSetup ? ['editor'] : ['editor', 'access-approver'],
    },
    roles: [
      beforeSetup ? { ...devTeam, allow: { ...devTeam.allow, ...standingAccess } } : devTeam,
      team('prod-team', 'prod', 'ops', 'viewers', requestable),
      prodDba,
      ...(beforeSetup ? [] : [kubeAdmin, accessApprover]),
    ],
    nodes: [
      {
        name: '0c0f6c0e-4f0b-4b8e-9f2a-5f0d1d8f7a31',
        hostname: 'node-oss',
        address: '127.0.0.1:14022',
        labels: { env: 'prod' },
      },
    ],
  };
};

/**
 * Returns the initial contents of a cluster. By default these are the contents that the recordings were made
 * with. With `beforeSetup`, access requests are not set up yet: dev-team is always administrator of
 * Kubernetes, the role kube-admin does not exist and nobody approves it. The administrator is eve
 * (Enterprise) or ana (Community).
 */
export const sampleCluster = (edition: DemoEdition, beforeSetup: boolean): SampleCluster =>
  (edition === 'enterprise' ? enterprise : community)(beforeSetup);
