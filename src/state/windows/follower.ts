import type { AccessRequest } from '../../access/request.ts';
import type { RequestChange } from '../../access/requestChanges.ts';
import type { RequestId } from '../../access/untrusted/untrusted.ts';
import { isOtherLogin } from '../refresh/loginCheck.ts';
import { profileOf } from '../store.ts';
import type { Channel, ReceivedMessage } from './jsonLineSocket.ts';
import {
  announcement,
  answer as answerSchema,
  leaderMessage,
  readMessage,
  type Answer,
  type Question,
  type StateMessage,
} from './windowMessages.ts';
import { noAttention, type WindowParts } from './windowParts.ts';

const defaultPatience = 10_000;
/** After so many leaders in a row that ended before they answered, this window reads for itself. */
const maxLeaders = 3;

/**
 * The follower's side of the connection to the leader: the state of the leader becomes the state of this window.
 * It does nothing in the leader.
 */
export class Follower {
  readonly #parts: WindowParts;
  #leader: Channel | undefined;
  readonly #byId = new Map<RequestId, AccessRequest>();
  /** The requests that the next state makes valid. */
  #requests: readonly AccessRequest[] = [];
  /** The elevations of the main login that the leader sent last, as JSON. */
  #mainLogin = '';
  #attention = noAttention;
  /** No leader has answered, so that the next question does not wait for one again. */
  #isAlone = false;

  constructor(parts: WindowParts) {
    this.#parts = parts;
    parts.windows.onDidChangeRole(() => this.#changeLeader(parts.windows.leader));
  }

  /** Called when the user's attention changes in this window. */
  setAttention(attention: typeof noAttention): void {
    this.#attention = attention;
    this.#leader?.send({ kind: 'attention', ...attention });
  }

  /**
   * Asks the leader, and the next one when that ends before it answers. Asking twice does no harm, because the
   * leader only reads.
   * @returns the answer, which the store of this window then contains; undefined when this window leads or no
   *   leader answers
   */
  async ask(question: Question): Promise<Answer | undefined> {
    const { windows, patience = defaultPatience } = this.#parts;
    for (let leaders = 1; ; leaders += 1) {
      await windows.decided(this.#isAlone ? 0 : patience);
      const { leads, leader } = windows;
      this.#isAlone = !leads && !leader;
      if (leads || !leader) return undefined;
      const value = await leader.ask(question, patience);
      if (value === undefined && leaders < maxLeaders) continue;
      const answer = readMessage(answerSchema, value);
      if (answer) return answer;
      // The leader hangs or is of another version. This window follows nobody while it reads for itself.
      this.#isAlone = true;
      leader.end();
      await leader.ended;
      return undefined;
    }
  }

  /** Handles a message or a question of the leader. */
  async receive({ message, from, answer }: ReceivedMessage): Promise<void> {
    if (answer) {
      const asked = readMessage(announcement, message);
      answer(asked ? await this.#announce(asked.change) : null);
      return;
    }
    const told = readMessage(leaderMessage, message);
    if (from !== this.#leader || !told) return;
    if (told.kind === 'state') {
      await this.#publish(told);
      return;
    }
    for (const id of told.gone) this.#byId.delete(id);
    for (const request of told.changed) this.#byId.set(request.id, request);
    this.#requests = [...this.#byId.values()];
  }

  /** Announces a change here. After a failure the leader asks the next window; a claim keeps that single. */
  async #announce(change: RequestChange): Promise<boolean> {
    try {
      return await this.#parts.announceHere(change);
    } catch (error) {
      this.#parts.reportError(error);
      return false;
    }
  }

  async #publish({ login, listed, asOf, stale, shown, mainLogin }: StateMessage): Promise<void> {
    const { store, elevations, watched, journal } = this.#parts;
    const profile = profileOf(login);
    const isOther = profile && isOtherLogin(profileOf(store.snapshot.login), profile);
    store.applyLeaderState(
      { login, requests: listed ? this.#requests : undefined, asOf, stale },
      shown,
      isOther ?? (login.kind === 'signedOut' && !listed),
    );
    if (isOther) {
      watched.publishFor(profile);
      journal.publish();
    }
    const mainLoginText = JSON.stringify(mainLogin);
    if (mainLoginText === this.#mainLogin) return;
    this.#mainLogin = mainLoginText;
    await elevations.applyMainLogin(mainLogin);
  }

  #changeLeader(leader: Channel | undefined): void {
    if (leader === this.#leader) return;
    this.#leader = leader;
    this.#byId.clear();
    this.#requests = [];
    this.#mainLogin = '';
    this.setAttention(this.#attention);
    leader?.send({ kind: 'waiting' });
  }
}
