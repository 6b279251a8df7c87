import type { AccessRequest } from '../../access/request.ts';
import type { Instant, RequestId } from '../../access/text/untrusted.ts';
import { failureOf } from '../../teleport/process/failure.ts';
import { backOff, listInterval, waitingInterval, type Attention } from './pollingIntervals.ts';
import { LoginCheck, type LoginCheckParts } from './loginCheck.ts';
import { profileOf } from '../store.ts';
import { Announcer, type AnnouncerParts } from './announcer.ts';

/** A list younger than this, in ms, is not asked for again because a view was opened. */
const young = 5_000;
/** Lists lag: after somebody looked, the list is asked for once more, so many ms later. */
const secondLook = 2_000;

/** The window that asks for all windows of a person. */
export interface Asker {
  /** Whether it is this one. */
  readonly here: boolean;
  /** Has it ask; false when it is this one or does not answer: then this one asks. */
  ask(what: 'now' | 'known'): Promise<boolean>;
  loginMayHaveChanged(): void;
}

export interface RefreshParts extends LoginCheckParts, AnnouncerParts {
  readonly asker: Asker;
  /** An error that is no failure of tsh, so one of ours. */
  readonly report: (error: unknown) => void;
}

/**
 * Asks tsh what is true, only when somebody sees it or waits for it. One question at a time, and by itself only in the
 * window that leads.
 */
export class Refresh {
  readonly #parts: RefreshParts;
  readonly #login: LoginCheck;
  readonly #telling: Announcer;
  #attention: Attention = { focused: false, viewing: false };
  #cancel: () => void = () => undefined;
  #running: Promise<void> | undefined;
  #listDue = true;
  #listedAt = -Infinity;
  #secondLookAt = Infinity;
  readonly #askedAt = new Map<RequestId, Instant>();
  /** Somebody wants to know now: whatever is due is asked, seen or not. */
  #wanted = false;
  /** The profile folder changed: who is signed in is asked, seen or not. */
  #changed = false;
  /** How often in a row that was for nothing, and when it was last: a tsh may itself write where it is asked. */
  #vain = 0;
  #vainAt = -Infinity;
  #failures = 0;
  #failedAt = -Infinity;
  #seenAt = -Infinity;
  #stopped = false;

  constructor(parts: RefreshParts) {
    this.#parts = parts;
    this.#login = new LoginCheck(parts);
    this.#telling = new Announcer(parts);
  }

