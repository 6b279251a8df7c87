import * as v from 'valibot';
import type { Draft } from '../access/draft.ts';
import type { Files } from './files.ts';

const schema = v.object({
  roles: v.array(v.string()),
  reason: v.string(),
  minutes: v.pipe(v.number(), v.integer()),
  reviewers: v.array(v.string()),
});

/** The request being written, kept at every keystroke, and the reviewers and duration used last. */
export class Drafts {
  readonly #files: Files;
  #draft: Draft | undefined;

  constructor(files: Files) {
    this.#files = files;
  }

  /** The draft as it was left, also by a window that was closed. */
  async load(): Promise<Draft | undefined> {
    return (this.#draft ??= await this.#files.read('draft.json', schema));
  }

  save(draft: Draft): Promise<void> {
    this.#draft = draft;
    return this.#files.write('draft.json', draft);
  }

  /** After sending: what was chosen is proposed again, what was typed is not. */
  sent(draft: Draft): Promise<void> {
    return this.save({ ...draft, roles: [], reason: '' });
  }
}
