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
  addName,
  requestRolesPath,
  planApproverRole,
  planReviewerRole,
  planSecondAskingRole,
  thresholdChanges,
  type RoleWrite,
} from './approvalRoles.ts';
import { type FieldChange, changeValue } from '../manifest/changeManifest.ts';
import { newRole, planElevatedRole } from './elevatedRole.ts';
import { textsAt, valueAt, type Path, type PlainObject } from '../role/value.ts';
import { standingRights, standingKey } from './standingRights.ts';

/** The purpose of a role in the set-up. */
export type RolePurpose = 'elevated' | 'asks' | 'asksSecond' | 'reviews' | 'reviewsSecond' | 'approves';

/** The plan for one role. */
export interface PlannedRole {
  readonly role: Untrusted;
  readonly purpose: RolePurpose;
  readonly write: RoleWrite;
}

const reasonModePath: Path = ['spec', 'allow', 'request', 'reason', 'mode'];
const suggestedReviewersPath: Path = ['spec', 'allow', 'request', 'suggested_reviewers'];

/** Whether the requests of a role need a reason. */
export const requiresReason = (role: PlainObject | undefined): boolean =>
  valueAt(role, reasonModePath) === 'required';

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
  const enterprise = answers.edition === 'enterprise';
  const isReasonRequired = requiresReason(value);
  const reasonChanges = (): FieldChange[] => {
    // A server that does not know the field drops it silently.
    if (!canRequireReason(known.version) || isReasonRequired === answers.reason) return [];
    return [
      answers.reason ? { path: reasonModePath, set: 'required' } : { path: reasonModePath, unset: true },
    ];
  };
  const removedRights = standingRights(answers, known).filter(
    (right) => right.role === role && !answers.keep.includes(standingKey(right)),
  );
  return [
    ...addName(value, requestRolesPath, rawText(answers.elevated)),
    ...reasonChanges(),
    ...(enterprise ? thresholdChanges(answers, value) : []),
    ...(enterprise ? changeList(value, suggestedReviewersPath, answers.suggested) : []),
    ...removedRights.map(({ path, value: remove }) => ({ path, remove })),
  ];
}

/** Plans an asking role; undefined for a role that may exist but could not be read. */
function planAskingRole(role: Untrusted, answers: Answers, known: KnownRoles): PlannedRole | undefined {
  const existing = known.roles.get(role);
  if (existing)
    return { role, purpose: 'asks', write: { changes: askingRoleChanges(role, existing, answers, known) } };
  if (!known.complete) return undefined;
  const emptyRole = newRole(rawText(role), { allow: {} });
  return {
    role,
    purpose: 'asks',
    write: { manifest: changeValue(emptyRole, askingRoleChanges(role, emptyRole, answers, known)) },
  };
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
 * Plans each role: a manifest for a new role, only the needed changes for an existing role.
 * Roles without a change are left out.
 * @param answers answers without a conflict (`answerConflict`)
 */
export function planSetup(answers: Answers, known: KnownRoles): readonly PlannedRole[] {
  const plans = [
    { role: answers.elevated, purpose: 'elevated', write: planElevatedRole(answers, known) } as const,
    ...answers.asking.flatMap((role) => planAskingRole(role, answers, known) ?? []),
    ...planApprovers(answers, known),
  ];
  return plans.filter(({ write }) => 'manifest' in write || write.changes.length > 0);
}

/** The asking roles that could not be read, so that the user has to change them by hand. */
export const unreadRoles = ({ asking }: Answers, known: KnownRoles): readonly Untrusted[] =>
  known.complete ? [] : asking.filter((role) => !known.roles.has(role));

/** The users in `suggested_reviewers` of a role. */
export const suggestedReviewersOf = (role: PlainObject | undefined): readonly Untrusted[] =>
  textsAt(role, suggestedReviewersPath).map(untrusted);
