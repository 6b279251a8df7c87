import type { Untrusted, Instant, RequestId } from './untrusted/untrusted.ts';

/** One line of the user's own journal: ids, roles and decision reasons, but no commands and no secrets. */
export interface JournalEntry {
  readonly at: Instant;
  readonly kind:
    | 'requested'
    | 'approved'
    | 'denied'
    | 'lapsed'
    | 'assumed'
    | 'continued'
    | 'locked'
    | 'ended'
    | 'dropped'
    | 'reviewed';
  readonly id: RequestId;
  readonly roles: readonly Untrusted[];
  /** The person who decided, if known. */
  readonly by?: Untrusted;
  /** The reason given for a denial or a lock. */
  readonly words?: Untrusted;
  /** For dropped access: how long connections that are already open may last. */
  readonly openUntil?: Instant;
}

/** Entry kinds after which a request has not ended. */
const notEndedKinds: ReadonlySet<JournalEntry['kind']> = new Set([
  'requested',
  'approved',
  'assumed',
  'continued',
]);

const day = 24 * 60 * 60_000;

/** Requests that ended in the last 24 hours, newest first, with the last entry of each request only. */
export function endedLately(entries: readonly JournalEntry[], now: Instant): JournalEntry[] {
  const last = new Map<RequestId, JournalEntry>();
  for (const entry of entries) {
    if (notEndedKinds.has(entry.kind)) last.delete(entry.id);
    else if (entry.kind !== 'reviewed') last.set(entry.id, entry);
  }
  return [...last.values()].filter((entry) => now - entry.at < day).sort((a, b) => b.at - a.at);
}
