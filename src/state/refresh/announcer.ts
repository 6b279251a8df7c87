import { availableActions, waitsForReview } from '../../access/availableActions.ts';
import { decisionId, decisions, type RequestChange } from '../../access/requestChanges.ts';
import type { RequestId } from '../../access/untrusted/untrusted.ts';
import type { Clock } from '../clock.ts';
import { profileOf, type Store } from '../store.ts';
import type { WatchedRequests } from '../memory/watchedRequests.ts';

/** The parts that `core.ts` passes as part of `RefreshParts`. */
export interface AnnouncerParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly watched: WatchedRequests;
  /**
   * Announces a change to the user, once over all windows and reloads.
   * @returns whether it is announced, now or before; false when no window is visible to a user
   */
  readonly announce: (change: RequestChange) => Promise<boolean>;
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
   * Announces the decisions of the requests that the user waits for.
   * @param gone ids of requests that the server no longer knows
   */
  async announceDecisions(gone: ReadonlySet<RequestId>): Promise<void> {
    const { store, clock, watched, announce } = this.#parts;
    const { login, waiting, requests = [] } = store.snapshot;
    const profile = profileOf(login);
    if (!profile) return;
    // The announcement comes before the end of the wait, so that a window killed in between loses no decision.
    for (const change of decisions(waiting, requests, gone, clock.now()))
      if (await announce(change)) await watched.stopWaiting(profile, decisionId(change));
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
    if (await announce({ kind: 'toReview', requests: unannounced }))
      for (const { id } of unannounced) this.#announced.add(id);
  }
}
