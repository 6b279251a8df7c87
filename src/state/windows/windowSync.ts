import type { Change } from '../../access/requestChanges.ts';
import type { Attention } from '../refresh/pollingIntervals.ts';
import { Following, type FollowingParts } from './follower.ts';
import { Leading, type LeadingParts } from './leader.ts';
import type { Asker } from '../refresh/refresh.ts';
import type { Windows } from './windowElection.ts';

/** One truth over all windows of a person: what is asked, known and told, whichever window leads. */
export class Sharing implements Asker {
  readonly #windows: Windows;
  readonly #leading: Leading;
  readonly #following: Following;

  constructor(parts: LeadingParts & FollowingParts) {
    const [leading, following] = [new Leading(parts), new Following(parts)];
    [this.#leading, this.#following] = [leading, following];
    const { windows, waiting, journal } = parts;
    this.#windows = windows;
    windows.onWord((word, from) => (windows.leads ? leading : following).hear(word, from));
    waiting.onKept(() => windows.say({ kind: 'waiting' }));
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
  tell(change: Change): Promise<boolean | undefined> {
    return this.#leading.tell(change);
  }
}
