import type { Untrusted } from '../../access/text/untrusted.ts';
import { isCloudAdmin, isDatabaseRole, isDatabaseUser } from './adminNames.ts';
import { findingSeverities, type FindingSeverity } from './severity.ts';
import type { Path } from '../../roles/role/value.ts';

/**
 * What a role may give that is more than work needs every day.
 * - `kubernetes`, `nodes`, `hostUsers`, `databases`, `desktops`, `cloud`: admin there.
 * - `reach`: everything of a kind, though not as admin.
 * - `writes`: may change what decides about rights, and so take any. - `decides`: alone, also about own requests.
 * - `impersonates`: may act as others who are admin. - `readsKeys`: may read the keys that sign certificates.
 * - `joins`: may take part in the sessions of anybody.
 * - `unclear`: may be admin; what a template is for its holder could not be worked out.
 */
export type PowerKind =
  | 'kubernetes'
  | 'nodes'
  | 'hostUsers'
  | 'databases'
  | 'desktops'
  | 'cloud'
  | 'reach'
  | 'writes'
  | 'decides'
  | 'impersonates'
  | 'readsKeys'
  | 'joins'
  | 'unclear';

export interface Power {
  readonly kind: PowerKind;
  /** The role it comes from, and where in it. */
  readonly role: Untrusted;
  readonly path: Path;
  /** The texts that give it, such as `system:masters`. */
  readonly values: readonly Untrusted[];
  readonly grade: FindingSeverity;
  /** Only under the condition of a rule, which is not looked into. */
  readonly conditional: boolean;
}

/** A kind of thing to be admin of, and which fields of a role say so. */
export interface ActsAs {
  readonly kind: PowerKind;
  /** The kind of its labels. */
  readonly labels: string;
  /** Each field of names to use there, and which of them are admin. */
  readonly fields: Readonly<Record<string, (name: string) => boolean>>;
  /** The grade where labels are everything; one lower where they are some. */
  readonly grade: FindingSeverity;
}

const named =
  (pattern: RegExp) =>
  (name: string): boolean =>
    pattern.test(name);

export const targets: readonly ActsAs[] = [
  {
    kind: 'kubernetes',
    labels: 'kubernetes',
    fields: {
      kubernetes_groups: named(/^(\*|system:masters)$/),
      kubernetes_users: named(/^(\*|system:admin)$/),
    },
    grade: 'critical',
  },
  { kind: 'nodes', labels: 'node', fields: { logins: named(/^(\*|root)$/) }, grade: 'high' },
  {
    kind: 'databases',
    labels: 'db',
    fields: { db_users: isDatabaseUser, db_roles: isDatabaseRole },
    grade: 'high',
  },
  {
    kind: 'desktops',
    labels: 'windows_desktop',
    fields: { windows_desktop_logins: named(/^(\*|administrator)$/i) },
    grade: 'high',
  },
  {
    kind: 'desktops',
    labels: 'linux_desktop',
    fields: { linux_desktop_logins: named(/^(\*|root)$/) },
    grade: 'high',
  },
  {
    kind: 'cloud',
    labels: 'app',
    fields: {
      aws_role_arns: isCloudAdmin,
      azure_identities: isCloudAdmin,
      gcp_service_accounts: isCloudAdmin,
    },
    grade: 'high',
  },
];

/** What somebody who may write a kind of resource can make of it. */
export const dangerous: Readonly<Record<string, FindingSeverity>> = {
  '*': 'critical',
  role: 'critical',
  user: 'critical',
  saml: 'critical',
  oidc: 'critical',
  github: 'critical',
  auth_connector: 'critical',
  login_rule: 'critical',
  cert_authority: 'critical',
  token: 'high',
  access_list: 'high',
  bot: 'high',
  trusted_cluster: 'high',
  access_monitoring_rule: 'high',
  cluster_auth_preference: 'medium',
};

/** The verbs that change. */
export const writing = ['create', 'update'];

/** How bad it is to write a kind, the worst first. */
export const rank = (kind: string): number => findingSeverities.indexOf(dangerous[kind] ?? 'low');

/** Grades that count as admin rights. */
export const isAdmin = ({ grade }: { readonly grade: FindingSeverity }): boolean =>
  grade === 'critical' || grade === 'high';
