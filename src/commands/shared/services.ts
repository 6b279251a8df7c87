import type { Clock } from '../../state/clock.ts';
import type { Store } from '../../state/store.ts';
import type { SharedRefresh } from '../../state/windows/sharedRefresh.ts';

/** The services of the functions that all commands share. */
export interface SharedServices {
  readonly store: Store;
  readonly refresh: SharedRefresh;
  readonly clock: Clock;
}
