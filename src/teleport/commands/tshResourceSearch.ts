import type { Untrusted } from '../../access/text/untrusted.ts';
import { recordAbility, type AbilityListener } from './abilities.ts';
import type { Client } from './client.ts';
import { failureOf } from '../process/failure.ts';
import type { Home } from '../home/home.ts';
import { readRoles, readSearch, type FoundResource } from '../output/resourceSchema.ts';
import { limits } from './tsh.ts';

/** The kinds that every supported tsh can search. */
export const searchKinds = ['node', 'kube_cluster', 'db', 'app', 'windows_desktop'] as const;
export type SearchKind = (typeof searchKinds)[number];

/** `tsh request search`: what may be asked for by name. */
export class ResourceSearch {
  readonly #client: Client;
  readonly #noticed: AbilityListener;
  /** Whether this tsh can answer in JSON (18.5.1 and newer); found out once. */
  #json = true;

  constructor(client: Client, noticed: AbilityListener = () => undefined) {
    this.#client = client;
    this.#noticed = noticed;
  }

  /**
   * `tsh request search --kind`: what a request could reach through `search_as_roles`.
   * @param words what the resource's name or labels contain; empty for all
   * @throws TeleportFailure `notRequestable` where no role of the person allows it (always so on Community)
   */
  search(
    home: Home,
    kind: SearchKind,
    words: readonly string[] = [],
    signal?: AbortSignal,
  ): Promise<FoundResource[]> {
    const wanted = words.filter((word) => word !== '');
    const args = [`--kind=${kind}`, ...(wanted.length > 0 ? [`--search=${wanted.join(',')}`] : [])];
    return home.queue.read(
      `search ${args.join(' ')}`,
      (leave) =>
        recordAbility(this.#noticed, 'search', async () => readSearch(await this.#search(home, args, leave))),
      { signal },
    );
  }

  /**
   * `tsh request search --roles`: the roles that may be asked for.
   * @throws TeleportFailure `tooOld` before 18.4.2; there `Tctl.capabilities` knows
   */
  roles(home: Home, signal?: AbortSignal): Promise<Untrusted[]> {
    return home.queue.read(
      'search roles',
      async (leave) => readRoles(await this.#search(home, ['--roles'], leave)),
      { signal },
    );
  }

  async #search(home: Home, args: readonly string[], signal: AbortSignal): Promise<string> {
    const options = { timeout: limits.read, signal };
    const words = ['request', 'search', ...args];
    if (this.#json) {
      try {
        return (await this.#client.call('tsh', home, [...words, '--format=json'], options)).stdout;
      } catch (error) {
        if (failureOf(error)?.kind !== 'tooOld') throw error;
        this.#json = false;
      }
    }
    return (await this.#client.call('tsh', home, words, options)).stdout;
  }
}
