import * as v from 'valibot';
import type { Draft } from '../access/draft.ts';
import type { Foreign } from '../access/text.ts';
import type { Files } from './files.ts';
import { storedText } from './stored.ts';

const schema = v.object({
  roles: v.array(storedText),
  reason: v.string(),
  minutes: v.pipe(v.number(), v.integer()),
  reviewers: v.array(storedText),
});

/** What is being written, kept at every keystroke, and what was used last. */
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

  /** After sending: the duration is proposed again, the rest is not; the reviewers are remembered as used last. */
  async sent(draft: Draft): Promise<void> {
    await this.save({ roles: [], reason: '', minutes: draft.minutes, reviewers: [] });
    const used = [...draft.reviewers, ...(await this.usedReviewers())];
    await this.#files.write('reviewers.json', [...new Set(used)].slice(0, 2));
  }

  /** The two reviewers asked last. */
  async usedReviewers(): Promise<readonly Foreign[]> {
    return (await this.#files.read('reviewers.json', v.array(storedText))) ?? [];
  }

  /** Reasons this person gave when reviewing, newest first. */
  async reviewReasons(): Promise<readonly string[]> {
    return (await this.#files.read('reasons.json', v.array(v.string()))) ?? [];
  }

  async usedReviewReason(reason: string): Promise<void> {
    const others = (await this.reviewReasons()).filter((one) => one !== reason);
    await this.#files.write('reasons.json', [reason, ...others].slice(0, 5));
  }
}
