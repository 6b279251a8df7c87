// Reads and plans the fields that decide about approval. Enterprise compares reviews with thresholds; on
// Community, users approve with tctl, which rules on access_request allow.
import { rawText, untrusted, type Untrusted } from '../../access/untrusted/untrusted.ts';
import {
  approverRole,
  secondApproverRole,
  secondAskingRole,
  type Answers,
  type Approvals,
  type KnownRoles,
} from './answers.ts';
import type { FieldChange } from '../manifest/changeManifest.ts';
import { matches } from '../role/namePatterns.ts';
import { allowsAny, contentOf, rolePaths } from '../role/roleContent.ts';
import type { PlainObject } from '../role/value.ts';
import { addName, planChanges, type RoleWrite } from './roleWrite.ts';

/** The answer that matches the thresholds of all roles; `asIs` when the roles differ. */
export function commonApprovals(roles: readonly (PlainObject | undefined)[]): Approvals {
  const [first = 'one', ...others] = new Set(roles.map(approvalsAnswer));
  return others.length > 0 ? 'asIs' : first;
}

/** The approvals that a request needs by the thresholds of one role. */
export interface RequiredApprovals {
  /** The number by the threshold that needs the fewest approvals; 1 without thresholds. */
  readonly approve: number;
  /** The reviewer role whose holders' approvals alone count. */
  readonly team?: Untrusted;
  /** Whether every threshold has a filter on the approvals that count. */
  readonly conditional: boolean;
}

/** Reads the required approvals from the thresholds of a role. */
export function requiredApprovals(role: PlainObject | undefined): RequiredApprovals {
  const { approvals, thresholds } = contentOf(role).allow.request;
  const team = teamOf(role);
  return {
    approve: approvals,
    ...(team === undefined ? {} : { team }),
    conditional: thresholds.length > 0 && thresholds.every(({ filter }) => filter !== ''),
  };
}

/**
 * The reviewer role whose holders alone count for a role's requests; undefined
 * when the role is not set up that way.
 */
export function teamOf(role: PlainObject | undefined): Untrusted | undefined {
  const [only, ...others] = contentOf(role).allow.request.thresholds;
  const name = others.length === 0 && teamFilter.exec(only?.filter ?? '')?.[1];
  return name ? untrusted(name) : undefined;
}

const teamFilter = /^contains\(reviewer\.roles, "([^"\\]+)"\)$/;

/** The answer that matches the thresholds of a role. A role without thresholds needs one approval. */
function approvalsAnswer(role: PlainObject | undefined): Approvals {
  const { approvals, thresholds } = contentOf(role).allow.request;
  if (thresholds.some(({ filter }) => filter !== '')) return teamOf(role) === undefined ? 'asIs' : 'twoTeams';
  return approvals <= 1 ? 'one' : approvals === 2 ? 'two' : 'asIs';
}

/**
 * The change that makes the thresholds of a role match the answers; empty when they already do. The
 * thresholds of one role are alternatives, and a request must meet one threshold of every role of the user
 * that allows it. So approvals by two teams need two roles with one filter each.
 */
export function thresholdChanges(answers: Answers, role: PlainObject): readonly FieldChange[] {
  const { approvals: name } = answers;
  if (name === 'twoTeams') return teamThreshold(role, 'first team', approverRole(answers));
  if (name === 'asIs' || approvalsAnswer(role) === name) return [];
  return [{ path: rolePaths.thresholds, set: [{ name, approve: name === 'one' ? 1 : 2, deny: 1 }] }];
}

/** The change to one threshold, which counts only the reviews of users with the reviewer role. */
function teamThreshold(role: PlainObject, name: string, reviewer: Untrusted): readonly FieldChange[] {
  const filter = `contains(reviewer.roles, ${JSON.stringify(rawText(reviewer))})`;
  const { thresholds } = contentOf(role).allow.request;
  if (thresholds.length === 1 && thresholds[0]?.filter === filter) return [];
  return [{ path: rolePaths.thresholds, set: [{ name, filter, approve: 1, deny: 1 }] }];
}

/** Plans the role with the second team's threshold, which users need beside an asking role. */
export const planSecondAskingRole = (answers: Answers, known: KnownRoles): RoleWrite =>
  planChanges(secondAskingRole(answers), known, (role) => [
    ...addName(role, rolePaths.requestRoles, answers.elevated),
    ...teamThreshold(role, 'second team', secondApproverRole(answers)),
  ]);

/** Plans the role that reviews requests for the elevated role. */
export const planReviewerRole = (reviewer: Untrusted, { elevated }: Answers, known: KnownRoles): RoleWrite =>
  planChanges(reviewer, known, (role) => addName(role, rolePaths.reviewRoles, elevated));

/** Whether the holders of a role may review requests for the elevated role. */
export const canReview = (role: PlainObject, elevated: Untrusted): boolean =>
  contentOf(role).allow.review.roles.some((name) => matches(name, rawText(elevated)));

const approverVerbs = ['list', 'read', 'update'];

/** Whether a rule without a condition allows a verb on access requests. */
const allowsOnRequests = (role: PlainObject, verb: string): boolean =>
  contentOf(role).allow.rules.some(
    (rule) => rule.where === '' && allowsAny(rule, ['access_request'], [verb]),
  );

/** Whether the holders of a role can approve with tctl, which includes their own requests. */
export const approvesByRule = (role: PlainObject): boolean => allowsOnRequests(role, 'update');

/** Plans the role that approves with tctl on Community, because the preset `editor` may not (recorded). */
export const planApproverRole = (answers: Answers, known: KnownRoles): RoleWrite =>
  planChanges(approverRole(answers), known, (role) => {
    const missing = approverVerbs.filter((verb) => !allowsOnRequests(role, verb));
    const ownRule = contentOf(role).allow.rules.find(
      ({ where, resources }) => where === '' && resources.join() === 'access_request',
    );
    if (ownRule) return missing.map((add) => ({ path: [...ownRule.path, 'verbs'], add }));
    if (missing.length === 0) return [];
    return [{ path: rolePaths.rules, add: { resources: ['access_request'], verbs: missing } }];
  });
