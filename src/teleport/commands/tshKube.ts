import { dirname } from 'node:path';
import { rawText, type Untrusted } from '../../access/text/untrusted.ts';
import { recordAbility, type AbilityListener } from './abilities.ts';
import type { Client } from './client.ts';
import type { Home } from '../home/home.ts';
import { pinKubeconfig } from '../home/kubeconfig.ts';
import { kubeconfigOf } from '../home/privateHome.ts';
import { readKubeClusters, type KubeCluster } from '../output/resourceSchema.ts';
import { limits, type TshCallOptions } from './tsh.ts';

/** `tsh kube`: the Kubernetes clusters of a login, and kubectl's way to one of them. */
export class TshKube {
  readonly #client: Client;
  readonly #noticed: AbilityListener;

  constructor(client: Client, noticed: AbilityListener = () => undefined) {
    this.#client = client;
    this.#noticed = noticed;
  }

  /** `tsh kube ls`: the clusters that what is assumed on this home may reach. */
  list(home: Home, { signal, background = false }: TshCallOptions = {}): Promise<KubeCluster[]> {
    return home.queue.read(
      'kube ls',
      (leave) =>
        recordAbility(this.#noticed, 'kube', async () => {
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
  login(home: Home, cluster: Untrusted, signal?: AbortSignal): Promise<void> {
    const folder = dirname(home.folder);
    const kubeconfig = kubeconfigOf(folder);
    return home.queue.write(async () => {
      await this.#client.call('tsh', home, ['kube', 'login', '--', rawText(cluster)], {
        timeout: limits.read,
        signal,
        kubeconfig,
      });
      await pinKubeconfig(kubeconfig, folder, home.folder);
    }, signal);
  }
}
