import { dirname } from 'node:path';
import { rawText, type Untrusted } from '../../access/untrusted/untrusted.ts';
import { recordAbility, type AbilityListener } from './abilities.ts';
import type { Client } from './client.ts';
import type { Home } from '../home/home.ts';
import { pinKubeconfig } from '../home/kubeconfig.ts';
import { kubeconfigOf } from '../home/privateHome.ts';
import { readKubeClusters, type KubeCluster } from '../output/resourceSchema.ts';
import { type TshCallOptions, limits } from './tshCalls.ts';

/** `tsh kube`: lists the Kubernetes clusters of a login and sets up kubectl for one of them. */
export class TshKube {
  readonly #client: Client;
  readonly #onAbility: AbilityListener;

  constructor(client: Client, onAbility: AbilityListener = () => undefined) {
    this.#client = client;
    this.#onAbility = onAbility;
  }

  /** `tsh kube ls`: the clusters that the login on a home, with its assumed requests, may reach. */
  list(home: Home, { signal, background = false }: TshCallOptions = {}): Promise<KubeCluster[]> {
    return home.queue.read(
      'kube ls',
      (readSignal) =>
        recordAbility(this.#onAbility, 'kube', async () => {
          const args = ['kube', 'ls', '--format=json'];
          const options = { timeout: limits.read, signal: readSignal };
          return readKubeClusters((await this.#client.call('tsh', home, args, options)).stdout);
        }),
      { signal, background },
    );
  }

  /**
   * `tsh kube login` in a private home: writes the cluster to the home's kubeconfig, with `current` as
   * TELEPORT_HOME, so that the entry outlives every generation. The user's own kubeconfig is not changed.
   * @param home a private home, whose folder is `current`
   * @throws TeleportFailure `refused` when the login cannot reach the cluster
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
