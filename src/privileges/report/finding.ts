import type { Untrusted } from '../../access/untrusted/untrusted.ts';
import type { Holder } from '../census/holders.ts';
import { isAdmin, type PowerKind } from '../powers/powers.ts';
import type { FindingSeverity } from '../powers/severity.ts';
import type { Path } from '../../roles/role/value.ts';

/**
 * The kind of a finding: a power that is held permanently, or
 * - `ownsList`: the holder may add any user to an access list that gives admin rights.
 * - `openMapping`: an identity provider or another cluster decides the name of the role.
 * - `oneApproval`: a single approval gives the right to change who has which rights.
 * - `nobodyApproves`: a role is requestable, but too few people may approve it.
 * - `tooLong`: an admin role lasts longer than the team's limit.
 * - `longGrant`: a role allows grants of more than two weeks.
 */
export type FindingKind =
  PowerKind | 'ownsList' | 'openMapping' | 'oneApproval' | 'nobodyApproves' | 'tooLong' | 'longGrant';

/** A problem in the privileges of a cluster. */
export interface Finding {
  /**
   * A hash of the cluster, kind, grade, role, field, values, holders and reach. So another holder or a wider
   * reach makes another finding, which no existing exception accepts.
   */
  readonly id: string;
  readonly kind: FindingKind;
  readonly grade: FindingSeverity;
  /** The role to change. */
  readonly role: Untrusted;
  /** The field of the role to change. */
  readonly path: Path;
  readonly values: readonly Untrusted[];
  readonly holders: readonly Holder[];
  /** Whether the right applies only under the condition of a rule, which is not evaluated. */
  readonly conditional: boolean;
  /** Whether every holder is locked. */
  readonly locked: boolean;
  /** The tool that owns the role, such as Terraform. */
  readonly origin?: Untrusted;
  /** Whether Teleport itself creates the role. */
  readonly preset?: boolean;
  /** Whether the change belongs in an SSO connector or a trusted cluster and not in a role. */
  readonly noRole?: boolean;
  /** The title of the access list that gives the right; another list may have the same title. */
  readonly list?: Untrusted;
  /** The name of that access list, which is unique. */
  readonly listName?: Untrusted;
  /** How many approvals a request needs now. */
  readonly approvals?: number;
  /** How long a session or grant may last now, in ms; absent where nothing limits it. */
  readonly lasts?: number;
}

/** The kinds of findings about access requests; all other kinds are about rights that are held. */
const requestKinds = new Set<FindingKind>(['oneApproval', 'nobodyApproves', 'tooLong', 'longGrant']);

/** Whether a finding is about permanently held admin rights. */
export const isStanding = ({ kind, grade }: Finding): boolean =>
  !requestKinds.has(kind) && isAdmin({ grade });
