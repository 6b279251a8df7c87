import type { Clock } from '../../state/clock.ts';
import type { Refresh } from '../../state/refresh/refresh.ts';
import type { Store } from '../../state/store.ts';

/** What the parts that all commands share need. */
export interface SharedServices {
  readonly store: Store;
  readonly refresh: Refresh;
  readonly clock: Clock;
}
