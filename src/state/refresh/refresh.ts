import type { AccessRequest } from '../../access/request.ts';
import type { Instant, RequestId } from '../../access/untrusted/untrusted.ts';
import { failureOf } from '../../teleport/process/failure.ts';
import { backOff, listInterval, waitingInterval, type Attention } from './pollingIntervals.ts';
import { LoginCheck, type LoginCheckParts } from './loginCheck.ts';
import { listLag, profileOf } from '../store.ts';
import { Announcer, type AnnouncerParts } from './announcer.ts';
import type { Event } from '../emitter.ts';
import type { HomeRecord } from '../elevation/homeRecords.ts';
import type { Journal } from '../memory/journal.ts';
import { readOne, readAll } from './readRequests.ts';

/** Opening a view does not read the list again when the list is younger than this, in ms. */
const freshFor = 5_000;

/** The parts that `core.ts` passes: those of the login check and the announcer, and more. */
export interface RefreshParts extends LoginCheckParts, AnnouncerParts {
  readonly journal: Journal;
  /** Whether this window leads: it reads by timer for all windows. */
  readonly leads: () => boolean;
  /** Reports an error that is no failure of tsh, so a bug of this extension. */
  readonly reportError: (error: unknown) => void;
}

/**
 * Reads the login and the requests from tsh, only while the user sees a view or waits for a decision. It
 * makes one call at a time, and runs by timer only in the leader.
 */
export class Refresh {
  readonly #parts: RefreshParts;
  readonly #login: LoginCheck;
  readonly #announcer: Announcer;
  #attention: Attention = { focused: false, viewing: false };
  #cancel: () => void = () => undefined;
  #running: Promise<void> | undefined;
  /** The list must be read again as soon as the user can see it or asks for it. */
  #listIsOld = true;
  /** When the list was last read. */
  #listedAt = 0;
  /** When the list is read a second time, because lists lag; Infinity when no second read is due. */
  #secondReadAt = Infinity;
  /** When each request was last read by `show`. */
  readonly #polledAt = new Map<RequestId, Instant>();
  /** The user pressed Refresh or runs a command: an old list is read even when no view is visible. */
  #userWantsList = false;
  /** The profile folder changed: the login is read even when no view is visible. */
  #folderChanged = false;
  /**
   * How many folder changes in a row left the login as it was, and when the login was last read for a folder
   * change. tsh may itself write into the folder when it is called, so such changes slow the reads down.
   */
  #falseAlarms = 0;
  #lastFolderCheckAt = -Infinity;
  /** How many polls in a row failed, and when the last one failed. Each failure lengthens the pause. */
  #failures = 0;
  #failedAt = -Infinity;
  /** The time of the last poll. A clock that shows an earlier time was set back. */
  #lastNow = -Infinity;
  #stopped = false;

  constructor(parts: RefreshParts) {
    this.#parts = parts;
    this.#login = new LoginCheck(parts);
    this.#announcer = new Announcer(parts);
  }

  /** Fires with the private homes whose login was signed out or replaced by another user's login. */
  get onDidLoseLogins(): Event<readonly HomeRecord[]> {
    return this.#login.onDidLoseLogins;
  }

