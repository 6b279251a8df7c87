// The response objects of the demo's API server, in the formats of Kubernetes.
import { kubeKinds, type KubeKind, type KubeObject } from './kubeKinds.ts';
import { rulesIn, isAllowed, type KubeAction } from './accessRules.ts';
import type { KubeCaller } from './token.ts';
import { serverVersion } from './sampleObjects.ts';

/** A failure that the API server reports to the client. */
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

  /** Returns the Status object that is sent as the response. */
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

/** Returns the failure for an object that does not exist. */
export const objectNotFound = ({ resource, group }: KubeKind, name: string): KubeFailure =>
  new KubeFailure(
    404,
    'NotFound',
    `${group ? `${resource}.${group}` : resource} ${JSON.stringify(name)} not found`,
    { name, ...(group ? { group } : {}), kind: resource },
  );

/** Returns the failure for a path that the server does not serve. */
export const pathNotFound = (): KubeFailure =>
  new KubeFailure(404, 'NotFound', 'the server could not find the requested resource');

const reviewKinds: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  'authentication.k8s.io': [['selfsubjectreviews', 'SelfSubjectReview']],
  'authorization.k8s.io': [
    ['selfsubjectaccessreviews', 'SelfSubjectAccessReview'],
    ['selfsubjectrulesreviews', 'SelfSubjectRulesReview'],
  ],
};
const groupNames = ['apps', ...Object.keys(reviewKinds)];

/**
 * Returns the discovery object for `/version`, `/api`, `/apis` or a resource list below them. Returns
 * undefined for other paths.
 */
export function discovery(path: string, address: string): object | undefined {
  if (path === '/version') return serverVersion;
  if (path === '/api') {
    const serverAddressByClientCIDRs = [{ clientCIDR: '0.0.0.0/0', serverAddress: address }];
    return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs };
  }
  if (path === '/apis')
    return { kind: 'APIGroupList', apiVersion: 'v1', groups: groupNames.map(groupObject) };
  if (path === '/api/v1') return resourceList('');
  const [, group] = /^\/apis\/([^/]+)\/v1$/.exec(path) ?? [];
  return group !== undefined && groupNames.includes(group) ? resourceList(group) : undefined;
}

/** The resources that `kubectl get all` shows. */
const allCategory = ['pods', 'services', 'deployments'];

function groupObject(name: string): object {
  const version = { groupVersion: `${name}/v1`, version: 'v1' };
  return { name, versions: [version], preferredVersion: version };
}

function resourceList(group: string): object {
  const kindEntries = kubeKinds
    .filter((each) => each.group === group)
    .map(({ resource, singular, kind, namespaced, short }) => ({
      name: resource,
      singularName: singular,
      namespaced,
      kind,
      verbs: ['get', 'list', 'watch', ...(resource === 'pods' ? ['delete'] : [])],
      shortNames: short,
      ...(allCategory.includes(resource) ? { categories: ['all'] } : {}),
    }));
  const logEntry = { name: 'pods/log', singularName: '', namespaced: true, kind: 'Pod', verbs: ['get'] };
  const kinds = reviewKinds[group] ?? [];
  const reviewEntries = kinds.map(([name, kind]) => ({
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
    resources: [...kindEntries, ...(group ? [] : [logEntry]), ...reviewEntries],
  };
}

/**
 * Returns the response to a self review, which tells callers about their own identity and rights. `body` is
 * the request's body.
 */
export function reviewResponse(resource: string, caller: KubeCaller, body: ReviewBody): object {
  const { user: username, groups } = caller;
  const head = { apiVersion: 'authorization.k8s.io/v1', spec: body.spec ?? {} };
  switch (resource) {
    case 'selfsubjectreviews': {
      const userInfo = { username, groups: [...groups, 'system:authenticated'] };
      return {
        kind: 'SelfSubjectReview',
        apiVersion: 'authentication.k8s.io/v1',
        metadata: {},
        status: { userInfo },
      };
    }
    case 'selfsubjectaccessreviews': {
      const attributes = body.spec?.resourceAttributes;
      const allowed = attributes ? isAllowed(groups, actionOf(attributes)) : true;
      return { kind: 'SelfSubjectAccessReview', ...head, metadata: {}, status: { allowed } };
    }
    case 'selfsubjectrulesreviews': {
      const resourceRules = rulesIn(groups, body.spec?.namespace ?? 'default');
      const nonResourceRules = [{ verbs: ['get'], nonResourceURLs: ['/api', '/api/*', '/version'] }];
      const status = { resourceRules, nonResourceRules, incomplete: false };
      return { kind: 'SelfSubjectRulesReview', ...head, metadata: {}, status };
    }
    default:
      throw pathNotFound();
  }
}

/** The body of a self review request. */
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

/** Whether the Accept header asks for a table of rows and columns. */
export const wantsTable = (accept: string | undefined): boolean => /as=Table/.test(accept ?? '');

/** Returns objects as a Table with one row for each object. */
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

/** Returns objects as a Kubernetes list object. */
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
