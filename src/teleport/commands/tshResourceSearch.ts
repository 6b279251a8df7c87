import type { Untrusted } from '../../access/untrusted/untrusted.ts';
import type { CallOptions, Client } from './client.ts';
import { failureOf } from '../process/failure.ts';
import type { Home } from '../home/home.ts';
import { readRoles, readSearch, type FoundResource } from '../output/resourceSchema.ts';

/** The resource kinds that every supported tsh can search. */
export const searchKinds = ['node', 'kube_cluster', 'db', 'app', 'windows_desktop'] as const;
/** A resource kind that tsh can search. */
export type SearchKind = (typeof searchKinds)[number];

/** `tsh request search`: finds resources and roles that may be requested. */
export class ResourceSearch {
  readonly #client: Client;
  /** Whether tsh can print JSON (18.5.1 and newer); set to false after the first refusal. */
  #printsJson = true;

  constructor(client: Client) {
    this.#client = client;
  }

  /**
   * `tsh request search --kind`: the resources that a request can reach through `search_as_roles`.
   * @param words texts that the resource's name or labels must contain; empty for all
   * @throws TeleportFailure `notRequestable` when no role of the user allows the search (always so on
   *   Community)
   */
  search(
    home: Home,
    kind: SearchKind,
    words: readonly string[] = [],
    signal?: AbortSignal,
  ): Promise<FoundResource[]> {
    const terms = words.filter((word) => word !== '');
    const args = [`--kind=${kind}`, ...(terms.length > 0 ? [`--search=${terms.join(',')}`] : [])];
    return home.queue.read(
      `search ${args.join(' ')}`,
      async (readSignal) =>
        readSearch(await this.#search(home, args, { signal: readSignal, ability: 'search' })),
      { signal },
    );
  }

  /**
   * `tsh request search --roles`: the roles that may be requested.
   * @throws TeleportFailure `tooOld` before 18.4.2; callers then use `Tctl.capabilities`
   */
  roles(home: Home, signal?: AbortSignal): Promise<Untrusted[]> {
    return home.queue.read(
      'search roles',
      async (readSignal) => readRoles(await this.#search(home, ['--roles'], { signal: readSignal })),
      { signal },
    );
  }

  async #search(home: Home, args: readonly string[], options: CallOptions): Promise<string> {
    const command = ['request', 'search', ...args];
    if (this.#printsJson) {
      try {
        return (await this.#client.call('tsh', home, [...command, '--format=json'], options)).stdout;
      } catch (error) {
        if (failureOf(error)?.kind !== 'tooOld') throw error;
        this.#printsJson = false;
      }
    }
    return (await this.#client.call('tsh', home, command, options)).stdout;
  }
}
