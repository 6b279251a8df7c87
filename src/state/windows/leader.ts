import type { RequestChange } from '../../access/requestChanges.ts';
import type { AccessRequest } from '../../access/request.ts';
import type { RequestId } from '../../access/untrusted/untrusted.ts';
import type { Attention } from '../refresh/pollingIntervals.ts';
import type { Refresh } from '../refresh/refresh.ts';
import { isOtherLogin } from '../refresh/loginCheck.ts';
import { profileOf, type Snapshot } from '../store.ts';
import type { LoginState } from '../login.ts';
import type { Channel } from './jsonLineSocket.ts';
import {
  readMessage,
  followerMessage,
  type LeaderMessage,
  type FollowerMessage,
  type StateMessage,
} from './windowMessages.ts';
import { heartbeatLimit, type WindowParts } from './windowParts.ts';

/** How many requests one message holds. A follower reads such a message in a few ms, so it is not blocked. */
const requestsPerMessage = 200;
const noAttention: Attention = { focused: false, viewing: false };

interface ConnectedFollower {
  attention: Attention;
  /** The number of the last change by this follower that was applied here. */
  confirmed: number;
  /** The announcements that wait for this follower's answer, by number. */
  readonly pendingAnnouncements: Map<number, (announced: boolean | undefined) => void>;
}

/**
 * The leader's side of the connections to the followers: state, announcements, refreshes. It does nothing in
 * a follower.
 */
export class Leader {
  readonly #parts: WindowParts;
  #refresh: Refresh | undefined;
  readonly #followers = new Map<Channel, ConnectedFollower>();
  #ownAttention = noAttention;
  #announcementCount = 0;
  /** The list, the requests by id and the state (as JSON) that every follower has received. */
  #sentList: readonly AccessRequest[] = [];
  #sentRequests = new Map<RequestId, AccessRequest>();
  #sentState = '';
  #isSendScheduled = false;

  constructor(parts: WindowParts) {
    this.#parts = parts;
  }

  /** Begins to serve followers and to drive the refresh for all windows. Until then it does nothing. */
  start(refresh: Refresh): void {
    const { windows, heartbeat, store } = this.#parts;
    this.#refresh = refresh;
    windows.onDidConnectFollower((channel) => this.#addFollower(channel));
    windows.onDidChangeRole(() => {
      for (const channel of this.#followers.keys())
        if (!windows.followers.includes(channel)) this.#followers.delete(channel);
      this.#updateAttention();
    });
    heartbeat.onDidChange(() => this.#updateAttention());
    store.onDidChange(() => this.#sendChangesSoon());
  }

  /** Called when the user's attention changes in this window. */
  setAttention(attention: Attention): void {
    this.#ownAttention = attention;
    this.#updateAttention();
  }

  /**
   * Announces a change in the window that has the focus, otherwise in this window.
   * @returns true when it was announced now, false when it had been announced before, undefined when no
   *   window is visible to a user: the caller tries again later
   */
  async announce(change: RequestChange): Promise<boolean | undefined> {
    const focused = [...this.#followers].filter(([, { attention }]) => attention.focused);
    const inFollowers = focused.map(
      ([channel, follower]) =>
        () =>
          this.#announceInFollower(channel, follower, change),
    );
    const here = (): Promise<boolean | undefined> => this.#announceHere(change);
    for (const attempt of this.#ownAttention.focused ? [here, ...inFollowers] : [...inFollowers, here]) {
      const announced = await attempt();
      if (announced !== undefined) return announced;
    }
    return undefined;
  }

  async #announceHere(change: RequestChange): Promise<boolean | undefined> {
    return (await this.#parts.heartbeat.checkNow(heartbeatLimit))
      ? this.#parts.announceHere(change)
      : undefined;
  }

  #announceInFollower(
    channel: Channel,
    { pendingAnnouncements }: ConnectedFollower,
    change: RequestChange,
  ): Promise<boolean | undefined> {
    const number = (this.#announcementCount += 1);
    return new Promise((resolve) => {
      const answer = (announced: boolean | undefined): void => {
        clearTimeout(timer);
        pendingAnnouncements.delete(number);
        resolve(announced);
      };
      // The follower first checks its own heartbeat, so the limit here must be longer.
      const timer = setTimeout(() => answer(undefined), 1.5 * heartbeatLimit);
      pendingAnnouncements.set(number, answer);
      void channel.ended.then(() => answer(undefined));
      this.#send(channel, { kind: 'announce', number, change });
    });
  }

  /** Handles a message of a follower. */
  async handleMessage(value: unknown, channel: Channel): Promise<void> {
    const follower = this.#followers.get(channel);
    const message = readMessage(followerMessage, value);
    if (!follower || !message) return;
    await this.#act(message, follower, channel);
    if (!('number' in message) || message.kind === 'refresh' || message.kind === 'announced') return;
    follower.confirmed = message.number;
    this.#sendChanges();
    this.#send(channel, this.#stateFor(follower));
  }

  async #act(message: FollowerMessage, follower: ConnectedFollower, channel: Channel): Promise<void> {
    const { windows, store, elevations, watched, journal, clock } = this.#parts;
    switch (message.kind) {
      case 'attention':
        follower.attention = { focused: message.focused, viewing: message.viewing };
        this.#updateAttention();
        return;
      case 'read':
        store.applyRequest(message.request, clock.now());
        return;
      case 'gone':
        store.applyRequestGone(message.id, clock.now());
        return;
      case 'login':
        // The login of another user is read by tsh instead, because the data of the previous one must be
        // removed with it.
        if (message.login.kind === 'signedOut' || isSameLogin(message.login, store.snapshot.login))
          store.update({ login: message.login });
        return;
      case 'mainLogin':
        await elevations.applyMainLogin(message.mainLogin);
        return;
      case 'mayHaveChanged':
        this.#refresh?.loginMayHaveChanged();
        return;
      case 'refresh':
        void this.#runRefresh(message.scope).then(() => {
          this.#sendChanges();
          this.#send(channel, { kind: 'refreshed', number: message.number });
        });
        return;
      case 'announced':
        follower.pendingAnnouncements.get(message.number)?.(message.announcedNow ?? undefined);
        return;
      case 'waiting':
        await watched.load();
        this.#refresh?.schedule();
        windows.send(message, channel);
        return;
      case 'journalLine':
        journal.addFromOtherWindow(message.line);
        windows.send(message, channel);
    }
  }

  async #runRefresh(scope: 'now' | 'known'): Promise<void> {
    await (scope === 'now' ? this.#refresh?.refreshNow() : this.#refresh?.ensureLogin());
  }

  /** Passes the attention of all windows to the refresh, which decides how often it calls tsh. */
  #updateAttention(): void {
    const { windows, heartbeat } = this.#parts;
    // In a follower, `schedule` cancels the timer, because the leader polls for all windows.
    if (!windows.leads) {
      this.#refresh?.schedule();
      return;
    }
    const attentions = [
      heartbeat.alive ? this.#ownAttention : noAttention,
      ...[...this.#followers.values()].map(({ attention }) => attention),
    ];
    this.#refresh?.setAttention({
      focused: attentions.some(({ focused }) => focused),
      viewing: attentions.some(({ viewing }) => viewing),
    });
  }

