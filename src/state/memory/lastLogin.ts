import * as v from 'valibot';
import type { Foreign } from '../../access/text/foreign.ts';
import type { Profile } from '../../teleport/output/requestSchema.ts';
import type { Files } from '../storageFiles.ts';
import { storedText } from '../storedSchemas.ts';

const schema = v.object({ proxy: storedText, user: storedText });
const file = 'login.json';

/** Who was signed in last and where, so that signing in again asks for nothing that is known. */
export class LastLogin {
  readonly #files: Files;
  #saved = '';

  constructor(files: Files) {
    this.#files = files;
  }

  read(): Promise<{ proxy: Foreign; user: Foreign } | undefined> {
    return this.#files.read(file, schema);
  }

  async saw({ proxy, user }: Profile): Promise<void> {
    const text = JSON.stringify({ proxy, user });
    if (text === this.#saved) return;
    this.#saved = text;
    await this.#files.write(file, { proxy, user });
  }
}
