import type { Store } from '../../state/store.ts';
import { profileOf } from '../../state/store.ts';
import type { Census } from './census.ts';

/** What was read last of the cluster somebody is signed in to; in memory only, and of nobody else's. */
export class CensusCache {
  readonly #store: Store;
  readonly #listeners = new Set<() => void>();
  #census: Census | undefined;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Undefined where nothing was read as the person, and of the cluster, that is signed in now. */
  get last(): Census | undefined {
    const profile = profileOf(this.#store.snapshot.login);
    const same = profile?.user === this.#census?.user && profile?.cluster === this.#census?.cluster;
    return profile && same ? this.#census : undefined;
  }

  /** Keeps a census in place of the one before. */
  learned(census: Census): void {
    this.#census = census;
    for (const listener of this.#listeners) listener();
  }

  /** Calls back when another census is there. @returns what stops it */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
