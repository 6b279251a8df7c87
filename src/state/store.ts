import type { Elevation } from '../access/elevation.ts';
import type { JournalEntry } from '../access/journalEntry.ts';
import type { AccessRequest } from '../access/request.ts';
import type { Untrusted, Instant, RequestId } from '../access/text/untrusted.ts';
import type { Failure } from '../teleport/process/failure.ts';
import type { Profile } from '../teleport/output/requestSchema.ts';
import type { Diagnosis } from './diagnosis.ts';

/** Who is signed in, or what stands in the way. */
export type LoginState =
  | { readonly kind: 'starting' }
  | { readonly kind: 'tshMissing' }
  | { readonly kind: 'tooOld'; readonly version: string }
  | { readonly kind: 'signedOut' }
  | { readonly kind: 'expired'; readonly profile: Profile }
  | { readonly kind: 'signedIn'; readonly profile: Profile };

/** What is being done to a request just now. */
export type Busy = 'assuming' | 'continuing' | 'givingBack' | 'deciding';

/** Everything that is shown, at one moment. Never edited, always replaced. */
export interface Snapshot {
  readonly login: LoginState;
  /** As the server last said; kept while it cannot be reached. Undefined until the first list. */
  readonly requests: readonly AccessRequest[] | undefined;
  /** When the server last answered. */
  readonly asOf: Instant | undefined;
  /** Why the last question failed, while it does. */
  readonly stale: Failure | undefined;
  readonly elevations: readonly Elevation[];
  readonly ended: readonly JournalEntry[];
  /** Own requests whose decision is awaited. */
  readonly waiting: readonly RequestId[];
  /** Own requests the person no longer wants to see. */
  readonly hidden: readonly RequestId[];
  readonly busy: ReadonlyMap<RequestId, Busy>;
  /** Whether this person has reviewed on this cluster. */
  readonly reviews: boolean;
  /** What the Doctor found when it was last asked. */
  readonly diagnosis: Diagnosis | undefined;
}

export const emptySnapshot: Snapshot = {
  login: { kind: 'starting' },
  requests: undefined,
  asOf: undefined,
  stale: undefined,
  elevations: [],
  ended: [],
  waiting: [],
  hidden: [],
  busy: new Map(),
  reviews: false,
  diagnosis: undefined,
};

/** What views and commands may see of the store. */
export interface Facts {
  readonly snapshot: Snapshot;
  /** Calls back after every change; the returned function stops that. */
  onChange(listener: (after: Snapshot, before: Snapshot) => void): () => void;
}

/** How long a list may lag behind `show`, in ms; seen: up to a second. The list's second look is as much later. */
const lag = 2_000;
/** No list is asked for so long before what `show` said, in ms: the clock was set back. */
const setBack = 60_000;

/** The one place of truth: one snapshot, one event. */
export class Store implements Facts {
  #snapshot = emptySnapshot;
  readonly #listeners = new Set<(after: Snapshot, before: Snapshot) => void>();
  #onLearned: (id: RequestId, request: AccessRequest | undefined) => void = () => undefined;
  /** What `show` said and when, until a list is as new. */
  readonly #learned = new Map<RequestId, { request: AccessRequest | undefined; at: Instant }>();

  get snapshot(): Snapshot {
    return this.#snapshot;
  }

  onChange(listener: (after: Snapshot, before: Snapshot) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls back with what `show` said of a request; undefined: the server does not know it. */
  onLearned(listener: (id: RequestId, request: AccessRequest | undefined) => void): void {
    this.#onLearned = listener;
  }

  update(patch: Partial<Snapshot>): void {
    const before = this.#snapshot;
    this.#snapshot = { ...before, ...patch };
    for (const listener of [...this.#listeners]) listener(this.#snapshot, before);
  }

  /** One request as `show` just said it; lists that lag do not take it away. */
  learned(request: AccessRequest, now: Instant): void {
    this.#learned.set(request.id, { request, at: now });
    this.update({ requests: merge(this.#snapshot.requests ?? [], request), asOf: now, stale: undefined });
    this.#onLearned(request.id, request);
  }

  /** The server does not know this request (any more). */
  gone(id: RequestId, now: Instant): void {
    this.#learned.set(id, { request: undefined, at: now });
    this.update({
      requests: (this.#snapshot.requests ?? []).filter((request) => request.id !== id),
      asOf: now,
    });
    this.#onLearned(id, undefined);
  }

  /**
   * A list, asked for at `asked`. What `show` said wins until a list says the same: a revision tells that two differ,
   * not which is newer.
   * @returns requests of which a list still differs when it should have caught up: `show` must be asked again
   */
  listed(list: readonly AccessRequest[], asked: Instant, now: Instant): RequestId[] {
    let requests = [...list];
    const doubtful: RequestId[] = [];
    for (const [id, { request, at }] of this.#learned) {
      const row = list.find((one) => one.id === id);
      const caughtUp = request ? row?.revision === request.revision : !row;
      if (caughtUp || at - asked > setBack) {
        this.#learned.delete(id);
        continue;
      }
      if (asked - at >= lag) doubtful.push(id);
      requests = request ? merge(requests, request) : requests.filter((one) => one.id !== id);
    }
    this.update({ requests, asOf: now, stale: undefined });
    return doubtful;
  }

  /**
   * What the window that asks for all says. What `show` said here is part of it by now; kept is only what lists still
   * lag behind, for the case that this window must ask next.
   */
  follow(patch: Pick<Snapshot, 'login' | 'requests' | 'asOf' | 'stale'>, now: Instant): void {
    for (const [id, { at }] of this.#learned) if (now - at > lag) this.#learned.delete(id);
    this.update(patch);
  }

  /** Another person or cluster: nothing known of the former one may stay. */
  forget(): void {
    this.#learned.clear();
    this.update({
      requests: undefined,
      asOf: undefined,
      stale: undefined,
      waiting: [],
      hidden: [],
      ended: [],
      reviews: false,
    });
  }

  setBusy(id: RequestId, busy: Busy | undefined): void {
    const map = new Map(this.#snapshot.busy);
    if (busy) map.set(id, busy);
    else map.delete(id);
    this.update({ busy: map });
  }
}

function merge(requests: readonly AccessRequest[], one: AccessRequest): AccessRequest[] {
  return requests.some((request) => request.id === one.id)
    ? requests.map((request) => (request.id === one.id ? one : request))
    : [...requests, one];
}

/** The profile in use, also when it has expired. */
export function profileOf(login: LoginState): Profile | undefined {
  return 'profile' in login ? login.profile : undefined;
}

/** The name of the person signed in. */
export function meIn(snapshot: Snapshot): Untrusted | undefined {
  return profileOf(snapshot.login)?.user;
}
