// A threshold with a filter applies to every request that a role allows, not only to requests for the
// elevated role.
import { rawText, untrusted, type Untrusted } from '../../access/untrusted/untrusted.ts';
import {
  approverRole,
  needsTwoTeams,
  secondApproverRole,
  secondAskingRole,
  type Answers,
  type KnownRoles,
} from './answers.ts';
import { planReviewerRole } from './approvalRoles.ts';
import { contentOf, type RoleClause } from '../role/roleContent.ts';
import { resourceType } from '../role/roleOrigin.ts';
import { isName, matches, mayMatch } from '../role/namePatterns.ts';
import type { PlainObject } from '../role/value.ts';
import { roleAfter } from './roleWrite.ts';

/**
 * Requestable roles that nobody could approve, because only the reviewer role's holders
 * count and it does not review them.
 */
export interface UnapprovableRole {
  readonly asking: Untrusted;
  readonly reviewer: Untrusted;
  readonly roles: readonly Untrusted[];
}

const patternsIn = ({ patterns }: RoleClause): readonly string[] => patterns.map(({ pattern }) => pattern);

/** The requestable roles of a role: names, and patterns that may cover unknown roles. */
function requestableTargets(
  asking: PlainObject | undefined,
  { roles, complete }: KnownRoles,
): readonly string[] {
  const { allow, deny } = contentOf(asking);
  const targets = patternsIn(allow.request).flatMap((pattern) => {
    if (isName(pattern)) return [pattern];
    const names = [...roles]
      .filter(([name, role]) => matches(pattern, rawText(name)) && resourceType(role) !== 'system')
      .map(([name]) => rawText(name));
    return complete && names.length > 0 ? names : [...names, pattern];
  });
  const denied = patternsIn(deny.request);
  return [...new Set(targets)].filter((name) => !denied.some((pattern) => matches(pattern, name)));
}

/**
 * Returns whether a reviewer role reviews requests for a target. Reviews under a
 * condition or a claim do not count.
 */
function reviewsTarget(reviewer: PlainObject): (target: string) => boolean {
  const { allow, deny } = contentOf(reviewer);
  const denied = patternsIn(deny.review);
  return (target) =>
    allow.review.where === '' &&
    allow.review.roles.some((pattern) => pattern === target || matches(pattern, target)) &&
    !denied.some((pattern) => mayMatch(pattern, target));
}

/**
 * Finds an asking role with requests that nobody could approve once approvals of two teams are required.
 * @param team `first`: the reviewers of the asking roles; `second`: the reviewers of the second team's role
 */
export function unapprovableRoles(
  answers: Answers,
  known: KnownRoles,
  team: 'first' | 'second',
): UnapprovableRole | undefined {
  if (!needsTwoTeams(answers)) return undefined;
  const reviewer = team === 'first' ? approverRole(answers) : secondApproverRole(answers);
  const write = planReviewerRole(reviewer, answers, known);
  const isReviewed = reviewsTarget(roleAfter(known.roles.get(reviewer), write));
  for (const asking of team === 'first' ? answers.asking : [secondAskingRole(answers)]) {
    // Unread roles are not changed, and a new role requests the elevated role only.
    const existing = known.roles.get(asking);
    const roles = [...new Set([rawText(answers.elevated), ...requestableTargets(existing, known)])].filter(
      (name) => !isReviewed(name),
    );
    if (roles.length > 0) return { asking, reviewer, roles: roles.map(untrusted) };
  }
  return undefined;
}
