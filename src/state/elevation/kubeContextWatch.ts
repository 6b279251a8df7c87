import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { rawText, untrusted, type Untrusted } from '../../access/untrusted/untrusted.ts';
import { readKubeContext, type KubeContext } from '../../teleport/home/kubeContext.ts';
import { kubeconfigOf } from '../../teleport/home/privateHome.ts';
import { watchFolder } from '../watchFolder.ts';
import type { HomeRecord } from './homeRecords.ts';
import type { Disposable } from '../emitter.ts';

interface Watched {
  readonly watcher: Disposable;
  text: string;
  context: KubeContext | undefined;
}

/** The display name of a Kubernetes cluster, with its Teleport cluster when that is not `own`. */
function kubeContextName({ kube, cluster }: KubeContext, own: Untrusted): Untrusted {
  if (cluster === undefined || cluster === own) return kube;
  return untrusted(`${rawText(kube)} (${rawText(cluster)})`);
}

/**
 * Watches the kubeconfigs of private homes for the current context, because the user, a script or k9s may
 * select another context than the one chosen for the elevation.
 */
export class KubeContextWatch {
  readonly #watched = new Map<string, Watched>();
  readonly #onChange: () => void;

  /** @param onChange called when the context of a home has changed */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** Watches these homes and stops watching all others. */
  watchHomes(records: readonly HomeRecord[]): void {
    const names = new Set(records.map(({ name }) => name));
    for (const [name, { watcher }] of this.#watched) {
      if (names.has(name)) continue;
      watcher.dispose();
      this.#watched.delete(name);
    }
    for (const { root, name } of records) {
      if (this.#watched.has(name)) continue;
      const file = kubeconfigOf(join(root, name));
      const watcher = watchFolder(dirname(file), () => void this.#readContext(name, file), false);
      this.#watched.set(name, { watcher, text: '', context: undefined });
      void this.#readContext(name, file);
    }
  }

  /** The cluster that kubectl of a home uses, if it is not the chosen one. */
  mismatchOf({ name, kube, cluster }: HomeRecord): Untrusted | undefined {
    const context = this.#watched.get(name)?.context;
    if (kube === undefined || context === undefined) return undefined;
    const current = kubeContextName(context, cluster);
    return current === kube ? undefined : current;
  }

  /** Reads the kubeconfig of a home. A file that is incomplete or missing has no context. */
  async #readContext(name: string, file: string): Promise<void> {
    const text = await readFile(file, 'utf8').catch(() => '');
    const watched = this.#watched.get(name);
    if (!watched || watched.text === text) return;
    watched.text = text;
    const context = await readKubeContext(text);
    if (watched.text !== text) return;
    watched.context = context;
    this.#onChange();
  }

  dispose(): void {
    this.watchHomes([]);
  }
}
