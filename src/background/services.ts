import type { AccountServices } from '../commands/account/services.ts';
import type { WatchdogClient } from '../state/elevation/watchdogClient.ts';
import type { WindowHeartbeat } from '../state/windows/windowHeartbeat.ts';

/**
 * The services of the background. It drops and continues access by itself, so it needs the same as those
 * commands.
 */
export interface BackgroundServices extends AccountServices {
  readonly watchdogs: WatchdogClient;
  /** Whether the user can see this window. */
  readonly heartbeat: WindowHeartbeat;
}
