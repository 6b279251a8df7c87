import { decisions, waitsForReview, type RequestChange } from '../../access/requestChanges.ts';
import { decidingReview } from '../../access/request.ts';
import type { RequestId } from '../../access/text/untrusted.ts';
import type { Clock } from '../clock.ts';
import type { Journal } from '../memory/journal.ts';
import { profileOf, type Store } from '../store.ts';
import type { WatchedRequests } from '../memory/watchedRequests.ts';

export interface AnnouncerParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly watched: WatchedRequests;
  readonly journal: Journal;
  /** Tells the person; says whether it was told now, undefined when nobody was there to hear it. */
  readonly tell: (change: RequestChange) => Promise<boolean | undefined>;
  /** Whether people who review want to be told while no view is open. */
  readonly tellReviewers: () => boolean;
}

/** Tells the person what the store has learned, each thing once. */
export class Announcer {
  readonly #parts: AnnouncerParts;
  /** Requests for review that were told, or had been before. */
  readonly #told = new Set<RequestId>();

  constructor(parts: AnnouncerParts) {
    this.#parts = parts;
  }

  /**
   * Tells what became of the requests that are waited for.
   * @param gone what the server no longer knows
   */
  async decisions(gone: ReadonlySet<RequestId>): Promise<void> {
    const { store, clock, watched, journal, tell } = this.#parts;
    const profile = profileOf(store.snapshot.login);
    if (!profile) return;
    for (const change of decisions(
      store.snapshot.waiting,
      store.snapshot.requests ?? [],
      gone,
      clock.now(),
    )) {
      const { request } = change;
      const id = change.kind === 'lapsed' ? change.id : change.request.id;
      // Told before the wait ends: a window that is cut off in between loses no decision.
      const first = await tell(change);
      if (first === undefined) continue;
      await watched.end(profile, id);
      if (!first) continue;
      const by = request && decidingReview(request)?.author;
      const words = request?.resolveReason;
      if (change.kind !== 'promoted') {
        await journal.note({
          kind: change.kind,
          id,
          roles: request?.roles ?? [],
          ...(by ? { by } : {}),
          ...(words ? { words } : {}),
        });
      }
    }
  }

  /** Others' requests that wait for this person's review: each is told once. */
  async reviewer(): Promise<void> {
    const { store, clock, watched, tell, tellReviewers } = this.#parts;
    const { login, requests = [], reviews } = store.snapshot;
    if (login.kind !== 'signedIn') return;
    const { profile } = login;
    const open = requests.filter((one) => waitsForReview(one, profile.user, reviews, clock.now()));
    if (open.some((one) => one.suggestedReviewers.includes(profile.user))) await watched.wasAsked(profile);
    const untold = open.filter(({ id }) => !this.#told.has(id));
    if (untold.length === 0 || !watched.reviewing || !tellReviewers()) return;
    if ((await tell({ kind: 'asked', requests: untold })) === undefined) return;
    for (const { id } of untold) this.#told.add(id);
  }
}
