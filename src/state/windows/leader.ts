import type { RequestChange } from '../../access/requestChanges.ts';
import type { AccessRequest } from '../../access/request.ts';
import type { RequestId } from '../../access/text/untrusted.ts';
import type { Attention } from '../refresh/pollingIntervals.ts';
import type { Clock } from '../clock.ts';
import type { Elevations } from '../elevation/elevations.ts';
import type { Journal } from '../memory/journal.ts';
import type { WindowHeartbeat } from './windowHeartbeat.ts';
import type { Refresh } from '../refresh/refresh.ts';
import { isOther } from '../refresh/loginCheck.ts';
import { profileOf, type LoginState, type Snapshot, type Store } from '../store.ts';
import type { WatchedRequests } from '../memory/watchedRequests.ts';
import type { WindowElection } from './windowElection.ts';
import type { Channel } from './jsonLineSocket.ts';
import {
  readMessage,
  followerMessage,
  type LeaderMessage,
  type FollowerMessage,
  type StateNews,
} from './windowMessages.ts';

/** How many requests go into one line: read in a few ms, so that the other window is not held up. */
const piece = 200;
/** How long a window may take to show that somebody can see it, in ms. */
const patience = 2_000;
const nobody: Attention = { focused: false, viewing: false };

export interface LeaderParts {
  readonly windows: WindowElection;
  readonly heartbeat: WindowHeartbeat;
  readonly store: Store;
  /** Made after this. */
  readonly refresh: () => Refresh;
  readonly elevations: Elevations;
  readonly watched: WatchedRequests;
  readonly journal: Journal;
  readonly clock: Clock;
  /** Tells in this window, if nobody was told before; says whether it did. */
  readonly tellHere: (change: RequestChange) => Promise<boolean>;
}

interface Follower {
  attention: Attention;
  /** The last of its reports that counts here. */
  heard: number;
  /** What waits for its answer. */
  readonly asked: Map<number, (first: boolean | undefined) => void>;
}

/** The window that leads, seen from itself: what it does for the others. Does nothing in a window that follows. */
export class Leader {
  readonly #parts: LeaderParts;
  readonly #followers = new Map<Channel, Follower>();
  #own = nobody;
  #questions = 0;
  /** What every follower has been told. */
  #list: readonly AccessRequest[] = [];
  #requests = new Map<RequestId, AccessRequest>();
  #state = '';
  #due = false;

