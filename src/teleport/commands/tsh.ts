import { asFlag, isDraft, resourceId, type Draft } from '../../access/requestDraft.ts';
import type { AccessRequest } from '../../access/request.ts';
import {
  rawText,
  isRequestId,
  type Untrusted,
  type Instant,
  type RequestId,
} from '../../access/text/untrusted.ts';
import { recordAbility, type AbilityListener } from './abilities.ts';
import type { Client } from './client.ts';
import { failureOf, recognise, TeleportFailure } from '../process/failure.ts';
import type { Home } from '../home/home.ts';
import {
  readList,
  readOthers,
  readRequest,
  readStatus,
  readVersion,
  type Profile,
} from '../output/requestSchema.ts';
import { hostOf } from '../../access/text/proxyAddress.ts';

/** Time limits in ms, from what each call may have to wait for. */
export const limits = { local: 10_000, read: 30_000, review: 120_000, assume: 60_000, givingBack: 5_000 };

const minute = 60_000;
const day = 24 * 60 * minute;

export interface TshCallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Makes way for writes. */
  readonly background?: boolean;
}

/** The login found on a home, and the other profiles there. */
export type AssumedLogin =
  | { readonly kind: 'signedOut'; readonly others?: readonly Profile[] }
  | {
      readonly kind: 'expired' | 'signedIn';
      readonly profile: Profile;
      readonly others?: readonly Profile[];
    };

/** One method a command of tsh. Flags as `--flag=value`, ids after `--`: nothing typed can become an option. */
export class Tsh {
  readonly #client: Client;
  readonly #noticed: AbilityListener;

  constructor(client: Client, noticed: AbilityListener = () => undefined) {
    this.#client = client;
    this.#noticed = noticed;
  }

