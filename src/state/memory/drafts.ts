import * as v from 'valibot';
import type { Draft } from '../../access/requestDraft.ts';
import { subjectKey, type PastRequest } from '../../access/alternatives.ts';
import type { Resource } from '../../access/request.ts';
import type { Untrusted, Instant, RequestId } from '../../access/text/untrusted.ts';
import type { ProcessId } from '../../teleport/process/processes.ts';
import type { Profile } from '../../teleport/output/requestSchema.ts';
import type { StorageFiles } from '../storageFiles.ts';
import { loginName, storedId, storedInstant, storedText } from '../storedSchemas.ts';

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

const settings = {
  roles: v.array(storedText),
  minutes: v.pipe(v.number(), v.integer()),
  reviewers: v.array(storedText),
  resources: v.optional(v.array(storedResource), []),
};
const schema = v.object({ ...settings, reason: v.string() });
/** What was sent, by login. Its reason is the cluster's to keep. */
const askedSchema = v.array(v.object({ ...settings, login: v.string(), at: storedInstant }));

const sendingSchema = v.object({
  draft: schema,
  since: storedInstant,
  window: v.object({ pid: v.number(), stamp: v.string() }),
  known: v.optional(v.array(storedId)),
});

/** A request on its way: when that began, by this machine's clock, and which requests there were before, if known. */
export interface RequestInFlight {
  readonly since: Instant;
  readonly known?: readonly RequestId[] | undefined;
}

/** How many unfinished drafts are kept besides the one being written, and how many sent ones are remembered. */
const kept = 3;
const remembered = 20;

/** What is being written, kept at every keystroke, and what was used last. */
export class Drafts {
  readonly #files: StorageFiles;
  #draft: Draft | undefined;

  constructor(files: StorageFiles) {
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
  isSending(draft: Draft, sending: RequestInFlight, window: ProcessId): Promise<void> {
    return this.#files.write('sending.json', { draft, window, ...sending });
  }

  /** What was being sent when a window was cut off. */
  sending(): Promise<({ draft: Draft; window: ProcessId } & RequestInFlight) | undefined> {
    return this.#files.read('sending.json', sendingSchema);
  }

  notSending(): Promise<void> {
    return this.#files.remove('sending.json');
  }

  /** After sending: the duration is proposed again, the rest is not; the reviewers are remembered as used last. */
  async sent(draft: Draft, profile: Profile, at: Instant): Promise<void> {
    await this.notSending();
    const { roles, minutes, reviewers, resources = [] } = draft;
    const login = loginName(profile);
    const key = subjectKey(draft);
    const others = (await this.#asked()).filter((one) => one.login !== login || subjectKey(one) !== key);
    const asked = [{ login, at, roles, minutes, reviewers, resources }, ...others].slice(0, remembered);
    await this.#files.write('asked.json', asked);
    await this.save({ roles: [], reason: '', minutes: draft.minutes, reviewers: [] });
    const used = [...draft.reviewers, ...(await this.usedReviewers())];
    await this.#files.write('reviewers.json', [...new Set(used)].slice(0, 2));
  }

  /** What this login asked for from here, newest first, each thing once. */
  async asked(profile: Profile): Promise<readonly PastRequest[]> {
    const login = loginName(profile);
    return (await this.#asked()).filter((one) => one.login === login);
  }

  async #asked(): Promise<v.InferOutput<typeof askedSchema>> {
    return (await this.#files.read('asked.json', askedSchema)) ?? [];
  }

  /** Unfinished drafts that made way for another. */
  async aside(): Promise<readonly Draft[]> {
    return (await this.#files.read('aside.json', v.array(schema))) ?? [];
  }

  /** Keeps an unfinished draft while another one is written. */
  async setAside(draft: Draft): Promise<void> {
    await this.#files.write('aside.json', [draft, ...(await this.#asideBut(draft))].slice(0, kept));
  }

  /** Goes on with an unfinished draft that was set aside. */
  async takeUp(draft: Draft): Promise<void> {
    await this.save(draft);
    await this.#files.write('aside.json', await this.#asideBut(draft));
  }

  async #asideBut(draft: Draft): Promise<readonly Draft[]> {
    const key = subjectKey(draft);
    return (await this.aside()).filter((one) => subjectKey(one) !== key || one.reason !== draft.reason);
  }

  /** The two reviewers asked last. */
  async usedReviewers(): Promise<readonly Untrusted[]> {
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
