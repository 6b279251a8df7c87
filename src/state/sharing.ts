import type { Change } from '../access/changes.ts';
import type { Attention } from './attention.ts';
import { Following, type FollowingParts } from './following.ts';
import { Leading, type LeadingParts } from './leading.ts';
import type { Asker } from './refresh.ts';

/** One truth over all windows of a person: what is asked, known and told, whichever window leads. */
export class Sharing implements Asker {
  readonly #parts: LeadingParts & FollowingParts;
  readonly #leading: Leading;
  readonly #following: Following;

  constructor(parts: LeadingParts & FollowingParts) {
    this.#parts = parts;
    const [leading, following] = [new Leading(parts), new Following(parts)];
    [this.#leading, this.#following] = [leading, following];
    const { windows, waiting, journal } = parts;
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
    return this.#parts.windows.leads;
  }

  ask(what: 'now' | 'known'): Promise<boolean> {
    return this.#following.ask(what);
  }

  loginMayHaveChanged(): void {
    this.#following.loginMayHaveChanged();
  }

  /** See `Leading.tell`. Where this window had to ask for itself, it tells too. */
  async tell(change: Change): Promise<boolean | undefined> {
    return this.here ? this.#leading.tell(change) : this.#parts.tellHere(change);
  }
}
