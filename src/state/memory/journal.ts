import * as v from 'valibot';
import { endedLately, type JournalEntry } from '../../access/journalEntry.ts';
import type { Untrusted, Instant, RequestId } from '../../access/untrusted/untrusted.ts';
import type { StorageFiles } from '../storageFiles.ts';
import { profileOf, type Store } from '../store.ts';
import { loginKey, storedId, storedInstant, storedText } from '../storedSchemas.ts';
import type { Clock } from '../clock.ts';
import { Emitter } from '../emitter.ts';

/** An entry and its login, because one machine may be used with several users and clusters. */
interface Line {
  readonly login: string;
  readonly entry: JournalEntry;
}

const lineSchema = v.pipe(
  v.object({
    at: storedInstant,
    kind: v.picklist([
      'requested',
      'approved',
      'denied',
      'lapsed',
      'assumed',
      'continued',
      'locked',
      'ended',
      'dropped',
      'reviewed',
    ]),
    id: storedId,
    roles: v.array(storedText),
    by: v.exactOptional(storedText),
    words: v.exactOptional(storedText),
    openUntil: v.exactOptional(storedInstant),
    login: v.optional(v.string(), ''),
  }),
  v.transform(({ login, ...entry }): Line => ({ login, entry })),
);

const file = 'journal.jsonl';

/**
 * The user's own append-only history of requests. The server deletes old requests, the journal keeps them.
 */
export class Journal {
  readonly #files: StorageFiles;
  readonly #store: Store;
  readonly #clock: Clock;
  #lines: Line[] = [];
  readonly #added = new Emitter<unknown>();
  /** Fires with a line that this window has added, for the other windows. */
  readonly onDidAddLine = this.#added.event;

  constructor(files: StorageFiles, store: Store, clock: Clock) {
    this.#files = files;
    this.#store = store;
    this.#clock = clock;
  }

  /** Adds a line that another window has written to the file. */
  addFromOtherWindow(value: unknown): void {
    const { success, output } = v.safeParse(lineSchema, value);
    if (!success) return;
    this.#lines.push(output);
    this.publish();
  }

  /** Reads the journal from its file, at the start, and puts it into the store. */
  async load(): Promise<void> {
    this.#lines = await this.#files.lines(file, lineSchema);
    this.publish();
  }

  /**
   * Adds an entry with the current time.
   * @param profile the login of the entry; the login in use now when left out
   */
  async note(
    event: Omit<JournalEntry, 'at'>,
    profile?: { user: Untrusted; cluster: Untrusted },
  ): Promise<void> {
    const entry = { ...event, at: this.#clock.now() };
    const owner = profile ?? profileOf(this.#store.snapshot.login);
    const login = owner ? loginKey(owner) : '';
    this.#lines.push({ login, entry });
    this.publish();
    await this.#files.append(file, { ...entry, login });
    this.#added.fire({ ...entry, login });
  }

  /** When the user sent this request from this machine, by this machine's clock. */
  requestedAt(id: RequestId): Instant | undefined {
    return this.#lines.find(({ entry }) => entry.kind === 'requested' && entry.id === id)?.entry.at;
  }

  /** Puts the entries of the login in use into the store; none while no login is known. */
  publish(): void {
    const profile = profileOf(this.#store.snapshot.login);
    const own = profile ? this.#lines.filter(({ login }) => login === loginKey(profile)) : [];
    const entries = own.map(({ entry }) => entry);
    this.#store.update({ ended: endedLately(entries, this.#clock.now()) });
  }
}
