import { availableActions, waitsForReview } from '../../access/availableActions.ts';
import { decisions, type RequestChange } from '../../access/requestChanges.ts';
import { decidingReview } from '../../access/request.ts';
import type { RequestId } from '../../access/untrusted/untrusted.ts';
import type { Clock } from '../clock.ts';
import type { Journal } from '../memory/journal.ts';
import { profileOf, type Store } from '../store.ts';
import type { WatchedRequests } from '../memory/watchedRequests.ts';

/** The parts that `core.ts` passes as part of `RefreshParts`. */
export interface AnnouncerParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly watched: WatchedRequests;
  readonly journal: Journal;
  /**
   * Announces a change to the user.
   * @returns true when it was announced now, false when it had been announced before, undefined when no
   *   window is visible to a user
   */
  readonly announce: (change: RequestChange) => Promise<boolean | undefined>;
  /** Whether reviewers want announcements while no view is open. */
  readonly notifyReviewers: () => boolean;
}

/** Announces decisions and requests for review that the store holds, each of them once. */
export class Announcer {
  readonly #parts: AnnouncerParts;
  /** Requests for review that were announced, by this window or earlier by any window. */
  readonly #announced = new Set<RequestId>();

  constructor(parts: AnnouncerParts) {
    this.#parts = parts;
  }

  /**
   * Announces the decisions of the requests that the user waits for, and notes them in the journal.
   * @param gone ids of requests that the server no longer knows
   */
  async announceDecisions(gone: ReadonlySet<RequestId>): Promise<void> {
    const { store, clock, watched, journal, announce } = this.#parts;
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
      // The announcement comes before the end of the wait, so that a window killed in between loses no
      // decision.
      const announcedNow = await announce(change);
      if (announcedNow === undefined) continue;
      await watched.stopWaiting(profile, id);
      if (!announcedNow) continue;
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

  /** Announces the requests of others that wait for this user's review, each of them once. */
  async announceReviewRequests(): Promise<void> {
    const { store, clock, watched, announce, notifyReviewers } = this.#parts;
    const { login, isReviewer } = store.snapshot;
    if (login.kind !== 'signedIn') return;
    const { profile } = login;
    const open = availableActions(store.snapshot, clock.now())
      .requests.filter((actions) => waitsForReview(actions, profile.user, isReviewer))
      .map(({ request }) => request);
    if (open.some((request) => request.suggestedReviewers.includes(profile.user)))
      await watched.markNamedAsReviewer(profile);
    const unannounced = open.filter(({ id }) => !this.#announced.has(id));
    if (unannounced.length === 0 || !watched.reviewing || !notifyReviewers()) return;
    if ((await announce({ kind: 'toReview', requests: unannounced })) === undefined) return;
    for (const { id } of unannounced) this.#announced.add(id);
  }
}
