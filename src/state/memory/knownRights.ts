import * as v from 'valibot';
import { abilities, type Ability } from '../../teleport/commands/abilities.ts';
import type { Clock } from '../clock.ts';
import type { StorageFiles } from '../storageFiles.ts';
import { profileOf, type Store } from '../store.ts';
import { loginName, storedInstant } from '../storedSchemas.ts';

const right = v.object({ works: v.boolean(), at: storedInstant });
/** Login to ability to what was seen of it last. */
const schema = v.record(v.string(), v.record(v.string(), right));

/** Whether an ability was seen to work, and when that was. */
export type Right = v.InferOutput<typeof right>;

const file = 'rights.json';

/** What this person may do on each cluster, as far as it was found out. Kept, so that it is not asked for again. */
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

  async load(): Promise<void> {
    this.#known = { ...(await this.#files.read(file, schema)), ...this.#known };
  }

  /** Notes what a call just showed. Unknown logins are nobody's. */
  record(ability: Ability, works: boolean): void {
    const profile = profileOf(this.#store.snapshot.login);
    if (!profile) return;
    const name = loginName(profile);
    const before = this.of(ability);
    this.#known = {
      ...this.#known,
      [name]: { ...this.#known[name], [ability]: { works, at: this.#clock.now() } },
    };
    if (before?.works !== works) void this.#files.write(file, this.#known);
  }

  /** What is known of an ability of the person signed in; undefined when it was never tried. */
  of(ability: Ability): Right | undefined {
    const profile = profileOf(this.#store.snapshot.login);
    return profile && this.#known[loginName(profile)]?.[ability];
  }

  /** Everything known of the person signed in. */
  all(): readonly (readonly [Ability, Right])[] {
    return abilities.flatMap((ability) => {
      const known = this.of(ability);
      return known ? [[ability, known] as const] : [];
    });
  }
}
