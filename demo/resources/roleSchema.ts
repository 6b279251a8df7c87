// The fields of a role that a server knows, in the order in which it prints them: the fields of 17.0.0-dev
// and those that later versions added.
import type { ManifestField, ManifestStruct } from './manifestSchema.ts';
import { isAtLeast } from '../cli/teleportVersion.ts';

const struct = (go: string, fields: Readonly<Record<string, ManifestField>>): ManifestStruct => ({
  go: `types.${go}.`,
  fields,
});
const texts = (...names: readonly string[]): Readonly<Record<string, ManifestField>> =>
  Object.fromEntries(names.map((name) => [name, 'texts']));

const claims = struct('ClaimMapping', { claim: 'text', value: 'text', roles: 'texts' });
const rule = struct('Rule', { ...texts('resources', 'verbs'), where: 'text', actions: 'texts' });
const requestOf = (version: string): ManifestStruct =>
  struct('AccessRequestConditions', {
    roles: 'texts',
    claims_to_roles: { list: claims },
    annotations: 'textsMap',
    thresholds: {
      list: struct('AccessReviewThreshold', {
        name: 'text',
        filter: 'text',
        approve: 'count',
        deny: 'count',
      }),
    },
    suggested_reviewers: 'texts',
    search_as_roles: 'texts',
    max_duration: 'duration',
    ...(isAtLeast(version, '17.1.0') ? { reason: reasonOf(version) } : {}),
  });
const reasonOf = (version: string): ManifestStruct =>
  struct('AccessRequestConditionsReason', {
    mode: 'text',
    ...(isAtLeast(version, '18.4.0') ? { prompt: 'text' as const } : {}),
  });
const review = struct('AccessReviewConditions', {
  roles: 'texts',
  claims_to_roles: { list: claims },
  where: 'text',
  preview_as_roles: 'texts',
});
const kubernetes = struct('KubernetesResource', {
  kind: 'text',
  namespace: 'text',
  name: 'text',
  verbs: 'texts',
});
const sessions = struct('SessionJoinPolicy', { name: 'text', ...texts('roles', 'kinds', 'modes') });
const joining = struct('SessionRequirePolicy', {
  name: 'text',
  filter: 'text',
  kinds: 'texts',
  count: 'count',
  modes: 'texts',
  on_leave: 'text',
});
const spiffe = struct('SPIFFERoleCondition', { path: 'text', ...texts('dns_sans', 'ip_sans') });
const permission = struct('DatabasePermission', { permissions: 'texts', match: 'labels' });

const conditionsOf = (version: string): ManifestStruct =>
  struct('RoleConditions', {
    logins: 'texts',
    node_labels: 'labels',
    rules: { list: rule },
    kubernetes_groups: 'texts',
    request: requestOf(version),
    kubernetes_users: 'texts',
    app_labels: 'labels',
    cluster_labels: 'labels',
    kubernetes_labels: 'labels',
    db_labels: 'labels',
    ...texts('db_names', 'db_users'),
    impersonate: struct('ImpersonateConditions', { ...texts('users', 'roles'), where: 'text' }),
    review_requests: review,
    ...texts('aws_role_arns', 'windows_desktop_logins'),
    windows_desktop_labels: 'labels',
    require_session_join: { list: joining },
    join_sessions: { list: sessions },
    ...texts('host_groups', 'host_sudoers', 'azure_identities'),
    kubernetes_resources: { list: kubernetes },
    gcp_service_accounts: 'texts',
    db_service_labels: 'labels',
    group_labels: 'labels',
    ...texts('desktop_groups', 'db_roles'),
    ...Object.fromEntries(
      ['node', 'app', 'cluster', 'kubernetes', 'db', 'db_service', 'windows_desktop', 'group'].map((kind) => [
        `${kind}_labels_expression`,
        'text' as const,
      ]),
    ),
    db_permissions: { list: permission },
    spiffe: { list: spiffe },
  });

const options = struct('RoleOptions', {
  forward_agent: 'flag',
  max_session_ttl: 'duration',
  port_forwarding: 'flag',
  cert_format: 'text',
  client_idle_timeout: 'duration',
  disconnect_expired_cert: 'flagIfSet',
  enhanced_recording: 'texts',
  permit_x11_forwarding: 'flagIfSet',
  max_connections: 'count',
  max_sessions: 'count',
  request_access: 'text',
  request_prompt: 'text',
  require_session_mfa: 'mfa',
  lock: 'text',
  record_session: struct('RecordSession', { desktop: 'flag', default: 'text', ssh: 'text' }),
  desktop_clipboard: 'flag',
  max_kubernetes_connections: 'count',
  desktop_directory_sharing: 'flag',
  create_host_user: 'flag',
  pin_source_ip: 'flag',
  ssh_file_copy: 'flag',
  device_trust_mode: 'text',
  idp: struct('IdPOptions', { saml: struct('IdPSAMLOptions', { enabled: 'flag' }) }),
  create_desktop_user: 'flag',
  create_db_user: 'flag',
  create_host_user_mode: 'text',
  create_db_user_mode: 'text',
});

/** The metadata fields of a resource. */
export const metadata = struct('Metadata', {
  name: 'text',
  description: 'text',
  labels: 'textMap',
  expires: 'text',
});

/**
 * Returns the schema of a role on a server of a version. In messages about roles the server's parser prints the
 * name of the type's last field, `Version`, at a place where it prints nothing for other types.
 */
export function roleSchema(version: string): ManifestStruct {
  const conditions = conditionsOf(version);
  return {
    go: 'types.RoleV6.Version: ',
    fields: {
      metadata,
      spec: struct('RoleSpecV6', { options, allow: conditions, deny: conditions }),
    },
  };
}
