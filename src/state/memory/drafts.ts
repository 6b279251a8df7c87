import * as v from 'valibot';
import type { Draft } from '../../access/requestDraft.ts';
import { subjectKey, type PastRequest } from '../../access/alternatives.ts';
import type { Untrusted, Instant, RequestId } from '../../access/untrusted/untrusted.ts';
import type { ProcessId } from '../../teleport/process/processId.ts';
import { processSpaceSchema, type ProcessSpace } from '../../teleport/process/processSpace.ts';
import type { Profile } from '../../teleport/output/loginSchema.ts';
import type { StorageFiles } from '../storageFiles.ts';
import { loginKey, storedId, storedInstant, storedText } from '../storedSchemas.ts';

const storedResource = v.object({
  cluster: storedText,
  kind: storedText,
  name: storedText,
  sub: v.exactOptional(storedText),
  label: v.exactOptional(storedText),
});

const draftFields = {
  roles: v.array(storedText),
  minutes: v.pipe(v.number(), v.integer()),
  reviewers: v.array(storedText),
  resources: v.optional(v.array(storedResource), []),
};
const draftSchema = v.object({ ...draftFields, reason: v.string() });
/** The sent drafts, by login. The reason is not stored, because only the cluster keeps it. */
const pastRequestsSchema = v.array(v.object({ ...draftFields, login: v.string(), at: storedInstant }));

const sendingSchema = v.object({
  draft: draftSchema,
  since: storedInstant,
  window: v.object({ pid: v.number(), stamp: v.string() }),
  space: v.optional(processSpaceSchema),
  known: v.optional(v.array(storedId)),
});

/**
 * A request that is being sent: the time of sending by this machine's clock, and the requests that existed
 * before, if they are known.
 */
export interface RequestInFlight {
  readonly since: Instant;
  readonly known?: readonly RequestId[] | undefined;
}

/** The window that sends: its process, and where that runs. Older versions stored no space. */
interface SendingWindow {
  readonly window: ProcessId;
  readonly space?: ProcessSpace | undefined;
}

/** How many unfinished drafts are kept besides the current one. */
const maxSetAside = 3;
/** How many sent drafts are kept. */
const maxPastRequests = 20;

/** Stores the draft that the user writes, at every keystroke, and the values that the user sent last. */
export class Drafts {
  readonly #files: StorageFiles;
  #draft: Draft | undefined;

  constructor(files: StorageFiles) {
    this.#files = files;
  }

  /** The last state of the draft, also from a window that was closed. */
  async load(): Promise<Draft | undefined> {
    return (this.#draft ??= await this.#files.read('draft.json', draftSchema));
  }

  /** Stores the current draft and replaces the one before. */
  save(draft: Draft): Promise<void> {
    this.#draft = draft;
    return this.#files.write('draft.json', draft);
  }

  /** Stores the draft that a window is sending, until the result of sending is known. */
  markSending(draft: Draft, sending: RequestInFlight, window: SendingWindow): Promise<void> {
    return this.#files.write('sending.json', { draft, ...window, ...sending });
  }

  /** The draft that a window was sending when it was killed. */
  sending(): Promise<({ draft: Draft } & SendingWindow & RequestInFlight) | undefined> {
    return this.#files.read('sending.json', sendingSchema);
  }

  /** Removes the record of the draft that was being sent, because the result of sending is known. */
  clearSending(): Promise<void> {
    return this.#files.remove('sending.json');
  }

  /**
   * Stores a sent draft as a past request and its reviewers as the last used ones. The next draft starts with
   * the same duration and without the other values.
   */
  async markSent(draft: Draft, profile: Profile, at: Instant): Promise<void> {
    await this.clearSending();
    const { roles, minutes, reviewers, resources = [] } = draft;
    const login = loginKey(profile);
    const key = subjectKey(draft);
    const others = (await this.#pastRequests()).filter(
      (past) => past.login !== login || subjectKey(past) !== key,
    );
    const pastRequests = [{ login, at, roles, minutes, reviewers, resources }, ...others].slice(
      0,
      maxPastRequests,
    );
    await this.#files.write('pastRequests.json', pastRequests);
    await this.save({ roles: [], reason: '', minutes: draft.minutes, reviewers: [] });
    const reviewersUsed = [...draft.reviewers, ...(await this.lastReviewers())];
    await this.#files.write('reviewers.json', [...new Set(reviewersUsed)].slice(0, 2));
  }

  /** The requests that this login sent from this machine, newest first, without repetitions. */
  async pastRequests(profile: Profile): Promise<readonly PastRequest[]> {
    const login = loginKey(profile);
    return (await this.#pastRequests()).filter((past) => past.login === login);
  }

  async #pastRequests(): Promise<v.InferOutput<typeof pastRequestsSchema>> {
    return (await this.#files.read('pastRequests.json', pastRequestsSchema)) ?? [];
  }

  /** The unfinished drafts that were set aside for another draft. */
  async draftsSetAside(): Promise<readonly Draft[]> {
    return (await this.#files.read('aside.json', v.array(draftSchema))) ?? [];
  }

  /** Keeps an unfinished draft while the user writes another one. */
  async setAside(draft: Draft): Promise<void> {
    await this.#files.write(
      'aside.json',
      [draft, ...(await this.#setAsideWithout(draft))].slice(0, maxSetAside),
    );
  }

  /** Makes a draft that was set aside the current one again. */
  async resume(draft: Draft): Promise<void> {
    await this.save(draft);
    await this.#files.write('aside.json', await this.#setAsideWithout(draft));
  }

  async #setAsideWithout(draft: Draft): Promise<readonly Draft[]> {
    const key = subjectKey(draft);
    return (await this.draftsSetAside()).filter(
      (other) => subjectKey(other) !== key || other.reason !== draft.reason,
    );
  }

  /** The two reviewers that the user named last. */
  async lastReviewers(): Promise<readonly Untrusted[]> {
    return (await this.#files.read('reviewers.json', v.array(storedText))) ?? [];
  }

  /**
   * The reasons that the user gave with this verdict, newest first. Each verdict has its own reasons, because
   * the text of an approval must not be proposed for a denial.
   */
  async reviewReasons(verdict: 'approve' | 'deny'): Promise<readonly string[]> {
    return (await this.#files.read(`reasons-${verdict}.json`, v.array(v.string()))) ?? [];
  }

  /** Stores a reason for `reviewReasons`. The five newest reasons of each verdict are kept. */
  async rememberReviewReason(verdict: 'approve' | 'deny', reason: string): Promise<void> {
    const others = (await this.reviewReasons(verdict)).filter((other) => other !== reason);
    await this.#files.write(`reasons-${verdict}.json`, [reason, ...others].slice(0, 5));
  }
}