  /** Adds a follower and sends it all requests and the state. */
  #addFollower(channel: Channel): void {
    this.#sendChanges();
    const follower: ConnectedFollower = {
      attention: noAttention,
      confirmed: 0,
      pendingAnnouncements: new Map(),
    };
    this.#followers.set(channel, follower);
    this.#sendRequests([channel], this.#sentList);
    this.#send(channel, this.#stateFor(follower));
  }

  /** Schedules `#sendChanges` once for all changes of the same moment. */
  #sendChangesSoon(): void {
    if (this.#isSendScheduled || this.#followers.size === 0) return;
    this.#isSendScheduled = true;
    setImmediate(() => {
      this.#isSendScheduled = false;
      this.#sendChanges();
    });
  }

  /** Sends to all followers what has changed since the last message. */
  #sendChanges(): void {
    const { snapshot } = this.#parts.store;
    const channels = [...this.#followers.keys()];
    const list = snapshot.requests ?? [];
    const isNewList = list !== this.#sentList;
    if (isNewList) {
      this.#sentList = list;
      const before = this.#sentRequests;
      this.#sentRequests = new Map(list.map((request) => [request.id, request]));
      const changed = list.filter((request) => !isUnchanged(request, before.get(request.id)));
      const gone = [...before.keys()].filter((id) => !this.#sentRequests.has(id));
      this.#sendRequests(channels, changed, gone);
    }
    const state = JSON.stringify(stateOf(snapshot));
    if (!isNewList && state === this.#sentState) return;
    this.#sentState = state;
    for (const [channel, follower] of this.#followers) this.#send(channel, this.#stateFor(follower));
  }

  #sendRequests(
    channels: readonly Channel[],
    changed: readonly AccessRequest[],
    gone: readonly RequestId[] = [],
  ): void {
    if (gone.length > 0)
      for (const channel of channels) this.#send(channel, { kind: 'requests', changed: [], gone });
    for (let start = 0; start < changed.length; start += requestsPerMessage) {
      const part = changed.slice(start, start + requestsPerMessage);
      for (const channel of channels) this.#send(channel, { kind: 'requests', changed: part, gone: [] });
    }
  }

  #stateFor({ confirmed }: ConnectedFollower): StateMessage {
    return { ...stateOf(this.#parts.store.snapshot), confirmed };
  }

  #send(channel: Channel, message: LeaderMessage): void {
    channel.send(message);
  }
}

/**
 * The state of the leader without the requests. Undefined values are left out, because the message has none.
 */
function stateOf({ login, requests, asOf, stale, elevations }: Snapshot): Omit<StateMessage, 'confirmed'> {
  return {
    kind: 'state',
    login,
    listed: requests !== undefined,
    ...(asOf === undefined ? {} : { asOf }),
    ...(stale === undefined ? {} : { stale }),
    mainLogin: elevations.filter(({ where }) => where.kind === 'mainLogin'),
  };
}

/** Whether a request is the same version as before: the server gives every change a new revision. */
const isUnchanged = (request: AccessRequest, before: AccessRequest | undefined): boolean =>
  request === before || (request.revision !== '' && request.revision === before?.revision);

const isSameLogin = (before: LoginState, after: LoginState): boolean =>
  !isOtherLogin(profileOf(before), profileOf(after));
