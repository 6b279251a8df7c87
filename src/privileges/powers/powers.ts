import type { Untrusted } from '../../access/untrusted/untrusted.ts';
import { isCloudAdmin, isDatabaseRole, isDatabaseUser, isRootGroup, isWindowsGroup } from './adminNames.ts';
import { findingSeverities, type FindingSeverity } from './severity.ts';
import { makesRoot } from './sudoers.ts';
import type { LabelKind, PrincipalField } from '../../roles/role/roleContent.ts';
import type { Path } from '../../roles/role/value.ts';

/**
 * A kind of right that a role gives beyond what daily work needs.
 * - `kubernetes`, `nodes`, `hostUsers`, `databases`, `desktops`, `cloud`: admin rights there.
 * - `reach`: access to all resources of a kind, but not as admin.
 * - `writes`: may change resources that decide who has which rights, and so gain any right.
 * - `decides`: may decide access requests alone, including own ones.
 * - `impersonates`: may act as other users or roles that have admin rights.
 * - `readsKeys`: may read the keys that sign certificates.
 * - `joins`: may join the sessions of any user.
 * - `unclear`: may give admin rights; the value of a template is unknown for the holder.
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

/**
 * A right that a role gives. The id of a finding of kind `ownsList` hashes this object as JSON, so its fields
 * keep their names.
 */
export interface Power {
  readonly kind: PowerKind;
  /** The role that gives the right. */
  readonly role: Untrusted;
  /** The field of the role that gives the right. */
  readonly path: Path;
  /** The values in that field that give the right, such as `system:masters`. */
  readonly values: readonly Untrusted[];
  readonly grade: FindingSeverity;
  /** Whether the right applies only under the condition of a rule, which is not evaluated. */
  readonly conditional: boolean;
}

/** A field with what makes the account that a login creates an administrator's. */
type AccountField = 'host_sudoers' | 'host_groups' | 'desktop_groups';

/** A kind of resource with the role fields that can give admin rights on it. */
export interface AdminTarget {
  readonly kind: PowerKind;
  /** The prefix of its label fields in a role, such as `node` for `node_labels`. */
  readonly labelKind: LabelKind;
  /** Each role field with names to use there, and a test of whether a name is an administrator's. */
  readonly fields: Readonly<Partial<Record<PrincipalField | AccountField, (name: string) => boolean>>>;
  /** The severity where the labels match all resources; it is one lower where they match some. */
  readonly grade: FindingSeverity;
  /** Set where the names are those of accounts that a login creates, if the role has the option for it. */
  readonly accounts?: 'host' | 'desktop';
}

const matching =
  (pattern: RegExp) =>
  (name: string): boolean =>
    pattern.test(name);

/** Every kind of resource on which a role can give admin rights by a name. */
export const adminTargets: readonly AdminTarget[] = [
  {
    kind: 'kubernetes',
    labelKind: 'kubernetes',
    fields: {
      kubernetes_groups: matching(/^(\*|system:masters)$/),
      kubernetes_users: matching(/^(\*|system:admin)$/),
    },
    grade: 'critical',
  },
  { kind: 'nodes', labelKind: 'node', fields: { logins: matching(/^(\*|root)$/) }, grade: 'high' },
  {
    kind: 'databases',
    labelKind: 'db',
    fields: { db_users: isDatabaseUser, db_roles: isDatabaseRole },
    grade: 'high',
  },
  {
    kind: 'desktops',
    labelKind: 'windows_desktop',
    fields: { windows_desktop_logins: matching(/^(\*|administrator)$/i) },
    grade: 'high',
  },
  {
    kind: 'desktops',
    labelKind: 'linux_desktop',
    fields: { linux_desktop_logins: matching(/^(\*|root)$/) },
    grade: 'high',
  },
  {
    kind: 'cloud',
    labelKind: 'app',
    fields: {
      aws_role_arns: isCloudAdmin,
      azure_identities: isCloudAdmin,
      gcp_service_accounts: isCloudAdmin,
    },
    grade: 'high',
  },
];

/** The admin rights of host and desktop accounts that a login creates, by sudoers lines or groups. */
export const createdAccounts: readonly AdminTarget[] = [
  {
    kind: 'hostUsers',
    labelKind: 'node',
    fields: { host_sudoers: makesRoot, host_groups: isRootGroup },
    grade: 'high',
    accounts: 'host',
  },
  {
    kind: 'desktops',
    labelKind: 'windows_desktop',
    fields: { desktop_groups: isWindowsGroup },
    grade: 'high',
    accounts: 'desktop',
  },
];

/** The severity of the right to create or update a kind of resource: what its holder can gain with it. */
export const writeSeverity: Readonly<Record<string, FindingSeverity>> = {
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

/** The verbs that change resources. */
export const writeVerbs = ['create', 'update'];

/** The rank of a kind by the severity of writing it; 0 is the worst. */
export const writeRank = (kind: string): number => findingSeverities.indexOf(writeSeverity[kind] ?? 'low');

/** Whether a severity counts as admin rights. */
export const isAdmin = ({ grade }: { readonly grade: FindingSeverity }): boolean =>
  grade === 'critical' || grade === 'high';
