// Who and what a new demo cluster holds: what the recordings of a real Teleport were made with.
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

/** What a cluster of an edition starts with. */
export interface SampleCluster {
  readonly cluster: string;
  /** host:port */
  readonly proxy: string;
  /** Name to roles. */
  readonly people: Readonly<Record<string, readonly string[]>>;
  readonly roles: readonly RoleDraft[];
  readonly nodes: readonly Node[];
}

const anything = { '*': '*' };
const anyKubernetes = [{ kind: '*', namespace: '*', name: '*', verbs: ['*'] }];

const kubeAdmin: RoleDraft = {
  name: 'kube-admin',
  options: { max_session_ttl: '1h' },
  allow: {
    kubernetes_labels: anything,
    kubernetes_groups: ['system:masters'],
    kubernetes_resources: anyKubernetes,
  },
};
/** What dev-team has of its own before requests were set up. */
const standing = {
  kubernetes_labels: { env: ['dev', 'prod'] },
  kubernetes_groups: ['developers', 'system:masters'],
  kubernetes_resources: anyKubernetes,
};
const prodDba: RoleDraft = {
  name: 'prod-dba',
  options: { max_session_ttl: '4h' },
  allow: { db_labels: anything, db_users: ['postgres'] },
};

const enterprise = (before: boolean): SampleCluster => ({
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
        ...(before ? standing : {}),
        request: {
          roles: [...(before ? [] : ['kube-admin']), 'prod-dba', 'two-eyes'],
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
    ...(before ? [] : [kubeAdmin]),
    prodDba,
    { name: 'two-eyes', options: { max_session_ttl: '2h' }, allow: { logins: ['root'] } },
    {
      name: 'node-admin',
      options: { max_session_ttl: '2h' },
      allow: { logins: ['root'], node_labels: anything },
    },
    {
      name: 'reviewer',
      options: { max_session_ttl: '12h' },
      allow: {
        logins: ['nobody'],
        review_requests: {
          roles: [...(before ? [] : ['kube-admin']), 'prod-dba', 'two-eyes', 'node-admin'],
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

const community = (before: boolean): SampleCluster => {
  const devTeam = team('dev-team', 'dev', 'dev', 'developers', before ? [] : ['kube-admin']);
  const asked = [...(before ? [] : ['kube-admin']), 'prod-dba'];
  return {
    cluster: 'oss.example.test',
    proxy: 'localhost:14080',
    people: {
      alice: ['dev-team'],
      bob: ['prod-team'],
      ana: before ? ['editor'] : ['editor', 'access-approver'],
    },
    roles: [
      before ? { ...devTeam, allow: { ...devTeam.allow, ...standing } } : devTeam,
      team('prod-team', 'prod', 'ops', 'viewers', asked),
      prodDba,
      ...(before ? [] : [kubeAdmin, accessApprover]),
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
 * What a new cluster holds: what the recordings were made with, or, with `before`, the same before requests were set up:
 * dev-team is administrator of Kubernetes all the time, there is no kube-admin and nobody who approves it. eve
 * (Enterprise) or ana (Community) administers.
 */
export const sampleCluster = (edition: DemoEdition, before: boolean): SampleCluster =>
  (edition === 'enterprise' ? enterprise : community)(before);
