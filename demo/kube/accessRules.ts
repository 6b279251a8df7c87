// The access rules of the demo's Kubernetes cluster. The groups of the caller decide.

/** An operation for which access is checked. */
export interface KubeAction {
  readonly verb: string;
  /** The resource in the plural. */
  readonly resource: string;
  /** Absent for operations on the whole cluster. */
  readonly namespace?: string | undefined;
}

const mastersGroup = 'system:masters';
const readerGroups = ['developers', 'viewers'];
const readableResources = ['pods', 'deployments', 'services', 'configmaps', 'events'];
const readVerbs = ['get', 'list', 'watch'];

/** Whether one of the groups allows the operation. Readers may read in the namespace `default`. */
export const isAllowed = (groups: readonly string[], { verb, resource, namespace }: KubeAction): boolean =>
  groups.includes(mastersGroup) ||
  (groups.some((group) => readerGroups.includes(group)) &&
    namespace === 'default' &&
    readVerbs.includes(verb) &&
    readableResources.includes(resource));

/** Returns the API server's message for an operation that is not allowed. */
export function forbiddenMessage(user: string, { verb, resource, namespace }: KubeAction): string {
  const scope = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  return `${resource} is forbidden: User "${user}" cannot ${verb} resource "${resource}" in API group "" ${scope}`;
}
