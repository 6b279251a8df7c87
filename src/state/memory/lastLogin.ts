import * as v from 'valibot';
import type { Untrusted } from '../../access/untrusted/untrusted.ts';
import type { Profile } from '../../teleport/output/loginSchema.ts';
import type { StorageFiles } from '../storageFiles.ts';
import { storedText } from '../storedSchemas.ts';

const schema = v.object({ proxy: storedText, user: storedText });
const file = 'login.json';

/** Stores the proxy and user of the last login, so that signing in again does not ask for them. */
export class LastLogin {
  readonly #files: StorageFiles;
  #saved = '';

  constructor(files: StorageFiles) {
    this.#files = files;
  }

  /** The proxy and the user of the last login; undefined before the first login. */
  read(): Promise<{ proxy: Untrusted; user: Untrusted } | undefined> {
    return this.#files.read(file, schema);
  }

  /** Stores the proxy and the user of a login. It writes only when they differ from what it last wrote. */
  async remember({ proxy, user }: Profile): Promise<void> {
    const text = JSON.stringify({ proxy, user });
    if (text === this.#saved) return;
    this.#saved = text;
    await this.#files.write(file, { proxy, user });
  }
}
