import { endOf, elevationKey, type Elevation } from '../../access/elevation.ts';
import type { Untrusted, Instant } from '../../access/untrusted/untrusted.ts';
import { failureOf } from '../../teleport/process/failure.ts';
import type { Home } from '../../teleport/home/home.ts';
import { lockWords } from '../../teleport/commands/lockWords.ts';
import type { Tsh } from '../../teleport/commands/tsh.ts';
import type { Clock } from '../clock.ts';
import type { Elevations } from './elevations.ts';

/** How often each elevation is checked on the server, in ms. */
const checkEvery = 30_000;

/** The state of a request in use on the server. */
export type ServerStatus =
  | { readonly kind: 'stands' }
  /** The request was denied after its approval, or deleted. Running access goes on. */
  | { readonly kind: 'withdrawn'; readonly as: 'denied' | 'deleted' }
  /** A lock is in force. `words` is the message of the lock, where it can be read. */
  | { readonly kind: 'locked'; readonly words: Untrusted | undefined }
  /** The private home holds no login any more, because the user signed out in its terminal. */
  | { readonly kind: 'signedOut' };

/** The parts that the elevation monitor passes. */
export interface ServerCheckParts {
  readonly tsh: Tsh;
  readonly mainLogin: Home;
  readonly elevations: Elevations;
  readonly clock: Clock;
  /** The folder of the private homes. */
  readonly root: string;
  /** Runs the task after `ms`; the returned function cancels it. */
  readonly later: (ms: number, task: () => void) => () => void;
  /** The elevations that this window checks. */
  readonly elevationsToCheck: () => readonly Elevation[];
  /** Called with the status of an elevation after each check. */
  readonly onStatus: (elevation: Elevation, status: ServerStatus) => Promise<void>;
}

/** The key includes the request, so that a successor in the same home is checked as a new elevation. */
const keyOf = (elevation: Elevation): string => `${elevationKey(elevation)} ${elevation.requestId}`;

/**
 * Checks every 30 s on the server whether each elevation is still valid. The call uses the home of the
 * elevation, where a lock takes effect first. Only this call shows a lock, a denial or a deletion: `tsh
 * status` still says "elevated".
 */
export class ServerCheck {
  readonly #parts: ServerCheckParts;
  readonly #checkedAt = new Map<string, Instant>();
  #cancel: () => void = () => undefined;
  #checking: Promise<void> | undefined;
  #stopped = false;

  constructor(parts: ServerCheckParts) {
    this.#parts = parts;
  }

  /** Sets the timer to the next check. To be called after an elevation was added or dropped. */
  schedule(): void {
    this.#cancel();
    if (this.#checking || this.#stopped) return;
    const now = this.#parts.clock.now();
    const due = Math.min(
      Infinity,
      ...this.#validElevations(now).map((elevation) => this.#dueOf(elevation, now)),
    );
    if (due < Infinity) this.#cancel = this.#parts.later(Math.max(0, due - now), () => this.#run());
  }

  dispose(): void {
    this.#stopped = true;
    this.#cancel();
  }

  #validElevations(now: Instant): Elevation[] {
    return this.#parts.elevationsToCheck().filter((elevation) => endOf(elevation).at > now);
  }

  /** The time of the next check. A new elevation is due after 30 s, because it was verified just now. */
  #dueOf(elevation: Elevation, now: Instant): Instant {
    const key = keyOf(elevation);
    const checkedAt = Math.min(this.#checkedAt.get(key) ?? now, now);
    // After the clock was set back, a check recorded in the future counts as made now.
    this.#checkedAt.set(key, checkedAt);
    return checkedAt + checkEvery;
  }

  #run(): void {
    this.#checking ??= this.#checkDue().finally(() => {
      this.#checking = undefined;
      this.schedule();
    });
  }

  async #checkDue(): Promise<void> {
    const { clock, onStatus } = this.#parts;
    const now = clock.now();
    for (const elevation of this.#validElevations(now)) {
      if (this.#dueOf(elevation, now) > now) continue;
      this.#checkedAt.set(keyOf(elevation), now);
      const status = await this.#check(elevation);
      if (status) await onStatus(elevation, status);
    }
  }

  /** Reads the status from the server; undefined when the server cannot be reached. */
  async #check(elevation: Elevation): Promise<ServerStatus | undefined> {
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
      // tsh prints the same message while other programs call it on this home, so `tsh status` decides.
      const login = await tsh.status(home).catch(() => undefined);
      return login?.kind === 'signedOut' ? { kind: 'signedOut' } : undefined;
    }
  }
}
