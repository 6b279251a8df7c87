// How requests and logins are shown: JSON objects and the text blocks.
import type { Certificate } from '../server/certificate.ts';
import {
  headedTable,
  localRfc3339,
  localTime,
  quote,
  rfc822,
  roundedDuration,
  table,
  utc,
  zonedTime,
  type GoValue,
} from '../cli/goFormat.ts';
import {
  requestState,
  stateNames,
  type StoredRequest,
  type ResourceId,
  type StoredReview,
} from '../server/serverState.ts';

/** The API's object, keys in its order; absent when empty. */
export function requestObject(request: StoredRequest): GoValue {
  const some = <T>(list: readonly T[]): readonly T[] | undefined => (list.length ? list : undefined);
  return {
    kind: 'access_request',
    version: 'v3',
    metadata: { name: request.id, expires: utc(request.kept), revision: request.revision },
    spec: {
      user: request.user,
      roles: request.roles,
      state: request.state,
      created: utc(request.created),
      expires: utc(request.expires),
      request_reason: request.reason || undefined,
      resolve_reason: request.resolveReason || undefined,
      resolve_annotations: someMap(Object.entries(request.resolveAnnotations)),
      thresholds: some(
        request.thresholds.map(({ name, filter, approve, deny }) => ({
          name,
          filter,
          approve: approve || undefined,
          deny: deny || undefined,
        })),
      ),
      rtm: someMap(
        Object.entries(request.roleThresholds).map(([role, sets]) => [role, { s: sets.map((i) => ({ i })) }]),
      ),
      reviews: some(request.reviews.map(reviewObject)),
      suggested_reviewers: some(request.suggestedReviewers),
      resource_ids: some(request.resources.map(resourceObject)),
      max_duration: utc(request.expires),
      session_ttl: utc(request.sessionEnd),
      access_list: request.decidedByReview ? { name: '', title: '' } : undefined,
      assume_start_time: request.assumeStart ? utc(request.assumeStart) : undefined,
    },
  };
}

const someMap = (entries: [string, GoValue][]): ReadonlyMap<string, GoValue> | undefined =>
  entries.length ? new Map(entries) : undefined;

const reviewObject = (review: StoredReview): GoValue => ({
  author: review.author,
  proposed_state: review.proposedState,
  reason: review.reason || undefined,
  created: utc(review.created),
  i: review.thresholds.length ? review.thresholds : undefined,
});

const resourceObject = ({ cluster, kind, name, sub_resource }: ResourceId): GoValue => ({
  cluster,
  kind,
  name,
  sub_resource,
});

const resourceText = (ids: readonly ResourceId[]): string =>
  ids.length
    ? JSON.stringify(
        ids.map((id) => `/${[id.cluster, id.kind, id.name, id.sub_resource ?? []].flat().join('/')}`),
      )
    : '';

const hint = "use 'tsh login --request-id=<request-id>' to login with an approved request\n";

/** `tsh request show` as text. Before 18.8.3 the dashes and the heading share a line. */
export function requestText(request: StoredRequest): string {
  const rows = [
    ['Request ID:', request.id],
    ['Username:', request.user],
    ['Roles:', request.roles.join(', ')],
    ...(request.resources.length ? [['Resources:', resourceText(request.resources)]] : []),
    ['Reason:', request.reason ? quote(request.reason) : '[none]'],
    ['Reviewers:', `${request.suggestedReviewers.join(', ') || '[none]'} (suggested)`],
    ['Access Expires:', localTime(request.expires)],
    ...(request.assumeStart ? [['Assume Start Time:', localTime(request.assumeStart)]] : []),
    ['Status:', stateNames[request.state] ?? ''],
  ];
  const block = (title: string, state: number): string => {
    const reviews = request.reviews.filter((review) => review.proposedState === state);
    return reviews.length ? `${'-'.repeat(48)}${title}:\n${reviews.map(reviewText).join('')}` : '';
  };
  return `${table(rows)}${block('Approvals', requestState.approved)}${block('Denials', requestState.denied)}\nhint: ${hint}`;
}

const reviewText = ({ author, reason }: StoredReview): string =>
  `  ${'-'.repeat(46)}${table([
    ['  Reviewer:', author],
    ['  Reason:', reason ? quote(reason) : '[none]'],
  ])}`;

const longestCell = 20;
const cut = (text: string): string =>
  Buffer.byteLength(text) > longestCell
    ? `${Buffer.from(text).subarray(0, longestCell).toString('utf8')}... [+]`
    : text;

