import { rawText, type Untrusted } from '../../access/text/untrusted.ts';
import { approverOf, secondApproverOf, secondAsking, type Answers, type KnownRoles } from './answers.ts';
import { resourceType } from '../role/roleOrigin.ts';
import { unapprovableRoles, type UnapprovableRole } from './unapprovableRoles.ts';

/** What keeps answers from becoming manifests. */
export type AnswerConflict =
  | {
      readonly kind:
        | 'tooLong'
        | 'nobodyAsks'
        | 'elevatedAsks'
        | 'approverAsks'
        | 'approverElevated'
        | 'presetApproves'
        | 'sameApprovers';
    }
  | ({ readonly kind: 'stranded'; readonly team: 'first' | 'second' } & UnapprovableRole);

/** Teleport's own roles for people, where the cluster's roles could not be read. */
const presets = ['access', 'auditor', 'editor'];

/** Whether a role is a preset of Teleport, made for other work than approving. */
export const isPreset = (name: Untrusted, { roles, all }: KnownRoles): boolean =>
  resourceType(roles.get(name)) === 'preset' || (!all && presets.includes(rawText(name)));

/**
 * The first thing that cannot be as answered. Who asks may not approve too, or they would approve their own.
 * @param limit the team's, in minutes
 */
export function answerConflict(
  answers: Answers,
  known: KnownRoles,
  limit = Infinity,
): AnswerConflict | undefined {
  const { asking, elevated, edition, approvals } = answers;
  const twoTeams = edition === 'enterprise' && approvals === 'twoTeams';
  const asks = twoTeams ? [...asking, secondAsking(answers)] : asking;
  const approver = approverOf(answers);
  const approvers = [approver, ...(twoTeams ? [secondApproverOf(answers)] : [])];
  if (asking.length === 0) return { kind: 'nobodyAsks' };
  if (asking.includes(elevated)) return { kind: 'elevatedAsks' };
  if (approvers.some((one) => asks.includes(one))) return { kind: 'approverAsks' };
  if (approvers.includes(elevated)) return { kind: 'approverElevated' };
  // On Community one approver decides alone.
  if (edition === 'community' && isPreset(approver, known)) return { kind: 'presetApproves' };
  if (new Set(approvers).size < approvers.length) return { kind: 'sameApprovers' };
  for (const team of ['first', 'second'] as const) {
    const stranded = unapprovableRoles(answers, known, team);
    if (stranded) return { kind: 'stranded', team, ...stranded };
  }
  return answers.minutes > limit ? { kind: 'tooLong' } : undefined;
}
