// The roles a new Teleport has by itself, as recorded from one of 17.0.0-dev.
import type { DemoEdition } from './roles.ts';
import type { JsonObject } from './resource.ts';

/** A role before the server fills it in. */
export interface RoleDraft {
  readonly name: string;
  readonly version?: string;
  readonly description?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly options?: JsonObject;
  readonly allow?: JsonObject;
}

const preset = { 'teleport.internal/resource-type': 'preset' };
const system = { 'teleport.internal/resource-type': 'system' };
const look = ['list', 'read'];
const all = ['list', 'create', 'read', 'update', 'delete'];
const device = [...all, 'create_enroll_token', 'enroll'];
const rules = (verbs: readonly string[], names: string): JsonObject[] =>
  names.split(/\s+/).map((name) => ({ resources: [name], verbs }));
const internal = (name: string): string[] => [`{{internal.${name}}}`];
const any = { '*': '*' };

const access: RoleDraft = {
  name: 'access',
  description: 'Access cluster resources',
  labels: preset,
  options: { forward_agent: true, record_session: { desktop: true } },
  allow: {
    logins: internal('logins'),
    node_labels: any,
    rules: [
      ...rules(look, 'event'),
      {
        resources: ['session'],
        verbs: ['read', 'list'],
        where: 'contains(session.participants, user.metadata.name)',
      },
      ...rules(look, 'instance cluster_maintenance_config'),
    ],
    kubernetes_groups: internal('kubernetes_groups'),
    kubernetes_users: internal('kubernetes_users'),
    app_labels: any,
    kubernetes_labels: any,
    db_labels: any,
    db_names: internal('db_names'),
    db_users: internal('db_users'),
    aws_role_arns: internal('aws_role_arns'),
    windows_desktop_logins: internal('windows_logins'),
    windows_desktop_labels: any,
    azure_identities: internal('azure_identities'),
    kubernetes_resources: [{ kind: '*', namespace: '*', name: '*', verbs: ['*'] }],
    gcp_service_accounts: internal('gcp_service_accounts'),
    db_service_labels: any,
    db_roles: internal('db_roles'),
  },
};

const auditor: RoleDraft = {
  name: 'auditor',
  description: 'Review cluster events and replay sessions',
  labels: preset,
  options: { record_session: { desktop: false } },
  allow: {
    rules: [
      ...rules(look, 'session event session_tracker cluster_alert instance'),
      ...rules([...look, 'use'], 'security_report audit_query'),
      ...rules(look, 'bot_instance'),
    ],
  },
};

/** It has no rule on access_request. */
const editor: RoleDraft = {
  name: 'editor',
  description: 'Edit cluster configuration',
  labels: preset,
  options: { forward_agent: true, record_session: { desktop: false } },
  allow: {
    rules: [
      ...rules(all, 'user role bot crown_jewel db_object_import_rule oidc saml github oidc_request'),
      ...rules(all, 'saml_request github_request cluster_audit_config cluster_auth_preference'),
      ...rules(all, 'auth_connector cluster_name cluster_networking_config session_recording_config'),
      ...rules(all, 'external_audit_storage ui_config trusted_cluster remote_cluster token'),
      ...rules(all, 'connection_diagnostic db database_certificate installer'),
      ...rules(device, 'device'),
      ...rules(look, 'db_service instance'),
      ...rules(all, 'login_rule saml_idp_service_provider user_group plugin okta_import_rule'),
      ...rules(all, 'okta_assignment lock'),
      ...rules([...all, 'use'], 'integration'),
      ...rules(all, 'billing cluster_alert access_list node discovery_config'),
      ...rules([...all, 'use'], 'security_report audit_query'),
      ...rules(all, 'access_graph server_info access_monitoring_rule app_server vnet_config'),
      ...rules(all, 'bot_instance access_graph_settings'),
    ],
  },
};

const terraform: RoleDraft = {
  name: 'terraform-provider',
  description: 'Default Terraform provider role',
  labels: preset,
  allow: {
    node_labels: any,
    rules: [
      {
        resources: [
          ...['access_list', 'app', 'cluster_auth_preference', 'cluster_maintenance_config'],
          ...['cluster_networking_config', 'db', 'device', 'github', 'login_rule', 'node', 'oidc'],
          ...['okta_import_rule', 'role', 'saml', 'session_recording_config', 'token', 'trusted_cluster'],
          'user',
        ],
        verbs: all,
      },
    ],
    app_labels: any,
    db_labels: any,
  },
};

const requireTrustedDevice: RoleDraft = {
  name: 'require-trusted-device',
  version: 'v6',
  description: 'Require trusted device to access resources',
  labels: preset,
  options: { device_trust_mode: 'required' },
  allow: {
    logins: internal('logins'),
    node_labels: any,
    kubernetes_groups: [...internal('kubernetes_groups'), 'system:masters', 'developers', 'viewers'],
    kubernetes_labels: any,
    db_labels: any,
    db_names: ['*'],
    db_users: ['*'],
  },
};

const enterpriseOnly: readonly RoleDraft[] = [
  {
    name: '@teleport-access-approver',
    description: 'Approves any access request',
    labels: { ...system, 'teleport.internal/revision': '1' },
    allow: { review_requests: { roles: ['*'] } },
  },
  {
    name: 'device-admin',
    version: 'v6',
    description: 'Administer trusted devices',
    labels: preset,
    allow: { rules: rules(device, 'device') },
  },
  {
    name: 'device-enroll',
    version: 'v6',
    description: 'Grant permission to enroll trusted devices',
    labels: preset,
    allow: { rules: rules(['enroll'], 'device') },
  },
  {
    name: 'group-access',
    version: 'v6',
    description: 'Have access to all user groups',
    labels: preset,
    allow: { rules: rules(look, 'user_group'), group_labels: any },
  },
  {
    name: 'okta-access',
    description: 'Request Okta resources',
    labels: system,
    allow: {
      rules: rules(look, 'user_group'),
      app_labels: { 'teleport.dev/origin': 'okta' },
      group_labels: { 'teleport.dev/origin': 'okta' },
    },
  },
  {
    name: 'okta-requester',
    description: 'Request Okta resources',
    labels: { 'teleport.dev/origin': 'okta', ...system },
    allow: { request: { search_as_roles: ['okta-access'], max_duration: '336h' } },
  },
  {
    name: 'requester',
    version: 'v6',
    description: 'Request all resources',
    labels: preset,
    allow: { request: { search_as_roles: ['access', 'group-access'] } },
  },
];

const both = [access, auditor, editor, terraform, requireTrustedDevice];

/** What nobody made. */
export const presets: Readonly<Record<DemoEdition, readonly RoleDraft[]>> = {
  enterprise: [...both, ...enterpriseOnly],
  community: both,
};
