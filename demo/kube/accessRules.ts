// The access rules of the demo's Kubernetes cluster. The groups of the caller decide.

/** An operation for which access is checked. */
export interface KubeAction {
  readonly verb: string;
  /** The API group; '' is the core group. */
  readonly group: string;
  /** The resource in the plural, with a subresource after a slash: `pods/log`. */
  readonly resource: string;
  /** Absent for operations on the whole cluster. */
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
}

const mastersGroup = 'system:masters';
const readerGroups = ['developers', 'viewers'];
const readableResources = ['pods', 'pods/log', 'deployments', 'services', 'configmaps', 'events'];
const readVerbs = ['get', 'list', 'watch'];
/** The resources through which every caller may ask for their own identity and rights. */
const selfReviews = ['selfsubjectreviews', 'selfsubjectaccessreviews', 'selfsubjectrulesreviews'];

/** Whether one of the groups allows the operation. */
export function isAllowed(groups: readonly string[], { verb, resource, namespace }: KubeAction): boolean {
  if (groups.includes(mastersGroup)) return true;
  if (selfReviews.includes(resource)) return verb === 'create';
  const isReader = groups.some((group) => readerGroups.includes(group));
  return (
    isReader && namespace === 'default' && readVerbs.includes(verb) && readableResources.includes(resource)
  );
}

/** Returns the rules that apply in a namespace, in the form that SelfSubjectRulesReview lists them. */
export function rulesIn(groups: readonly string[], namespace: string): object[] {
  const everyRule = { verbs: ['*'], apiGroups: ['*'], resources: ['*'] };
  const selfReviewRule = {
    verbs: ['create'],
    apiGroups: ['authorization.k8s.io', 'authentication.k8s.io'],
    resources: selfReviews,
  };
  const readRule = { verbs: readVerbs, apiGroups: ['', 'apps'], resources: readableResources };
  if (groups.includes(mastersGroup)) return [everyRule, selfReviewRule];
  const mayRead = groups.some((group) => readerGroups.includes(group)) && namespace === 'default';
  return mayRead ? [selfReviewRule, readRule] : [selfReviewRule];
}

/** Returns the API server's message for an operation that is not allowed. */
export function forbiddenMessage(
  user: string,
  { verb, group, resource, namespace, name }: KubeAction,
): string {
  const subject = name ? `${resource.split('/')[0] ?? ''} ${JSON.stringify(name)}` : resource;
  const scope = namespace ? `in the namespace ${JSON.stringify(namespace)}` : 'at the cluster scope';
  return `${subject} is forbidden: User ${JSON.stringify(user)} cannot ${verb} resource ${JSON.stringify(resource)} in API group ${JSON.stringify(group)} ${scope}`;
}
