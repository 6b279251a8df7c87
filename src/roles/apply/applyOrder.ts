// Orders the roles to send, so that a refusal in the middle leaves no user without access.
import { untrusted } from '../../access/untrusted/untrusted.ts';
import type { RolePlan } from './rolePlan.ts';
import { contentOf, requestableNames } from '../role/roleContent.ts';
import { approvesByRule } from '../setup/approvalRoles.ts';

/**
 * Orders roles for sending. Roles that only add access come before roles that remove access. Within
 * both groups, requestable roles come first, then roles that approve, then the rest. A new role
 * always comes before roles that name it, and a role to remove comes last.
 */
export function applyOrder(plans: readonly RolePlan[]): readonly RolePlan[] {
  const requestable = new Set(plans.flatMap(roleNamesIn));
  const rank = (plan: RolePlan): number =>
    plan.status === 'removed'
      ? 6
      : (removesAccess(plan) ? 3 : 0) + (requestable.has(plan.name) ? 0 : approves(plan) ? 1 : 2);
  return newFirst([...plans].sort((a, b) => rank(a) - rank(b)));
}

/** The names and patterns of roles that the role's holders may request. */
export const roleNamesIn = ({ value }: RolePlan): readonly RolePlan['name'][] =>
  requestableNames(value).map(untrusted);

/** Whether a plan removes access: it removes an allow value or option, or adds a deny value. */
const removesAccess = ({ diffs }: RolePlan): boolean =>
  diffs.some(
    ({ path, removed, added }) =>
      path[0] === 'spec' && (path[1] === 'deny' ? added.length > 0 : removed.length > 0),
  );

const approves = ({ value }: RolePlan): boolean =>
  contentOf(value).allow.review.exists || approvesByRule(value);

/**
 * Moves each new role before the roles that name it. Of two roles that name
 * each other, the first stays first.
 */
function newFirst(plans: readonly RolePlan[]): readonly RolePlan[] {
  const placed: RolePlan[] = [];
  const seen = new Set<RolePlan>();
  const place = (plan: RolePlan): void => {
    if (seen.has(plan)) return;
    seen.add(plan);
    const names = new Set(roleNamesIn(plan));
    for (const other of plans) if (other.held === undefined && names.has(other.name)) place(other);
    placed.push(plan);
  };
  plans.forEach(place);
  return placed;
}
