import type { RequestChange } from '../access/requestChanges.ts';
import type { Elevations } from '../state/elevation/elevations.ts';
import { claimAnnouncement } from '../state/refresh/claimAnnouncement.ts';
import type { Attention } from '../state/refresh/pollingIntervals.ts';
import type { StorageFiles } from '../state/storageFiles.ts';

/** The parts that `core.ts` passes. */
export interface AnnouncementParts {
  /** Holds the claims, so that one of all windows announces a change. */
  readonly files: StorageFiles;
  readonly elevations: Elevations;
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
   * Announces what no window has announced before. Nothing is shown where the user sees the change anyway, or
   * where the window with the elevated terminal says what became of it.
   * @returns whether this window claimed the change, shown or not
   */
  async announce(change: RequestChange): Promise<boolean> {
    const { files, elevations, show } = this.#parts;
    const unannounced = await claimAnnouncement(files, change);
    if (unannounced === undefined) return false;
    // A reviewer who looks at the row needs no message about it.
    const isSeen = unannounced.kind === 'toReview' && this.#attention.focused && this.#attention.viewing;
    if (!isSeen && !concernsElevationInUse(elevations, unannounced)) show(unannounced);
    return true;
  }
}

/**
 * Whether a change is about a successor or the request of a private home. Only the window with the terminal
 * announces such a change.
 */
function concernsElevationInUse(elevations: Elevations, change: RequestChange): boolean {
  if (change.kind === 'toReview') return false;
  const id = change.kind === 'lapsed' ? change.id : change.request.id;
  return elevations.inUse.some(({ successor, requestId }) => successor === id || requestId === id);
}
