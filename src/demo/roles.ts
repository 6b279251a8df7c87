// The people and roles of the two demo clusters: those the recordings of a real Teleport were made with.

/** How many approvals or denials decide. */
export interface Threshold {
  readonly name: string;
  readonly approve: number;
  readonly deny: number;
}

/** What the demo cluster needs to know of a Teleport role. Durations in ms. */
export interface Role {
  readonly name: string;
  readonly maxSessionTtl?: number;
  readonly logins?: readonly string[];
  readonly kubernetesGroups?: readonly string[];
  /** `allow.request` */
  readonly request?: {
    readonly roles: readonly string[];
    readonly searchAsRoles?: readonly string[];
    readonly thresholds?: readonly Threshold[];
    readonly suggestedReviewers?: readonly string[];
    readonly maxDuration?: number;
  };
  /** `allow.review_requests` */
  readonly reviewRequests?: { readonly roles: readonly string[] };
  /** `allow.rules`: resource to verbs. */
  readonly rules?: Readonly<Record<string, readonly string[]>>;
}

/** A Teleport user. */
export interface Person {
  readonly name: string;
  readonly roles: readonly string[];
}

export type Edition = 'enterprise' | 'community';

/** What a cluster of an edition starts with. */
export interface Cast {
  readonly cluster: string;
  /** host:port */
  readonly proxy: string;
  readonly people: readonly Person[];
  readonly roles: readonly Role[];
}

const hour = 3_600_000;
const everything = ['list', 'create', 'read', 'update', 'delete'];

/** Two of Teleport's preset roles. The preset editor has no rule on access_request. */
const presets: readonly Role[] = [
  {
    name: 'editor',
    rules: { lock: everything, role: everything, user: everything, token: everything },
  },
  { name: 'access', maxSessionTtl: 30 * hour },
];

const enterprise: Cast = {
  cluster: 'ent.example.test',
  proxy: 'localhost:13080',
  people: [
    { name: 'alice', roles: ['dev-team'] },
    { name: 'bob', roles: ['prod-team'] },
    { name: 'rita', roles: ['reviewer'] },
    { name: 'omar', roles: ['reviewer'] },
    { name: 'eve', roles: ['editor', 'access'] },
  ],
  roles: [
    ...presets,
    {
      name: 'dev-team',
      maxSessionTtl: 12 * hour,
      logins: ['dev'],
      request: {
        roles: ['kube-admin', 'prod-dba', 'two-eyes'],
        searchAsRoles: ['node-admin'],
        thresholds: [{ name: 'default', approve: 1, deny: 1 }],
        suggestedReviewers: ['rita'],
        maxDuration: 4 * hour,
      },
    },
    {
      name: 'prod-team',
      maxSessionTtl: 12 * hour,
      logins: ['ops'],
      request: { roles: ['two-eyes'], thresholds: [{ name: 'two', approve: 2, deny: 1 }] },
    },
    { name: 'kube-admin', maxSessionTtl: hour, kubernetesGroups: ['system:masters'] },
    { name: 'prod-dba', maxSessionTtl: 4 * hour },
    { name: 'two-eyes', maxSessionTtl: 2 * hour, logins: ['root'] },
    { name: 'node-admin', maxSessionTtl: 2 * hour, logins: ['root'] },
    {
      name: 'reviewer',
      maxSessionTtl: 12 * hour,
      logins: ['nobody'],
      reviewRequests: { roles: ['kube-admin', 'prod-dba', 'two-eyes', 'node-admin'] },
    },
  ],
};

const community: Cast = {
  cluster: 'oss.example.test',
  proxy: 'localhost:14080',
  people: [
    { name: 'alice', roles: ['dev-team'] },
    { name: 'bob', roles: ['prod-team'] },
    { name: 'ana', roles: ['editor', 'access-approver'] },
  ],
  roles: [
    ...presets,
    {
      name: 'dev-team',
      maxSessionTtl: 12 * hour,
      logins: ['dev'],
      kubernetesGroups: ['developers'],
      request: { roles: ['kube-admin'] },
    },
    {
      name: 'prod-team',
      maxSessionTtl: 12 * hour,
      logins: ['ops'],
      kubernetesGroups: ['viewers'],
      request: { roles: ['kube-admin', 'prod-dba'] },
    },
    { name: 'kube-admin', maxSessionTtl: hour, kubernetesGroups: ['system:masters'] },
    { name: 'prod-dba', maxSessionTtl: 4 * hour },
    {
      name: 'access-approver',
      rules: { access_request: ['list', 'read', 'update', 'delete'] },
    },
  ],
};

/** Who and what a new cluster holds. */
export const casts: Readonly<Record<Edition, Cast>> = { enterprise, community };
