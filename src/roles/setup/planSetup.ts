import { rawText, untrusted, type Untrusted } from '../../access/text/untrusted.ts';
import {
  approverOf,
  canRequireReason,
  secondApproverOf,
  secondAsking,
  type Answers,
  type KnownRoles,
} from './answers.ts';
import {
  adds,
  requestRoles,
  writeApprover,
  writeReviewer,
  writeSecondAsking,
  writeThresholds,
  type Written,
} from './approvalRoles.ts';
import type { FieldChange } from '../manifest/changeManifest.ts';
import { newRole, writeElevated } from './elevatedRole.ts';
import { changeValue } from '../manifest/changeManifest.ts';
import { textsAt, valueAt, type Path, type PlainObject } from '../role/value.ts';
import { standingRights, standingKey } from './standingRights.ts';

/** What a role is there for. */
export type RolePurpose = 'elevated' | 'asks' | 'asksSecond' | 'reviews' | 'reviewsSecond' | 'approves';

/** What becomes of one role. */
export interface PlannedRole {
  readonly role: Untrusted;
  readonly purpose: RolePurpose;
  readonly write: Written;
}

const reasonMode: Path = ['spec', 'allow', 'request', 'reason', 'mode'];
const suggestedReviewers: Path = ['spec', 'allow', 'request', 'suggested_reviewers'];

/** Whether a role makes askers give a reason. */
export const requiresReason = (role: PlainObject | undefined): boolean =>
  valueAt(role, reasonMode) === 'required';

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
export function writtenFor(
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
    return [answers.reason ? { path: reasonMode, set: 'required' } : { path: reasonMode, unset: true }];
  };
  const taken = standingRights(answers, known).filter(
    (one) => one.role === role && !answers.keep.includes(standingKey(one)),
  );
  return [
    ...adds(value, requestRoles, rawText(answers.elevated)),
    ...reason(),
    ...(enterprise ? writeThresholds(answers, value) : []),
    ...(enterprise ? changeList(value, suggestedReviewers, answers.suggested) : []),
    ...taken.map(({ path, value: remove }) => ({ path, remove })),
  ];
}

/** What becomes of a role that may ask; undefined where it may be there and could not be read. */
function asking(role: Untrusted, answers: Answers, known: KnownRoles): PlannedRole | undefined {
  const there = known.roles.get(role);
  if (there) return { role, purpose: 'asks', write: { changes: writtenFor(role, there, answers, known) } };
  if (!known.all) return undefined;
  const bareRole = newRole(rawText(role), { allow: {} });
  return {
    role,
    purpose: 'asks',
    write: { manifest: changeValue(bareRole, writtenFor(role, bareRole, answers, known)) },
  };
}

/** The roles that approve. */
function approving(answers: Answers, known: KnownRoles): PlannedRole[] {
  const role = approverOf(answers);
  if (answers.edition !== 'enterprise')
    return [{ role, purpose: 'approves', write: writeApprover(answers, known) }];
  const reviews: PlannedRole = { role, purpose: 'reviews', write: writeReviewer(role, answers, known) };
  if (answers.approvals !== 'twoTeams') return [reviews];
  const second = secondApproverOf(answers);
  return [
    { role: secondAsking(answers), purpose: 'asksSecond', write: writeSecondAsking(answers, known) },
    reviews,
    { role: second, purpose: 'reviewsSecond', write: writeReviewer(second, answers, known) },
  ];
}

/**
 * What becomes of each role: a new one whole, of one that is there only what was asked for. A role of which nothing
 * changes is left out.
 * @param answers without a clash (`clashOf`)
 */
export function planSetup(answers: Answers, known: KnownRoles): readonly PlannedRole[] {
  const plans = [
    { role: answers.elevated, purpose: 'elevated', write: writeElevated(answers, known) } as const,
    ...answers.asking.flatMap((role) => asking(role, answers, known) ?? []),
    ...approving(answers, known),
  ];
  return plans.filter(({ write }) => 'manifest' in write || write.changes.length > 0);
}

/** The roles that may ask and could not be read: they are changed by hand. */
export const unread = ({ asking: roles }: Answers, known: KnownRoles): readonly Untrusted[] =>
  known.all ? [] : roles.filter((role) => !known.roles.has(role));

/** People whom a role that may ask suggests as reviewers. */
export const suggestedBy = (role: PlainObject | undefined): readonly Untrusted[] =>
  textsAt(role, suggestedReviewers).map(untrusted);
