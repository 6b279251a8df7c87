// Formats access requests and logins as JSON objects and as text, as tsh and tctl print them.
import type { Certificate } from '../server/certificate.ts';
import {
  headedTable,
  localRfc3339,
  localTime,
  quote,
  rfc822,
  roundedDuration,
  table,
  utcRfc3339,
  goLocalTime,
  type GoValue,
} from '../cli/goFormat.ts';
import { emptyTraits } from '../resources/users.ts';
import {
  requestState,
  stateNames,
  type StoredRequest,
  type ResourceId,
  type StoredReview,
} from '../server/serverState.ts';

/** The JSON object of a request, with the keys in the order of the API. Empty fields are left out. */
export function requestObject(request: StoredRequest): GoValue {
  return {
    kind: 'access_request',
    version: 'v3',
    metadata: { name: request.id, expires: utcRfc3339(request.kept), revision: request.revision },
    spec: {
      user: request.user,
      roles: request.roles,
      state: request.state,
      created: utcRfc3339(request.created),
      expires: utcRfc3339(request.expires),
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
        Object.entries(request.roleThresholds).map(([role, sets]) => [
          role,
          { s: sets.map((indexes) => ({ i: indexes })) },
        ]),
      ),
      reviews: some(request.reviews.map(reviewObject)),
      suggested_reviewers: some(request.suggestedReviewers),
      resource_ids: some(request.resources.map(resourceObject)),
      max_duration: utcRfc3339(request.expires),
      session_ttl: utcRfc3339(request.sessionEnd),
      access_list: request.decidedByReview ? { name: '', title: '' } : undefined,
      assume_start_time: request.assumeStart ? utcRfc3339(request.assumeStart) : undefined,
    },
  };
}

const some = <T>(list: readonly T[]): readonly T[] | undefined => (list.length ? list : undefined);
const someMap = (entries: [string, GoValue][]): ReadonlyMap<string, GoValue> | undefined =>
  entries.length ? new Map(entries) : undefined;

const reviewObject = (review: StoredReview): GoValue => ({
  author: review.author,
  proposed_state: review.proposedState,
  reason: review.reason || undefined,
  created: utcRfc3339(review.created),
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

/**
 * The text of `tsh request show`. The dashes and the heading of the reviews share a line, as in tsh before
 * 18.8.3.
 */
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

/** The longest cell of a request table, in bytes. */
const longestCell = 20;
const truncate = (text: string): string =>
  Buffer.byteLength(text) > longestCell
    ? `${Buffer.from(text).subarray(0, longestCell).toString('utf8')}... [+]`
    : text;

/** The text of `tsh request ls`, newest request first. `now` is in ms. */
export function requestTable(requests: readonly StoredRequest[], now: number): string {
  const rows = newestFirst(requests, now).map((request) => [
    request.id,
    request.user,
    truncate(request.roles.join(',')),
    truncate(resourceText(request.resources)),
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

/** The text of `tctl requests ls`, newest request first. `now` is in ms. */
export function tctlRequestTable(requests: readonly StoredRequest[], now: number): string {
  const rows = newestFirst(requests, now).map((request) => [
    request.id,
    request.user,
    `roles=${request.roles.join(',')}`,
    truncate(resourceText(request.resources)),
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

/** The values from the environment that override those of the profile. */
export interface Overrides {
  /** The Kubernetes cluster that kubectl would use. */
  readonly kubeCluster: string | undefined;
  readonly proxy: string | undefined;
  readonly cluster: string | undefined;
}

const extensions = ['login-ip', 'permit-port-forwarding', 'permit-pty', 'private-key-policy'];
/** The JSON object of one profile in `tsh status --format=json`. */
export function statusObject(certificate: Certificate, proxy: string, overrides: Overrides): GoValue {
  const traits = new Map<string, GoValue>(Object.entries({ ...emptyTraits, logins: [certificate.user] }));
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

/**
 * The text block of a profile, as `tsh status`, `login`, `request drop` and `request create` print it. `mark`
 * is `>` for the active profile and a space for the others. `now` is in ms.
 */
export function statusText(
  certificate: Certificate,
  proxy: string,
  overrides: Overrides,
  now: number,
  mark = '>',
): string {
  const overridden = (value: string, override: string | undefined, variable: string): string =>
    override === undefined ? value : `${override} (${variable})`;
  const rows: [string, string][] = [
    ['Profile URL', `https://${overridden(proxy, overrides.proxy, 'TELEPORT_PROXY')}`],
    ['Logged in as', certificate.user],
    ['Active requests', certificate.requests.join(', ')],
    ['Cluster', overridden(certificate.cluster, overrides.cluster, 'TELEPORT_CLUSTER')],
    ['Roles', certificate.roles.join(', ')],
    ['Logins', certificate.logins.join(', ')],
    ['Kubernetes', 'enabled'],
    ['Kubernetes cluster', overrides.kubeCluster ? quote(overrides.kubeCluster) : ''],
    ['Kubernetes groups', certificate.kubernetesGroups.join(', ')],
    ['Allowed Resources', resourceText(certificate.resources)],
    ['Valid until', `${goLocalTime(certificate.validUntil)} [${validity(certificate.validUntil - now)}]`],
    ['Extensions', extensions.join(', ')],
  ];
  const lines = rows.filter(([, value]) => value).map(([name, value]) => `${`${name}:`.padEnd(20)}${value}`);
  return `${mark} ${lines.join('\n  ')}\n\n`;
}

/** The remaining validity as text. `remaining` is in ms. */
function validity(remaining: number): string {
  if (remaining <= 0) return 'EXPIRED';
  return remaining < 60_000 ? 'valid for <1m' : `valid for ${roundedDuration(remaining)}`;
}
