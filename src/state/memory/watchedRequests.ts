import * as v from 'valibot';
import type { Instant, RequestId } from '../../access/untrusted/untrusted.ts';
import type { Profile } from '../../teleport/output/loginSchema.ts';
import type { StorageFiles } from '../storageFiles.ts';
import type { Store } from '../store.ts';
import { loginKey, storedId, storedInstant } from '../storedSchemas.ts';
import { Emitter } from '../emitter.ts';

const schema = v.object({
  waiting: v.array(v.object({ id: storedId, since: storedInstant, login: v.string() })),
  hidden: v.array(v.object({ id: storedId, login: v.string() })),
  reviewer: v.array(v.string()),
  namedAsReviewer: v.optional(v.array(v.string()), []),
});
type Stored = v.InferOutput<typeof schema>;

const file = 'waiting.json';

/**
 * Stores, by login, the own requests that wait for a decision, the requests that the user has hidden, and
 * whether the user has reviewed or was named as a reviewer. A file holds them, so that a reload or a closed
 * window loses no decision.
 */
export class WatchedRequests {
  readonly #files: StorageFiles;
  readonly #store: Store;
  #stored: Stored = { waiting: [], hidden: [], reviewer: [], namedAsReviewer: [] };
  #login = '';
  readonly #saved = new Emitter();
  /** Fires after this window has written the file. */
  readonly onDidSave = this.#saved.event;
  #changing: Promise<void> = Promise.resolve();

  constructor(files: StorageFiles, store: Store) {
    this.#files = files;
    this.#store = store;
  }

  /** Reads the file, at the start or because another window has written it. */
  load(): Promise<void> {
    this.#changing = this.#changing.then(async () => {
      this.#stored = (await this.#files.read(file, schema)) ?? this.#stored;
      if (this.#login !== '') this.#publish();
    });
    return this.#changing;
  }

  /** Whether any login waits for a decision. Reading the current login is then worth a call. */
  get anyWaiting(): boolean {
    return this.#stored.waiting.length > 0;
  }

  /**
   * Whether any login has reviewed or was named as a reviewer. Reading the current login is then worth a
   * call.
   */
  get anyReviewer(): boolean {
    return this.#stored.reviewer.length > 0 || this.#stored.namedAsReviewer.length > 0;
  }

  /** Whether the current login has reviewed or was named as a reviewer. */
  get reviewing(): boolean {
    const { reviewer, namedAsReviewer } = this.#stored;
    return reviewer.includes(this.#login) || namedAsReviewer.includes(this.#login);
  }

  /** Makes this login the current one and puts its requests into the store. */
  publishFor(profile: Profile): void {
    this.#login = loginKey(profile);
    this.#publish();
  }

  #publish(): void {
    const { waiting, hidden, reviewer } = this.#stored;
    const ofLogin = <T extends { login: string }>(list: readonly T[]): T[] =>
      list.filter((item) => item.login === this.#login);
    this.#store.update({
      waiting: ofLogin(waiting).map(({ id }) => id),
      hidden: ofLogin(hidden).map(({ id }) => id),
      isReviewer: reviewer.includes(this.#login),
    });
  }

  /** When the user began to wait for a request. */
  waitingSince(id: RequestId): Instant | undefined {
    return this.#stored.waiting.find((item) => item.id === id)?.since;
  }

  /**
   * Adds a request to those whose decision the user waits for.
   * @param since when the user began to wait
   */
  startWaiting(profile: Profile, id: RequestId, since: Instant): Promise<void> {
    return this.#change(profile, (stored) => ({
      ...stored,
      waiting: [...stored.waiting.filter((item) => item.id !== id), { id, since, login: loginKey(profile) }],
    }));
  }

  /** Removes a request from those whose decision the user waits for. An unknown request is no error. */
  stopWaiting(profile: Profile, id: RequestId): Promise<void> {
    return this.#change(profile, (stored) => ({
      ...stored,
      waiting: stored.waiting.filter((item) => item.id !== id),
    }));
  }

  /** Hides a request from the view until it is approved. */
  hide(profile: Profile, id: RequestId): Promise<void> {
    return this.#change(profile, (stored) => ({
      ...stored,
      hidden: [...stored.hidden.filter((item) => item.id !== id), { id, login: loginKey(profile) }].slice(
        -200,
      ),
    }));
  }

  /** Records that the user has reviewed a request on this cluster. */
  markReviewer(profile: Profile): Promise<void> {
    return this.#change(profile, (stored) => ({
      ...stored,
      reviewer: [...new Set([...stored.reviewer, loginKey(profile)])],
    }));
  }

  /** Records that a request names the user as a reviewer. */
  async markNamedAsReviewer(profile: Profile): Promise<void> {
    const login = loginKey(profile);
    if (this.#stored.namedAsReviewer.includes(login)) return;
    await this.#change(profile, (stored) => ({
      ...stored,
      namedAsReviewer: [...new Set([...stored.namedAsReviewer, login])],
    }));
  }

  /** Changes the file. It is read first, because another window may have written it in the meantime. */
  #change(profile: Profile, change: (stored: Stored) => Stored): Promise<void> {
    this.#changing = this.#changing.then(async () => {
      this.#stored = change((await this.#files.read(file, schema)) ?? this.#stored);
      this.publishFor(profile);
      await this.#files.write(file, this.#stored);
      this.#saved.fire();
    });
    return this.#changing;
  }
}
