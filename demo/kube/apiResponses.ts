// The responses of the demo's API server, in the formats of Kubernetes.
import { forbiddenMessage, isAllowed } from './accessRules.ts';
import { kubeKinds, kubeList, objectOf, serverVersion, tableOf } from './fixedWorld.ts';
import type { KubeCaller } from './token.ts';

/** A failure that the API server reports to the client. */
export class KubeFailure extends Error {
  readonly code: number;
  readonly reason: string;

  constructor(code: number, reason: string, message: string) {
    super(message);
    this.code = code;
    this.reason = reason;
  }

  /** Returns the Status object that is sent as the response. */
  status(): object {
    const { code, reason, message } = this;
    return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code };
  }
}

/** What kubectl is told of everything that the fixed world does not have. */
export const unplayed = (what: string): string =>
  `the demo cluster does not play ${what}, only get, auth can-i, version and proxy`;

const reviewGroup = 'authorization.k8s.io';
/** The path to which `kubectl auth can-i` sends its question. */
export const reviewPath = `/apis/${reviewGroup}/v1/selfsubjectaccessreviews`;

/**
 * Returns the discovery object for `/version`, `/api`, `/apis` or a resource list below them. Returns
 * undefined for other paths.
 */
export function discovery(path: string, address: string): object | undefined {
  const version = { groupVersion: `${reviewGroup}/v1`, version: 'v1' };
  switch (path) {
    case '/version':
      return serverVersion;
    case '/api': {
      const serverAddressByClientCIDRs = [{ clientCIDR: '0.0.0.0/0', serverAddress: address }];
      return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs };
    }
    case '/apis': {
      const groups = [{ name: reviewGroup, versions: [version], preferredVersion: version }];
      return { kind: 'APIGroupList', apiVersion: 'v1', groups };
    }
    case '/api/v1':
      return resourceList(
        'v1',
        kubeKinds.map(({ resource, singular, kind, namespaced, short }) => ({
          ...{ name: resource, singularName: singular, namespaced, kind },
          ...{ verbs: ['get', 'list'], shortNames: [short] },
        })),
      );
    case `/apis/${version.groupVersion}`: {
      const names = { name: 'selfsubjectaccessreviews', singularName: '', kind: 'SelfSubjectAccessReview' };
      return resourceList(version.groupVersion, [{ ...names, namespaced: false, verbs: ['create'] }]);
    }
    default:
      return undefined;
  }
}

const resourceList = (groupVersion: string, resources: readonly object[]): object => ({
  kind: 'APIResourceList',
  apiVersion: 'v1',
  groupVersion,
  resources,
});

/** The body of an access review. */
export interface AccessReview {
  readonly spec?: {
    readonly resourceAttributes?: {
      readonly verb?: string;
      readonly resource?: string;
      readonly namespace?: string;
    };
  };
}

/** Returns the response to an access review, which tells callers whether they may do something. */
export function reviewResponse({ groups }: KubeCaller, { spec = {} }: AccessReview): object {
  const { verb = '', resource = '', namespace } = spec.resourceAttributes ?? {};
  const status = { allowed: isAllowed(groups, { verb, resource, namespace }) };
  return { kind: 'SelfSubjectAccessReview', apiVersion: `${reviewGroup}/v1`, metadata: {}, spec, status };
}

const queriesUnplayed = ['watch', 'labelSelector', 'fieldSelector'];

/**
 * Returns the objects that a GET asks for, as a table where the Accept header wants one.
 * @throws KubeFailure 403 when the caller may not read them, 404 for an unknown object, 405 for what the
 *   demo does not play.
 */
export function readObjects({ user, groups }: KubeCaller, url: URL, accept = ''): object {
  const [, ...parts] =
    /^\/api\/v1\/(?:namespaces\/([^/]+)\/(?=.))?([^/]+)(?:\/([^/]+))?$/.exec(url.pathname) ?? [];
  const [namespace, resource = '', name] = parts.map((part) => part && decodeURIComponent(part));
  const kind = kubeKinds.find((each) => each.resource === resource);
  if (!kind || queriesUnplayed.some((query) => url.searchParams.has(query)))
    throw new KubeFailure(405, 'MethodNotAllowed', unplayed('this request'));
  const action = { verb: name === undefined ? 'list' : 'get', resource, namespace };
  if (!isAllowed(groups, action)) throw new KubeFailure(403, 'Forbidden', forbiddenMessage(user, action));
  const objects = kind.objects.filter(
    (each) =>
      (namespace === undefined || each.namespace === namespace) &&
      (name === undefined || each.cells[0] === name),
  );
  const [first] = objects;
  if (name !== undefined && !first) throw new KubeFailure(404, 'NotFound', `${resource} "${name}" not found`);
  if (/as=Table/.test(accept)) return tableOf(kind, objects);
  return name !== undefined && first ? objectOf(kind, first) : kubeList(kind, objects);
}
