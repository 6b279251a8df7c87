import type { Elevation } from '../../access/elevation.ts';
import type { AccessRequest } from '../../access/request.ts';
import type { RequestId } from '../../access/untrusted/untrusted.ts';
import type { Attention } from '../refresh/pollingIntervals.ts';
import { isOtherLogin } from '../refresh/loginCheck.ts';
import { profileOf } from '../store.ts';
import type { Channel } from './jsonLineSocket.ts';
import {
  leaderMessage,
  readMessage,
  type LeaderMessage,
  type FollowerMessage,
  type StateMessage,
} from './windowMessages.ts';
import { heartbeatLimit, type WindowParts } from './windowParts.ts';

/** How long this window waits for the leader's answer by default, in ms. Then it calls tsh itself. */
const defaultPatience = 10_000;

/** Only tests pass `patience`. */
export interface FollowerParts extends WindowParts {
  /** How long this window waits for the leader's answer, in ms. */
  readonly patience?: number;
}

type NumberedMessage = Extract<FollowerMessage, { number: number }>;

/**
 * The follower's side of the connection to the leader. The state of the leader becomes the state of this
 * window, except while the leader has not yet confirmed a change that this window made itself. So a change
 * never flips back and forth. It does nothing in the leader.
 */
export class Follower {
  readonly #parts: FollowerParts;
  #leader: Channel | undefined;
  #requests = new Map<RequestId, AccessRequest>();
  /** Whether the requests differ from those in the store. */
  #requestsChanged = true;
  /** The elevations of the main login that the leader sent last, as JSON. */
  #mainLogin = '';
  #number = 0;
  /**
   * Changes of this window that the leader has not confirmed. While there are any, its states are out of
   * date.
   */
  #unconfirmed: NumberedMessage[] = [];
  #isPublishing = false;
  #attention: Attention = { focused: false, viewing: false };
  /** The refreshes that wait for the leader's answer, by number. */
  readonly #pendingRefreshes = new Map<number, (answered: boolean) => void>();

  constructor(parts: FollowerParts) {
    this.#parts = parts;
    const { windows, heartbeat, store, elevations } = parts;
    windows.onDidChangeRole(() => this.#changeLeader(windows.leader));
    heartbeat.onDidChange(() => this.#sendAttention());
    store.onDidReadRequest(({ id, request }) =>
      this.#sendChange((number) =>
        request ? { kind: 'read', number, request } : { kind: 'gone', number, id },
      ),
    );
    store.onDidChange(({ before }) => {
      const { login } = store.snapshot;
      if (login !== before.login && !this.#isPublishing)
        this.#sendChange((number) => ({ kind: 'login', number, login }));
    });
    elevations.onDidReadMainLogin((mainLogin) => this.#sendMainLogin(mainLogin));
  }

  /** Called when the user's attention changes in this window. */
  setAttention(attention: Attention): void {
    this.#attention = attention;
    this.#sendAttention();
  }

  /** Passes on to the leader that the profile folder changed. It does nothing in the leader. */
  loginMayHaveChanged(): void {
    this.#send({ kind: 'mayHaveChanged' });
  }

  /**
   * Requests a refresh from the leader and waits until its result is in the store of this window.
   * @returns false when this window is the leader or no leader answers; this window then calls tsh itself
   */
  async requestRefresh(scope: 'now' | 'known'): Promise<boolean> {
    const { windows, patience = defaultPatience } = this.#parts;
    const startedAt = performance.now();
    await windows.decided(patience);
    if (!this.#leader) return false;
    const number = (this.#number += 1);
    return new Promise((resolve) => {
      const answer = (answered: boolean): void => {
        clearTimeout(timer);
        this.#pendingRefreshes.delete(number);
        resolve(answered);
      };
      const timer = setTimeout(() => answer(false), Math.max(0, startedAt + patience - performance.now()));
      this.#pendingRefreshes.set(number, answer);
      this.#send({ kind: 'refresh', scope, number });
    });
  }

  /** Handles a message of the leader. */
  async handleMessage(value: unknown, channel: Channel): Promise<void> {
    const message = readMessage(leaderMessage, value);
    if (message && channel === this.#leader) await this.#act(message, channel);
  }

  async #act(message: LeaderMessage, channel: Channel): Promise<void> {
    const { watched, journal, heartbeat, announceHere } = this.#parts;
    switch (message.kind) {
      case 'requests':
        for (const id of message.gone) this.#requests.delete(id);
        for (const request of message.changed) this.#requests.set(request.id, request);
        this.#requestsChanged = true;
        return;
      case 'state':
        this.#unconfirmed = this.#unconfirmed.filter(({ number }) => number > message.confirmed);
        if (this.#unconfirmed.length === 0) await this.#publish(message);
        return;
      case 'announce': {
        const announcedNow = (await heartbeat.checkNow(heartbeatLimit))
          ? await announceHere(message.change)
          : null;
        channel.send({ kind: 'announced', number: message.number, announcedNow } satisfies FollowerMessage);
        return;
      }
      case 'refreshed':
        this.#pendingRefreshes.get(message.number)?.(true);
        return;
      case 'waiting':
        await watched.load();
        return;
      case 'journalLine':
        journal.addFromOtherWindow(message.line);
    }
  }

  async #publish({ login, listed, asOf, stale, mainLogin }: StateMessage): Promise<void> {
    const { store, elevations, watched, journal, clock } = this.#parts;
    const { snapshot } = store;
    const profile = profileOf(login);
    const isOther = profile && isOtherLogin(profileOf(snapshot.login), profile);
    const requests =
      this.#requestsChanged || !snapshot.requests ? [...this.#requests.values()] : snapshot.requests;
    this.#requestsChanged = false;
    this.#isPublishing = true;
    if (isOther) store.forgetLogin();
    store.applyLeaderState({ login, requests: listed ? requests : undefined, asOf, stale }, clock.now());
    this.#isPublishing = false;
    if (isOther) {
      watched.publishFor(profile);
      journal.publish();
    }
    const mainLoginText = JSON.stringify(mainLogin);
    if (mainLoginText === this.#mainLogin) return;
    this.#mainLogin = mainLoginText;
    await elevations.applyMainLogin(mainLogin);
  }

  /**
   * Sends all unconfirmed changes again, because a new leader does not know them. As the leader, it drops
   * them.
   */
  #changeLeader(leader: Channel | undefined): void {
    if (leader === this.#leader) return;
    this.#leader = leader;
    if (this.#parts.windows.leads) this.#unconfirmed = [];
    this.#requests.clear();
    this.#requestsChanged = true;
    this.#mainLogin = '';
    for (const answer of [...this.#pendingRefreshes.values()]) answer(false);
    this.#sendAttention();
    for (const message of this.#unconfirmed) this.#send(message);
  }

  #sendAttention(): void {
    const { focused, viewing } = this.#attention;
    const { alive } = this.#parts.heartbeat;
    this.#send({ kind: 'attention', focused: alive && focused, viewing: alive && viewing });
  }

  #sendMainLogin(mainLogin: readonly Elevation[]): void {
    this.#mainLogin = '';
    this.#sendChange((number) => ({ kind: 'mainLogin', number, mainLogin }));
  }

  #sendChange(messageOf: (number: number) => NumberedMessage): void {
    if (this.#parts.windows.leads) return;
    const message = messageOf((this.#number += 1));
    this.#unconfirmed.push(message);
    this.#send(message);
  }

  #send(message: FollowerMessage): void {
    this.#leader?.send(message);
  }
}
