import { setTimeout as pause } from 'node:timers/promises';
import type { RequestChange } from '../../access/requestChanges.ts';
import type { AccessRequest } from '../../access/request.ts';
import type { RequestId } from '../../access/untrusted/untrusted.ts';
import type { Attention } from '../refresh/pollingIntervals.ts';
import { Refresh } from '../refresh/refresh.ts';
import { failureOf } from '../../teleport/process/failure.ts';
import type { Store } from '../store.ts';
import type { Channel, ReceivedMessage } from './jsonLineSocket.ts';
import {
  attentionMessage,
  question as questionSchema,
  readMessage,
  type Answer,
  type LeaderMessage,
  type Question,
  type StateMessage,
} from './windowMessages.ts';
import { noAttention, type WindowParts } from './windowParts.ts';

/** How many requests one message holds. A follower reads such a message in a few ms, so it is not blocked. */
const requestsPerMessage = 200;
/** How long a follower that is asked to announce a change may be silent, in ms. */
const announcementPatience = 3_000;

/**
 * The leader's side of the connections to the followers: it reads for them and sends them its state and the
 * changes to announce. In a follower it does nothing.
 */
export class Leader {
  readonly #parts: WindowParts;
  /** Reads for all windows. */
  readonly refresh: Refresh;
  /** Where the user looks, by window, and which window had the focus last. This window has no channel. */
  readonly #attentions = new Map<Channel | undefined, { attention: Attention; lastUse: number }>();
  #uses = 0;
  /** The list and the state (as JSON) that every follower has received. */
  #sentList: readonly AccessRequest[] = [];
  #sentState = '';
  #isSendScheduled = false;

