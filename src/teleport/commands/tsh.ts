import { matchesDraft, type Draft } from '../../access/requestDraft.ts';
import type { AccessRequest } from '../../access/request.ts';
import {
  rawText,
  isRequestId,
  type Untrusted,
  type Instant,
  type RequestId,
} from '../../access/untrusted/untrusted.ts';
import type { CallOptions, Client, CallOutput } from './client.ts';
import { failureOf, recognise, TeleportFailure } from '../process/failure.ts';
import type { Home } from '../home/home.ts';
import { readList, readRequest } from '../output/requestSchema.ts';
import {
  readOtherProfiles,
  readStatus,
  readVersion,
  type HomeLogin,
  type Profile,
} from '../output/loginSchema.ts';
import { hostOf } from '../../access/untrusted/proxyAddress.ts';
import { createArguments, limits, rfc3339, type ReadOptions } from './tshCalls.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

/**
 * One method for each tsh command. Flags are passed as `--flag=value` and ids after `--`, so that typed text
 * cannot become an option.
 */
export class Tsh {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /**
   * `tsh version --client`: a version such as `17.0.0`. Uses no network.
   * @throws TeleportFailure `notFound`, `timedOut`, `unreadable`
   */
  version(home: Home, options: ReadOptions = {}): Promise<string> {
    const args = ['version', '--client', '--format=json'];
    return this.#client.read(home, args, readVersion, { ...options, timeout: limits.local });
  }

  /**
   * `tsh status`: the signed-in user, the end of the login and the assumed requests. tsh reads them from
   * disk, so it also answers offline. The output decides, not only the exit code: empty means signed out,
   * JSON with exit code 1 means expired.
   */
  status(home: Home, options: ReadOptions = {}): Promise<HomeLogin> {
    return home.queue.read('status', (signal) => this.#status(home, limits.local, signal), options);
  }

  async #status(home: Home, timeout: number, signal?: AbortSignal): Promise<HomeLogin> {
    const outcome = await this.#client.attempt('tsh', home, ['status', '--format=json'], { timeout, signal });
    const failure = recognise(outcome);
    if (outcome.kind !== 'exited') throw new TeleportFailure(failure ?? { kind: 'unreadable' });
    if (outcome.stdout.trim() === '') {
      if (!failure) throw new TeleportFailure({ kind: 'unreadable' });
      if (failure.kind === 'signedOut' || failure.kind === 'expired') return { kind: 'signedOut' };
      throw new TeleportFailure(failure);
    }
    const profile = readStatus(outcome.stdout);
    const others = readOtherProfiles(outcome.stdout);
    if (!profile) return { kind: 'signedOut', others };
    // `tsh logout --proxy --user` keeps the profile without its keys, and tsh then reports it as expired.
    if (failure?.kind === 'expired' && profile.roles.length === 0) return { kind: 'signedOut', others };
    return { kind: failure?.kind === 'expired' ? 'expired' : 'signedIn', profile, others };
  }

  /** The other profiles on the home. `tsh status` lists them beside the active profile. */
  async others(home: Home, options: ReadOptions = {}): Promise<readonly Profile[]> {
    return (await this.status(home, options)).others ?? [];
  }

  /** `tsh request ls`: all requests that the user may see. The list may lag by a second. */
  list(home: Home, options: ReadOptions = {}): Promise<{ requests: AccessRequest[]; unreadable: number }> {
    return this.#client.read(home, ['request', 'ls', '--format=json'], readList, options);
  }

  /** `tsh request show`: one request, without the lag of the list. @throws TeleportFailure `gone` */
  show(home: Home, id: RequestId, options: ReadOptions = {}): Promise<AccessRequest> {
    return this.#client.read(home, ['request', 'show', '--format=json', '--', id], readRequest, options);
  }

  /**
   * `tsh request create --nowait`. Always with `--max-duration`, because without it the grant ends with the
   * login.
   * @throws TeleportFailure `notRequestable`, `tooLong`; `unreadable` when tsh printed no id, although the
   *   request may have been created (see `findCreated`)
   */
  async create(home: Home, draft: Draft, signal?: AbortSignal): Promise<RequestId> {
    return home.queue.write(async () => {
      const { stdout } = await this.#call(home, createArguments(draft), { signal }).catch(notRequestable);
      const id = /^Request ID:\s+(\S+)/m.exec(stdout)?.[1];
      if (id !== undefined && isRequestId(id)) return id;
      throw new TeleportFailure({ kind: 'unreadable' });
    }, signal);
  }

  /**
   * Finds the request that an interrupted call to `create` may have created: the newest new request of the
   * user that matches the draft.
   * @param since the time of the call, in ms by this machine's clock
   * @param known the requests from before the call; with them the cluster's clock may differ by a day, else
   *   by a minute
   */
  async findCreated(
    home: Home,
    draft: Draft,
    me: Untrusted,
    since: Instant,
    known?: readonly RequestId[],
  ): Promise<RequestId | undefined> {
    const { requests } = await this.list(home);
    return requests
      .filter(({ id, created }) => created >= since - (known ? day : minute) && !known?.includes(id))
      .filter((request) => matchesDraft(request, draft, me))
      .sort((a, b) => b.created - a.created)[0]?.id;
  }

