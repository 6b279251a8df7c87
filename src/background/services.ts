import type { AccountServices } from '../commands/account/services.ts';
import type { WatchdogClient } from '../state/elevation/watchdogClient.ts';
import type { WindowHeartbeat } from '../state/windows/windowHeartbeat.ts';

/** What happens by itself needs what a user's own drop and continue need, and these. */
export interface BackgroundServices extends AccountServices {
  readonly watchdogs: WatchdogClient;
  /** Whether the user can see this window. */
  readonly heartbeat: WindowHeartbeat;
}
