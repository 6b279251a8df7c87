import type { RequestChange } from '../../access/requestChanges.ts';
import type { Clock } from '../clock.ts';
import type { Elevations } from '../elevation/elevations.ts';
import type { Journal } from '../memory/journal.ts';
import type { WatchedRequests } from '../memory/watchedRequests.ts';
import type { Store } from '../store.ts';
import type { WindowElection } from './windowElection.ts';
import type { WindowHeartbeat } from './windowHeartbeat.ts';

/** How long a window may take to answer its heartbeat before an announcement, in ms. */
export const heartbeatLimit = 2_000;

/** The parts that `core.ts` passes to the leader's and the follower's side of a window. */
export interface WindowParts {
  readonly windows: WindowElection;
  readonly heartbeat: WindowHeartbeat;
  readonly store: Store;
  readonly elevations: Elevations;
  readonly watched: WatchedRequests;
  readonly journal: Journal;
  readonly clock: Clock;
  /** Announces a change in this window. @returns false when it had been announced before */
  readonly announceHere: (change: RequestChange) => Promise<boolean>;
}
