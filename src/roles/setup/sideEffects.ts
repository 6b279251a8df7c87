// Thresholds and reasons hold for a role that asks as a whole: what changes for the elevated role changes for others.
import { rawText, untrusted, type Untrusted } from '../../access/text/untrusted.ts';
import type { Answers, KnownRoles } from './answers.ts';
import { requiredApprovals, requestablePatternsOf, type RequiredApprovals } from './approvalRoles.ts';
import { changeValue } from '../manifest/changeManifest.ts';
import { requiresReason, askingRoleChanges } from './planSetup.ts';

/** What changes for the other requests of a role. */
export interface SideEffect {
  readonly role: Untrusted;
  /** Names and patterns of what it may ask for besides. */
  readonly others: readonly Untrusted[];
  /** Whose and how many approvals, if that changes. */
  readonly approvals?: {
    readonly before: RequiredApprovals;
    readonly after: RequiredApprovals;
    readonly weaker: boolean;
  };
  /** Whether a reason is required from now on, if that changes. */
  readonly reason?: boolean;
}

/** What these answers change for requests that were not asked about. */
export function sideEffects(answers: Answers, known: KnownRoles): readonly SideEffect[] {
  return answers.asking.flatMap((role) => {
    const there = known.roles.get(role);
    const others = requestablePatternsOf(there).filter((name) => name !== rawText(answers.elevated));
    if (!there || others.length === 0) return [];
    const after = changeValue(there, askingRoleChanges(role, there, answers, known));
    const [was, is] = [requiredApprovals(there), requiredApprovals(after)];
    const isSame = was.approve === is.approve && was.team === is.team && was.conditional === is.conditional;
    const weaker = is.approve < was.approve || was.conditional;
    const reason = requiresReason(after);
    const changed = {
      ...(isSame ? {} : { approvals: { before: was, after: is, weaker } }),
      ...(reason === requiresReason(there) ? {} : { reason }),
    };
    return Object.keys(changed).length > 0 ? [{ role, others: others.map(untrusted), ...changed }] : [];
  });
}

/** Of that, what changes in approvals. */
export const approvalEffects = (answers: Answers, known: KnownRoles): readonly SideEffect[] =>
  sideEffects(answers, known).flatMap(({ role, others, approvals }) =>
    approvals ? [{ role, others, approvals }] : [],
  );

/** Of that, what changes in reasons. */
export const reasonEffects = (answers: Answers, known: KnownRoles): readonly SideEffect[] =>
  sideEffects(answers, known).flatMap(({ role, others, reason }) =>
    reason === undefined ? [] : [{ role, others, reason }],
  );

/** Whether these answers make it easier to get what was not asked about. */
export const weakensApprovals = (answers: Answers, known: KnownRoles): boolean =>
  approvalEffects(answers, known).some(({ approvals }) => approvals?.weaker === true);
