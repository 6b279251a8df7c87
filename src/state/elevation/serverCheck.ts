import { endOf, placeOf, type Elevation } from '../../access/elevation.ts';
import type { Untrusted, Instant } from '../../access/text/untrusted.ts';
import { failureOf } from '../../teleport/process/failure.ts';
import type { Home } from '../../teleport/home/home.ts';
import { lockWords } from '../../teleport/home/throwawayHome.ts';
import type { Tsh } from '../../teleport/commands/tsh.ts';
import type { Clock } from '../clock.ts';
import type { Elevations } from './elevations.ts';

/** How often it is asked whether an elevation still stands on the server, in ms. */
const every = 30_000;

/** What the server says of a request in use. */
export type ServerStatus =
  | { readonly kind: 'stands' }
  /** Denied after it was approved, or deleted: running access goes on. */
  | { readonly kind: 'withdrawn'; readonly as: 'denied' | 'deleted' }
  /** A lock is in force; with its words, where they can be had. */
  | { readonly kind: 'locked'; readonly words: Untrusted | undefined }
  /** The copy holds no login any more: somebody signed out in its terminal. */
  | { readonly kind: 'signedOut' };

export interface ServerCheckParts {
  readonly tsh: Tsh;
  readonly mainLogin: Home;
  readonly elevations: Elevations;
  readonly clock: Clock;
  /** Where private homes lie. */
  readonly root: string;
  /** Calls back after so many ms; the returned function cancels. */
  readonly later: (ms: number, task: () => void) => () => void;
  /** The elevations this window asks about. */
  readonly ours: () => readonly Elevation[];
  /** Told what the server said of one, each time it was asked. */
  readonly found: (elevation: Elevation, standing: ServerStatus) => Promise<void>;
}

/** A successor in the same home is asked about anew. */
const keyOf = (elevation: Elevation): string => `${placeOf(elevation)} ${elevation.requestId}`;

/**
 * Asks every half minute whether what is elevated still stands: in its own home, where a lock is felt first. A lock, a
 * withdrawal and a deletion are said by nobody else: `tsh status` goes on saying "elevated".
 */
export class ServerCheck {
  readonly #parts: ServerCheckParts;
  readonly #askedAt = new Map<string, Instant>();
  #cancel: () => void = () => undefined;
  #asking: Promise<void> | undefined;
  #stopped = false;

  constructor(parts: ServerCheckParts) {
    this.#parts = parts;
  }

  /** Sets the timer to the next question; to be called when something was elevated or given back. */
  schedule(): void {
    this.#cancel();
    if (this.#asking || this.#stopped) return;
    const now = this.#parts.clock.now();
    const due = Math.min(Infinity, ...this.#ours(now).map((one) => this.#dueOf(one, now)));
    if (due < Infinity) this.#cancel = this.#parts.later(Math.max(0, due - now), () => this.#run());
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  #ours(now: Instant): Elevation[] {
    return this.#parts.ours().filter((one) => endOf(one).at > now);
  }

  /** A new one is asked about after half a minute: it was verified just now. */
  #dueOf(elevation: Elevation, now: Instant): Instant {
    const key = keyOf(elevation);
    const asked = Math.min(this.#askedAt.get(key) ?? now, now);
    // Where the clock was set back, what was asked "later" was asked now.
    this.#askedAt.set(key, asked);
    return asked + every;
  }

  #run(): void {
    this.#asking ??= this.#askDue().finally(() => {
      this.#asking = undefined;
      this.schedule();
    });
  }

  async #askDue(): Promise<void> {
    const { clock, found } = this.#parts;
    const now = clock.now();
    for (const elevation of this.#ours(now)) {
      if (this.#dueOf(elevation, now) > now) continue;
      this.#askedAt.set(keyOf(elevation), now);
      const standing = await this.#ask(elevation);
      if (standing) await found(elevation, standing);
    }
  }

  /** What the server says; undefined when it cannot be asked now. */
  async #ask(elevation: Elevation): Promise<ServerStatus | undefined> {
    const { tsh, mainLogin, elevations, root } = this.#parts;
    const { requestId, where } = elevation;
    const home = elevations.homeOf(elevation);
    try {
      const { state } = await tsh.show(home, requestId, { background: true });
      return state === 'denied' ? { kind: 'withdrawn', as: 'denied' } : { kind: 'stands' };
    } catch (error) {
      const kind = failureOf(error)?.kind;
      if (kind === 'gone') return { kind: 'withdrawn', as: 'deleted' };
      if (kind === 'locked') {
        const words =
          where.kind === 'private'
            ? await lockWords(tsh, root, mainLogin, requestId).catch(() => undefined)
            : undefined;
        return { kind: 'locked', words };
      }
      if (kind !== 'signedOut' || where.kind !== 'private') return undefined;
      // Other programs' calls on that home print the same; its own files decide.
      const login = await tsh.status(home).catch(() => undefined);
      return login?.kind === 'signedOut' ? { kind: 'signedOut' } : undefined;
    }
  }
}