  /**
   * `tsh version --client`, such as `17.0.0`. Touches no network.
   * @throws TeleportFailure notFound, timedOut, unreadable
   */
  version(home: Home, asking: TshCallOptions = {}): Promise<string> {
    return home.queue.read(
      'version',
      async (signal) =>
        readVersion(
          (await this.#call(home, ['version', '--client', '--format=json'], limits.local, signal)).stdout,
        ),
      asking,
    );
  }

  /**
   * `tsh status`: who is signed in, until when, with what assumed. Answers from disk, so also when offline.
   * The output decides, not the exit code: empty means signed out, JSON and exit 1 means expired.
   */
  status(home: Home, asking: TshCallOptions = {}): Promise<AssumedLogin> {
    return home.queue.read('status', (signal) => this.#status(home, limits.local, signal), asking);
  }

  async #status(home: Home, timeout: number, signal?: AbortSignal): Promise<AssumedLogin> {
    const outcome = await this.#client.attempt('tsh', home, ['status', '--format=json'], { timeout, signal });
    const failure = recognise(outcome);
    if (outcome.kind !== 'exited') throw new TeleportFailure(failure ?? { kind: 'unreadable' });
    if (outcome.stdout.trim() === '') {
      if (!failure) throw new TeleportFailure({ kind: 'unreadable' });
      if (failure.kind === 'signedOut' || failure.kind === 'expired') return { kind: 'signedOut' };
      throw new TeleportFailure(failure);
    }
    const profile = readStatus(outcome.stdout);
    const others = readOthers(outcome.stdout);
    if (!profile) return { kind: 'signedOut', others };
    // `tsh logout --proxy --user` leaves the profile without its keys, and tsh then calls it expired.
    if (failure?.kind === 'expired' && profile.roles.length === 0) return { kind: 'signedOut', others };
    return { kind: failure?.kind === 'expired' ? 'expired' : 'signedIn', profile, others };
  }

  /** The other profiles on the home: `tsh status` names them beside the one in use. */
  others(home: Home, asking: TshCallOptions = {}): Promise<Profile[]> {
    return home.queue.read(
      'others',
      async (signal) => {
        const args = ['status', '--format=json'];
        const outcome = await this.#client.attempt('tsh', home, args, { timeout: limits.local, signal });
        return outcome.kind === 'exited' && outcome.stdout.trim() !== '' ? readOthers(outcome.stdout) : [];
      },
      asking,
    );
  }

  /** `tsh request ls`: everything this person may see. Lags behind by up to a second. */
  list(home: Home, asking: TshCallOptions = {}): Promise<{ requests: AccessRequest[]; unreadable: number }> {
    return home.queue.read(
      'ls',
      async (signal) =>
        readList((await this.#call(home, ['request', 'ls', '--format=json'], limits.read, signal)).stdout),
      asking,
    );
  }

  /** `tsh request show`: one request, right at once. @throws TeleportFailure `gone` */
  show(home: Home, id: RequestId, asking: TshCallOptions = {}): Promise<AccessRequest> {
    return home.queue.read(
      `show ${id}`,
      async (signal) =>
        readRequest(
          (await this.#call(home, ['request', 'show', '--format=json', '--', id], limits.read, signal))
            .stdout,
        ),
      asking,
    );
  }

  /**
   * `tsh request create --nowait`. Always with `--max-duration`: without it the grant is cut to what is left of the login.
   * @throws TeleportFailure notRequestable, tooLong; `unreadable` when no id was printed: it may have been made
   *   all the same (see `findCreated`)
   */
  async create(home: Home, draft: Draft, signal?: AbortSignal): Promise<RequestId> {
    return home.queue.write(async () => {
      const { stdout } = await this.#call(home, createArguments(draft), limits.read, signal).catch(
        notRequestable,
      );
      const id = /^Request ID:\s+(\S+)/m.exec(stdout)?.[1];
      if (id !== undefined && isRequestId(id)) return id;
      throw new TeleportFailure({ kind: 'unreadable' });
    }, signal);
  }

  /**
   * The newest own request that is this draft and was not there before: whether a call that was cut off got through.
   * @param since in ms, by this machine's clock
   * @param known the requests that were there before: with them the cluster's clock may differ by hours, else by a minute
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
      .filter((request) => isDraft(request, draft, me))
      .sort((a, b) => b.created - a.created)[0]?.id;
  }

  /**
   * `tsh request review`. What it says of the state stands on stderr; callers read again with `show`.
   * @param startsAt approves with this start instead of the one asked for
   * @throws TeleportFailure decided, alreadyReviewed, noReviewRights, notPermitted, gone
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
    await recordAbility(this.#noticed, 'review', () =>
      home.queue.write(() => this.#call(home, args, limits.review, signal), signal),
    );
  }

  /**
   * `tsh login --request-id`: assumes an approved request on a home, then asks `tsh status` whether it is so
   * (what login prints is the status from before). On a pending one tsh waits and is told of the approval.
   * @param timeout in ms; to be raised where a decision is waited for
   * @throws TeleportFailure gone, denied, tooEarly, expired; `refused` when the request is not in use afterwards
   */
  assume(home: Home, id: RequestId, signal?: AbortSignal, timeout = limits.assume): Promise<Profile> {
    return home.queue.write(async () => {
      await this.#call(home, ['login', `--request-id=${id}`], timeout, signal);
      const login = await this.#status(home, limits.local, signal);
      if (login.kind === 'signedIn' && login.profile.assumed.includes(id)) return login.profile;
      throw new TeleportFailure({ kind: login.kind === 'signedIn' ? 'refused' : login.kind });
    }, signal);
  }

  /**
   * `tsh request drop`, then `tsh status`: what is still assumed on the home.
   * One id: when another assumed request is gone from the server, tsh refuses; then that one is dropped along,
   * then everything (dropping all is never checked).
   * @param ids what to drop; empty for all
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
   * Drops one request of a home, as `drop`.
   * @returns `dropped` is false when it was not in use there any more: somebody was faster
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
    const drop = (some: readonly string[]): Promise<unknown> =>
      this.#call(home, ['request', 'drop', ...(some.length > 0 ? ['--', ...some] : [])], timeout, signal);
    try {
      await drop(ids);
    } catch (error) {
      const failure = failureOf(error);
      if (failure?.kind !== 'gone' || ids.length === 0) throw error;
      const vanished = failure.about;
      try {
        await drop(vanished !== undefined && isRequestId(vanished) ? [...ids, vanished] : []);
      } catch {
        await drop([]);
      }
    }
  }

  /**
   * `tsh logout`: of one profile, or of all on the home. Private copies stay elevated; they are given back apart.
   * @param profile the one to leave; all when there is no other
   */
  async logout(home: Home, profile?: Pick<Profile, 'proxy' | 'user'>): Promise<void> {
    const which = profile ? [`--proxy=${hostOf(profile)}`, `--user=${rawText(profile.user)}`] : [];
    await home.queue.write(() => this.#call(home, ['logout', ...which], limits.read));
  }

  async #call(
    home: Home,
    args: readonly string[],
    timeout: number,
    signal?: AbortSignal,
  ): Promise<{ stdout: string; stderr: string }> {
    return this.#client.call('tsh', home, args, { timeout, signal });
  }
}

/** RFC 3339 in UTC, as `--assume-start-time` wants it. */
export const rfc3339 = (at: Instant): string => new Date(at).toISOString();

/** A role that is not there cannot be asked for; "not found" would else sound like a request that is gone. */
function notRequestable(error: unknown): never {
  const failure = failureOf(error);
  throw failure?.kind === 'gone' ? new TeleportFailure({ ...failure, kind: 'notRequestable' }) : error;
}

function createArguments(draft: Draft): string[] {
  const { roles, resources = [], reviewers, startsAt, pendingMinutes } = draft;
  return [
    'request',
    'create',
    ...(resources.length > 0
      ? resources.map((resource) => `--resource=${resourceId(resource)}`)
      : [`--roles=${roles.map(rawText).join(',')}`]),
    `--reason=${draft.reason.trim()}`,
    `--max-duration=${asFlag(draft.minutes)}`,
    ...(reviewers.length > 0 ? [`--reviewers=${reviewers.map(rawText).join(',')}`] : []),
    ...(pendingMinutes === undefined ? [] : [`--request-ttl=${asFlag(pendingMinutes)}`]),
    ...(startsAt === undefined ? [] : [`--assume-start-time=${rfc3339(startsAt)}`]),
    '--nowait',
  ];
}
