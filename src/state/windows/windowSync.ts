import type { RequestChange } from '../../access/requestChanges.ts';
import type { Attention } from '../refresh/pollingIntervals.ts';
import { Follower, type FollowerParts } from './follower.ts';
import { Leader } from './leader.ts';
import type { LeaderWindow, Refresh } from '../refresh/refresh.ts';
import type { WindowElection } from './windowElection.ts';

/**
 * Keeps all windows of a user in sync: it passes messages, refreshes and announcements to leader or follower.
 */
export class WindowSync implements LeaderWindow {
  readonly #windows: WindowElection;
  readonly #leader: Leader;
  readonly #follower: Follower;

  constructor(parts: FollowerParts) {
    const [leader, follower] = [new Leader(parts), new Follower(parts)];
    [this.#leader, this.#follower] = [leader, follower];
    const { windows, watched, journal } = parts;
    this.#windows = windows;
    windows.onDidReceive(({ message, from }) =>
      (windows.leads ? leader : follower).handleMessage(message, from),
    );
    watched.onDidSave(() => windows.send({ kind: 'waiting' }));
    journal.onDidAddLine((line) => windows.send({ kind: 'journalLine', line }));
  }

  /**
   * Begins to drive this refresh for all windows. Called once, before the window takes part in the election.
   */
  start(refresh: Refresh): void {
    this.#leader.start(refresh);
  }

  /** Called when the user's attention changes in this window. */
  setAttention(attention: Attention): void {
    this.#leader.setAttention(attention);
    this.#follower.setAttention(attention);
  }

  get isThisWindow(): boolean {
    return this.#windows.leads;
  }

  requestRefresh(scope: 'now' | 'known'): Promise<boolean> {
    return this.#follower.requestRefresh(scope);
  }

  loginMayHaveChanged(): void {
    this.#follower.loginMayHaveChanged();
  }

  /**
   * Announces a change, see `Leader.announce`. A follower that had to call tsh itself announces the result
   * too.
   */
  announce(change: RequestChange): Promise<boolean | undefined> {
    return this.#leader.announce(change);
  }
}
