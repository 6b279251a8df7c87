// Thresholds with a filter hold for every request that a role allows, not only for the elevated role's.
import { rawText, untrusted, type Untrusted } from '../../access/text/untrusted.ts';
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

/** Roles that a role may ask for and that nobody could approve any more: only this reviewer's people would count. */
export interface UnapprovableRole {
  readonly asking: Untrusted;
  readonly reviewer: Untrusted;
  readonly roles: readonly Untrusted[];
}

/** The names and patterns of roles in a clause, those that depend on a claim too. */
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

/** What a role may ask for: names, and patterns that stand for roles which are not known. */
function requestableTargets(
  asking: PlainObject | undefined,
  { roles, complete: all }: KnownRoles,
): readonly string[] {
  const targets = patternsIn(asking, ['allow', 'request']).flatMap((pattern) => {
    if (isName(pattern)) return [pattern];
    const fits = matcher(pattern, false);
    const known = [...roles].filter(([name, role]) => fits(rawText(name)) && resourceType(role) !== 'system');
    const names = known.map(([name]) => rawText(name));
    return all && names.length > 0 ? names : [...names, pattern];
  });
  const denied = patternsIn(asking, ['deny', 'request']);
  return [...new Set(targets)].filter((name) => !denied.some((pattern) => matcher(pattern, false)(name)));
}

/** Whether a role alone reviews requests for another. What depends on a condition or a claim does not count. */
function reviewsAll(reviewer: PlainObject): (target: string) => boolean {
  const allowed = textsAt(reviewer, ['spec', 'allow', 'review_requests', 'roles']);
  const where = textsAt(reviewer, ['spec', 'allow', 'review_requests', 'where']).join('');
  const denied = patternsIn(reviewer, ['deny', 'review_requests']);
  return (target) =>
    where === '' &&
    allowed.some((pattern) => pattern === target || matcher(pattern, false)(target)) &&
    !denied.some((pattern) => matcher(pattern)(target));
}

/** The reviewer as it will be. */
function reviewerAfter(name: Untrusted, answers: Answers, known: KnownRoles): PlainObject {
  const write = planReviewerRole(name, answers, known);
  return 'manifest' in write ? write.manifest : changeValue(known.roles.get(name) ?? {}, write.changes);
}

/**
 * What two approvals of different teams would make unapprovable.
 * @param team whose reviewers: those the roles that ask are set to, or those of the second team's role
 */
export function unapprovableRoles(
  answers: Answers,
  known: KnownRoles,
  team: 'first' | 'second',
): UnapprovableRole | undefined {
  if (answers.edition !== 'enterprise' || answers.approvals !== 'twoTeams') return undefined;
  const reviewer = team === 'first' ? approverRole(answers) : secondApproverRole(answers);
  const covers = reviewsAll(reviewerAfter(reviewer, answers, known));
  for (const asking of team === 'first' ? answers.asking : [secondAskingRole(answers)]) {
    // One that is unread is not written, and a new one asks for the elevated role alone.
    const there = known.roles.get(asking);
    const roles = [...new Set([rawText(answers.elevated), ...requestableTargets(there, known)])].filter(
      (name) => !covers(name),
    );
    if (roles.length > 0) return { asking, reviewer, roles: roles.map(untrusted) };
  }
  return undefined;
}
