import { rawText, untrusted, type Untrusted } from '../../access/untrusted/untrusted.ts';
import type { EditionName } from '../role/edition.ts';
import type { PlainObject } from '../role/value.ts';

/** The kinds of access that a new elevated role can give. */
export const elevatedKinds = ['kubernetes', 'database', 'node'] as const;
/** The kind of access that a new elevated role gives. */
export type ElevatedKind = (typeof elevatedKinds)[number];

/**
 * How many approvals a request needs. `twoTeams` needs two roles for each user who
 * requests, see `approvalRoles.ts`. `asIs`: the asking roles have other thresholds or
 * differ from each other, and their thresholds stay.
 */
export type Approvals = 'one' | 'two' | 'twoTeams' | 'asIs';

/** The answers in Set Up Roles. They are stored after each step, so that leaving the wizard loses nothing. */
export interface Answers {
  /** The asking roles: their `request.roles` let users request the elevated role. */
  readonly asking: readonly Untrusted[];
  readonly elevated: Untrusted;
  /** The access that a new elevated role gives. An existing role keeps its access. */
  readonly gives: ElevatedKind;
  /** The longest session with the elevated role (`max_session_ttl`), in minutes. */
  readonly minutes: number;
  /** Whether requests need a reason. */
  readonly reason: boolean;
  /** Whether the elevated role requires per-session MFA. */
  readonly mfa: boolean;
  /** Whether connections end when the certificate expires. */
  readonly disconnect: boolean;
  /**
   * The standing rights that the asking roles keep, by `standingKey`. All other standing rights are removed.
   */
  readonly keep: readonly string[];
  readonly edition?: EditionName;
  readonly approvals: Approvals;
  /** The role that reviews (Enterprise) or approves with tctl (Community); absent for the proposed role. */
  readonly approver?: Untrusted | undefined;
  /** The role that reviews for the second team; absent for the proposed role. */
  readonly secondApprover?: Untrusted | undefined;
  /** The users in `suggested_reviewers`. */
  readonly suggested: readonly Untrusted[];
}

/** The answers at the first start of Set Up Roles. */
export const defaultAnswers: Answers = {
  asking: [],
  elevated: untrusted('kube-admin'),
  gives: 'kubernetes',
  minutes: 60,
  reason: true,
  mfa: false,
  disconnect: true,
  keep: [],
  approvals: 'one',
  suggested: [],
};

/** The known roles. A manifest in the workspace replaces the server's version of the role. */
export interface KnownRoles {
  readonly roles: ReadonlyMap<Untrusted, PlainObject>;
  /** Whether all roles are known; false when the server did not let the user read them. */
  readonly complete: boolean;
  /** The server's Teleport version, if known. */
  readonly version?: string | undefined;
}

/** The proposed names of a new elevated role. */
export const proposedElevated: Readonly<Record<ElevatedKind, Untrusted>> = {
  kubernetes: untrusted('kube-admin'),
  database: untrusted('db-admin'),
  node: untrusted('node-root'),
};

const withSuffix = (role: Untrusted, suffix: string): Untrusted => untrusted(`${rawText(role)}-${suffix}`);

/** The role with the second team's threshold. A user who requests needs it beside an asking role. */
export const secondAskingRole = ({ elevated }: Answers): Untrusted => withSuffix(elevated, 'second-team');

/** The role that reviews or approves: the answered one, else the proposed one. */
export function approverRole({ approver, edition, elevated }: Answers): Untrusted {
  return (
    approver ?? (edition === 'community' ? untrusted('access-approver') : withSuffix(elevated, 'reviewer'))
  );
}

/** The role that reviews for the second team: the answered one, else the proposed one. */
export const secondApproverRole = ({ secondApprover, elevated }: Answers): Untrusted =>
  secondApprover ?? withSuffix(elevated, 'second-reviewer');

/** Whether requests need the approvals of two teams, which Community does not count. */
export const needsTwoTeams = ({ edition, approvals }: Answers): boolean =>
  edition === 'enterprise' && approvals === 'twoTeams';

/** The roles that approve, one for each team. */
export const approverRoles = (answers: Answers): readonly Untrusted[] =>
  needsTwoTeams(answers) ? [approverRole(answers), secondApproverRole(answers)] : [approverRole(answers)];

/**
 * Whether a server knows `allow.request.reason.mode`, which 17.1.0 added.
 * Pre-releases of 17.1.0 count as older.
 */
export function canRequireReason(version: string | undefined): boolean {
  const [, major, minor, patch, preRelease] = /^v?(\d+)\.(\d+)\.(\d+)(-.*)?$/.exec(version ?? '') ?? [];
  if (major === undefined) return false;
  if (Number(major) !== 17) return Number(major) > 17;
  return Number(minor) > 1 || (Number(minor) === 1 && (Number(patch) > 0 || preRelease === undefined));
}

/**
 * Whether a typed name is allowed for a new role. Teleport allows more characters, but users and
 * other programs do not expect them.
 */
export const isPlainRoleName = (name: string): boolean => /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(name);
