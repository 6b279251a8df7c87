import * as v from 'valibot';
import type { Instant, RequestId } from '../../access/text/untrusted.ts';
import type { Profile } from '../../teleport/output/requestSchema.ts';
import type { StorageFiles } from '../storageFiles.ts';
import type { Store } from '../store.ts';
import { loginName, storedId, storedInstant } from '../storedSchemas.ts';

const schema = v.object({
  waiting: v.array(v.object({ id: storedId, since: storedInstant, login: v.string() })),
  hidden: v.array(v.object({ id: storedId, login: v.string() })),
  reviewer: v.array(v.string()),
  asked: v.optional(v.array(v.string()), []),
});
type Stored = v.InferOutput<typeof schema>;

const file = 'waiting.json';

/**
 * What a person waits for, by login: requests asked and not decided, requests they hid, whether they
 * review or were asked to.
 * Kept in a file, so that a reload or a closed window loses no decision.
 */
export class WatchedRequests {
  readonly #files: StorageFiles;
  readonly #store: Store;
  #stored: Stored = { waiting: [], hidden: [], reviewer: [], asked: [] };
  #login = '';
  #kept: () => void = () => undefined;
  #changing: Promise<void> = Promise.resolve();

  constructor(files: StorageFiles, store: Store) {
    this.#files = files;
    this.#store = store;
  }

  /** Calls back when this window has written. */
  onKept(listener: () => void): void {
    this.#kept = listener;
  }

  /** Reads what is kept, at start or because another window has written. */
  load(): Promise<void> {
    this.#changing = this.#changing.then(async () => {
      this.#stored = (await this.#files.read(file, schema)) ?? this.#stored;
      if (this.#login !== '') this.#show();
    });
    return this.#changing;
  }

  /** Whether anybody waits for anything, so that it is worth asking who is signed in. */
  get any(): boolean {
    return this.#stored.waiting.length > 0;
  }

  /** Whether anybody reviews or was asked to, so that it is worth asking who is signed in. */
  get anyReviewer(): boolean {
    return this.#stored.reviewer.length > 0 || this.#stored.asked.length > 0;
  }

  /** Whether this login has reviewed or was asked to. */
  get reviewing(): boolean {
    const { reviewer, asked } = this.#stored;
    return reviewer.includes(this.#login) || asked.includes(this.#login);
  }

  /** Shows what belongs to this login. */
  show(profile: Profile): void {
    this.#login = loginName(profile);
    this.#show();
  }

  #show(): void {
    const { waiting, hidden, reviewer } = this.#stored;
    const mine = <T extends { login: string }>(list: readonly T[]): T[] =>
      list.filter((one) => one.login === this.#login);
    this.#store.update({
      waiting: mine(waiting).map(({ id }) => id),
      hidden: mine(hidden).map(({ id }) => id),
      reviews: reviewer.includes(this.#login),
    });
  }

  /** When the wait for a request began. */
  since(id: RequestId): Instant | undefined {
    return this.#stored.waiting.find((one) => one.id === id)?.since;
  }

  begin(profile: Profile, id: RequestId, since: Instant): Promise<void> {
    return this.#change(profile, (stored) => ({
      ...stored,
      waiting: [...stored.waiting.filter((one) => one.id !== id), { id, since, login: loginName(profile) }],
    }));
  }

  end(profile: Profile, id: RequestId): Promise<void> {
    return this.#change(profile, (stored) => ({
      ...stored,
      waiting: stored.waiting.filter((one) => one.id !== id),
    }));
  }

  /** The row goes; it comes back if the request is approved after all. */
  hide(profile: Profile, id: RequestId): Promise<void> {
    return this.#change(profile, (stored) => ({
      ...stored,
      hidden: [...stored.hidden.filter((one) => one.id !== id), { id, login: loginName(profile) }].slice(
        -200,
      ),
    }));
  }

  /** The person has decided a request, so is somebody who reviews here. */
  reviewed(profile: Profile): Promise<void> {
    return this.#change(profile, (stored) => ({
      ...stored,
      reviewer: [...new Set([...stored.reviewer, loginName(profile)])],
    }));
  }

  /** Somebody named the person as a reviewer. */
  async wasAsked(profile: Profile): Promise<void> {
    const login = loginName(profile);
    if (this.#stored.asked.includes(login)) return;
    await this.#change(profile, (stored) => ({
      ...stored,
      asked: [...new Set([...stored.asked, login])],
    }));
  }

  /** Another window may have written since: its entries are read first, not overwritten. */
  #change(profile: Profile, change: (stored: Stored) => Stored): Promise<void> {
    this.#changing = this.#changing.then(async () => {
      this.#stored = change((await this.#files.read(file, schema)) ?? this.#stored);
      this.show(profile);
      await this.#files.write(file, this.#stored);
      this.#kept();
    });
    return this.#changing;
  }
}
