import { rawText, type Untrusted } from '../../access/untrusted/untrusted.ts';
import { approverRoles, needsTwoTeams, secondAskingRole, type Answers, type KnownRoles } from './answers.ts';
import { presetsOfBothEditions, resourceType } from '../role/roleOrigin.ts';
import { unapprovableRoles, type UnapprovableRole } from './unapprovableRoles.ts';

/** A contradiction in the answers, which must be solved before manifests are written. */
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
  | ({ readonly kind: 'unapprovable'; readonly team: 'first' | 'second' } & UnapprovableRole);

/**
 * Whether a role is a preset of Teleport, which has other tasks than approving. Its name decides when the
 * cluster's roles could not be read.
 */
const isPreset = (name: Untrusted, { roles, complete }: KnownRoles): boolean =>
  resourceType(roles.get(name)) === 'preset' || (!complete && presetsOfBothEditions.includes(rawText(name)));

/**
 * Finds the first conflict in the answers. A role that requests must not approve too, because its
 * holders would approve their own requests.
 * @param limit the team's longest session, in minutes
 */
export function answerConflict(
  answers: Answers,
  known: KnownRoles,
  limit = Infinity,
): AnswerConflict | undefined {
  const { asking, elevated, edition } = answers;
  const askingRoles = needsTwoTeams(answers) ? [...asking, secondAskingRole(answers)] : asking;
  const approvers = approverRoles(answers);
  if (asking.length === 0) return { kind: 'nobodyAsks' };
  if (asking.includes(elevated)) return { kind: 'elevatedAsks' };
  if (approvers.some((role) => askingRoles.includes(role))) return { kind: 'approverAsks' };
  if (approvers.includes(elevated)) return { kind: 'approverElevated' };
  // On Community, one approver decides alone.
  if (edition === 'community' && approvers.some((role) => isPreset(role, known)))
    return { kind: 'presetApproves' };
  if (new Set(approvers).size < approvers.length) return { kind: 'sameApprovers' };
  for (const team of ['first', 'second'] as const) {
    const unapprovable = unapprovableRoles(answers, known, team);
    if (unapprovable) return { kind: 'unapprovable', team, ...unapprovable };
  }
  return answers.minutes > limit ? { kind: 'tooLong' } : undefined;
}
