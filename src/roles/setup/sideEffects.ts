// Thresholds and reasons apply to all requests that a role allows, so a change for the elevated role affects
// other requests.
import { isDeepStrictEqual } from 'node:util';
import { rawText, untrusted, type Untrusted } from '../../access/untrusted/untrusted.ts';
import type { Answers, KnownRoles } from './answers.ts';
import { requiredApprovals, type RequiredApprovals } from './approvalRoles.ts';
import { changeValue } from '../manifest/changeManifest.ts';
import { contentOf, requestableNames } from '../role/roleContent.ts';
import { askingRoleChanges } from './planSetup.ts';

/** The effect of the answers on the other requests that an asking role allows. */
export interface SideEffect {
  readonly role: Untrusted;
  /** The names and patterns of the other requestable roles. */
  readonly others: readonly Untrusted[];
  /**
   * The required approvals before and after, if they change. `weaker`: fewer are enough, or a filter changes.
   */
  readonly approvals?: {
    readonly before: RequiredApprovals;
    readonly after: RequiredApprovals;
    readonly weaker: boolean;
  };
  /** Whether requests need a reason from now on, if that changes. */
  readonly reason?: boolean;
}

/** Finds the effects of the answers on requests for other roles than the elevated one. */
export function sideEffects(answers: Answers, known: KnownRoles): readonly SideEffect[] {
  return answers.asking.flatMap((role) => {
    const existing = known.roles.get(role);
    const others = requestableNames(existing).filter((name) => name !== rawText(answers.elevated));
    if (!existing || others.length === 0) return [];
    const after = changeValue(existing, askingRoleChanges(role, existing, answers, known));
    const [old, next] = [requiredApprovals(existing), requiredApprovals(after)];
    const weaker = next.approve < old.approve || old.conditional;
    const [reasonBefore, reason] = [existing, after].map(
      (each) => contentOf(each).allow.request.requiresReason,
    );
    const changed = {
      ...(isDeepStrictEqual(old, next) ? {} : { approvals: { before: old, after: next, weaker } }),
      ...(reason === undefined || reason === reasonBefore ? {} : { reason }),
    };
    return Object.keys(changed).length > 0 ? [{ role, others: others.map(untrusted), ...changed }] : [];
  });
}

/** The side effects on approvals only. */
export const approvalEffects = (answers: Answers, known: KnownRoles): readonly SideEffect[] =>
  sideEffects(answers, known).flatMap(({ role, others, approvals }) =>
    approvals ? [{ role, others, approvals }] : [],
  );

/** The side effects on reasons only. */
export const reasonEffects = (answers: Answers, known: KnownRoles): readonly SideEffect[] =>
  sideEffects(answers, known).flatMap(({ role, others, reason }) =>
    reason === undefined ? [] : [{ role, others, reason }],
  );

/** Whether the answers make it easier to get other roles than the elevated one. */
export const weakensApprovals = (answers: Answers, known: KnownRoles): boolean =>
  approvalEffects(answers, known).some(({ approvals }) => approvals?.weaker === true);
