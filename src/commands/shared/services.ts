import type { Clock } from '../../state/clock.ts';
import type { Refresh } from '../../state/refresh/refresh.ts';
import type { Store } from '../../state/store.ts';

/** The services of the functions that all commands share. */
export interface SharedServices {
  readonly store: Store;
  readonly refresh: Refresh;
  readonly clock: Clock;
}
