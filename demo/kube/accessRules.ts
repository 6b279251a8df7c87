// What a person may do in the demo's Kubernetes cluster: their groups decide.

/** One thing somebody wants to do there. */
export interface KubeAction {
  readonly verb: string;
  /** '' is the core group. */
  readonly group: string;
  /** With the subresource behind a slash. */
  readonly resource: string;
  /** Absent: in the whole cluster. */
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
}

export const masters = 'system:masters';
const readers = ['developers', 'viewers'];
const readable = ['pods', 'pods/log', 'deployments', 'services', 'configmaps', 'events'];
const reading = ['get', 'list', 'watch'];
/** Everybody may ask what they may do. */
const selfReviews = ['selfsubjectreviews', 'selfsubjectaccessreviews', 'selfsubjectrulesreviews'];

/** Whether one of the groups allows it. */
export function isAllowed(groups: readonly string[], { verb, resource, namespace }: KubeAction): boolean {
  if (groups.includes(masters)) return true;
  if (selfReviews.includes(resource)) return verb === 'create';
  const reads = groups.some((group) => readers.includes(group));
  return reads && namespace === 'default' && reading.includes(verb) && readable.includes(resource);
}

/** The rules of a namespace as SelfSubjectRulesReview lists them. */
export function rulesIn(groups: readonly string[], namespace: string): object[] {
  const all = { verbs: ['*'], apiGroups: ['*'], resources: ['*'] };
  const self = {
    verbs: ['create'],
    apiGroups: ['authorization.k8s.io', 'authentication.k8s.io'],
    resources: selfReviews,
  };
  const read = { verbs: reading, apiGroups: ['', 'apps'], resources: readable };
  if (groups.includes(masters)) return [all, self];
  const reads = groups.some((group) => readers.includes(group)) && namespace === 'default';
  return reads ? [self, read] : [self];
}

/** The server's sentence for what is not allowed. */
export function forbidden(user: string, { verb, group, resource, namespace, name }: KubeAction): string {
  const what = name ? `${resource.split('/')[0] ?? ''} ${JSON.stringify(name)}` : resource;
  const where = namespace ? `in the namespace ${JSON.stringify(namespace)}` : 'at the cluster scope';
  return `${what} is forbidden: User ${JSON.stringify(user)} cannot ${verb} resource ${JSON.stringify(resource)} in API group ${JSON.stringify(group)} ${where}`;
}
