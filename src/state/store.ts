import type { Busy } from '../access/availableActions.ts';
import type { Elevation, ElevationElsewhere } from '../access/elevation.ts';
import type { JournalEntry } from '../access/journalEntry.ts';
import type { AccessRequest } from '../access/request.ts';
import type { Untrusted, Instant, RequestId } from '../access/untrusted/untrusted.ts';
import type { Failure } from '../teleport/process/failure.ts';
import type { Profile } from '../teleport/output/loginSchema.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { LoginState } from './login.ts';
import { Emitter, type Event } from './emitter.ts';

/**
 * The complete state that views show, at one moment. It is never edited, only replaced. `login`, `requests`,
 * `asOf`, `stale` and the elevations of the main login are what the leader has read. The elevations in private
 * homes, `ended`, `waiting`, `hidden` and `isReviewer` come from files that all windows share. `busy` and
 * `diagnosis` are of this window alone.
 */
export interface Snapshot {
  readonly login: LoginState;
  /**
   * The requests that the server last returned; kept while it cannot be reached. Undefined until the first
   * list.
   */
  readonly requests: readonly AccessRequest[] | undefined;
  /** The time of the last answer of the server. */
  readonly asOf: Instant | undefined;
  /** Why the last call failed; undefined after a call that succeeded. */
  readonly stale: Failure | undefined;
  readonly elevations: readonly Elevation[];
  /** Elevations on other machines or of other accounts. They are shown, and nothing acts on them. */
  readonly elsewhere: readonly ElevationElsewhere[];
  readonly ended: readonly JournalEntry[];
  /** The user's own requests that wait for a decision. */
  readonly waiting: readonly RequestId[];
  /** The user's own requests that the user has hidden. */
  readonly hidden: readonly RequestId[];
  readonly busy: ReadonlyMap<RequestId, Busy>;
  /** Whether the user has reviewed a request on this cluster. */
  readonly isReviewer: boolean;
  /** The result of the Doctor's last run. */
  readonly diagnosis: Diagnosis | undefined;
}

/** The parts of a snapshot that belong to a login, while none is known. */
const ofNoLogin = {
  requests: undefined,
  asOf: undefined,
  stale: undefined,
  waiting: [],
  hidden: [],
  ended: [],
  isReviewer: false,
} satisfies Partial<Snapshot>;

/** The snapshot before anything is read: no login, no list. */
export const emptySnapshot: Snapshot = {
  ...ofNoLogin,
  login: { kind: 'starting' },
  elevations: [],
  elsewhere: [],
  busy: new Map(),
  diagnosis: undefined,
};

/**
 * The snapshots before and after a change. The store may hold a newer one already, when a listener has changed
 * it; a listener that needs the current state reads `Store.snapshot`.
 */
export interface SnapshotChange {
  readonly before: Snapshot;
  readonly after: Snapshot;
}

/** The read-only part of the store, for views and commands. */
export interface Facts {
  readonly snapshot: Snapshot;
  /** Fires after every change of the snapshot. */
  readonly onDidChange: Event<SnapshotChange>;
}

/** How long a list may lag behind `show` and behind a change, in ms. The observed lag is up to a second. */
export const listLag = 2_000;
/**
 * A list that seems older than the answer of `show` by more than this, in ms, shows that the clock was set
 * back. The answer of `show` is then dropped.
 */
const clockSetBack = 60_000;

/** Holds the current state as one snapshot, and fires one event for every change of it. */
export class Store implements Facts {
  #snapshot = emptySnapshot;
  readonly #changed = new Emitter<SnapshotChange>();
  /** Fires after every change of the snapshot. */
  readonly onDidChange = this.#changed.event;
  /** When `show` answered about a request, known or gone; kept until a list has caught up with the answer. */
  readonly #shownAt = new Map<RequestId, Instant>();

  get snapshot(): Snapshot {
    return this.#snapshot;
  }

  /** The requests of which `show` knew more than the last list, with the times of its answers. */
  get shown(): readonly (readonly [RequestId, Instant])[] {
    return [...this.#shownAt];
  }

  /** Replaces the given parts of the snapshot, keeps the others, and fires `onDidChange`. */
  update(patch: Partial<Snapshot>): void {
    const before = this.#snapshot;
    this.#snapshot = { ...before, ...patch };
    this.#changed.fire({ before, after: this.#snapshot });
  }

  /** Stores a request that `show` returned just now. A list that lags does not overwrite it. */
  applyRequest(request: AccessRequest, now: Instant): void {
    this.#shownAt.set(request.id, now);
    this.update({ requests: merge(this.#snapshot.requests ?? [], request), asOf: now, stale: undefined });
  }

  /** Removes a request that the server does not know, or no longer knows. */
  applyRequestGone(id: RequestId, now: Instant): void {
    this.#shownAt.set(id, now);
    this.update({ requests: this.#snapshot.requests?.filter((request) => request.id !== id), asOf: now });
  }

  /**
   * Stores a list that was requested at `requestedAt`. The answer of `show` wins until a list agrees with it,
   * because revisions show that two versions differ, but not which one is newer.
   * @returns ids of requests where the list still differs although it should have caught up; the caller reads
   *   them again by `show`
   */
  applyList(list: readonly AccessRequest[], requestedAt: Instant, now: Instant): RequestId[] {
    let requests = [...list];
    const doubtful: RequestId[] = [];
    for (const [id, at] of this.#shownAt) {
      const request = this.#snapshot.requests?.find((other) => other.id === id);
      const listed = list.find((other) => other.id === id);
      if (listed?.revision === request?.revision || at - requestedAt > clockSetBack) {
        this.#shownAt.delete(id);
        continue;
      }
      if (requestedAt - at >= listLag) doubtful.push(id);
      requests = request ? merge(requests, request) : requests.filter((other) => other.id !== id);
    }
    this.update({ requests, asOf: now, stale: undefined });
    return doubtful;
  }

  /**
   * Stores the state that the leader sent.
   * @param shown the leader's `shown`: this window needs it for its first list when it leads next
   * @param forget as `forgetLogin`
   */
  applyLeaderState(
    patch: Pick<Snapshot, 'login' | 'requests' | 'asOf' | 'stale'>,
    shown: Store['shown'],
    forget: boolean,
  ): void {
    this.#shownAt.clear();
    for (const [id, at] of shown) this.#shownAt.set(id, at);
    this.update({ ...(forget ? ofNoLogin : {}), ...patch });
  }

  /** Forgets all data of the previous login, because another user or cluster is in use now. */
  forgetLogin(): void {
    this.#shownAt.clear();
    this.update(ofNoLogin);
  }

  /** Sets the operation that runs on a request now; undefined when it has ended. */
  setBusy(id: RequestId, busy: Busy | undefined): void {
    const map = new Map(this.#snapshot.busy);
    if (busy) map.set(id, busy);
    else map.delete(id);
    this.update({ busy: map });
  }
}

function merge(requests: readonly AccessRequest[], changed: AccessRequest): AccessRequest[] {
  return requests.some((request) => request.id === changed.id)
    ? requests.map((request) => (request.id === changed.id ? changed : request))
    : [...requests, changed];
}

/** The profile of a login, also of an expired one. */
export function profileOf(login: LoginState): Profile | undefined {
  return 'profile' in login ? login.profile : undefined;
}

/** The name of the user who is signed in, also with an expired login. */
export function signedInUser(snapshot: Snapshot): Untrusted | undefined {
  return profileOf(snapshot.login)?.user;
}
