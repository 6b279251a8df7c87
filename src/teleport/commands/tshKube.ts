import { dirname } from 'node:path';
import { rawText, type Untrusted } from '../../access/untrusted/untrusted.ts';
import type { Client } from './client.ts';
import type { Home } from '../home/home.ts';
import { pinKubeconfig } from '../home/kubeconfig.ts';
import { kubeconfigOf } from '../home/privateHome.ts';
import { readKubeClusters, type KubeCluster } from '../output/resourceSchema.ts';
import { type ReadOptions } from './tshCalls.ts';

/** `tsh kube`: lists the Kubernetes clusters of a login and sets up kubectl for one of them. */
export class TshKube {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /** `tsh kube ls`: the clusters that the login on a home, with its assumed requests, may reach. */
  list(home: Home, options: ReadOptions = {}): Promise<KubeCluster[]> {
    const args = ['kube', 'ls', '--format=json'];
    return this.#client.read(home, args, readKubeClusters, { ...options, ability: 'kube' });
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
      const args = ['kube', 'login', '--', rawText(cluster)];
      await this.#client.call('tsh', home, args, { signal, kubeconfig });
      await pinKubeconfig(kubeconfig, folder, home.folder);
    }, signal);
  }
}
