import * as v from 'valibot';
import { endedLately, type JournalEntry } from '../access/journal.ts';
import type { Files } from './files.ts';
import type { Store } from './store.ts';
import { storedId, storedInstant, storedText } from './stored.ts';
import type { Clock } from './clock.ts';

const entry = v.pipe(
  v.object({
    at: storedInstant,
    kind: v.picklist(['asked', 'approved', 'denied', 'lapsed', 'assumed', 'ended', 'givenBack', 'reviewed']),
    id: storedId,
    roles: v.array(storedText),
    by: v.optional(storedText),
    words: v.optional(storedText),
    openUntil: v.optional(storedInstant),
  }),
  v.transform(({ by, words, openUntil, ...rest }): JournalEntry => ({
    ...rest,
    ...(by === undefined ? {} : { by }),
    ...(words === undefined ? {} : { words }),
    ...(openUntil === undefined ? {} : { openUntil }),
  })),
);

const file = 'journal.jsonl';

/** The person's own notes, append-only. The server forgets; these do not. */
export class Journal {
  readonly #files: Files;
  readonly #store: Store;
  readonly #clock: Clock;
  #entries: JournalEntry[] = [];

  constructor(files: Files, store: Store, clock: Clock) {
    this.#files = files;
    this.#store = store;
    this.#clock = clock;
  }

  async load(): Promise<void> {
    this.#entries = await this.#files.lines(file, entry);
    this.#show();
  }

  async note(one: Omit<JournalEntry, 'at'>): Promise<void> {
    const entry = { ...one, at: this.#clock.now() };
    this.#entries.push(entry);
    this.#show();
    await this.#files.append(file, entry);
  }

  #show(): void {
    this.#store.update({ ended: endedLately(this.#entries, this.#clock.now()) });
  }
}
