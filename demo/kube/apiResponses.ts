// The API server's answers, in Kubernetes' forms.
import { kubeKinds, type KubeKind, type KubeObject } from './resourceKinds.ts';
import { rulesIn, isAllowed, type KubeAction } from './accessRules.ts';
import type { KubeCaller } from './token.ts';
import { serverVersion } from './sampleObjects.ts';

/** A failure, as the server says it. */
export class KubeFailure extends Error {
  readonly code: number;
  readonly reason: string;
  readonly details: object | undefined;

  constructor(code: number, reason: string, message: string, details?: object) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.details = details;
  }

  /** The object sent. */
  status(): object {
    const { code, reason, message, details } = this;
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      reason,
      ...(details ? { details } : {}),
      code,
    };
  }
}

export const notFound = ({ resource, group }: KubeKind, name: string): KubeFailure =>
  new KubeFailure(
    404,
    'NotFound',
    `${group ? `${resource}.${group}` : resource} ${JSON.stringify(name)} not found`,
    { name, ...(group ? { group } : {}), kind: resource },
  );

/** No such path. */
export const nothingThere = (): KubeFailure =>
  new KubeFailure(404, 'NotFound', 'the server could not find the requested resource');

const reviews: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  'authentication.k8s.io': [['selfsubjectreviews', 'SelfSubjectReview']],
  'authorization.k8s.io': [
    ['selfsubjectaccessreviews', 'SelfSubjectAccessReview'],
    ['selfsubjectrulesreviews', 'SelfSubjectRulesReview'],
  ],
};
const groups = ['apps', ...Object.keys(reviews)];

/** `/version`, `/api`, `/apis` and what is below them, undefined where it is none of these. */
export function discovery(path: string, address: string): object | undefined {
  if (path === '/version') return serverVersion;
  if (path === '/api') {
    const serverAddressByClientCIDRs = [{ clientCIDR: '0.0.0.0/0', serverAddress: address }];
    return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs };
  }
  if (path === '/apis') return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(groupObject) };
  if (path === '/api/v1') return resourceList('');
  const [, group] = /^\/apis\/([^/]+)\/v1$/.exec(path) ?? [];
  return group !== undefined && groups.includes(group) ? resourceList(group) : undefined;
}

/** What `kubectl get all` means. */
const inAll = ['pods', 'services', 'deployments'];

function groupObject(name: string): object {
  const version = { groupVersion: `${name}/v1`, version: 'v1' };
  return { name, versions: [version], preferredVersion: version };
}

function resourceList(group: string): object {
  const own = kubeKinds
    .filter((each) => each.group === group)
    .map(({ resource, singular, kind, namespaced, short }) => ({
      name: resource,
      singularName: singular,
      namespaced,
      kind,
      verbs: ['get', 'list', 'watch', ...(resource === 'pods' ? ['delete'] : [])],
      shortNames: short,
      ...(inAll.includes(resource) ? { categories: ['all'] } : {}),
    }));
  const log = { name: 'pods/log', singularName: '', namespaced: true, kind: 'Pod', verbs: ['get'] };
  const asked = reviews[group] ?? [];
  const self = asked.map(([name, kind]) => ({
    name,
    singularName: '',
    namespaced: false,
    kind,
    verbs: ['create'],
  }));
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: group ? `${group}/v1` : 'v1',
    resources: [...own, ...(group ? [] : [log]), ...self],
  };
}

/** What reviews tell about oneself. `body` is what was sent. */
export function review(resource: string, caller: KubeCaller, body: ReviewBody): object {
  const { user: username, groups: own } = caller;
  const whole = { apiVersion: 'authorization.k8s.io/v1', spec: body.spec ?? {} };
  switch (resource) {
    case 'selfsubjectreviews': {
      const userInfo = { username, groups: [...own, 'system:authenticated'] };
      return {
        kind: 'SelfSubjectReview',
        apiVersion: 'authentication.k8s.io/v1',
        metadata: {},
        status: { userInfo },
      };
    }
    case 'selfsubjectaccessreviews': {
      const asked = body.spec?.resourceAttributes;
      const allowed = asked ? isAllowed(own, actionOf(asked)) : true;
      return { kind: 'SelfSubjectAccessReview', ...whole, metadata: {}, status: { allowed } };
    }
    case 'selfsubjectrulesreviews': {
      const resourceRules = rulesIn(own, body.spec?.namespace ?? 'default');
      const nonResourceRules = [{ verbs: ['get'], nonResourceURLs: ['/api', '/api/*', '/version'] }];
      const status = { resourceRules, nonResourceRules, incomplete: false };
      return { kind: 'SelfSubjectRulesReview', ...whole, metadata: {}, status };
    }
    default:
      throw nothingThere();
  }
}

/** What a review is sent. */
export interface ReviewBody {
  readonly spec?: {
    readonly namespace?: string;
    readonly resourceAttributes?: {
      readonly verb?: string;
      readonly group?: string;
      readonly resource?: string;
      readonly subresource?: string;
      readonly namespace?: string;
    };
  };
}

function actionOf({
  verb = '',
  group = '',
  resource = '',
  subresource,
  namespace,
}: NonNullable<NonNullable<ReviewBody['spec']>['resourceAttributes']>): KubeAction {
  return { verb, group, resource: subresource ? `${resource}/${subresource}` : resource, namespace };
}

/** Whether the client wants rows and columns. */
export const wantsTable = (accept: string | undefined): boolean => /as=Table/.test(accept ?? '');

/** Objects as rows; the columns of a watch are sent with its first event only, as the server does. */
export function tableOf(
  kind: KubeKind,
  objects: readonly KubeObject[],
  resourceVersion: string,
  now: number,
): object {
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: { resourceVersion },
    columnDefinitions: kind.columns.map(({ name, wide }) => ({
      name,
      type: 'string',
      format: name === 'Name' ? 'name' : '',
      description: '',
      priority: wide ? 1 : 0,
    })),
    rows: objects.map((object) => ({
      cells: kind.columns.map((column) => column.cell(object, now)),
      object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata },
    })),
  };
}

/** Objects as a list. */
export const kubeList = (
  { kind, group }: KubeKind,
  items: readonly KubeObject[],
  resourceVersion: string,
): object => ({
  kind: `${kind}List`,
  apiVersion: group ? `${group}/v1` : 'v1',
  metadata: { resourceVersion },
  items,
});
