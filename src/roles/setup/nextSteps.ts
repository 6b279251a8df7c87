import { untrusted, type Untrusted } from '../../access/untrusted/untrusted.ts';
import { sideEffects, type SideEffect } from './sideEffects.ts';
import {
  approverRole,
  approverRoles,
  canRequireReason,
  secondAskingRole,
  type Answers,
  type KnownRoles,
} from './answers.ts';
import { approvesByRule, canReview } from './approvalRoles.ts';
import { changeValue } from '../manifest/changeManifest.ts';
import { contentOf } from '../role/roleContent.ts';
import { valueAt } from '../role/value.ts';
import { unreadRoles, askingRoleChanges } from './planSetup.ts';
import { standingRights, standingKey } from './standingRights.ts';

/** A task or a fact for the user, beside what the manifests do. `nextStepWords` has the text of each kind. */
export type NextStep =
  | { readonly kind: 'byHand'; readonly role: Untrusted }
  | { readonly kind: 'giveAsking'; readonly role: Untrusted; readonly elevated: Untrusted }
  | { readonly kind: 'giveApprover'; readonly role: Untrusted; readonly people: 1 | 2 }
  | {
      readonly kind: 'cannotReview';
      readonly people: readonly Untrusted[];
      readonly elevated: Untrusted;
      readonly approver: Untrusted;
    }
  | { readonly kind: 'giveSecond'; readonly role: Untrusted; readonly asking: readonly Untrusted[] }
  | { readonly kind: 'notBoth'; readonly roles: readonly [Untrusted, Untrusted] }
  | { readonly kind: 'secondStays'; readonly role: Untrusted }
  | { readonly kind: 'reasonByUs'; readonly version: string | undefined }
  | ({ readonly kind: 'alsoFor' } & SideEffect)
  | { readonly kind: 'renewable'; readonly role: Untrusted; readonly longest: Untrusted }
  | { readonly kind: 'emptied'; readonly role: Untrusted; readonly field: string }
  | { readonly kind: 'kept'; readonly role: Untrusted; readonly value: Untrusted }
  | { readonly kind: 'untilLoginEnds' }
  | { readonly kind: 'approvesItself'; readonly role: Untrusted };

/**
 * Lists the tasks and facts for the user after the manifests of these answers are applied.
 * @param users the roles of each user that could be read
 */
export function nextSteps(
  answers: Answers,
  known: KnownRoles,
  users: ReadonlyMap<Untrusted, readonly Untrusted[]> = new Map(),
): readonly NextStep[] {
  const { roles, complete, version } = known;
  const { elevated } = answers;
  const isNew = (role: Untrusted): boolean => complete && !roles.has(role);
  const people = answers.edition === 'enterprise' && answers.approvals === 'two' ? 2 : 1;
  const [first, second] = approverRoles(answers);
  const secondAsking = secondAskingRole(answers);
  const standing = standingRights(answers, known);
  const kept = standing.filter((right) => answers.keep.includes(standingKey(right)));
  const steps: NextStep[] = unreadRoles(answers, known).map((role) => ({ kind: 'byHand', role }));
  for (const role of answers.asking.filter(isNew)) steps.push({ kind: 'giveAsking', role, elevated });
  for (const role of approverRoles(answers))
    if (!complete || isNew(role)) steps.push({ kind: 'giveApprover', role, people });
  steps.push(...cannotReview(answers, known, users));
  if (first && second)
    steps.push(
      { kind: 'giveSecond', role: secondAsking, asking: answers.asking },
      { kind: 'notBoth', roles: [first, second] },
    );
  else if (roles.has(secondAsking)) steps.push({ kind: 'secondStays', role: secondAsking });
  if (answers.reason && !canRequireReason(version)) steps.push({ kind: 'reasonByUs', version });
  for (const effect of sideEffects(answers, known)) steps.push({ kind: 'alsoFor', ...effect });
  for (const role of answers.asking) steps.push(...askingRoleSteps(role, answers, known));
  for (const { role, value } of kept) steps.push({ kind: 'kept', role, value: untrusted(value) });
  if (standing.length > kept.length) steps.push({ kind: 'untilLoginEnds' });
  return steps;
}

/**
 * Finds suggested reviewers whose roles do not review the elevated role. Users
 * that could not be read are left out.
 */
function cannotReview(
  answers: Answers,
  known: KnownRoles,
  users: ReadonlyMap<Untrusted, readonly Untrusted[]>,
): NextStep[] {
  if (answers.edition !== 'enterprise') return [];
  const { elevated } = answers;
  const mayReview = (role: Untrusted): boolean => {
    const existing = known.roles.get(role);
    // A role that could not be read may allow reviews.
    return (
      approverRoles(answers).includes(role) || (existing ? canReview(existing, elevated) : !known.complete)
    );
  };
  const people = answers.suggested.filter((name) => users.has(name) && !users.get(name)?.some(mayReview));
  const approver = approverRole(answers);
  return people.length > 0 ? [{ kind: 'cannotReview', people, elevated, approver }] : [];
}

/** The facts about one asking role. */
function askingRoleSteps(role: Untrusted, answers: Answers, known: KnownRoles): NextStep[] {
  const existing = known.roles.get(role);
  if (!existing) return [];
  const changes = askingRoleChanges(role, existing, answers, known);
  const after = changeValue(existing, changes);
  const emptied = new Set(
    changes
      .filter((change) => 'remove' in change && valueAt(after, change.path) === undefined)
      .map(({ path }) => String(path.at(-1))),
  );
  emptied.delete('suggested_reviewers');
  const { maxDuration } = contentOf(existing).allow.request;
  const steps: NextStep[] = [];
  if (!['', '0s'].includes(maxDuration))
    steps.push({ kind: 'renewable', role, longest: untrusted(maxDuration) });
  for (const field of emptied) steps.push({ kind: 'emptied', role, field });
  if (approvesByRule(existing)) steps.push({ kind: 'approvesItself', role });
  return steps;
}
