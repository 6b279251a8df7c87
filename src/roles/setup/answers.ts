import { rawText, untrusted, type Untrusted } from '../../access/text/untrusted.ts';
import type { EditionName } from '../role/edition.ts';
import type { PlainObject } from '../role/value.ts';

/** What a new elevated role gives. */
export const given = ['kubernetes', 'database', 'node'] as const;
export type Given = (typeof given)[number];

/**
 * How many must approve. Two of different teams need two roles in the asker's hands, see `approving.ts`. `asIs`: the
 * asking roles want something else, or differ, and stay as they are.
 */
export type Approvals = 'one' | 'two' | 'twoTeams' | 'asIs';

/** What was answered in Set Up Roles. Kept as it is given, so that leaving loses nothing. */
export interface Answers {
  /** The roles that may ask. */
  readonly asking: readonly Untrusted[];
  readonly elevated: Untrusted;
  /** What the elevated role gives if it is a new one; one that is there keeps what it gives. */
  readonly gives: Given;
  /** How long a certificate with the elevated role lives. */
  readonly minutes: number;
  readonly reason: boolean;
  /** Per-session MFA. */
  readonly mfa: boolean;
  /** Whether connections end with the certificate. */
  readonly disconnect: boolean;
  /** Standing rights that the asking roles keep, by `standingKey`; the others are taken away. */
  readonly keep: readonly string[];
  readonly edition?: EditionName;
  readonly approvals: Approvals;
  /** The role that reviews (Enterprise) or approves with tctl (Community); absent: as proposed. */
  readonly approver?: Untrusted | undefined;
  /** The second team's reviewers. */
  readonly secondApprover?: Untrusted | undefined;
  /** People who are asked to review. */
  readonly suggested: readonly Untrusted[];
}

export const firstAnswers: Answers = {
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

/** The roles there are: as the workspace's manifest has them, else as the server does. */
export interface KnownRoles {
  readonly roles: ReadonlyMap<Untrusted, PlainObject>;
  /** Whether these are all, or the server did not let us read them. */
  readonly all: boolean;
  /** The server's version, if it told. */
  readonly version?: string | undefined;
}

/** Names of new roles that are proposed. */
export const proposedElevated: Readonly<Record<Given, Untrusted>> = {
  kubernetes: untrusted('kube-admin'),
  database: untrusted('db-admin'),
  node: untrusted('node-root'),
};

const after = (role: Untrusted, ending: string): Untrusted => untrusted(`${rawText(role)}-${ending}`);

/** The role that holds the second team's threshold: whoever asks needs it besides the role that asks. */
export const secondAsking = ({ elevated }: Answers): Untrusted => after(elevated, 'second-team');

/** Who reviews or approves: as answered, else as proposed. */
export function approverOf({ approver, edition, elevated }: Answers): Untrusted {
  return approver ?? (edition === 'community' ? untrusted('access-approver') : after(elevated, 'reviewer'));
}

export const secondApproverOf = ({ secondApprover, elevated }: Answers): Untrusted =>
  secondApprover ?? after(elevated, 'second-reviewer');

/** Whether `allow.request.reason.mode` is known to a server: it came with 17.1.0; a pre-release of that is older. */
export function canRequireReason(version: string | undefined): boolean {
  const [, major, minor, patch, more] = /^v?(\d+)\.(\d+)\.(\d+)(-.*)?$/.exec(version ?? '') ?? [];
  if (major === undefined) return false;
  if (Number(major) !== 17) return Number(major) > 17;
  return Number(minor) > 1 || (Number(minor) === 1 && (Number(patch) > 0 || more === undefined));
}

/** Whether a typed name can be a new role's: Teleport takes more, people and programs around it do not. */
export const isPlainRoleName = (name: string): boolean => /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(name);
