import type { RequestChange } from '../../access/requestChanges.ts';
import type { Attention } from '../refresh/pollingIntervals.ts';
import { Follower, type FollowerParts } from './follower.ts';
import { Leader, type LeaderParts } from './leader.ts';
import type { Asker } from '../refresh/refresh.ts';
import type { WindowElection } from './windowElection.ts';

/** One truth over all windows of a person: what is asked, known and told, whichever window leads. */
export class WindowSync implements Asker {
  readonly #windows: WindowElection;
  readonly #leading: Leader;
  readonly #following: Follower;

  constructor(parts: LeaderParts & FollowerParts) {
    const [leading, following] = [new Leader(parts), new Follower(parts)];
    [this.#leading, this.#following] = [leading, following];
    const { windows, watched, journal } = parts;
    this.#windows = windows;
    windows.onWord((word, from) => (windows.leads ? leading : following).hear(word, from));
    watched.onKept(() => windows.say({ kind: 'waiting' }));
    journal.onNoted((line) => windows.say({ kind: 'noted', line }));
  }

  /** The person looks at something else in this window. */
  attend(attention: Attention): void {
    this.#leading.attend(attention);
    this.#following.attend(attention);
  }

  get here(): boolean {
    return this.#windows.leads;
  }

  ask(what: 'now' | 'known'): Promise<boolean> {
    return this.#following.ask(what);
  }

  loginMayHaveChanged(): void {
    this.#following.loginMayHaveChanged();
  }

  /** See `Leading.tell`; where this window had to ask for itself, it tells too. */
  tell(change: RequestChange): Promise<boolean | undefined> {
    return this.#leading.tell(change);
  }
}
