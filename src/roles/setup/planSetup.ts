import { rawText, untrusted, type Untrusted } from '../../access/text/untrusted.ts';
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
import type { FieldChange } from '../manifest/changeManifest.ts';
import { newRole, planElevatedRole } from './elevatedRole.ts';
import { changeValue } from '../manifest/changeManifest.ts';
import { textsAt, valueAt, type Path, type PlainObject } from '../role/value.ts';
import { standingRights, standingKey } from './standingRights.ts';

/** What a role is there for. */
export type RolePurpose = 'elevated' | 'asks' | 'asksSecond' | 'reviews' | 'reviewsSecond' | 'approves';

/** What becomes of one role. */
export interface PlannedRole {
  readonly role: Untrusted;
  readonly purpose: RolePurpose;
  readonly write: RoleWrite;
}

const reasonModePath: Path = ['spec', 'allow', 'request', 'reason', 'mode'];
const suggestedReviewersPath: Path = ['spec', 'allow', 'request', 'suggested_reviewers'];

/** Whether a role makes askers give a reason. */
export const requiresReason = (role: PlainObject | undefined): boolean =>
  valueAt(role, reasonModePath) === 'required';

/** What changes of one list of names, one by one, so that what stands beside them stays. */
function changeList(role: PlainObject, path: Path, wanted: readonly Untrusted[]): FieldChange[] {
  const names = textsAt(role, path);
  const want = wanted.map(rawText);
  return [
    ...want.filter((name) => !names.includes(name)).map((add) => ({ path, add })),
    ...names.filter((name) => !want.includes(name)).map((remove) => ({ path, remove })),
  ];
}

/** What changes of a role that may ask. */
export function askingRoleChanges(
  role: Untrusted,
  value: PlainObject,
  answers: Answers,
  known: KnownRoles,
): FieldChange[] {
  const enterprise = answers.edition === 'enterprise';
  const requires = requiresReason(value);
  const reason = (): FieldChange[] => {
    // A server that does not know the field drops it without a word.
    if (!canRequireReason(known.version) || requires === answers.reason) return [];
    return [
      answers.reason ? { path: reasonModePath, set: 'required' } : { path: reasonModePath, unset: true },
    ];
  };
  const taken = standingRights(answers, known).filter(
    (one) => one.role === role && !answers.keep.includes(standingKey(one)),
  );
  return [
    ...addName(value, requestRolesPath, rawText(answers.elevated)),
    ...reason(),
    ...(enterprise ? thresholdChanges(answers, value) : []),
    ...(enterprise ? changeList(value, suggestedReviewersPath, answers.suggested) : []),
    ...taken.map(({ path, value: remove }) => ({ path, remove })),
  ];
}

/** What becomes of a role that may ask; undefined where it may be there and could not be read. */
function planAskingRole(role: Untrusted, answers: Answers, known: KnownRoles): PlannedRole | undefined {
  const there = known.roles.get(role);
  if (there)
    return { role, purpose: 'asks', write: { changes: askingRoleChanges(role, there, answers, known) } };
  if (!known.complete) return undefined;
  const bareRole = newRole(rawText(role), { allow: {} });
  return {
    role,
    purpose: 'asks',
    write: { manifest: changeValue(bareRole, askingRoleChanges(role, bareRole, answers, known)) },
  };
}

/** The roles that approve. */
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
 * What becomes of each role: a new one whole, of one that is there only what was asked for. A role of which nothing
 * changes is left out.
 * @param answers without a clash (`clashOf`)
 */
export function planSetup(answers: Answers, known: KnownRoles): readonly PlannedRole[] {
  const plans = [
    { role: answers.elevated, purpose: 'elevated', write: planElevatedRole(answers, known) } as const,
    ...answers.asking.flatMap((role) => planAskingRole(role, answers, known) ?? []),
    ...planApprovers(answers, known),
  ];
  return plans.filter(({ write }) => 'manifest' in write || write.changes.length > 0);
}

/** The roles that may ask and could not be read: they are changed by hand. */
export const unreadRoles = ({ asking: roles }: Answers, known: KnownRoles): readonly Untrusted[] =>
  known.complete ? [] : roles.filter((role) => !known.roles.has(role));

/** People whom a role that may ask suggests as reviewers. */
export const suggestedReviewersOf = (role: PlainObject | undefined): readonly Untrusted[] =>
  textsAt(role, suggestedReviewersPath).map(untrusted);