  /** The person looks at something else now, in any window. */
  attend(attention: Attention): void {
    const more =
      (attention.viewing && !this.#attention.viewing) || (attention.focused && !this.#attention.focused);
    this.#attention = attention;
    if (more && attention.viewing && this.#parts.clock.now() - this.#listedAt > young) this.#askListTwice();
    this.schedule();
  }

  /** The profile folder changed, or an action changed it: who is signed in is asked again. */
  loginMayHaveChanged(): void {
    const { asker } = this.#parts;
    if (!asker.here) asker.loginMayHaveChanged();
    this.#login.expect();
    this.#changed = true;
    this.#failures = 0;
    this.schedule();
  }

  /**
   * Asks everything now, for a person who pressed Refresh or a command that needs to know.
   * @returns when the store holds the answer, or the reason why there is none
   */
  async now(): Promise<void> {
    if (await this.#parts.asker.ask('now')) return;
    await this.#running;
    this.#login.expect();
    this.#askListTwice();
    this.#wanted = true;
    this.#failures = 0;
    await this.#run();
  }

  /** Who is signed in, asked only if it is not known yet. */
  async known(): Promise<void> {
    if (await this.#parts.asker.ask('known')) return;
    const { kind } = this.#parts.store.snapshot.login;
    if (kind !== 'signedIn' || this.#login.due) await this.now();
  }

  /**
   * Reads one request as it is now.
   * @throws TeleportFailure `gone`, and whatever keeps tsh from answering
   */
  async show(id: RequestId): Promise<AccessRequest> {
    const { tsh, mainLogin, store, clock } = this.#parts;
    try {
      const request = await tsh.show(mainLogin, id);
      store.learned(request, clock.now());
      return request;
    } catch (error) {
      if (failureOf(error)?.kind === 'gone') store.gone(id, clock.now());
      throw error;
    }
  }

  #askListTwice(): void {
    this.#listDue = true;
    this.#secondLookAt = this.#parts.clock.now() + secondLook;
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  /** Sets the one timer to the next moment something is due. */
  schedule(): void {
    this.#cancel();
    if (this.#running || this.#stopped || !this.#parts.asker.here) return;
    const due = this.#nextDue();
    if (due === Infinity) return;
    this.#cancel = this.#parts.later(Math.max(0, due - this.#parts.clock.now()), () => void this.#run());
  }

  #nextDue(): Instant {
    const { store, clock, watched, tellReviewers } = this.#parts;
    const { snapshot } = store;
    const now = clock.now();
    const pause = Math.min(this.#failedAt, now) + backOff(this.#failures);
    const elevated = snapshot.elevations.length > 0;
    const interested =
      this.#attention.viewing || watched.any || elevated || (watched.anyReviewer && tellReviewers());
    const rest = Math.min(this.#vainAt, now) + backOff(Math.max(0, this.#vain - 1));
    const status = this.#login.due && (interested || this.#changed) ? Math.max(now, rest) : Infinity;
    const ends = profileOf(snapshot.login)?.validUntil ?? Infinity;
    const runsOut = snapshot.login.kind === 'signedIn' && interested ? Math.max(ends, now) : Infinity;
    const periodic = Math.min(this.#listedAt, now) + this.#listInterval();
    const list = this.#listDue && this.#attention.viewing ? now : Math.min(periodic, this.#secondLookAt);
    const questions = snapshot.login.kind === 'signedIn' ? Math.min(list, this.#nextWaiting(now)) : Infinity;
    return Math.max(Math.min(status, runsOut, questions), pause);
  }

  #listInterval(): number {
    const { watched, tellReviewers } = this.#parts;
    return listInterval(this.#attention, watched.reviewing && tellReviewers());
  }

  #nextWaiting(now: Instant): Instant {
    return Math.min(Infinity, ...this.#parts.store.snapshot.waiting.map((id) => this.#waitingDue(id, now)));
  }

  #waitingDue(id: RequestId, now: Instant): Instant {
    const waited = now - (this.#parts.watched.since(id) ?? now);
    // Where the clock was set back, what was asked "later" was asked now.
    return Math.min(this.#askedAt.get(id) ?? -Infinity, now) + waitingInterval(this.#attention, waited);
  }

  #run(): Promise<void> {
    this.#running ??= this.#ask().finally(() => {
      this.#running = undefined;
      this.schedule();
    });
    return this.#running;
  }

  /** Where the clock was set back, what was asked "later" was asked long ago. */
  #noticeClock(): void {
    const now = this.#parts.clock.now();
    if (now < this.#seenAt) {
      this.#askedAt.clear();
      this.#listedAt = -Infinity;
      this.#secondLookAt = Infinity;
    }
    this.#seenAt = now;
  }

  #noteVain(vain: boolean): void {
    const now = this.#parts.clock.now();
    this.#vain = vain && now - this.#vainAt < 120_000 ? this.#vain + 1 : Number(vain);
    this.#vainAt = now;
  }

  async #ask(): Promise<void> {
    const { store, clock, journal } = this.#parts;
    this.#noticeClock();
    const changed = this.#changed;
    this.#changed = false;
    try {
      const before = JSON.stringify(store.snapshot.login);
      const other = await this.#login.ask();
      if (changed) this.#noteVain(before === JSON.stringify(store.snapshot.login));
      if (other) {
        this.#listDue = true;
        this.#askedAt.clear();
        journal.show();
      }
      if (store.snapshot.login.kind === 'signedIn') {
        await this.#askWaiting();
        await this.#askList();
        await this.#askAssumed();
      }
      this.#failures = 0;
    } catch (error) {
      const failure = failureOf(error) ?? { kind: 'unreadable' };
      if (!failureOf(error)) this.#parts.report(error);
      if (failure.kind === 'cancelled') return;
      this.#failures += 1;
      this.#changed ||= changed && this.#failures < 3;
      this.#failedAt = clock.now();
      if (failure.kind === 'notFound') {
        this.#login.expect();
        store.update({ login: { kind: 'tshMissing' } });
      } else if (failure.kind === 'signedOut' || failure.kind === 'expired') this.#login.expect();
      else store.update({ stale: failure });
    }
  }

  /** What is assumed in the main login but not known yet: its roles and its grant's end. */
  async #askAssumed(): Promise<void> {
    const { tsh, mainLogin, store, clock, elevations } = this.#parts;
    const profile = profileOf(store.snapshot.login);
    const unknown =
      profile?.assumed.filter((id) => !store.snapshot.requests?.some((one) => one.id === id)) ?? [];
    for (const id of unknown) {
      if (this.#askedAt.has(id)) continue;
      this.#askedAt.set(id, clock.now());
      try {
        store.learned(await tsh.show(mainLogin, id, { background: true }), clock.now());
      } catch (error) {
        // Deleted on the server, yet still in the certificate.
        if (failureOf(error)?.kind !== 'gone') throw error;
      }
    }
    if (unknown.length > 0) await elevations.sawMainLogin(profile);
  }

  async #askWaiting(): Promise<void> {
    const { store, clock } = this.#parts;
    const due = store.snapshot.waiting.filter((id) => this.#waitingDue(id, clock.now()) <= clock.now());
    for (const id of due) this.#askedAt.set(id, clock.now());
    await this.#telling.decisions(await this.#learnAgain(due));
  }

  /** Asks `show` for each; tells which are no longer there. */
  async #learnAgain(ids: readonly RequestId[]): Promise<Set<RequestId>> {
    const { tsh, mainLogin, store, clock } = this.#parts;
    const gone = new Set<RequestId>();
    for (const id of ids) {
      try {
        store.learned(await tsh.show(mainLogin, id, { background: true }), clock.now());
      } catch (error) {
        if (failureOf(error)?.kind !== 'gone') throw error;
        gone.add(id);
        store.gone(id, clock.now());
      }
    }
    return gone;
  }

  async #askList(): Promise<void> {
    const { tsh, mainLogin, store, clock, elevations } = this.#parts;
    const now = clock.now();
    const periodic = this.#listedAt + this.#listInterval() <= now;
    const again = this.#secondLookAt <= now;
    const due = this.#listDue && (this.#attention.viewing || this.#wanted);
    if (!due && !periodic && !again) return;
    if (again) this.#secondLookAt = Infinity;
    const { requests } = await tsh.list(mainLogin, { background: true });
    this.#listDue = false;
    this.#wanted = false;
    this.#listedAt = now;
    const doubtful = store.listed(requests, now, clock.now());
    await this.#telling.decisions(await this.#learnAgain(doubtful));
    const profile = profileOf(store.snapshot.login);
    if (store.snapshot.login.kind === 'signedIn') await elevations.sawMainLogin(profile);
    await this.#telling.reviewer();
  }
}
