import type { RequestChange } from '../../access/requestChanges.ts';
import type { Elevation } from '../../access/elevation.ts';
import type { AccessRequest } from '../../access/request.ts';
import type { RequestId } from '../../access/text/untrusted.ts';
import type { Attention } from '../refresh/pollingIntervals.ts';
import type { Clock } from '../clock.ts';
import type { Elevations } from '../elevation/elevations.ts';
import type { Journal } from '../memory/journal.ts';
import { isOther } from '../refresh/loginCheck.ts';
import type { WindowHeartbeat } from './windowHeartbeat.ts';
import { profileOf, type Store } from '../store.ts';
import type { WatchedRequests } from '../memory/watchedRequests.ts';
import type { WindowElection } from './windowElection.ts';
import type { Channel } from './jsonLineSocket.ts';
import {
  leaderMessage,
  readMessage,
  type LeaderMessage,
  type FollowerMessage,
  type StateNews,
} from './windowMessages.ts';

/** How long the window that leads usually may take to answer, in ms; then this one asks for itself. */
const usualPatience = 10_000;
/** How long this window may take to show that somebody can see it, in ms. */
const alive = 2_000;

export interface FollowerParts {
  readonly windows: WindowElection;
  readonly heartbeat: WindowHeartbeat;
  readonly store: Store;
  readonly elevations: Elevations;
  readonly watched: WatchedRequests;
  readonly journal: Journal;
  readonly clock: Clock;
  /** Tells in this window, if nobody was told before; says whether it did. */
  readonly tellHere: (change: RequestChange) => Promise<boolean>;
  /** How long the window that leads may take to answer, in ms. */
  readonly patience?: number;
}

type Numbered = Extract<FollowerMessage, { n: number }>;

/**
 * The window that leads, seen from one that follows. What it says is true here too, except while it has not heard yet
 * what this window learned by an action of its own: so nothing ever flips back. Does nothing in a window that leads.
 */
export class Follower {
  readonly #parts: FollowerParts;
  #leader: Channel | undefined;
  #requests = new Map<RequestId, AccessRequest>();
  #changed = true;
  /** What the window that leads says is assumed in the main login. */
  #mainLogin = '';
  #number = 0;
  /** What this window learned by itself and the one that leads has not heard yet: until then nothing older counts. */
  #unheard: Numbered[] = [];
  #publishing = false;
  #attention: Attention = { focused: false, viewing: false };
  readonly #asked = new Map<number, (answered: boolean) => void>();

  constructor(parts: FollowerParts) {
    this.#parts = parts;
    const { windows, heartbeat, store, elevations } = parts;
    windows.onChange(() => this.#meet(windows.leader));
    heartbeat.onChange(() => this.#sayAttention());
    store.onLearned((id, request) =>
      this.#report((n) => (request ? { kind: 'learned', n, request } : { kind: 'gone', n, id })),
    );
    store.onChange(({ login }, before) => {
      if (login !== before.login && !this.#publishing) this.#report((n) => ({ kind: 'login', n, login }));
    });
    elevations.onSaw((mainLogin) => this.#sawMainLogin(mainLogin));
  }

  /** The person looks at something else in this window. */
  attend(attention: Attention): void {
    this.#attention = attention;
    this.#sayAttention();
  }

  loginMayHaveChanged(): void {
    this.#say({ kind: 'mayHaveChanged' });
  }

  /**
   * Has the window that leads ask, and waits until what it found is true here.
   * @returns false when it is this one, or there is none that answers: then this window asks for itself
   */
  async ask(what: 'now' | 'known'): Promise<boolean> {
    const { windows, patience = usualPatience } = this.#parts;
    const begun = performance.now();
    await windows.decided(patience);
    if (!this.#leader) return false;
    const n = (this.#number += 1);
    return new Promise((resolve) => {
      const answer = (answered: boolean): void => {
        clearTimeout(timer);
        this.#asked.delete(n);
        resolve(answered);
      };
      const timer = setTimeout(() => answer(false), Math.max(0, begun + patience - performance.now()));
      this.#asked.set(n, answer);
      this.#say({ kind: 'ask', what, n });
    });
  }

  /** What the window that leads says. */
  async hear(word: unknown, wire: Channel): Promise<void> {
    const said = readMessage(leaderMessage, word);
    if (said && wire === this.#leader) await this.#act(said, wire);
  }

  async #act(said: LeaderMessage, wire: Channel): Promise<void> {
    const { watched, journal, heartbeat, tellHere } = this.#parts;
    switch (said.kind) {
      case 'requests':
        for (const id of said.gone) this.#requests.delete(id);
        for (const request of said.set) this.#requests.set(request.id, request);
        this.#changed = true;
        return;
      case 'state':
        this.#unheard = this.#unheard.filter(({ n }) => n > said.heard);
        if (this.#unheard.length === 0) await this.#publish(said);
        return;
      case 'tell': {
        const first = (await heartbeat.now(alive)) ? await tellHere(said.change) : null;
        wire.send({ kind: 'told', n: said.n, first } satisfies FollowerMessage);
        return;
      }
      case 'asked':
        this.#asked.get(said.n)?.(true);
        return;
      case 'waiting':
        await watched.load();
        return;
      case 'noted':
        journal.heard(said.line);
    }
  }

  async #publish({ login, listed, asOf, stale, mainLogin }: StateNews): Promise<void> {
    const { store, elevations, watched, journal, clock } = this.#parts;
    const { snapshot } = store;
    const profile = profileOf(login);
    const other = profile && isOther(profileOf(snapshot.login), profile);
    const requests = this.#changed || !snapshot.requests ? [...this.#requests.values()] : snapshot.requests;
    this.#changed = false;
    this.#publishing = true;
    if (other) store.forget();
    store.follow({ login, requests: listed ? requests : undefined, asOf, stale }, clock.now());
    this.#publishing = false;
    if (other) {
      watched.show(profile);
      journal.show();
    }
    const text = JSON.stringify(mainLogin);
    if (text === this.#mainLogin) return;
    this.#mainLogin = text;
    await elevations.takeMainLogin(mainLogin);
  }

  /** Another window leads now, or none does, or this one: it knows nothing yet of what this one learned. */
  #meet(leader: Channel | undefined): void {
    if (leader === this.#leader) return;
    this.#leader = leader;
    if (this.#parts.windows.leads) this.#unheard = [];
    this.#requests.clear();
    this.#changed = true;
    this.#mainLogin = '';
    for (const answer of [...this.#asked.values()]) answer(false);
    this.#sayAttention();
    for (const report of this.#unheard) this.#say(report);
  }

  #sayAttention(): void {
    const { focused, viewing } = this.#attention;
    const { alive: answers } = this.#parts.heartbeat;
    this.#say({ kind: 'attention', focused: answers && focused, viewing: answers && viewing });
  }

  #sawMainLogin(mainLogin: readonly Elevation[]): void {
    this.#mainLogin = '';
    this.#report((n) => ({ kind: 'mainLogin', n, mainLogin }));
  }

  #report(what: (n: number) => Numbered): void {
    if (this.#parts.windows.leads) return;
    const report = what((this.#number += 1));
    this.#unheard.push(report);
    this.#say(report);
  }

  #say(report: FollowerMessage): void {
    this.#leader?.send(report);
  }
}
