import { rawText, untrusted, type Untrusted } from '../../access/untrusted/untrusted.ts';
import {
  approverRole,
  canRequireReason,
  secondApproverRole,
  secondAskingRole,
  type Answers,
  type KnownRoles,
} from './answers.ts';
import {
  planApproverRole,
  planReviewerRole,
  planSecondAskingRole,
  thresholdChanges,
} from './approvalRoles.ts';
import type { FieldChange } from '../manifest/changeManifest.ts';
import { planElevatedRole } from './elevatedRole.ts';
import { contentOf, rolePaths } from '../role/roleContent.ts';
import { textsAt, type Path, type PlainObject } from '../role/value.ts';
import { addName, planChanges, type RoleWrite } from './roleWrite.ts';
import { standingRights, standingKey } from './standingRights.ts';

/** The purpose of a role in the set-up. */
export type RolePurpose = 'elevated' | 'asks' | 'asksSecond' | 'reviews' | 'reviewsSecond' | 'approves';

/** The plan for one role. */
export interface PlannedRole {
  readonly role: Untrusted;
  readonly purpose: RolePurpose;
  readonly write: RoleWrite;
}

/** The changes of a list of names, one for each name, so that the other names and their comments stay. */
function changeList(role: PlainObject, path: Path, wanted: readonly Untrusted[]): FieldChange[] {
  const names = textsAt(role, path);
  const target = wanted.map(rawText);
  return [
    ...target.filter((name) => !names.includes(name)).map((add) => ({ path, add })),
    ...names.filter((name) => !target.includes(name)).map((remove) => ({ path, remove })),
  ];
}

/** The changes of an asking role. */
export function askingRoleChanges(
  role: Untrusted,
  value: PlainObject,
  answers: Answers,
  known: KnownRoles,
): FieldChange[] {
  const reasonChange: FieldChange = answers.reason
    ? { path: rolePaths.reasonMode, set: 'required' }
    : { path: rolePaths.reasonMode, unset: true };
  // A server that does not know the field drops it silently.
  const changesReason =
    canRequireReason(known.version) && contentOf(value).allow.request.requiresReason !== answers.reason;
  const removedRights = standingRights(answers, known).filter(
    (right) => right.role === role && !answers.keep.includes(standingKey(right)),
  );
  return [
    ...addName(value, rolePaths.requestRoles, answers.elevated),
    ...(changesReason ? [reasonChange] : []),
    ...(answers.edition === 'enterprise'
      ? [
          ...thresholdChanges(answers, value),
          ...changeList(value, rolePaths.suggestedReviewers, answers.suggested),
        ]
      : []),
    ...removedRights.map(({ path, value: remove }) => ({ path, remove })),
  ];
}

/** Plans the roles that approve, and the second team's role for users who request. */
function planApprovers(answers: Answers, known: KnownRoles): PlannedRole[] {
  const role = approverRole(answers);
  if (answers.edition !== 'enterprise')
    return [{ role, purpose: 'approves', write: planApproverRole(answers, known) }];
  const reviews: PlannedRole = { role, purpose: 'reviews', write: planReviewerRole(role, answers, known) };
  if (answers.approvals !== 'twoTeams') return [reviews];
  const second = secondApproverRole(answers);
  return [
    { role: secondAskingRole(answers), purpose: 'asksSecond', write: planSecondAskingRole(answers, known) },
    reviews,
    { role: second, purpose: 'reviewsSecond', write: planReviewerRole(second, answers, known) },
  ];
}

/**
 * Plans each role: a manifest for a new role, only the needed changes for an existing role. Left out are roles
 * without a change, and asking roles that may exist but could not be read (`unreadRoles`).
 * @param answers answers without a conflict (`answerConflict`)
 */
export function planSetup(answers: Answers, known: KnownRoles): readonly PlannedRole[] {
  const unread = unreadRoles(answers, known);
  const plans: readonly PlannedRole[] = [
    { role: answers.elevated, purpose: 'elevated', write: planElevatedRole(answers, known) },
    ...answers.asking
      .filter((role) => !unread.includes(role))
      .map((role): PlannedRole => ({
        role,
        purpose: 'asks',
        write: planChanges(role, known, (value) => askingRoleChanges(role, value, answers, known)),
      })),
    ...planApprovers(answers, known),
  ];
  return plans.filter(({ write }) => 'manifest' in write || write.changes.length > 0);
}

/** The asking roles that could not be read, so that the user has to change them by hand. */
export const unreadRoles = ({ asking }: Answers, known: KnownRoles): readonly Untrusted[] =>
  known.complete ? [] : asking.filter((role) => !known.roles.has(role));

/** The users in `suggested_reviewers` of a role. */
export const suggestedReviewersOf = (role: PlainObject | undefined): readonly Untrusted[] =>
  contentOf(role).allow.request.suggestedReviewers.map(untrusted);