  constructor(parts: LeaderParts) {
    this.#parts = parts;
    const { windows, heartbeat, store } = parts;
    windows.onFollower((wire) => this.#welcome(wire));
    windows.onChange(() => {
      for (const wire of this.#followers.keys())
        if (!windows.followers.includes(wire)) this.#followers.delete(wire);
      this.#attended();
    });
    heartbeat.onChange(() => this.#attended());
    store.onChange(() => this.#flushSoon());
  }

  /** The person looks at something else in this window. */
  attend(attention: Attention): void {
    this.#own = attention;
    this.#attended();
  }

  /**
   * Tells where the person is: in the window that has the focus, else in this one.
   * @returns whether it was told now; undefined when nobody can see any of these windows: to be tried again
   */
  async tell(change: RequestChange): Promise<boolean | undefined> {
    const focused = [...this.#followers].filter(([, { attention }]) => attention.focused);
    const there = focused.map(
      ([wire, follower]) =>
        () =>
          this.#tellThere(wire, follower, change),
    );
    const here = (): Promise<boolean | undefined> => this.#tellHere(change);
    for (const told of this.#own.focused ? [here, ...there] : [...there, here]) {
      const first = await told();
      if (first !== undefined) return first;
    }
    return undefined;
  }

  async #tellHere(change: RequestChange): Promise<boolean | undefined> {
    return (await this.#parts.heartbeat.now(patience)) ? this.#parts.tellHere(change) : undefined;
  }

  #tellThere(wire: Channel, { asked }: Follower, change: RequestChange): Promise<boolean | undefined> {
    const n = (this.#questions += 1);
    return new Promise((resolve) => {
      const answer = (first: boolean | undefined): void => {
        clearTimeout(timer);
        asked.delete(n);
        resolve(first);
      };
      // It asks itself whether anybody sees it, for as long.
      const timer = setTimeout(() => answer(undefined), 1.5 * patience);
      asked.set(n, answer);
      void wire.ended.then(() => answer(undefined));
      this.#say(wire, { kind: 'tell', n, change });
    });
  }

  /** What a window that follows says. */
  async hear(word: unknown, wire: Channel): Promise<void> {
    const follower = this.#followers.get(wire);
    const said = readMessage(followerMessage, word);
    if (!follower || !said) return;
    await this.#act(said, follower, wire);
    if (!('n' in said) || said.kind === 'ask' || said.kind === 'told') return;
    follower.heard = said.n;
    this.#flush();
    this.#say(wire, this.#stateFor(follower));
  }

  async #act(said: FollowerMessage, follower: Follower, wire: Channel): Promise<void> {
    const { windows, store, elevations, watched, journal, clock } = this.#parts;
    const refresh = this.#parts.refresh();
    switch (said.kind) {
      case 'attention':
        follower.attention = { focused: said.focused, viewing: said.viewing };
        this.#attended();
        return;
      case 'learned':
        store.learned(said.request, clock.now());
        return;
      case 'gone':
        store.gone(said.id, clock.now());
        return;
      case 'login':
        // Another person's is asked for: what is known of the former one must go with it.
        if (said.login.kind === 'signedOut' || samePerson(said.login, store.snapshot.login))
          store.update({ login: said.login });
        return;
      case 'mainLogin':
        await elevations.takeMainLogin(said.mainLogin);
        return;
      case 'mayHaveChanged':
        refresh.loginMayHaveChanged();
        return;
      case 'ask':
        void this.#ask(said.what).then(() => {
          this.#flush();
          this.#say(wire, { kind: 'asked', n: said.n });
        });
        return;
      case 'told':
        follower.asked.get(said.n)?.(said.first ?? undefined);
        return;
      case 'waiting':
        await watched.load();
        refresh.schedule();
        windows.say(said, wire);
        return;
      case 'noted':
        journal.heard(said.line);
        windows.say(said, wire);
    }
  }

  #ask(what: 'now' | 'known'): Promise<void> {
    const refresh = this.#parts.refresh();
    return what === 'now' ? refresh.now() : refresh.known();
  }

  /** What is asked depends on where anybody looks. */
  #attended(): void {
    const { windows, heartbeat } = this.#parts;
    // What was to be asked by itself is the next one's to ask.
    if (!windows.leads) {
      this.#parts.refresh().schedule();
      return;
    }
    const all = [
      heartbeat.alive ? this.#own : nobody,
      ...[...this.#followers.values()].map(({ attention }) => attention),
    ];
    this.#parts.refresh().attend({
      focused: all.some(({ focused }) => focused),
      viewing: all.some(({ viewing }) => viewing),
    });
  }

  /** A window that comes is told all there is. */
  #welcome(wire: Channel): void {
    this.#flush();
    const follower: Follower = { attention: nobody, heard: 0, asked: new Map() };
    this.#followers.set(wire, follower);
    this.#sayRequests([wire], this.#list);
    this.#say(wire, this.#stateFor(follower));
  }

  /** Several changes at one moment are one. */
  #flushSoon(): void {
    if (this.#due || this.#followers.size === 0) return;
    this.#due = true;
    setImmediate(() => {
      this.#due = false;
      this.#flush();
    });
  }

  /** Tells the others what has changed since they were told. */
  #flush(): void {
    const { snapshot } = this.#parts.store;
    const wires = [...this.#followers.keys()];
    const list = snapshot.requests ?? [];
    const changed = list !== this.#list;
    if (changed) {
      this.#list = list;
      const before = this.#requests;
      this.#requests = new Map(list.map((request) => [request.id, request]));
      const set = list.filter((request) => !same(request, before.get(request.id)));
      const gone = [...before.keys()].filter((id) => !this.#requests.has(id));
      this.#sayRequests(wires, set, gone);
    }
    const state = JSON.stringify(stateOf(snapshot));
    if (!changed && state === this.#state) return;
    this.#state = state;
    for (const [wire, follower] of this.#followers) this.#say(wire, this.#stateFor(follower));
  }

  #sayRequests(
    wires: readonly Channel[],
    set: readonly AccessRequest[],
    gone: readonly RequestId[] = [],
  ): void {
    if (gone.length > 0) for (const wire of wires) this.#say(wire, { kind: 'requests', set: [], gone });
    for (let at = 0; at < set.length; at += piece) {
      const some = set.slice(at, at + piece);
      for (const wire of wires) this.#say(wire, { kind: 'requests', set: some, gone: [] });
    }
  }

  #stateFor({ heard }: Follower): StateNews {
    return { ...stateOf(this.#parts.store.snapshot), heard };
  }

  #say(wire: Channel, news: LeaderMessage): void {
    wire.send(news);
  }
}

/** What is true, but for the requests; exact, so that nothing undefined is sent. */
function stateOf({ login, requests, asOf, stale, elevations }: Snapshot): Omit<StateNews, 'heard'> {
  return {
    kind: 'state',
    login,
    listed: requests !== undefined,
    ...(asOf === undefined ? {} : { asOf }),
    ...(stale === undefined ? {} : { stale }),
    mainLogin: elevations.filter(({ where }) => where.kind === 'mainLogin'),
  };
}

/** The server gives every change a revision. */
const same = (one: AccessRequest, other: AccessRequest | undefined): boolean =>
  one === other || (one.revision !== '' && one.revision === other?.revision);

const samePerson = (one: LoginState, other: LoginState): boolean =>
  !isOther(profileOf(one), profileOf(other));
