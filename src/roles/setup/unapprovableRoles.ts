// A threshold with a filter applies to every request that a role allows, not only to requests for the
// elevated role.
import { rawText, untrusted, type Untrusted } from '../../access/untrusted/untrusted.ts';
import {
  approverRole,
  secondApproverRole,
  secondAskingRole,
  type Answers,
  type KnownRoles,
} from './answers.ts';
import { planReviewerRole } from './approvalRoles.ts';
import { changeValue } from '../manifest/changeManifest.ts';
import { resourceType } from '../role/roleOrigin.ts';
import { isName, matcher } from '../role/namePatterns.ts';
import {
  isPlainObject,
  textsAt,
  valueAt,
  type Path,
  type PlainValue,
  type PlainObject,
} from '../role/value.ts';

/**
 * Requestable roles that nobody could approve, because only the reviewer role's holders
 * count and it does not review them.
 */
export interface UnapprovableRole {
  readonly asking: Untrusted;
  readonly reviewer: Untrusted;
  readonly roles: readonly Untrusted[];
}

/**
 * The names and patterns of roles in a clause of a role, with those in
 * `search_as_roles` and `claims_to_roles`.
 */
function patternsIn(role: PlainObject | undefined, path: Path): readonly string[] {
  const clause = valueAt(role, ['spec', ...path]);
  const claims = valueAt(clause, ['claims_to_roles']);
  return [
    ...textsAt(clause, ['roles']),
    ...textsAt(clause, ['search_as_roles']),
    ...(Array.isArray(claims) ? (claims as readonly PlainValue[]) : [])
      .filter(isPlainObject)
      .flatMap((claim) => textsAt(claim, ['roles'])),
  ];
}

/** The requestable roles of a role: names, and patterns that may cover unknown roles. */
function requestableTargets(
  asking: PlainObject | undefined,
  { roles, complete }: KnownRoles,
): readonly string[] {
  const targets = patternsIn(asking, ['allow', 'request']).flatMap((pattern) => {
    if (isName(pattern)) return [pattern];
    const isMatch = matcher(pattern, false);
    const known = [...roles].filter(
      ([name, role]) => isMatch(rawText(name)) && resourceType(role) !== 'system',
    );
    const names = known.map(([name]) => rawText(name));
    return complete && names.length > 0 ? names : [...names, pattern];
  });
  const denied = patternsIn(asking, ['deny', 'request']);
  return [...new Set(targets)].filter((name) => !denied.some((pattern) => matcher(pattern, false)(name)));
}

/**
 * Returns whether a reviewer role reviews requests for a target. Reviews under a
 * condition or a claim do not count.
 */
function reviewsTarget(reviewer: PlainObject): (target: string) => boolean {
  const allowed = textsAt(reviewer, ['spec', 'allow', 'review_requests', 'roles']);
  const where = textsAt(reviewer, ['spec', 'allow', 'review_requests', 'where']).join('');
  const denied = patternsIn(reviewer, ['deny', 'review_requests']);
  return (target) =>
    where === '' &&
    allowed.some((pattern) => pattern === target || matcher(pattern, false)(target)) &&
    !denied.some((pattern) => matcher(pattern)(target));
}

/** The reviewer role after the planned changes. */
function reviewerAfter(name: Untrusted, answers: Answers, known: KnownRoles): PlainObject {
  const write = planReviewerRole(name, answers, known);
  return 'manifest' in write ? write.manifest : changeValue(known.roles.get(name) ?? {}, write.changes);
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
  if (answers.edition !== 'enterprise' || answers.approvals !== 'twoTeams') return undefined;
  const reviewer = team === 'first' ? approverRole(answers) : secondApproverRole(answers);
  const isReviewed = reviewsTarget(reviewerAfter(reviewer, answers, known));
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
