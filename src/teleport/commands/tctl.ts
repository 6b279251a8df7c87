import { rawText, type Untrusted, type Instant, type RequestId } from '../../access/text/untrusted.ts';
import type { AccessRequest } from '../../access/request.ts';
import { recordAbility, type Ability, type AbilityListener } from './abilities.ts';
import { actsAsService } from './authServiceConfig.ts';
import type { Client } from './client.ts';
import { failureOf, TeleportFailure } from '../process/failure.ts';
import type { Home } from '../home/home.ts';
import { annotation, readCapabilities, readList, type Capabilities } from '../output/requestSchema.ts';
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
import { inThrowawayHome } from '../home/throwawayHome.ts';
import { limits, rfc3339, type TshCallOptions } from './tsh.ts';
import { withPrivateFile } from '../home/privateFile.ts';

/** What is read comes from a cache that may be a second behind; a call takes a twentieth of that or longer. */
const readsAfterWrite = 25;

/**
 * Whether `role/<name>` means this role to tctl: it stops at a space, takes what stands behind the last slash, and
 * separates several by commas.
 */
const nameable = (name: Untrusted): boolean => !/[/\\\s,"']/.test(rawText(name));

export interface TctlParts {
  readonly client: Client;
  /** Where throwaway copies of a login lie. */
  readonly root: string;
  readonly noticed?: AbilityListener;
  /** A configuration under which tctl is not used; in tests another file than the machine's. */
  readonly configuration?: string;
}

/** One method a command of tctl, run with the person's own login. Flags as `--flag=value`, names after `--`. */
export class Tctl {
  readonly #parts: TctlParts;

  constructor(parts: TctlParts) {
    this.#parts = parts;
  }

  /** `tctl requests capabilities <me>`: works for ordinary people about themselves, in both editions. */
  capabilities(home: Home, me: Untrusted, asking: TshCallOptions = {}): Promise<Capabilities> {
    const args = ['requests', 'capabilities', '--format=json', '--', rawText(me)];
    return this.#read(home, 'capabilities', args, readCapabilities, asking);
  }

  /** `tctl requests ls`: every request, for who may list them. Lags like every list. */
  requests(
    home: Home,
    asking: TshCallOptions = {},
  ): Promise<{ requests: AccessRequest[]; unreadable: number }> {
    return this.#read(home, 'seeRequests', ['requests', 'ls', '--format=json'], readList, asking);
  }

  /**
   * `tctl requests approve|deny`: decides alone, whatever thresholds say, and overwrites what was decided before
   * without a word; read before and after. Who did it is noted as an annotation: on Community nothing else tells.
   * @throws TeleportFailure notPermitted, gone
   */
  async decide(
    home: Home,
    id: RequestId,
    verdict: 'approve' | 'deny',
    { reason, me }: { reason: string; me: Untrusted },
  ): Promise<void> {
    const plain = /^[A-Za-z0-9][A-Za-z0-9._@+-]*$/.test(rawText(me));
    const args = [
      'requests',
      verdict,
      ...(reason === '' ? [] : [`--reason=${reason}`]),
      // A comma or an equals sign would make other annotations of it.
      ...(plain ? [`--annotations=${annotation}=${rawText(me)}`] : []),
      '--',
      id,
    ];
    await this.#write(home, 'decide', args, limits.review);
  }

  /** `tctl requests rm --force`: the request is gone. A certificate made from it stays good to its end. */
  async remove(home: Home, id: RequestId): Promise<void> {
    await this.#write(home, 'deleteRequests', ['requests', 'rm', '--force', '--', id], limits.review);
  }

  /**
   * `tctl lock --access-request`: cuts whatever uses the request within a second. When the lock ends, the same
   * certificate works again: lock to the grant's end or longer.
   * @returns the lock's name, for `unlock`
   * @throws TeleportFailure notPermitted; `unreadable` when no name was printed
   */
  async lock(home: Home, id: RequestId, message: string, until: Instant): Promise<string> {
    const args = ['lock', `--access-request=${id}`, `--message=${message}`, `--expires=${rfc3339(until)}`];
    const name = readLockName((await this.#write(home, 'lock', args, limits.review)).stdout);
    if (name === undefined) throw new TeleportFailure({ kind: 'unreadable' });
    return name;
  }

  /** `tctl rm lock/<name>`. @throws TeleportFailure `gone` when it is not there (any more) */
  async unlock(home: Home, name: string): Promise<void> {
    await this.#write(home, 'unlock', ['rm', '--', `lock/${name}`], limits.review);
  }

  /** `tctl get locks`. Lags like every list: a lock just made may be missing. */
  locks(home: Home, asking: TshCallOptions = {}): Promise<Lock[]> {
    return this.#read(home, 'readLocks', ['get', 'locks', '--format=json'], readLocks, asking);
  }

  /** `tctl get roles`. */
  roles(home: Home, asking: TshCallOptions = {}): Promise<StoredResource[]> {
    return this.#read(home, 'readRoles', ['get', 'roles', '--format=json'], readStoredResources, asking);
  }

  /**
   * `tctl get role/<name>`: of `role/a/b` tctl makes the role `b`, and at a space it ends; such names are looked up in
   * the list. A write may take a second to be seen.
   * @throws TeleportFailure `gone`
   */
  async role(home: Home, name: Untrusted, asking: TshCallOptions = {}): Promise<StoredResource> {
    const args = ['get', '--format=json', '--', `role/${rawText(name)}`];
    const held = nameable(name)
      ? await this.#read(home, 'readRoles', args, readStoredResources, asking)
      : await this.roles(home, asking);
    const found = held.find((one) => one.name === name);
    if (!found) throw new TeleportFailure({ kind: 'gone' });
    return found;
  }

  /** `tctl get users`. */
  users(home: Home, asking: TshCallOptions = {}): Promise<StoredResource[]> {
    return this.#read(home, 'readUsers', ['get', 'users', '--format=json'], readStoredResources, asking);
  }

  /** Any list of resources, for `tctlCluster.ts`; names stand after `--`. */
  list(home: Home, ability: Ability, args: readonly string[], asking: TshCallOptions = {}): Promise<Listing> {
    return this.#read(home, ability, args, readListing, asking);
  }

  /** `tctl status`: the cluster's name and version. */
  status(
    home: Home,
    asking: TshCallOptions = {},
  ): Promise<{ readonly cluster?: string; readonly version?: string }> {
    return this.#read(home, undefined, ['status'], readClusterStatus, asking);
  }

  /**
   * `tctl create -f`: writes a role. tctl does not compare revisions, so it is read just before and refused when it is
   * not the one that was read; what the server then holds is returned, since it drops unknown fields silently.
   * @param bytes the manifest, exactly as it is sent
   * @param revision the role's revision when it was read; undefined for a role that must not be there yet
   * @throws TeleportFailure `changed`, notPermitted, refused (with the server's words); with `done` when it was written
   *   and cannot be read
   */
  async writeRole(
    home: Home,
    name: Untrusted,
    bytes: string,
    revision: string | undefined,
  ): Promise<StoredResource> {
    const held = (): Promise<StoredResource | undefined> =>
      this.role(home, name).catch((error: unknown) => {
        if (failureOf(error)?.kind === 'gone') return undefined;
        throw error;
      });
    if ((await held())?.revision !== revision) throw new TeleportFailure({ kind: 'changed' });
    await withPrivateFile(this.#parts.root, bytes, (file) =>
      this.#write(home, 'writeRoles', ['create', '-f', '--', file], limits.review),
    );
    for (let asked = 0; asked < readsAfterWrite; asked += 1) {
      const after = await held().catch((error: unknown) => {
        throw new TeleportFailure({ kind: 'timedOut', ...failureOf(error), done: true });
      });
      if (after && after.revision !== revision) return after;
    }
    throw new TeleportFailure({ kind: 'timedOut', done: true });
  }

  /**
   * `tctl rm role/<name>`, for a role that is as it was read. A list may show it for another second.
   * @param revision the role's revision when it was read
   * @throws TeleportFailure `unnameable` before anything is sent; `changed`, `gone`, `inUse` while somebody holds it
   */
  async removeRole(home: Home, name: Untrusted, revision: string): Promise<void> {
    // tctl would remove the role `b` for `role/a/b`.
    if (!nameable(name)) throw new TeleportFailure({ kind: 'unnameable' });
    if ((await this.role(home, name)).revision !== revision) throw new TeleportFailure({ kind: 'changed' });
    await this.#write(home, 'removeRoles', ['rm', '--', `role/${rawText(name)}`], limits.review);
  }

  #read<T>(
    home: Home,
    ability: Ability | undefined,
    args: readonly string[],
    reader: (output: string) => T,
    asking: TshCallOptions,
  ): Promise<T> {
    const read = (signal: AbortSignal): Promise<T> =>
      this.#call(home, ability, args, limits.read, signal).then(({ stdout }) => reader(stdout));
    return home.queue.read(`tctl ${args.join(' ')}`, read, asking);
  }

  #write(
    home: Home,
    ability: Ability,
    args: readonly string[],
    timeout: number,
  ): Promise<{ stdout: string; stderr: string }> {
    return home.queue.write(() => this.#call(home, ability, args, timeout));
  }

  async #call(
    home: Home,
    ability: Ability | undefined,
    args: readonly string[],
    timeout: number,
    signal?: AbortSignal,
  ): Promise<{ stdout: string; stderr: string }> {
    const { noticed = () => undefined } = this.#parts;
    const call = (): Promise<{ stdout: string; stderr: string }> =>
      this.#asPerson(home, args, { timeout, signal });
    return ability === undefined ? call() : recordAbility(noticed, ability, call);
  }

  /** With a leaf selected tctl refuses; then a throwaway copy of the login selects the root, and the login stays as it is. */
  async #asPerson(
    home: Home,
    args: readonly string[],
    options: { timeout: number; signal?: AbortSignal | undefined },
  ): Promise<{ stdout: string; stderr: string }> {
    const { client, root, configuration } = this.#parts;
    if (await actsAsService(configuration)) throw new TeleportFailure({ kind: 'actsAsService' });
    try {
      return await client.call('tctl', home, args, options);
    } catch (error) {
      const cluster = failureOf(error)?.cluster;
      if (cluster === undefined) throw error;
      const withRoot = async (copy: Home): Promise<{ stdout: string; stderr: string }> => {
        await client.call('tsh', copy, ['login', '--', cluster], { timeout: limits.assume });
        return client.call('tctl', copy, args, options);
      };
      return inThrowawayHome(root, home, withRoot, true);
    }
  }
}
