import type { Client } from '../../teleport/commands/client.ts';
import type { Home } from '../../teleport/home/home.ts';
import type { HomeLogin, Profile } from '../../teleport/output/loginSchema.ts';
import type { Tsh } from '../../teleport/commands/tsh.ts';
import type { Clock } from '../clock.ts';
import type { Elevations } from '../elevation/elevations.ts';
import { sameLogin, type HomeRecord } from '../elevation/homeRecords.ts';
import type { LastLogin } from '../memory/lastLogin.ts';
import { profileOf, type Store } from '../store.ts';
import type { WatchedRequests } from '../memory/watchedRequests.ts';
import { Emitter } from '../emitter.ts';

/** The oldest major version of tsh that is supported. */
const oldestMajor = 14;
/**
 * The pause before the second read after "Not logged in", in ms. tsh prints this message also while other
 * programs call tsh in parallel, so only two reads in a row count.
 */
const secondReadAfter = 2_000;

/** The parts that `core.ts` passes as part of `RefreshParts`. */
export interface LoginCheckParts {
  readonly client: Client;
  readonly tsh: Tsh;
  readonly mainLogin: Home;
  readonly store: Store;
  readonly watched: WatchedRequests;
  readonly elevations: Elevations;
  readonly lastLogin: LastLogin;
  readonly clock: Clock;
  /** Runs the task after `ms`; the returned function cancels it. */
  readonly later: (ms: number, task: () => void) => () => void;
}

/**
 * Reads the main login: who is signed in, and until when. It calls `tsh status` only when the login may have
 * changed, because each call costs a process.
 */
export class LoginCheck {
  readonly #parts: LoginCheckParts;
  readonly #loginsLost = new Emitter<readonly HomeRecord[]>();
  /** Fires with the private homes whose login was signed out or replaced by another user's login. */
  readonly onDidLoseLogins = this.#loginsLost.event;
  #due = true;
  /** The stamp of the tsh file whose version was last found supported. */
  #supportedStamp = '';

  constructor(parts: LoginCheckParts) {
    this.#parts = parts;
  }

  /** Whether the next `check` calls `tsh status`. */
  get due(): boolean {
    return this.#due;
  }

  /** Makes the next `check` call `tsh status`, because the login may have changed. */
  markDue(): void {
    this.#due = true;
  }

  /**
   * Reads the login if a check is due or the login has expired, and puts the result into the store.
   * @returns whether the user or the cluster is another one than before; the store has then dropped all data
   *   of the previous login
   * @throws TeleportFailure notFound, timedOut, unreadable
   */
  async check(): Promise<boolean> {
    const { store, clock } = this.#parts;
    const { login } = store.snapshot;
    const hasExpired = login.kind === 'signedIn' && login.profile.validUntil <= clock.now();
    if (!this.#due && !hasExpired) return false;
    this.#due = false;
    try {
      return (await this.#isSupported()) && (await this.#readLogin());
    } catch (error) {
      this.#due = true;
      throw error;
    }
  }

  /** Whether this tsh is new enough. The version is read again only when the file of tsh has changed. */
  async #isSupported(): Promise<boolean> {
    const { client, tsh, mainLogin, store } = this.#parts;
    const { stamp } = await client.program('tsh');
    if (stamp === this.#supportedStamp && store.snapshot.login.kind !== 'tooOld') return true;
    const version = await tsh.version(mainLogin);
    if (Number(/^v?(\d+)\./.exec(version)?.[1] ?? 0) < oldestMajor) {
      store.update({ login: { kind: 'tooOld', version } });
      return false;
    }
    this.#supportedStamp = stamp;
    return true;
  }

  async #readLogin(): Promise<boolean> {
    const { tsh, mainLogin, store, clock, watched, elevations, lastLogin } = this.#parts;
    const before = profileOf(store.snapshot.login);
    const found = await this.#confirmSignedOut(await tsh.status(mainLogin));
    this.#reportGoneLogins(found);
    if (found.kind === 'signedOut') {
      store.update({ login: found, stale: undefined });
      await elevations.updateMainLogin(undefined);
      return false;
    }
    const { profile } = found;
    const expired = found.kind === 'expired' || profile.validUntil <= clock.now();
    const isOther = isOtherLogin(before, profile);
    if (isOther) store.forgetLogin();
    store.update({ login: { kind: expired ? 'expired' : 'signedIn', profile } });
    watched.publishFor(profile);
    await lastLogin.remember(profile);
    await elevations.updateMainLogin(expired ? undefined : profile);
    return isOther;
  }

  /**
   * Reports the private homes whose login no longer exists. A private home outlives `tsh logout`, but a user
   * who signs out expects to be signed out everywhere.
   */
  #reportGoneLogins({ others = [], ...found }: HomeLogin): void {
    const { elevations, mainLogin } = this.#parts;
    // tsh prints no roles for a profile without keys, so such a profile is no login.
    const otherLogins = others.filter(({ roles }) => roles.length > 0);
    const logins = [...('profile' in found ? [found.profile] : []), ...otherLogins];
    const gone = elevations.inUse.filter(
      (record) => record.mainLogin === mainLogin.folder && !logins.some((login) => sameLogin(record, login)),
    );
    if (gone.length > 0) this.#loginsLost.fire(gone);
  }

  /** Reads the login a second time when it is signed out while a login or an elevation is in use. */
  async #confirmSignedOut(found: HomeLogin): Promise<HomeLogin> {
    const { tsh, mainLogin, later, store, elevations } = this.#parts;
    const isInUse = store.snapshot.login.kind === 'signedIn' || elevations.inUse.length > 0;
    if (found.kind !== 'signedOut' || !isInUse) return found;
    await new Promise<void>((resolve) => void later(secondReadAfter, resolve));
    return tsh.status(mainLogin);
  }
}

/**
 * Whether the user or the cluster differs between two profiles. A missing profile differs from every profile.
 */
export function isOtherLogin(before: Profile | undefined, after: Profile | undefined): boolean {
  return before === undefined || before.user !== after?.user || before.cluster !== after.cluster;
}
