import { bare, foreign, type Foreign } from '../access/text.ts';
import {
  approverOf,
  canRequireReason,
  secondApproverOf,
  secondAsking,
  type Answers,
  type KnownRoles,
} from './answers.ts';
import { approvesByRule, requestRoles } from './approving.ts';
import { changeValue } from './edit.ts';
import { textsAt, valueAt, type Path } from './plain.ts';
import { setUp, unread } from './setUp.ts';
import { standingIn, standingKey } from './standing.ts';

/** What manifests do not do, or do besides: for a person to know, or to do by hand. */
export type Remaining =
  | { readonly kind: 'byHand'; readonly role: Foreign }
  | { readonly kind: 'giveApprover'; readonly role: Foreign }
  | { readonly kind: 'giveSecond'; readonly role: Foreign; readonly asking: readonly Foreign[] }
  | { readonly kind: 'notBoth'; readonly roles: readonly [Foreign, Foreign] }
  | { readonly kind: 'secondStays'; readonly role: Foreign }
  | { readonly kind: 'reasonByUs'; readonly version: string | undefined }
  | { readonly kind: 'alsoFor'; readonly role: Foreign; readonly others: readonly Foreign[] }
  | { readonly kind: 'renewable'; readonly role: Foreign; readonly longest: Foreign }
  | { readonly kind: 'emptied'; readonly role: Foreign; readonly field: string }
  | { readonly kind: 'kept'; readonly role: Foreign; readonly value: Foreign }
  | { readonly kind: 'untilLoginEnds' }
  | { readonly kind: 'approvesItself'; readonly role: Foreign };

const maxDuration: Path = ['spec', 'allow', 'request', 'max_duration'];

/** What is left to do or to know after the manifests of these answers are applied. */
export function remaining(answers: Answers, known: KnownRoles): readonly Remaining[] {
  const { roles, all, version } = known;
  const isNew = (role: Foreign): boolean => all && !roles.has(role);
  const approver = approverOf(answers);
  const twoTeams = answers.edition === 'enterprise' && answers.approvals === 'twoTeams';
  const second = secondApproverOf(answers);
  const approvers = twoTeams ? [approver, second] : [approver];
  const standing = standingIn(answers, known);
  const kept = standing.filter((one) => answers.keep.includes(standingKey(one)));
  return [
    ...unread(answers, known).map((role) => ({ kind: 'byHand', role }) as const),
    ...approvers
      .filter((role) => !all || isNew(role))
      .map((role) => ({ kind: 'giveApprover', role }) as const),
    ...(twoTeams
      ? [
          { kind: 'giveSecond', role: secondAsking(answers), asking: answers.asking } as const,
          { kind: 'notBoth', roles: [approver, second] } as const,
        ]
      : roles.has(secondAsking(answers))
        ? [{ kind: 'secondStays', role: secondAsking(answers) } as const]
        : []),
    ...(answers.reason && !canRequireReason(version) ? [{ kind: 'reasonByUs', version } as const] : []),
    ...answers.asking.flatMap((role) => ofAsking(role, answers, known)),
    ...kept.map(({ role, value }) => ({ kind: 'kept', role, value: foreign(value) }) as const),
    ...(standing.length > kept.length ? [{ kind: 'untilLoginEnds' } as const] : []),
  ];
}

/** What is to be known of one role that may ask. */
function ofAsking(role: Foreign, answers: Answers, known: KnownRoles): Remaining[] {
  const there = known.roles.get(role);
  if (!there) return [];
  const write = setUp(answers, known).find((plan) => plan.role === role)?.write;
  const changes = write && 'changes' in write ? write.changes : [];
  const after = changeValue(there, changes);
  const others = textsAt(there, requestRoles).filter((name) => name !== bare(answers.elevated));
  const sets = changes.some(({ path }) => path.includes('thresholds') || path.includes('reason'));
  const emptied = changes.filter((change) => 'remove' in change && valueAt(after, change.path) === undefined);
  const [longest] = textsAt(there, maxDuration);
  return [
    ...(sets && others.length > 0 ? [{ kind: 'alsoFor', role, others: others.map(foreign) } as const] : []),
    ...(longest === undefined || ['', '0s'].includes(longest)
      ? []
      : [{ kind: 'renewable', role, longest: foreign(longest) } as const]),
    ...[...new Set(emptied.map(({ path }) => String(path.at(-1))))]
      .filter((field) => field !== 'suggested_reviewers')
      .map((field) => ({ kind: 'emptied', role, field }) as const),
    ...(approvesByRule(there) ? [{ kind: 'approvesItself', role } as const] : []),
  ];
}
