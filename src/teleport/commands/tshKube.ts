import { dirname } from 'node:path';
import { bare, type Foreign } from '../../access/text/foreign.ts';
import { noticing, type Noticed } from './abilities.ts';
import type { Client } from './client.ts';
import type { Home } from '../home/home.ts';
import { pinKubeconfig } from '../home/kubeconfig.ts';
import { kubeconfigOf } from '../home/privateHome.ts';
import { readKubeClusters, type KubeCluster } from '../output/resourceSchema.ts';
import { limits, type Asking } from './tsh.ts';

/** `tsh kube`: the Kubernetes clusters of a login, and kubectl's way to one of them. */
export class Kube {
  readonly #client: Client;
  readonly #noticed: Noticed;

  constructor(client: Client, noticed: Noticed = () => undefined) {
    this.#client = client;
    this.#noticed = noticed;
  }

  /** `tsh kube ls`: the clusters that what is assumed on this home may reach. */
  list(home: Home, { signal, background = false }: Asking = {}): Promise<KubeCluster[]> {
    return home.turn.read(
      'kube ls',
      (leave) =>
        noticing(this.#noticed, 'kube', async () => {
          const args = ['kube', 'ls', '--format=json'];
          const options = { timeout: limits.read, signal: leave };
          return readKubeClusters((await this.#client.call('tsh', home, args, options)).stdout);
        }),
      { signal, background },
    );
  }

  /**
   * `tsh kube login` in a private home: its one kubeconfig names this cluster from now on, and `current`, so that it
   * outlives every generation. The person's own kubeconfig is not touched.
   * @param home a private home, whose folder is `current`
   * @throws TeleportFailure refused, when the cluster is not there for this login
   */
  login(home: Home, cluster: Foreign, signal?: AbortSignal): Promise<void> {
    const folder = dirname(home.folder);
    const kubeconfig = kubeconfigOf(folder);
    return home.turn.write(async () => {
      await this.#client.call('tsh', home, ['kube', 'login', '--', bare(cluster)], {
        timeout: limits.read,
        signal,
        kubeconfig,
      });
      await pinKubeconfig(kubeconfig, folder, home.folder);
    }, signal);
  }
}