  /** Called when the user's attention changes, in any window. */
  setAttention(attention: Attention): void {
    const hasGained =
      (attention.viewing && !this.#attention.viewing) || (attention.focused && !this.#attention.focused);
    this.#attention = attention;
    if (hasGained && attention.viewing && this.#parts.clock.now() - this.#listedAt > freshFor)
      this.#readListTwice();
    this.schedule();
  }

  /** Makes the next poll read the login, because the profile folder changed. */
  loginMayHaveChanged(): void {
    this.#login.markDue();
    this.#folderChanged = true;
    this.#failures = 0;
    this.schedule();
  }

  /**
   * Reads the login and the list now, because the user pressed Refresh or a command needs the current state.
   * Resolves when the store holds the result, or the failure.
   */
  async refreshNow(): Promise<void> {
    await this.#running;
    this.#login.markDue();
    this.#readListTwice();
    this.#userWantsList = true;
    this.#failures = 0;
    await this.#run();
  }

  /** Reads the login, only if it is not known yet or nobody is signed in. */
  async ensureLogin(): Promise<void> {
    const { kind } = this.#parts.store.snapshot.login;
    if (kind !== 'signedIn' || this.#login.due) await this.refreshNow();
  }

  /**
   * Reads the login now, because this extension has changed it.
   * @param justAssumed a request that was assumed in it just now
   */
  async readLogin(justAssumed?: RequestId): Promise<void> {
    const { store, elevations } = this.#parts;
    await this.#running;
    this.loginMayHaveChanged();
    await this.#run();
    if (justAssumed) await elevations.updateMainLogin(profileOf(store.snapshot.login), justAssumed);
  }

  /** Reads the login, after this extension has signed the user out. The known requests belong to that user. */
  async signedOut(): Promise<void> {
    const { store } = this.#parts;
    store.update({ login: { kind: 'signedOut' } });
    store.forgetLogin();
    await this.refreshNow();
  }

  /**
   * Reads one request as it is now, and puts it into the store.
   * @throws TeleportFailure `gone`, or another kind when tsh fails
   */
  show(id: RequestId): Promise<AccessRequest> {
    return readOne(this.#parts, id);
  }

  #readListTwice(): void {
    this.#listIsOld = true;
    this.#secondReadAt = this.#parts.clock.now() + listLag;
  }

  dispose(): void {
    this.#stopped = true;
    this.#cancel();
  }

  /** Sets the timer to the next poll that is due. */
  schedule(): void {
    this.#cancel();
    if (this.#running || this.#stopped || !this.#parts.leads()) return;
    const due = this.#nextDue();
    if (due === Infinity) return;
    this.#cancel = this.#parts.later(Math.max(0, due - this.#parts.clock.now()), () => void this.#run());
  }

  #nextDue(): Instant {
    const { store, clock, watched, notifyReviewers } = this.#parts;
    const { snapshot } = store;
    const now = clock.now();
    const pause = Math.min(this.#failedAt, now) + backOff(this.#failures);
    const elevated = snapshot.elevations.length > 0;
    const interested =
      this.#attention.viewing || watched.anyWaiting || elevated || (watched.anyReviewer && notifyReviewers());
    const statusPause = Math.min(this.#lastFolderCheckAt, now) + backOff(Math.max(0, this.#falseAlarms - 1));
    const status =
      this.#login.due && (interested || this.#folderChanged) ? Math.max(now, statusPause) : Infinity;
    const validUntil = profileOf(snapshot.login)?.validUntil ?? Infinity;
    const loginEnd = snapshot.login.kind === 'signedIn' && interested ? Math.max(validUntil, now) : Infinity;
    const periodic = Math.min(this.#listedAt, now) + this.#listInterval();
    const list = this.#listIsOld && this.#attention.viewing ? now : Math.min(periodic, this.#secondReadAt);
    const waiting = snapshot.waiting.map((id) => this.#pollDue(id, now));
    const polls = snapshot.login.kind === 'signedIn' ? Math.min(list, ...waiting) : Infinity;
    return Math.max(Math.min(status, loginEnd, polls), pause);
  }

  #listInterval(): number {
    const { watched, notifyReviewers } = this.#parts;
    return listInterval(this.#attention, watched.reviewing && notifyReviewers());
  }

  #pollDue(id: RequestId, now: Instant): Instant {
    const waited = now - (this.#parts.watched.waitingSince(id) ?? now);
    // After the clock was set back, a poll recorded in the future counts as made now.
    return Math.min(this.#polledAt.get(id) ?? -Infinity, now) + waitingInterval(this.#attention, waited);
  }

  #run(): Promise<void> {
    this.#running ??= this.#poll().finally(() => {
      this.#running = undefined;
      this.schedule();
    });
    return this.#running;
  }

  /** Forgets the times of all polls after the clock was set back, so that everything is due again. */
  #detectClockSetBack(): void {
    const now = this.#parts.clock.now();
    if (now < this.#lastNow) {
      this.#polledAt.clear();
      this.#listedAt = 0;
      this.#secondReadAt = Infinity;
    }
    this.#lastNow = now;
  }

  #noteFolderCheck(isFalseAlarm: boolean): void {
    const now = this.#parts.clock.now();
    this.#falseAlarms =
      isFalseAlarm && now - this.#lastFolderCheckAt < 120_000 ? this.#falseAlarms + 1 : Number(isFalseAlarm);
    this.#lastFolderCheckAt = now;
  }

  async #poll(): Promise<void> {
    const { store, clock, journal } = this.#parts;
    this.#detectClockSetBack();
    const folderChanged = this.#folderChanged;
    this.#folderChanged = false;
    try {
      const before = JSON.stringify(store.snapshot.login);
      const isOther = await this.#login.check();
      if (folderChanged) this.#noteFolderCheck(before === JSON.stringify(store.snapshot.login));
      if (isOther) {
        this.#listIsOld = true;
        this.#polledAt.clear();
        journal.publish();
      }
      if (store.snapshot.login.kind === 'signedIn') {
        await this.#pollWaiting();
        await this.#readList();
        await this.#readAssumed();
      }
      this.#failures = 0;
    } catch (error) {
      const failure = failureOf(error) ?? { kind: 'unreadable' };
      if (!failureOf(error)) this.#parts.reportError(error);
      if (failure.kind === 'cancelled') return;
      this.#failures += 1;
      this.#folderChanged ||= folderChanged && this.#failures < 3;
      this.#failedAt = clock.now();
      if (failure.kind === 'notFound') {
        this.#login.markDue();
        store.update({ login: { kind: 'tshMissing' } });
      } else if (failure.kind === 'signedOut' || failure.kind === 'expired') this.#login.markDue();
      else store.update({ stale: failure });
    }
  }

  /**
   * Reads the requests that are assumed in the main login and are not in the store, each once: their roles and
   * grant ends. A request may be gone on the server while the certificate still holds it.
   */
  async #readAssumed(): Promise<void> {
    const { store, clock, elevations } = this.#parts;
    const profile = profileOf(store.snapshot.login);
    const unread = (profile?.assumed ?? []).filter(
      (id) => !this.#polledAt.has(id) && !store.snapshot.requests?.some((request) => request.id === id),
    );
    if (unread.length === 0) return;
    await readAll(this.#parts, unread);
    for (const id of unread) this.#polledAt.set(id, clock.now());
    await elevations.updateMainLogin(profile);
  }

  async #pollWaiting(): Promise<void> {
    const { store, clock } = this.#parts;
    const due = store.snapshot.waiting.filter((id) => this.#pollDue(id, clock.now()) <= clock.now());
    for (const id of due) this.#polledAt.set(id, clock.now());
    await this.#announcer.announceDecisions(await readAll(this.#parts, due));
  }

  async #readList(): Promise<void> {
    const { tsh, mainLogin, store, clock, elevations } = this.#parts;
    const now = clock.now();
    const periodic = this.#listedAt + this.#listInterval() <= now;
    const secondRead = this.#secondReadAt <= now;
    const due = this.#listIsOld && (this.#attention.viewing || this.#userWantsList);
    if (!due && !periodic && !secondRead) return;
    if (secondRead) this.#secondReadAt = Infinity;
    const { requests } = await tsh.list(mainLogin, { background: true });
    this.#listIsOld = false;
    this.#userWantsList = false;
    this.#listedAt = now;
    const doubtful = store.applyList(requests, now, clock.now());
    await this.#announcer.announceDecisions(await readAll(this.#parts, doubtful));
    const profile = profileOf(store.snapshot.login);
    if (store.snapshot.login.kind === 'signedIn') await elevations.updateMainLogin(profile);
    await this.#announcer.announceReviewRequests();
  }
}
