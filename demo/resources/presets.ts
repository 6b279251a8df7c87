// The roles that a new Teleport cluster has by default, recorded from version 17.0.0-dev.
import type { DemoEdition } from './roles.ts';
import type { JsonObject } from './resource.ts';

/** A role before the server adds its defaults. */
export interface RoleDraft {
  readonly name: string;
  readonly version?: string;
  readonly description?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly options?: JsonObject;
  readonly allow?: JsonObject;
}

const presetLabels = { 'teleport.internal/resource-type': 'preset' };
const systemLabels = { 'teleport.internal/resource-type': 'system' };
const readVerbs = ['list', 'read'];
const allVerbs = ['list', 'create', 'read', 'update', 'delete'];
const deviceVerbs = [...allVerbs, 'create_enroll_token', 'enroll'];
const rules = (verbs: readonly string[], names: string): JsonObject[] =>
  names.split(/\s+/).map((name) => ({ resources: [name], verbs }));
const internalTrait = (name: string): string[] => [`{{internal.${name}}}`];
const anyLabels = { '*': '*' };

const access: RoleDraft = {
  name: 'access',
  description: 'Access cluster resources',
  labels: presetLabels,
  options: { forward_agent: true, record_session: { desktop: true } },
  allow: {
    logins: internalTrait('logins'),
    node_labels: anyLabels,
    rules: [
      ...rules(readVerbs, 'event'),
      {
        resources: ['session'],
        verbs: ['read', 'list'],
        where: 'contains(session.participants, user.metadata.name)',
      },
      ...rules(readVerbs, 'instance cluster_maintenance_config'),
    ],
    kubernetes_groups: internalTrait('kubernetes_groups'),
    kubernetes_users: internalTrait('kubernetes_users'),
    app_labels: anyLabels,
    kubernetes_labels: anyLabels,
    db_labels: anyLabels,
    db_names: internalTrait('db_names'),
    db_users: internalTrait('db_users'),
    aws_role_arns: internalTrait('aws_role_arns'),
    windows_desktop_logins: internalTrait('windows_logins'),
    windows_desktop_labels: anyLabels,
    azure_identities: internalTrait('azure_identities'),
    kubernetes_resources: [{ kind: '*', namespace: '*', name: '*', verbs: ['*'] }],
    gcp_service_accounts: internalTrait('gcp_service_accounts'),
    db_service_labels: anyLabels,
    db_roles: internalTrait('db_roles'),
  },
};

const auditor: RoleDraft = {
  name: 'auditor',
  description: 'Review cluster events and replay sessions',
  labels: presetLabels,
  options: { record_session: { desktop: false } },
  allow: {
    rules: [
      ...rules(readVerbs, 'session event session_tracker cluster_alert instance'),
      ...rules([...readVerbs, 'use'], 'security_report audit_query'),
      ...rules(readVerbs, 'bot_instance'),
    ],
  },
};

/** The editor preset. It has no rule for access_request. */
const editor: RoleDraft = {
  name: 'editor',
  description: 'Edit cluster configuration',
  labels: presetLabels,
  options: { forward_agent: true, record_session: { desktop: false } },
  allow: {
    rules: [
      ...rules(allVerbs, 'user role bot crown_jewel db_object_import_rule oidc saml github oidc_request'),
      ...rules(allVerbs, 'saml_request github_request cluster_audit_config cluster_auth_preference'),
      ...rules(allVerbs, 'auth_connector cluster_name cluster_networking_config session_recording_config'),
      ...rules(allVerbs, 'external_audit_storage ui_config trusted_cluster remote_cluster token'),
      ...rules(allVerbs, 'connection_diagnostic db database_certificate installer'),
      ...rules(deviceVerbs, 'device'),
      ...rules(readVerbs, 'db_service instance'),
      ...rules(allVerbs, 'login_rule saml_idp_service_provider user_group plugin okta_import_rule'),
      ...rules(allVerbs, 'okta_assignment lock'),
      ...rules([...allVerbs, 'use'], 'integration'),
      ...rules(allVerbs, 'billing cluster_alert access_list node discovery_config'),
      ...rules([...allVerbs, 'use'], 'security_report audit_query'),
      ...rules(allVerbs, 'access_graph server_info access_monitoring_rule app_server vnet_config'),
      ...rules(allVerbs, 'bot_instance access_graph_settings'),
    ],
  },
};

const terraform: RoleDraft = {
  name: 'terraform-provider',
  description: 'Default Terraform provider role',
  labels: presetLabels,
  allow: {
    node_labels: anyLabels,
    rules: [
      {
        resources: [
          ...['access_list', 'app', 'cluster_auth_preference', 'cluster_maintenance_config'],
          ...['cluster_networking_config', 'db', 'device', 'github', 'login_rule', 'node', 'oidc'],
          ...['okta_import_rule', 'role', 'saml', 'session_recording_config', 'token', 'trusted_cluster'],
          'user',
        ],
        verbs: allVerbs,
      },
    ],
    app_labels: anyLabels,
    db_labels: anyLabels,
  },
};

const requireTrustedDevice: RoleDraft = {
  name: 'require-trusted-device',
  version: 'v6',
  description: 'Require trusted device to access resources',
  labels: presetLabels,
  options: { device_trust_mode: 'required' },
  allow: {
    logins: internalTrait('logins'),
    node_labels: anyLabels,
    kubernetes_groups: [...internalTrait('kubernetes_groups'), 'system:masters', 'developers', 'viewers'],
    kubernetes_labels: anyLabels,
    db_labels: anyLabels,
    db_names: ['*'],
    db_users: ['*'],
  },
};

const enterpriseOnly: readonly RoleDraft[] = [
  {
    name: '@teleport-access-approver',
    description: 'Approves any access request',
    labels: { ...systemLabels, 'teleport.internal/revision': '1' },
    allow: { review_requests: { roles: ['*'] } },
  },
  {
    name: 'device-admin',
    version: 'v6',
    description: 'Administer trusted devices',
    labels: presetLabels,
    allow: { rules: rules(deviceVerbs, 'device') },
  },
  {
    name: 'device-enroll',
    version: 'v6',
    description: 'Grant permission to enroll trusted devices',
    labels: presetLabels,
    allow: { rules: rules(['enroll'], 'device') },
  },
  {
    name: 'group-access',
    version: 'v6',
    description: 'Have access to all user groups',
    labels: presetLabels,
    allow: { rules: rules(readVerbs, 'user_group'), group_labels: anyLabels },
  },
  {
    name: 'okta-access',
    description: 'Request Okta resources',
    labels: systemLabels,
    allow: {
      rules: rules(readVerbs, 'user_group'),
      app_labels: { 'teleport.dev/origin': 'okta' },
      group_labels: { 'teleport.dev/origin': 'okta' },
    },
  },
  {
    name: 'okta-requester',
    description: 'Request Okta resources',
    labels: { 'teleport.dev/origin': 'okta', ...systemLabels },
    allow: { request: { search_as_roles: ['okta-access'], max_duration: '336h' } },
  },
  {
    name: 'requester',
    version: 'v6',
    description: 'Request all resources',
    labels: presetLabels,
    allow: { request: { search_as_roles: ['access', 'group-access'] } },
  },
];

const bothEditions = [access, auditor, editor, terraform, requireTrustedDevice];

/** The preset roles of each edition. */
export const presets: Readonly<Record<DemoEdition, readonly RoleDraft[]>> = {
  enterprise: [...bothEditions, ...enterpriseOnly],
  community: bothEditions,
};
