import { isPlainObject, valueAt, type Path, type PlainValue } from './value.ts';

/** The path of the approval thresholds for requests that a role allows. */
export const thresholdsPath: Path = ['spec', 'allow', 'request', 'thresholds'];

/**
 * The least number of approvals for a request that this role allows: 1 without thresholds, because the
 * thresholds of one role are alternatives. A threshold without `approve`, or with 0, can only deny
 * (`t.Approve != 0` in Teleport's `checkThresholds`). Infinity when every threshold is of that kind.
 */
export function leastApprovals(role: PlainValue | undefined): number {
  const value = valueAt(role, thresholdsPath);
  const thresholds = (Array.isArray(value) ? (value as readonly PlainValue[]) : []).filter(isPlainObject);
  if (thresholds.length === 0) return 1;
  const counts = thresholds.map(({ approve }) => approve);
  return Math.min(...counts.filter((count): count is number => typeof count === 'number' && count > 0));
}
