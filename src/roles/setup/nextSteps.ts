import { untrusted, type Untrusted } from '../../access/untrusted/untrusted.ts';
import { sideEffects, type SideEffect } from './sideEffects.ts';
import {
  approverRole,
  canRequireReason,
  secondApproverRole,
  secondAskingRole,
  type Answers,
  type KnownRoles,
} from './answers.ts';
import { approvesByRule, canReview } from './approvalRoles.ts';
import { changeValue } from '../manifest/changeManifest.ts';
import { textsAt, valueAt, type Path } from '../role/value.ts';
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

const maxDurationPath: Path = ['spec', 'allow', 'request', 'max_duration'];

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
  const isNew = (role: Untrusted): boolean => complete && !roles.has(role);
  const approver = approverRole(answers);
  const twoTeams = answers.edition === 'enterprise' && answers.approvals === 'twoTeams';
  const people = answers.edition === 'enterprise' && answers.approvals === 'two' ? 2 : 1;
  const second = secondApproverRole(answers);
  const approvers = twoTeams ? [approver, second] : [approver];
  const standing = standingRights(answers, known);
  const kept = standing.filter((right) => answers.keep.includes(standingKey(right)));
  return [
    ...unreadRoles(answers, known).map((role) => ({ kind: 'byHand', role }) as const),
    ...answers.asking
      .filter(isNew)
      .map((role) => ({ kind: 'giveAsking', role, elevated: answers.elevated }) as const),
    ...approvers
      .filter((role) => !complete || isNew(role))
      .map((role) => ({ kind: 'giveApprover', role, people }) as const),
    ...cannotReview(answers, known, users),
    ...(twoTeams
      ? [
          { kind: 'giveSecond', role: secondAskingRole(answers), asking: answers.asking } as const,
          { kind: 'notBoth', roles: [approver, second] } as const,
        ]
      : roles.has(secondAskingRole(answers))
        ? [{ kind: 'secondStays', role: secondAskingRole(answers) } as const]
        : []),
    ...(answers.reason && !canRequireReason(version) ? [{ kind: 'reasonByUs', version } as const] : []),
    ...sideEffects(answers, known).map((effect) => ({ kind: 'alsoFor', ...effect }) as const),
    ...answers.asking.flatMap((role) => askingRoleSteps(role, answers, known)),
    ...kept.map(({ role, value }) => ({ kind: 'kept', role, value: untrusted(value) }) as const),
    ...(standing.length > kept.length ? [{ kind: 'untilLoginEnds' } as const] : []),
  ];
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
  const approver = approverRole(answers);
  const approvers = answers.approvals === 'twoTeams' ? [approver, secondApproverRole(answers)] : [approver];
  const mayReview = (role: Untrusted): boolean => {
    const existing = known.roles.get(role);
    // A role that could not be read may allow reviews.
    return approvers.includes(role) || (existing ? canReview(existing, elevated) : !known.complete);
  };
  const people = answers.suggested.filter((name) => users.has(name) && !users.get(name)?.some(mayReview));
  return people.length > 0 ? [{ kind: 'cannotReview', people, elevated, approver }] : [];
}

/** The facts about one asking role. */
function askingRoleSteps(role: Untrusted, answers: Answers, known: KnownRoles): NextStep[] {
  const existing = known.roles.get(role);
  if (!existing) return [];
  const changes = askingRoleChanges(role, existing, answers, known);
  const after = changeValue(existing, changes);
  const emptied = changes.filter((change) => 'remove' in change && valueAt(after, change.path) === undefined);
  const [longest] = textsAt(existing, maxDurationPath);
  return [
    ...(longest === undefined || ['', '0s'].includes(longest)
      ? []
      : [{ kind: 'renewable', role, longest: untrusted(longest) } as const]),
    ...[...new Set(emptied.map(({ path }) => String(path.at(-1))))]
      .filter((field) => field !== 'suggested_reviewers')
      .map((field) => ({ kind: 'emptied', role, field }) as const),
    ...(approvesByRule(existing) ? [{ kind: 'approvesItself', role } as const] : []),
  ];
}
