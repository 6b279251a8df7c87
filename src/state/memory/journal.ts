import * as v from 'valibot';
import { endedLately, type JournalEntry } from '../../access/journalEntry.ts';
import type { Untrusted, Instant, RequestId } from '../../access/text/untrusted.ts';
import type { StorageFiles } from '../storageFiles.ts';
import { profileOf, type Store } from '../store.ts';
import { loginName, storedId, storedInstant, storedText } from '../storedSchemas.ts';
import type { Clock } from '../clock.ts';

/** An entry, and whose it is: more than one person or cluster may be used here. */
interface Line {
  readonly login: string;
  readonly entry: JournalEntry;
}

const line = v.pipe(
  v.object({
    at: storedInstant,
    kind: v.picklist([
      'asked',
      'approved',
      'denied',
      'lapsed',
      'assumed',
      'continued',
      'locked',
      'ended',
      'givenBack',
      'reviewed',
    ]),
    id: storedId,
    roles: v.array(storedText),
    by: v.optional(storedText),
    words: v.optional(storedText),
    openUntil: v.optional(storedInstant),
    login: v.optional(v.string(), ''),
  }),
  v.transform(({ by, words, openUntil, login, ...rest }): Line => ({
    login,
    entry: {
      ...rest,
      ...(by === undefined ? {} : { by }),
      ...(words === undefined ? {} : { words }),
      ...(openUntil === undefined ? {} : { openUntil }),
    },
  })),
);

const file = 'journal.jsonl';

/** The person's own notes, append-only. The server forgets; these do not. */
export class Journal {
  readonly #files: StorageFiles;
  readonly #store: Store;
  readonly #clock: Clock;
  #lines: Line[] = [];
  #noted: (line: unknown) => void = () => undefined;

  constructor(files: StorageFiles, store: Store, clock: Clock) {
    this.#files = files;
    this.#store = store;
    this.#clock = clock;
  }

  /** Calls back with a line that this window has added, for the others. */
  onNoted(listener: (line: unknown) => void): void {
    this.#noted = listener;
  }

  /** A line that another window has added. */
  heard(said: unknown): void {
    const { success, output } = v.safeParse(line, said);
    if (!success) return;
    this.#lines.push(output);
    this.show();
  }

  async load(): Promise<void> {
    this.#lines = await this.#files.lines(file, line);
    this.show();
  }

  /** @param whose the login it happened with, where it is not the one in use now */
  async note(one: Omit<JournalEntry, 'at'>, whose?: { user: Untrusted; cluster: Untrusted }): Promise<void> {
    const entry = { ...one, at: this.#clock.now() };
    const inUse = whose ?? profileOf(this.#store.snapshot.login);
    const login = inUse ? loginName(inUse) : '';
    this.#lines.push({ login, entry });
    this.show();
    await this.#files.append(file, { ...entry, login });
    this.#noted({ ...entry, login });
  }

  /** When this person asked for it here, by this machine's clock. */
  askedAt(id: RequestId): Instant | undefined {
    return this.#lines.find(({ entry }) => entry.kind === 'asked' && entry.id === id)?.entry.at;
  }

  /** Shows what belongs to the login in use; nothing while that is not known. */
  show(): void {
    const profile = profileOf(this.#store.snapshot.login);
    const own = profile ? this.#lines.filter(({ login }) => login === loginName(profile)) : [];
    const entries = own.map(({ entry }) => entry);
    this.#store.update({ ended: endedLately(entries, this.#clock.now()) });
  }
}
