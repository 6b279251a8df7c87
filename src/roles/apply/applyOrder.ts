// In which order roles are sent, so that a refusal in the middle leaves nobody without a way in.
import { untrusted } from '../../access/text/untrusted.ts';
import type { RolePlan } from './planApply.ts';
import { approvesByRule, requestablePatternsOf } from '../setup/approvalRoles.ts';
import { valueAt } from '../role/value.ts';

/**
 * Roles that only give come before those that take something away. Of either: first what others let people ask for,
 * then who approves, then the rest. A new role always comes before those that name it.
 */
export function applyOrder(plans: readonly RolePlan[]): readonly RolePlan[] {
  const named = new Set(plans.flatMap(roleNamesIn));
  const rank = (plan: RolePlan): number =>
    (takesAway(plan) ? 3 : 0) + (named.has(plan.name) ? 0 : approves(plan) ? 1 : 2);
  return newFirst([...plans].sort((one, other) => rank(one) - rank(other)));
}

/** The roles that a role lets people ask for. */
export const roleNamesIn = ({ value }: RolePlan): readonly RolePlan['name'][] =>
  requestablePatternsOf(value).map(untrusted);

/** Whether somebody can do less after it: something allowed goes, or something is denied. */
const takesAway = ({ lines }: RolePlan): boolean =>
  lines.some(
    ({ path, removed, added }) =>
      path[0] === 'spec' && (path[1] === 'deny' ? added.length > 0 : removed.length > 0),
  );

const approves = ({ value }: RolePlan): boolean =>
  valueAt(value, ['spec', 'allow', 'review_requests']) !== undefined || approvesByRule(value);

/** A role that is not there yet comes before those that name it; of two that name each other the first stays first. */
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
