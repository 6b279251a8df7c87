import type { Untrusted, Instant, RequestId } from './text/untrusted.ts';

/** One line of the person's own notes. Ids, roles and words of a decision; no commands, no secrets. */
export interface JournalEntry {
  readonly at: Instant;
  readonly kind:
    | 'asked'
    | 'approved'
    | 'denied'
    | 'lapsed'
    | 'assumed'
    | 'continued'
    | 'locked'
    | 'ended'
    | 'givenBack'
    | 'reviewed';
  readonly id: RequestId;
  readonly roles: readonly Untrusted[];
  /** Who decided, where known. */
  readonly by?: Untrusted;
  /** The words of a denial or of a lock. */
  readonly words?: Untrusted;
  /** Of what was given back: how long connections already open may last. */
  readonly openUntil?: Instant;
}

/** After these a request has not ended. */
const alive: ReadonlySet<JournalEntry['kind']> = new Set(['asked', 'approved', 'assumed', 'continued']);

const day = 24 * 60 * 60_000;

/** What ended in the last 24 hours, newest first, the last word on each request only. */
export function endedLately(entries: readonly JournalEntry[], now: Instant): JournalEntry[] {
  const last = new Map<RequestId, JournalEntry>();
  for (const entry of entries) {
    if (alive.has(entry.kind)) last.delete(entry.id);
    else if (entry.kind !== 'reviewed') last.set(entry.id, entry);
  }
  return [...last.values()].filter((entry) => now - entry.at < day).sort((a, b) => b.at - a.at);
}
