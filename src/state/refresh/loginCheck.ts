import type { Client } from '../../teleport/commands/client.ts';
import type { Home } from '../../teleport/home/home.ts';
import type { Profile } from '../../teleport/output/requestSchema.ts';
import type { AssumedLogin, Tsh } from '../../teleport/commands/tsh.ts';
import type { Clock } from '../clock.ts';
import type { Elevations } from '../elevation/elevations.ts';
import { sameLogin, type HomeRecord } from '../elevation/homeRecords.ts';
import type { LastLogin } from '../memory/lastLogin.ts';
import { profileOf, type Store } from '../store.ts';
import type { WatchedRequests } from '../memory/watchedRequests.ts';

/** The oldest tsh whose commands are understood. */
const oldest = 14;
/** Parallel calls of other programs print "Not logged in" too: it is believed after a second read, this many ms later. */
const doubt = 2_000;

export interface LoginCheckParts {
  readonly client: Client;
  readonly tsh: Tsh;
  readonly mainLogin: Home;
  readonly store: Store;
  readonly watched: WatchedRequests;
  readonly elevations: Elevations;
  readonly lastLogin: LastLogin;
  readonly clock: Clock;
  /** Told of private homes whose login was signed out, or is somebody else's now. */
  readonly loginsGone?: (records: readonly HomeRecord[]) => void;
  /** Calls back after so many ms; the returned function cancels. */
  readonly later: (ms: number, task: () => void) => () => void;
}

/** Finds out who is signed in on the main login's folder. `tsh status` is asked only when something may have changed. */
export class LoginCheck {
  readonly #parts: LoginCheckParts;
  #due = true;
  #stamp = '';

  constructor(parts: LoginCheckParts) {
    this.#parts = parts;
  }

  /** Whether the next question begins with who is signed in. */
  get due(): boolean {
    return this.#due;
  }

  /** Something changed, or may have. */
  expect(): void {
    this.#due = true;
  }

  /**
   * Asks if it is due or the login has run out, and puts the answer into the store.
   * @returns whether it is another person or cluster than before; nothing known of the former one is left then
   * @throws TeleportFailure notFound, timedOut, unreadable
   */
  async ask(): Promise<boolean> {
    const { store, clock } = this.#parts;
    const { login } = store.snapshot;
    const ranOut = login.kind === 'signedIn' && login.profile.validUntil <= clock.now();
    if (!this.#due && !ranOut) return false;
    this.#due = false;
    try {
      return (await this.#supported()) && (await this.#look());
    } catch (error) {
      this.#due = true;
      throw error;
    }
  }

  /** Whether this tsh is new enough; its version is asked again when the file has changed. */
  async #supported(): Promise<boolean> {
    const { client, tsh, mainLogin, store } = this.#parts;
    const { stamp } = await client.program('tsh');
    if (stamp === this.#stamp && store.snapshot.login.kind !== 'tooOld') return true;
    const version = await tsh.version(mainLogin);
    if (Number(/^v?(\d+)\./.exec(version)?.[1] ?? 0) < oldest) {
      store.update({ login: { kind: 'tooOld', version } });
      return false;
    }
    this.#stamp = stamp;
    return true;
  }

  async #look(): Promise<boolean> {
    const { tsh, mainLogin, store, clock, watched, elevations, lastLogin } = this.#parts;
    const before = profileOf(store.snapshot.login);
    const found = await this.#believed(await tsh.status(mainLogin));
    this.#noteGone(found);
    if (found.kind === 'signedOut') {
      store.update({ login: found, stale: undefined });
      await elevations.sawMainLogin(undefined);
      return false;
    }
    const { profile } = found;
    const expired = found.kind === 'expired' || profile.validUntil <= clock.now();
    const other = isOther(before, profile);
    if (other) store.forget();
    store.update({ login: { kind: expired ? 'expired' : 'signedIn', profile } });
    watched.show(profile);
    await lastLogin.saw(profile);
    await elevations.sawMainLogin(expired ? undefined : profile);
    return other;
  }

  /** A private home outlives `tsh logout`: whoever signs out means to be out everywhere. */
  #noteGone({ others = [], ...found }: AssumedLogin): void {
    const { elevations, mainLogin, loginsGone } = this.#parts;
    // Of a profile without keys tsh knows no roles.
    const there = others.filter(({ roles }) => roles.length > 0);
    const logins = [...('profile' in found ? [found.profile] : []), ...there];
    const gone = elevations.inUse.filter(
      (record) => record.mainLogin === mainLogin.folder && !logins.some((login) => sameLogin(record, login)),
    );
    if (gone.length > 0) loginsGone?.(gone);
  }

  async #believed(found: AssumedLogin): Promise<AssumedLogin> {
    const { tsh, mainLogin, later, store, elevations } = this.#parts;
    const matters = store.snapshot.login.kind === 'signedIn' || elevations.inUse.length > 0;
    if (found.kind !== 'signedOut' || !matters) return found;
    await new Promise<void>((resolve) => void later(doubt, resolve));
    return tsh.status(mainLogin);
  }
}

/** Whether it is another person or cluster than before. Nobody is nobody's former login. */
export function isOther(before: Profile | undefined, after: Profile | undefined): boolean {
  return before === undefined || before.user !== after?.user || before.cluster !== after.cluster;
}
