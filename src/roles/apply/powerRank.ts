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

/**
 * Fields below `request` and `review_requests` that give nothing. Annotations are not among them: plugins approve by
 * them, such as those for PagerDuty and Opsgenie for who is on call.
 */
const harmlessInRequests = /^(?:suggested_reviewers|prompt)$/;

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
  // A role that no longer expires gives what it gives for longer.
  if (top === 'metadata') return field === undefined && side === 'expires' ? 'access' : 'other';
  if (top !== 'spec') return 'power';
  // Extensions of certificates name accounts elsewhere, such as on GitHub.
  if (side === 'options') return field === 'cert_extensions' ? 'power' : 'access';
  // A condition or one more label, all of which have to match, takes something out of what is denied.
  const isCondition = path.at(-1) === 'where' || /_labels(?:_expression)?$/.test(field ?? '');
  if (side === 'deny') return removed.length > 0 || isCondition ? 'power' : 'other';
  if (side !== 'allow' || field === undefined) return 'power';
  if (field === 'request' || field === 'review_requests')
    return path.some((key) => harmlessInRequests.test(String(key))) ? 'other' : 'power';
  // Of several policies one is enough, so that one more may be the easier one.
  if (field === 'require_session_join' || isOrderedAt(path)) return 'power';
  // Each label is one more condition, so that one that goes opens more.
  if (/_labels$/.test(field)) {
    if (added.some(isUnlimited) || path.includes('*')) return 'power';
    return 'access';
  }
  if (added.length === 0) return isCondition ? 'power' : 'other';
  return plainAccess.test(field) && !added.some(isUnlimited) ? 'access' : 'power';
}
