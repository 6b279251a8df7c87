import * as v from 'valibot';
import { abilities, type Ability } from '../../teleport/commands/abilities.ts';
import type { Clock } from '../clock.ts';
import type { StorageFiles } from '../storageFiles.ts';
import { profileOf, type Store } from '../store.ts';
import { loginKey, storedInstant } from '../storedSchemas.ts';

const rightSchema = v.object({ works: v.boolean(), at: storedInstant });
/** Whether the last call that needed an ability worked or was refused, and when that was. */
type Right = v.InferOutput<typeof rightSchema>;
/** By login and ability: the result of the last call that needed the ability. */
const schema = v.record(v.string(), v.record(v.string(), rightSchema));

const file = 'rights.json';

/**
 * The abilities of a user on each cluster, as far as calls have shown them. They are stored, so that no call
 * is made again only to find them out.
 */
export class KnownRights {
  readonly #files: StorageFiles;
  readonly #store: Store;
  readonly #clock: Clock;
  #known: v.InferOutput<typeof schema> = {};

  constructor(files: StorageFiles, store: Store, clock: Clock) {
    this.#files = files;
    this.#store = store;
    this.#clock = clock;
  }

  /**
   * Reads the stored rights, at the start. Rights that calls have shown in the meantime win over the file.
   */
  async load(): Promise<void> {
    this.#known = { ...(await this.#files.read(file, schema)), ...this.#known };
  }

  /** Records whether a call that needs the ability worked. It does nothing while no login is known. */
  record(ability: Ability, works: boolean): void {
    const profile = profileOf(this.#store.snapshot.login);
    if (!profile) return;
    const name = loginKey(profile);
    const before = this.of(ability);
    this.#known = {
      ...this.#known,
      [name]: { ...this.#known[name], [ability]: { works, at: this.#clock.now() } },
    };
    if (before?.works !== works) void this.#files.write(file, this.#known);
  }

  /** The known right of the user who is signed in; undefined when the ability was never used. */
  of(ability: Ability): Right | undefined {
    const profile = profileOf(this.#store.snapshot.login);
    return profile && this.#known[loginKey(profile)]?.[ability];
  }

  /** All known rights of the user who is signed in. */
  all(): readonly (readonly [Ability, Right])[] {
    return abilities.flatMap((ability) => {
      const known = this.of(ability);
      return known ? [[ability, known] as const] : [];
    });
  }
}