  constructor(parts: WindowParts) {
    this.#parts = parts;
    const { windows, store } = parts;
    this.refresh = new Refresh({
      ...parts,
      leads: () => windows.leads,
      announce: (change) => this.#announce(change),
    });
    this.setAttention(undefined, noAttention);
    windows.onDidConnectFollower((channel) => this.#addFollower(channel));
    windows.onDidChangeRole(() => this.#updateAttention());
    store.onDidChange(() => this.#sendChangesSoon());
  }

  /**
   * Called when the user's attention changes in a window.
   * @param window undefined for this window
   */
  setAttention(window: Channel | undefined, attention: Attention): void {
    const lastUse = attention.focused ? (this.#uses += 1) : (this.#attentions.get(window)?.lastUse ?? 0);
    this.#attentions.set(window, { attention, lastUse });
    this.#updateAttention();
  }

  /** Reads what a window asks for. @throws TeleportFailure as `Refresh.show` */
  async read(question: Question): Promise<AccessRequest | undefined> {
    if (question.kind === 'show') return this.refresh.show(question.id);
    if (question.kind === 'readLogin') await this.refresh.readLogin(question.justAssumed);
    else await this.refresh[question.kind]();
    return undefined;
  }

  /** Handles a message or a question of a follower. */
  async receive({ message, from, answer }: ReceivedMessage): Promise<void> {
    if (!this.#attentions.has(from)) return;
    if (!answer) {
      const attention = readMessage(attentionMessage, message);
      if (attention) this.setAttention(from, attention);
      return;
    }
    const question = readMessage(questionSchema, message);
    const result = question ? await this.#answerTo(question) : null;
    // The state that contains what was read arrives before the answer.
    this.#sendChanges();
    answer(result);
  }

  #answerTo(question: Question): Promise<Answer> {
    return this.read(question).then(
      (request) => (request ? { request } : {}),
      (error: unknown) => {
        const failure = failureOf(error);
        if (!failure) this.#parts.reportError(error);
        return { failure: failure ?? { kind: 'unreadable' } };
      },
    );
  }

  /** Announces a change in one window: in one that has the focus, else in the one that had it last. */
  async #announce(change: RequestChange): Promise<boolean> {
    // Several windows have the focus when the user's browsers run on several machines.
    const byUse = [...this.#attentions].sort(
      ([, a], [, b]) => Number(b.attention.focused) - Number(a.attention.focused) || b.lastUse - a.lastUse,
    );
    for (const [channel] of byUse) {
      const announced = channel
        ? await Promise.race([
            channel.ask({ kind: 'announce', change }, announcementPatience),
            // A disk that hangs there must not stop the polls here.
            pause(2 * announcementPatience, false, { ref: false }),
          ])
        : await this.#parts.announceHere(change);
      if (announced === true) return true;
    }
    return false;
  }

  /** Passes the attention of all windows to the refresh, which decides how often it calls tsh. */
  #updateAttention(): void {
    // In a follower, `schedule` cancels the timer, because the leader polls for all windows.
    if (!this.#parts.windows.leads) {
      this.refresh.schedule();
      return;
    }
    const attentions = [...this.#attentions.values()].map(({ attention }) => attention);
    this.refresh.setAttention({
      focused: attentions.some(({ focused }) => focused),
      viewing: attentions.some(({ viewing }) => viewing),
    });
  }

  /** Adds a follower and sends it all requests and the state. */
  #addFollower(channel: Channel): void {
    this.#sendChanges(channel);
    this.setAttention(channel, noAttention);
    void channel.ended.then(() => {
      this.#attentions.delete(channel);
      this.#updateAttention();
    });
    for (const message of requestMessages(this.#sentList)) channel.send(message);
    channel.send(stateOf(this.#parts.store));
  }

  /** Schedules `#sendChanges` once for all changes of the same moment. */
  #sendChangesSoon(): void {
    if (this.#isSendScheduled || this.#parts.windows.followers.length === 0) return;
    this.#isSendScheduled = true;
    setImmediate(() => {
      this.#isSendScheduled = false;
      this.#sendChanges();
    });
  }

  /** Sends to all followers what has changed since the last message. */
  #sendChanges(except?: Channel): void {
    const { windows, store } = this.#parts;
    const { requests: list = [] } = store.snapshot;
    const messages: LeaderMessage[] = [];
    if (list !== this.#sentList) {
      const gone = new Map(this.#sentList.map((request) => [request.id, request]));
      const changed = list.filter((request) => !isUnchanged(request, gone.get(request.id)));
      for (const { id } of list) gone.delete(id);
      messages.push(...requestMessages(changed, [...gone.keys()]));
      this.#sentList = list;
    }
    const message = stateOf(store);
    const state = JSON.stringify(message);
    if (messages.length === 0 && state === this.#sentState) return;
    this.#sentState = state;
    for (const channel of windows.followers)
      if (channel !== except) for (const each of [...messages, message]) channel.send(each);
  }
}

function requestMessages(
  requests: readonly AccessRequest[],
  gone: readonly RequestId[] = [],
): LeaderMessage[] {
  const messages: LeaderMessage[] = gone.length > 0 ? [{ kind: 'requests', changed: [], gone }] : [];
  for (let start = 0; start < requests.length; start += requestsPerMessage) {
    const changed = requests.slice(start, start + requestsPerMessage);
    messages.push({ kind: 'requests', changed, gone: [] });
  }
  return messages;
}

/** The state of the leader without the requests. Undefined values are left out, because the message has none. */
function stateOf({ snapshot, shown }: Store): StateMessage {
  const { login, requests, asOf, stale, elevations } = snapshot;
  return {
    kind: 'state',
    login,
    listed: requests !== undefined,
    ...(asOf === undefined ? {} : { asOf }),
    ...(stale === undefined ? {} : { stale }),
    shown,
    mainLogin: elevations.filter(({ where }) => where.kind === 'mainLogin'),
  };
}

/** Whether a request is the same version as before: the server gives every change a new revision. */
const isUnchanged = (request: AccessRequest, before: AccessRequest | undefined): boolean =>
  request === before || (request.revision !== '' && request.revision === before?.revision);
