import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rawText, type Untrusted, type Instant, type RequestId } from '../../access/untrusted/untrusted.ts';
import type { AccessRequest } from '../../access/request.ts';
import type { Ability } from './abilities.ts';
import { actsAsService } from './authServiceConfig.ts';
import type { CallOptions, Client, CallOutput } from './client.ts';
import { failureOf, TeleportFailure } from '../process/failure.ts';
import type { Home } from '../home/home.ts';
import {
  reviewerAnnotation,
  readCapabilities,
  readList,
  type Capabilities,
} from '../output/requestSchema.ts';
import {
  readClusterStatus,
  readStoredResources,
  readListing,
  readLockName,
  readLocks,
  type StoredResource,
  type Listing,
  type Lock,
} from '../output/adminSchema.ts';
import { withOwnFolder, withThrowawayHome } from '../home/throwawayHome.ts';
import { rfc3339, type ReadOptions, limits } from './tshCalls.ts';

/**
 * The number of reads that find a write. Reads come from a cache that lags by up to 1 s, and a read takes at
 * least 50 ms.
 */
export const readsAfterWrite = 25;

/**
 * Whether tctl reads `role/<name>` as the role with this name. tctl stops at a space, uses the text after the
 * last slash, and reads commas as separators.
 */
const nameable = (name: Untrusted): boolean => !/[/\\\s,"']/.test(rawText(name));

/** The services that `Tctl` needs. */
export interface TctlParts {
  readonly client: Client;
  /** The folder of throwaway copies of a login. */
  readonly root: string;
  /**
   * The configuration file that may make tctl act as the auth service; tests name another file than the
   * machine's.
   */
  readonly configuration?: string;
}

/**
 * One method for each tctl command, run with the user's own login. Flags are passed as `--flag=value` and
 * names after `--`, so that typed text cannot become an option.
 */
export class Tctl {
  readonly #parts: TctlParts;

  constructor(parts: TctlParts) {
    this.#parts = parts;
  }

  /**
   * `tctl requests capabilities <me>`. Users without admin rights may run it for themselves, in both
   * editions.
   */
  capabilities(home: Home, me: Untrusted, options: ReadOptions = {}): Promise<Capabilities> {
    const args = ['requests', 'capabilities', '--format=json', '--', rawText(me)];
    return this.#read(home, 'capabilities', args, readCapabilities, options);
  }

  /** `tctl requests ls`: all requests, for a user who may list them. The list may lag by a second. */
  requests(
    home: Home,
    options: ReadOptions = {},
  ): Promise<{ requests: AccessRequest[]; unreadable: number }> {
    return this.#read(home, 'seeRequests', ['requests', 'ls', '--format=json'], readList, options);
  }

  /**
   * `tctl requests approve|deny`: decides alone, regardless of thresholds, and overwrites an earlier decision
   * silently, so callers read the request before and after. The reviewer is stored as an annotation, because
   * on Community nothing else names the reviewer.
   * @throws TeleportFailure `notPermitted`, `gone`
   */
  async decide(
    home: Home,
    id: RequestId,
    verdict: 'approve' | 'deny',
    { reason, me }: { reason: string; me: Untrusted },
  ): Promise<void> {
    const isPlainName = /^[A-Za-z0-9][A-Za-z0-9._@+-]*$/.test(rawText(me));
    const args = [
      'requests',
      verdict,
      ...(reason === '' ? [] : [`--reason=${reason}`]),
      // A comma or an equals sign in the name would create other annotations.
      ...(isPlainName ? [`--annotations=${reviewerAnnotation}=${rawText(me)}`] : []),
      '--',
      id,
    ];
    await this.#write(home, 'decide', args);
  }

  /**
   * `tctl requests rm --force`: deletes the request. A certificate issued for it stays valid until it
   * expires.
   */
  async remove(home: Home, id: RequestId): Promise<void> {
    await this.#write(home, 'deleteRequests', ['requests', 'rm', '--force', '--', id]);
  }

  /**
   * `tctl lock --access-request`: ends all use of the request within a second. When the lock expires, the
   * same certificate works again, so the lock must last at least until the grant ends.
   * @returns the lock's name, for `unlock`
   * @throws TeleportFailure `notPermitted`; `unreadable` when tctl prints no name
   */
  async lock(home: Home, id: RequestId, message: string, until: Instant): Promise<string> {
    const args = ['lock', `--access-request=${id}`, `--message=${message}`, `--expires=${rfc3339(until)}`];
    const name = readLockName((await this.#write(home, 'lock', args)).stdout);
    if (name === undefined) throw new TeleportFailure({ kind: 'unreadable' });
    return name;
  }

  /** `tctl rm lock/<name>`. @throws TeleportFailure `gone` when there is no such lock */
  async unlock(home: Home, name: string): Promise<void> {
    await this.#write(home, 'unlock', ['rm', '--', `lock/${name}`]);
  }

  /** `tctl get locks`. The list may lag by a second, so a new lock may be missing. */
  locks(home: Home, options: ReadOptions = {}): Promise<Lock[]> {
    return this.#read(home, 'readLocks', ['get', 'locks', '--format=json'], readLocks, options);
  }

  /** `tctl get roles`. */
  roles(home: Home, options: ReadOptions = {}): Promise<StoredResource[]> {
    return this.#read(home, 'readRoles', ['get', 'roles', '--format=json'], readStoredResources, options);
  }

  /**
   * `tctl get role/<name>`. A role whose name tctl would misread (see `nameable`) is looked up in the list of
   * all roles. A write may become visible after a second only.
   * @throws TeleportFailure `gone`
   */
  async role(home: Home, name: Untrusted, options: ReadOptions = {}): Promise<StoredResource> {
    const args = ['get', '--format=json', '--', `role/${rawText(name)}`];
    const roles = nameable(name)
      ? await this.#read(home, 'readRoles', args, readStoredResources, options)
      : await this.roles(home, options);
    const role = roles.find((candidate) => candidate.name === name);
    if (!role) throw new TeleportFailure({ kind: 'gone' });
    return role;
  }

  /** `tctl get users`. */
  users(home: Home, options: ReadOptions = {}): Promise<StoredResource[]> {
    return this.#read(home, 'readUsers', ['get', 'users', '--format=json'], readStoredResources, options);
  }

  /** A list of resources of any kind, for `tctlClusterResources.ts`. */
  list(home: Home, ability: Ability, args: readonly string[], options: ReadOptions = {}): Promise<Listing> {
    return this.#read(home, ability, args, readListing, options);
  }

  /** `tctl status`: the cluster's name and version. */
  status(
    home: Home,
    options: ReadOptions = {},
  ): Promise<{ readonly cluster?: string; readonly version?: string }> {
    return this.#read(home, undefined, ['status'], readClusterStatus, options);
  }

  /**
   * `tctl create -f`: writes a role. tctl does not compare revisions, so the role is read just before, and
   * the write is refused if its revision differs.
   * @param bytes the manifest, exactly as it is sent
   * @param revision the role's revision when it was read; undefined for a role that must not exist yet
   * @returns the role as the server stores it, because the server drops unknown fields silently
   * @throws TeleportFailure `changed`, `notPermitted`, `refused` with the server's text; with `done` when the
   *   role was written but cannot be read
   */
  async writeRole(
    home: Home,
    name: Untrusted,
    bytes: string,
    revision: string | undefined,
  ): Promise<StoredResource> {
    const readStored = (): Promise<StoredResource | undefined> =>
      this.role(home, name).catch((error: unknown) => {
        if (failureOf(error)?.kind === 'gone') return undefined;
        throw error;
      });
    if ((await readStored())?.revision !== revision) throw new TeleportFailure({ kind: 'changed' });
    await withOwnFolder(this.#parts.root, async (folder) => {
      const file = join(folder, 'role.yaml');
      await writeFile(file, bytes, { mode: 0o600, flag: 'wx' });
      await this.#write(home, 'writeRoles', ['create', '-f', '--', file]);
    });
    for (let reads = 0; reads < readsAfterWrite; reads += 1) {
      const stored = await readStored().catch((error: unknown) => {
        throw new TeleportFailure({ kind: 'timedOut', ...failureOf(error), done: true });
      });
      if (stored && stored.revision !== revision) return stored;
    }
    throw new TeleportFailure({ kind: 'timedOut', done: true });
  }

  /**
   * `tctl rm role/<name>`, for a role that has not changed since it was read. A list may show it for another
   * second.
   * @param revision the role's revision when it was read
   * @throws TeleportFailure `unnameable` before a change is sent; `changed`, `gone`; `inUse` while a user
   *   holds the role
   */
  async removeRole(home: Home, name: Untrusted, revision: string): Promise<void> {
    // For `role/a/b` tctl would remove the role `b`.
    if (!nameable(name)) throw new TeleportFailure({ kind: 'unnameable' });
    if ((await this.role(home, name)).revision !== revision) throw new TeleportFailure({ kind: 'changed' });
    await this.#write(home, 'removeRoles', ['rm', '--', `role/${rawText(name)}`]);
  }

  async #read<T>(
    home: Home,
    ability: Ability | undefined,
    args: readonly string[],
    reader: (output: string) => T,
    options: ReadOptions,
  ): Promise<T> {
    const call = (signal: AbortSignal): Promise<CallOutput> => this.#call(home, args, { ability, signal });
    return reader((await home.queue.read(`tctl ${args.join(' ')}`, call, options)).stdout);
  }

  #write(home: Home, ability: Ability, args: readonly string[]): Promise<CallOutput> {
    return home.queue.write(() => this.#call(home, args, { ability, timeout: limits.review }));
  }

  /**
   * Runs tctl with the user's login. tctl refuses a login with a selected leaf cluster. Then the call runs in
   * a throwaway copy of the login with the root cluster selected, so that the login itself keeps its cluster.
   */
  async #call(home: Home, args: readonly string[], options: CallOptions): Promise<CallOutput> {
    const { client, root, configuration } = this.#parts;
    if (await actsAsService(configuration)) throw new TeleportFailure({ kind: 'actsAsService' });
    try {
      return await client.call('tctl', home, args, options);
    } catch (error) {
      const cluster = failureOf(error)?.cluster;
      if (cluster === undefined) throw error;
      const callInRoot = async (copy: Home): Promise<CallOutput> => {
        await client.call('tsh', copy, ['login', '--', cluster], { timeout: limits.assume });
        return client.call('tctl', copy, args, options);
      };
      return withThrowawayHome(root, home, callInRoot, true);
    }
  }
}
