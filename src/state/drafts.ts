import * as v from 'valibot';
import type { Draft } from '../access/draft.ts';
import type { Resource } from '../access/request.ts';
import type { Foreign, Instant } from '../access/text.ts';
import type { ProcessId } from '../teleport/processes.ts';
import type { Files } from './files.ts';
import { storedInstant, storedText } from './stored.ts';

const storedResource = v.pipe(
  v.object({
    cluster: storedText,
    kind: storedText,
    name: storedText,
    sub: v.optional(storedText),
    label: v.optional(storedText),
  }),
  v.transform(({ sub, label, ...rest }): Resource => ({
    ...rest,
    ...(sub === undefined ? {} : { sub }),
    ...(label === undefined ? {} : { label }),
  })),
);

const schema = v.object({
  roles: v.array(storedText),
  reason: v.string(),
  minutes: v.pipe(v.number(), v.integer()),
  reviewers: v.array(storedText),
  resources: v.optional(v.array(storedResource), []),
});

const sendingSchema = v.object({
  draft: schema,
  since: storedInstant,
  window: v.object({ pid: v.number(), stamp: v.string() }),
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

  /** Notes that a request is being sent, and by which window; kept until it is known what became of it. */
  isSending(draft: Draft, since: Instant, window: ProcessId): Promise<void> {
    return this.#files.write('sending.json', { draft, since, window });
  }

  /** What was being sent when a window was cut off. */
  sending(): Promise<{ draft: Draft; since: Instant; window: ProcessId } | undefined> {
    return this.#files.read('sending.json', sendingSchema);
  }

  notSending(): Promise<void> {
    return this.#files.remove('sending.json');
  }

  /** After sending: the duration is proposed again, the rest is not; the reviewers are remembered as used last. */
  async sent(draft: Draft): Promise<void> {
    await this.notSending();
    await this.save({ roles: [], reason: '', minutes: draft.minutes, reviewers: [] });
    const used = [...draft.reviewers, ...(await this.usedReviewers())];
    await this.#files.write('reviewers.json', [...new Set(used)].slice(0, 2));
  }

  /** The two reviewers asked last. */
  async usedReviewers(): Promise<readonly Foreign[]> {
    return (await this.#files.read('reviewers.json', v.array(storedText))) ?? [];
  }

  /** Reasons this person gave with this verdict, newest first: words of an approval must not deny. */
  async reviewReasons(verdict: 'approve' | 'deny'): Promise<readonly string[]> {
    return (await this.#files.read(`reasons-${verdict}.json`, v.array(v.string()))) ?? [];
  }

  async usedReviewReason(verdict: 'approve' | 'deny', reason: string): Promise<void> {
    const others = (await this.reviewReasons(verdict)).filter((one) => one !== reason);
    await this.#files.write(`reasons-${verdict}.json`, [reason, ...others].slice(0, 5));
  }
}
