import type { Attention } from '../refresh/pollingIntervals.ts';
import type { RefreshParts } from '../refresh/refresh.ts';
import type { WindowElection } from './windowElection.ts';
import type { WindowHeartbeat } from './windowHeartbeat.ts';

/** The attention of a window that the user does not see. */
export const noAttention: Attention = { focused: false, viewing: false };

/** The parts that `core.ts` passes to a window: those of its refresh, and what connects it to other windows. */
export interface WindowParts extends Omit<RefreshParts, 'leads' | 'announce'> {
  readonly windows: WindowElection;
  readonly heartbeat: WindowHeartbeat;
  /** As `AnnouncerParts.announce`, but in this window only. */
  readonly announceHere: RefreshParts['announce'];
  /** How long this window waits for a leader, and how long the leader may be silent, in ms. Only tests pass it. */
  readonly patience?: number;
}
