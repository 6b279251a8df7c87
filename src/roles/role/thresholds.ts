import { isPlainObject, valueAt, type Path, type Plain } from './value.ts';

/** Where a role says how many approve what it lets people ask for. */
export const thresholds: Path = ['spec', 'allow', 'request', 'thresholds'];

/**
 * How many approvals it takes at least to get a role that this one lets its holder request: 1 without thresholds.
 * Those of one role are alternatives. One without `approve`, or with 0, never approves (`t.Approve != 0` in Teleport's
 * `checkThresholds`): it only denies. Infinity where all are such.
 */
export function approvalsOf(role: Plain | undefined): number {
  const found = valueAt(role, thresholds);
  const all = (Array.isArray(found) ? (found as readonly Plain[]) : []).filter(isPlainObject);
  if (all.length === 0) return 1;
  const counts = all.map(({ approve }) => approve);
  return Math.min(...counts.filter((count): count is number => typeof count === 'number' && count > 0));
}