/** `tsh request ls` as text, newest first. */
export function requestTable(requests: readonly StoredRequest[], now: number): string {
  const rows = newestFirst(requests, now).map((request) => [
    request.id,
    request.user,
    cut(request.roles.join(',')),
    cut(resourceText(request.resources)),
    rfc822(request.created),
    roundedDuration(request.kept - now),
    roundedDuration(request.expires - now),
    request.assumeStart ? rfc822(request.assumeStart) : '',
    stateNames[request.state] ?? '',
  ]);
  const head = [
    ...['ID', 'User', 'Roles', 'Resources', 'Created At (UTC)', 'Request TTL', 'Session TTL'],
    ...['Assume Time (UTC)', 'Status'],
  ];
  const note = rows.some((row) => row.some((cell) => cell.endsWith('... [+]')))
    ? "\n[+] Columns are truncated, use 'tsh request show <request-id>' to view the full list\n"
    : '';
  return `${headedTable(head, rows)}${note}\nhint: use 'tsh request show <request-id>' for additional details\n      ${hint}`;
}

/** `tctl requests ls` as text, newest first. */
export function tctlRequestTable(requests: readonly StoredRequest[], now: number): string {
  const rows = newestFirst(requests, now).map((request) => [
    request.id,
    request.user,
    `roles=${request.roles.join(',')}`,
    cut(resourceText(request.resources)),
    rfc822(request.created),
    roundedDuration(request.kept - now),
    roundedDuration(request.expires - now),
    stateNames[request.state] ?? '',
    request.reason ? quote(request.reason) : '',
    request.resolveReason ? quote(request.resolveReason) : '',
  ]);
  const head = [
    ...['Token', 'Requestor', 'Metadata', 'Resources', 'Created At (UTC)', 'Request TTL', 'Session TTL'],
    ...['Status', 'Request Reason', 'Resolve Reason'],
  ];
  return headedTable(head, rows);
}

const newestFirst = (requests: readonly StoredRequest[], now: number): StoredRequest[] =>
  requests.filter((request) => request.expires > now).reverse();

/** What the environment says over the profile. */
export interface Overrides {
  /** The Kubernetes cluster kubectl would talk to. */
  readonly kubeCluster: string | undefined;
  readonly proxy: string | undefined;
  readonly cluster: string | undefined;
}

const extensions = ['login-ip', 'permit-port-forwarding', 'permit-pty', 'private-key-policy'];
const emptyTraits = [
  ...['aws_role_arns', 'azure_identities', 'db_names', 'db_roles', 'db_users', 'gcp_service_accounts'],
  ...['kubernetes_groups', 'kubernetes_users', 'windows_logins'],
];

/** One profile of `tsh status --format=json`. */
export function statusObject(certificate: Certificate, proxy: string, overrides: Overrides): GoValue {
  const some = <T>(list: readonly T[]): readonly T[] | undefined => (list.length ? list : undefined);
  const traits = new Map<string, GoValue>(emptyTraits.map((name) => [name, null]));
  traits.set('host_user_gid', ['']).set('host_user_uid', ['']).set('logins', [certificate.user]);
  return {
    profile_url: `https://${overrides.proxy ?? proxy}`,
    username: certificate.user,
    active_requests: some(certificate.requests),
    cluster: overrides.cluster ?? certificate.cluster,
    roles: some(certificate.roles),
    traits,
    logins: some(certificate.logins),
    kubernetes_enabled: true,
    kubernetes_cluster: overrides.kubeCluster,
    kubernetes_groups: some(certificate.kubernetesGroups),
    valid_until: localRfc3339(certificate.validUntil),
    extensions,
    allowed_resources: some(certificate.resources.map(resourceObject)),
  };
}

/** The profile block that status, login, drop and create print; another than the active one has no mark. */
export function statusText(
  certificate: Certificate,
  proxy: string,
  overrides: Overrides,
  now: number,
  mark = '>',
): string {
  const marked = (own: string, override: string | undefined, variable: string): string =>
    override === undefined ? own : `${override} (${variable})`;
  const rows: [string, string][] = [
    ['Profile URL', `https://${marked(proxy, overrides.proxy, 'TELEPORT_PROXY')}`],
    ['Logged in as', certificate.user],
    ['Active requests', certificate.requests.join(', ')],
    ['Cluster', marked(certificate.cluster, overrides.cluster, 'TELEPORT_CLUSTER')],
    ['Roles', certificate.roles.join(', ')],
    ['Logins', certificate.logins.join(', ')],
    ['Kubernetes', 'enabled'],
    ['Kubernetes cluster', overrides.kubeCluster ? quote(overrides.kubeCluster) : ''],
    ['Kubernetes groups', certificate.kubernetesGroups.join(', ')],
    ['Allowed Resources', resourceText(certificate.resources)],
    ['Valid until', `${zonedTime(certificate.validUntil)} [${validity(certificate.validUntil - now)}]`],
    ['Extensions', extensions.join(', ')],
  ];
  const lines = rows.filter(([, value]) => value).map(([name, value]) => `${`${name}:`.padEnd(20)}${value}`);
  return `${mark} ${lines.join('\n  ')}\n\n`;
}

function validity(left: number): string {
  if (left <= 0) return 'EXPIRED';
  return left < 60_000 ? 'valid for <1m' : `valid for ${roundedDuration(left)}`;
}
