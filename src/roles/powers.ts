import type { Foreign } from '../access/text.ts';
import { grades, type Grade } from './grade.ts';
import type { Path } from './plain.ts';

/**
 * What a role may give that is more than work needs every day.
 * - `kubernetes`, `nodes`, `hostUsers`, `databases`, `desktops`, `cloud`: admin there.
 * - `reach`: everything of a kind, though not as admin.
 * - `writes`: may change what decides about rights, and so take any. - `decides`: alone, also about own requests.
 * - `impersonates`: may act as others who are admin.
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
  | 'impersonates';

export interface Power {
  readonly kind: PowerKind;
  /** The role it comes from, and where in it. */
  readonly role: Foreign;
  readonly path: Path;
  /** The texts that give it, such as `system:masters`. */
  readonly values: readonly Foreign[];
  readonly grade: Grade;
  /** Only under the condition of a rule, which is not looked into. */
  readonly conditional: boolean;
}

/** A kind of thing to be admin of, and which fields of a role say so. */
export interface Target {
  readonly kind: PowerKind;
  /** The kind of its labels. */
  readonly labels: string;
  /** Each field of names to use there, and which of them are admin. */
  readonly fields: Readonly<Record<string, RegExp>>;
  /** The grade where labels are everything; one lower where they are some. */
  readonly grade: Grade;
}

const adminLike =
  /^\*$|(^|[^a-z])(administrator|admin|owner|poweruser)(access)?([^a-z]|$)|AdministratorAccess/i;

export const targets: readonly Target[] = [
  {
    kind: 'kubernetes',
    labels: 'kubernetes',
    fields: { kubernetes_groups: /^(\*|system:masters)$/, kubernetes_users: /^(\*|system:admin)$/ },
    grade: 'critical',
  },
  { kind: 'nodes', labels: 'node', fields: { logins: /^(\*|root)$/ }, grade: 'high' },
  {
    kind: 'databases',
    labels: 'db',
    fields: {
      db_users: /^(\*|postgres|root|admin|sa|sys|system|mysql|rdsadmin|cloudsqlsuperuser)$/i,
      db_roles: /^(\*|rds_superuser|cloudsqlsuperuser|dba|db_owner|sysadmin|superuser)$/i,
    },
    grade: 'high',
  },
  {
    kind: 'desktops',
    labels: 'windows_desktop',
    fields: { windows_desktop_logins: /^(\*|administrator)$/i },
    grade: 'high',
  },
  {
    kind: 'cloud',
    labels: 'app',
    fields: { aws_role_arns: adminLike, azure_identities: adminLike, gcp_service_accounts: adminLike },
    grade: 'high',
  },
];

/** What somebody who may write a kind of resource can make of it. */
export const dangerous: Readonly<Record<string, Grade>> = {
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
export const rank = (kind: string): number => grades.indexOf(dangerous[kind] ?? 'low');

/** Grades that count as admin rights. */
export const isAdmin = ({ grade }: { readonly grade: Grade }): boolean =>
  grade === 'critical' || grade === 'high';
