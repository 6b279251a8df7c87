// Tells how much a change of a role matters to who decides about it, so that what gives power is shown first.
import type { FieldDiff } from '../role/roleDiff.ts';
import { isOrderedAt } from '../role/roleSchema.ts';
import { isPlainList, isPlainObject, type PlainValue } from '../role/value.ts';

/**
 * How much a change matters: `power` gives admin rights or decides who may get or approve access, `access` opens more
 * machines or loosens an option, `other` takes access away or has no effect on it.
 */
export type PowerRank = 'power' | 'access' | 'other';

/** The ranks in the order in which their changes are shown. */
export const powerRanks: readonly PowerRank[] = ['power', 'access', 'other'];

/** Fields of `allow` that only name what is opened. Every other field gives power, also one that is not known here. */
const plainAccess =
  /^(?:logins|db_names|.*_labels|windows_desktop_logins|linux_desktop_logins|enhanced_recording)$/;

/** Fields below `request` and `review_requests` that give nothing. */
const harmlessInRequests = /^(?:annotations|suggested_reviewers|prompt)$/;

/** Whether a value holds a wildcard or a name that means every right. */
function isUnlimited(value: PlainValue): boolean {
  if (isPlainList(value)) return value.some(isUnlimited);
  if (isPlainObject(value))
    return Object.entries(value).some(([key, item]) => key === '*' || isUnlimited(item));
  return (
    typeof value === 'string' &&
    /\*|^\^|\{\{|^(?:root|administrator|admin|system:masters|sa|postgres)$/i.test(value)
  );
}

/** Ranks the change of a field. */
export function powerRank({ path, removed, added }: FieldDiff): PowerRank {
  const [top, side, field] = path.map(String);
  if (top !== 'spec') return top === 'metadata' ? 'other' : 'power';
  if (side === 'options') return added.length > 0 || removed.length > 0 ? 'access' : 'other';
  if (side === 'deny') return removed.length > 0 ? 'power' : 'other';
  if (side !== 'allow' || field === undefined) return 'power';
  if (field === 'request' || field === 'review_requests')
    return path.some((key) => harmlessInRequests.test(String(key))) ? 'other' : 'power';
  if (field === 'require_session_join') return removed.length > 0 ? 'power' : 'other';
  if (isOrderedAt(path)) return 'power';
  // Each label is one more condition, so that one that goes opens more.
  if (/_labels$/.test(field)) {
    if (added.some(isUnlimited) || path.includes('*')) return 'power';
    return 'access';
  }
  if (added.length === 0) return 'other';
  return plainAccess.test(field) && !added.some(isUnlimited) ? 'access' : 'power';
}