  /**
   * `tsh request review`. tsh prints the new state on stderr only, so callers read the request again with
   * `show`.
   * @param startsAt approves with this start time instead of the requested one
   * @throws TeleportFailure `decided`, `alreadyReviewed`, `noReviewRights`, `notPermitted`, `gone`
   */
  async review(
    home: Home,
    id: RequestId,
    verdict: 'approve' | 'deny',
    reason: string,
    { startsAt, signal }: { startsAt?: Instant; signal?: AbortSignal } = {},
  ): Promise<void> {
    const args = [
      'request',
      'review',
      `--${verdict}`,
      ...(reason === '' ? [] : [`--reason=${reason}`]),
      ...(startsAt === undefined ? [] : [`--assume-start-time=${rfc3339(startsAt)}`]),
      '--',
      id,
    ];
    const options = { timeout: limits.review, signal, ability: 'review' } as const;
    await home.queue.write(() => this.#call(home, args, options), signal);
  }

  /**
   * `tsh login --request-id`: assumes an approved request on a home, then checks it with `tsh status`,
   * because login prints the status from before. For a pending request tsh waits for the decision.
   * @param timeout the time limit in ms; larger to wait for a decision
   * @throws TeleportFailure `gone`, `denied`, `tooEarly`, `expired`; `refused` when the request is not
   *   assumed afterwards
   */
  assume(home: Home, id: RequestId, signal?: AbortSignal, timeout = limits.assume): Promise<Profile> {
    return home.queue.write(async () => {
      await this.#call(home, ['login', `--request-id=${id}`], { timeout, signal });
      const login = await this.#status(home, limits.local, signal);
      if (login.kind === 'signedIn' && login.profile.assumed.includes(id)) return login.profile;
      throw new TeleportFailure({ kind: login.kind === 'signedIn' ? 'refused' : login.kind });
    }, signal);
  }

  /**
   * `tsh request drop`, then `tsh status`. tsh refuses to drop single requests when another assumed request
   * no longer exists on the server. Then that request is dropped too, and if this fails, all requests are
   * dropped: tsh never checks a drop of all.
   * @param ids the requests to drop; empty for all
   * @returns the login with the requests that are still assumed
   */
  drop(
    home: Home,
    ids: readonly RequestId[],
    timeout = limits.assume,
    signal?: AbortSignal,
  ): Promise<Profile> {
    return home.queue.write(() => this.#drop(home, ids, timeout, signal), signal);
  }

  /**
   * Drops one request on a home, as `drop`.
   * @returns `dropped` is false when the request was no longer assumed, because another process dropped it
   *   first
   */
  dropOne(home: Home, id: RequestId): Promise<{ readonly profile: Profile; readonly dropped: boolean }> {
    return home.queue.write(async () => {
      const before = await this.#status(home, limits.local);
      if (before.kind === 'signedIn' && !before.profile.assumed.includes(id))
        return { profile: before.profile, dropped: false };
      return { profile: await this.#drop(home, [id], limits.assume), dropped: true };
    });
  }

  async #drop(
    home: Home,
    ids: readonly RequestId[],
    timeout: number,
    signal?: AbortSignal,
  ): Promise<Profile> {
    await this.#dropWithFallback(home, ids, timeout, signal);
    const login = await this.#status(home, timeout, signal);
    if (login.kind === 'signedOut') throw new TeleportFailure({ kind: 'signedOut' });
    return login.profile;
  }

  async #dropWithFallback(
    home: Home,
    ids: readonly RequestId[],
    timeout: number,
    signal?: AbortSignal,
  ): Promise<void> {
    const drop = (requests: readonly string[]): Promise<unknown> => {
      const args = ['request', 'drop', ...(requests.length > 0 ? ['--', ...requests] : [])];
      return this.#call(home, args, { timeout, signal });
    };
    try {
      await drop(ids);
    } catch (error) {
      const failure = failureOf(error);
      if (failure?.kind !== 'gone' || ids.length === 0) throw error;
      const missing = failure.about;
      try {
        await drop(missing !== undefined && isRequestId(missing) ? [...ids, missing] : []);
      } catch {
        await drop([]);
      }
    }
  }

  /**
   * `tsh logout`: signs out of one profile, or of all profiles on the home. Private homes stay elevated;
   * callers drop them separately.
   * @param profile the profile to sign out of; omitted for all
   */
  async logout(home: Home, profile?: Pick<Profile, 'proxy' | 'user'>): Promise<void> {
    const flags = profile ? [`--proxy=${hostOf(profile)}`, `--user=${rawText(profile.user)}`] : [];
    await home.queue.write(() => this.#call(home, ['logout', ...flags]));
  }

  #call(home: Home, args: readonly string[], options?: CallOptions): Promise<CallOutput> {
    return this.#client.call('tsh', home, args, options);
  }
}

/**
 * Rethrows a failure of `create`. For a missing role tsh prints "not found", which would read as a missing
 * request.
 */
function notRequestable(error: unknown): never {
  const failure = failureOf(error);
  throw failure?.kind === 'gone' ? new TeleportFailure({ ...failure, kind: 'notRequestable' }) : error;
}
