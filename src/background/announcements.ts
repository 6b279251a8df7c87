import { decisionId, type Decision, type RequestChange } from '../access/requestChanges.ts';
import { decidingReview } from '../access/request.ts';
import type { Elevations } from '../state/elevation/elevations.ts';
import type { Journal } from '../state/memory/journal.ts';
import type { Attention } from '../state/refresh/pollingIntervals.ts';
import type { StorageFiles } from '../state/storageFiles.ts';

/** The parts that `core.ts` passes. */
export interface AnnouncementParts {
  /** Holds the claims, so that one of all windows announces a change, also after a reload. */
  readonly files: StorageFiles;
  readonly elevations: Elevations;
  readonly journal: Journal;
  /** Whether a user can see this window now. */
  readonly canBeSeen: () => Promise<boolean>;
  /** Shows a change as a message. */
  readonly show: (change: RequestChange) => void;
}

/** Turns changes of requests into messages of this window, each change once over all windows. */
export class Announcements {
  readonly #parts: AnnouncementParts;
  #attention: Attention = { focused: false, viewing: false };

  constructor(parts: AnnouncementParts) {
    this.#parts = parts;
  }

  /** Called when the user's attention changes in this window. */
  setAttention(attention: Attention): void {
    this.#attention = attention;
  }

  /**
   * Claims what no window has announced before, shows it, and notes a decision in the journal. Nothing is shown
   * where the user sees the change anyway, or where the window with the elevated terminal says what became of it.
   * @returns false when no user can see this window; nothing is claimed then
   */
  async announce(change: RequestChange): Promise<boolean> {
    const { elevations, journal, canBeSeen, show } = this.#parts;
    if (!(await canBeSeen())) return false;
    const claimed = await this.#claim(change);
    if (!claimed) return true;
    // A reviewer who looks at the row needs no message about it.
    const isSeen = claimed.kind === 'toReview' && this.#attention.focused && this.#attention.viewing;
    if (!isSeen && !concernsElevationInUse(elevations, claimed)) show(claimed);
    if (claimed.kind !== 'toReview') await noteDecision(journal, claimed);
    return true;
  }

  /** @returns the part of the change that was not claimed before, undefined when all of it was */
  async #claim(change: RequestChange): Promise<RequestChange | undefined> {
    const { files } = this.#parts;
    if (change.kind !== 'toReview') return (await files.claim(decisionId(change))) ? change : undefined;
    // Claims for reviews have their own names: one person may request with one login and review with another.
    const claimed = await Promise.all(change.requests.map(({ id }) => files.claim(`review-${id}`)));
    const requests = change.requests.filter((_, index) => claimed[index]);
    return requests.length > 0 ? { ...change, requests } : undefined;
  }
}

async function noteDecision(journal: Journal, decision: Decision): Promise<void> {
  const { kind, request } = decision;
  if (kind === 'promoted') return;
  const by = request && decidingReview(request)?.author;
  const words = request?.resolveReason;
  await journal.note({
    kind,
    id: decisionId(decision),
    roles: request?.roles ?? [],
    ...(by ? { by } : {}),
    ...(words ? { words } : {}),
  });
}

/**
 * Whether a change is about a successor or the request of a private home. Only the window with the terminal
 * announces such a change.
 */
function concernsElevationInUse(elevations: Elevations, change: RequestChange): boolean {
  if (change.kind === 'toReview') return false;
  const id = decisionId(change);
  return elevations.inUse.some(({ successor, requestId }) => successor === id || requestId === id);
}
