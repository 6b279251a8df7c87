import { type Store, profileOf } from '../../state/store.ts';
import type { Census } from './census.ts';
import { Emitter } from '../../state/emitter.ts';

/**
 * Keeps the last census in memory only. It belongs to one user and one cluster and is hidden while another is
 * signed in.
 */
export class CensusCache {
  readonly #store: Store;
  readonly #changed = new Emitter();
  /** Fires after another census was kept. */
  readonly onDidChange = this.#changed.event;
  #census: Census | undefined;

  constructor(store: Store) {
    this.#store = store;
  }

  /** The last census; undefined where it is not of the user and cluster that are signed in now. */
  get last(): Census | undefined {
    const profile = profileOf(this.#store.snapshot.login);
    const same = profile?.user === this.#census?.user && profile?.cluster === this.#census?.cluster;
    return profile && same ? this.#census : undefined;
  }

  /** Replaces the census and calls the listeners. */
  replace(census: Census): void {
    this.#census = census;
    this.#changed.fire();
  }
}
