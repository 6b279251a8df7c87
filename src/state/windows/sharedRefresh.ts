import type { AccessRequest } from '../../access/request.ts';
import type { RequestId } from '../../access/untrusted/untrusted.ts';
import { TeleportFailure } from '../../teleport/process/failure.ts';
import type { HomeRecord } from '../elevation/homeRecords.ts';
import type { Event } from '../emitter.ts';
import type { Attention } from '../refresh/pollingIntervals.ts';
import { Follower } from './follower.ts';
import type { ReceivedMessage } from './jsonLineSocket.ts';
import { Leader } from './leader.ts';
import { readMessage, storageMessage, type Question } from './windowMessages.ts';
import { noAttention, type WindowParts } from './windowParts.ts';

/**
 * Reads the login and the requests once for all windows of a user. The leader reads with its tsh and sends its
 * state to the followers. A follower asks the leader and writes only what the leader sends into its store. Each
 * method resolves when the store of this window holds what was read.
 */
export class SharedRefresh {
  readonly #parts: WindowParts;
  readonly #leader: Leader;
  readonly #follower: Follower;
  #attention = noAttention;

  constructor(parts: WindowParts) {
    this.#parts = parts;
    this.#leader = new Leader(parts);
    this.#follower = new Follower(parts);
    const { windows, heartbeat, watched, journal } = parts;
    windows.onDidReceive((received) => this.#receive(received));
    heartbeat.onDidChange(() => this.#shareAttention());
    // A message of another window is lost while no window leads.
    windows.onDidChangeRole(() => {
      if (windows.leads) void watched.load().then(() => this.#leader.refresh.schedule());
    });
    watched.onDidSave(() => {
      windows.send({ kind: 'waiting' });
      this.#leader.refresh.schedule();
    });
    journal.onDidAddLine((line) => windows.send({ kind: 'journalLine', line }));
  }

  /** Fires in the leader, see `LoginCheck`. */
  get onDidLoseLogins(): Event<readonly HomeRecord[]> {
    return this.#leader.refresh.onDidLoseLogins;
  }

  /** Called when the user's attention changes in this window. */
  setAttention(attention: Attention): void {
    this.#attention = attention;
    this.#shareAttention();
  }

  /** Reads the login soon, because it may have changed. */
  loginMayHaveChanged(): void {
    void this.#ask({ kind: 'loginMayHaveChanged' });
  }

  /** Reads the login and the list, because the user pressed Refresh or a command needs the current state. */
  async refreshNow(): Promise<void> {
    await this.#ask({ kind: 'refreshNow' });
  }

  /** Reads the login, only if it may have changed or nobody is known to be signed in. */
  async ensureLogin(): Promise<void> {
    await this.#ask({ kind: 'ensureLogin' });
  }

  /**
   * Reads the login, because this window has changed it.
   * @param justAssumed the request that this window has assumed in it
   */
  async readLogin(justAssumed?: RequestId): Promise<void> {
    await this.#ask({ kind: 'readLogin', ...(justAssumed === undefined ? {} : { justAssumed }) });
  }

  /** Reads the login, because this window has signed the user out. */
  async signedOut(): Promise<void> {
    await this.#ask({ kind: 'signedOut' });
  }

  /**
   * Reads one request as it is now.
   * @throws TeleportFailure `gone`, or another kind when tsh fails
   */
  async show(id: RequestId): Promise<AccessRequest> {
    const request = await this.#ask({ kind: 'show', id });
    if (!request) throw new TeleportFailure({ kind: 'unreadable' });
    return request;
  }

  dispose(): void {
    this.#leader.refresh.dispose();
  }

  /** Asks the leader. Without a leader that answers, this window reads for itself. */
  async #ask(question: Question): Promise<AccessRequest | undefined> {
    const answer = await this.#follower.ask(question);
    if (!answer) return this.#leader.read(question);
    if (answer.failure) throw new TeleportFailure(answer.failure);
    return answer.request;
  }

  /** A window that no user can see counts as one without attention. */
  #shareAttention(): void {
    const attention = this.#parts.heartbeat.alive ? this.#attention : noAttention;
    this.#leader.setAttention(undefined, attention);
    this.#follower.setAttention(attention);
  }

  async #receive(received: ReceivedMessage): Promise<void> {
    const { windows, watched, journal } = this.#parts;
    const { message, from } = received;
    const stored = readMessage(storageMessage, message);
    if (!stored) {
      await (from === windows.leader ? this.#follower : this.#leader).receive(received);
      return;
    }
    if (stored.kind === 'waiting') await watched.load();
    else journal.addFromOtherWindow(stored.line);
    this.#leader.refresh.schedule();
    windows.send(stored, from);
  }
}
