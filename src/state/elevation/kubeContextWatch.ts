import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { rawText, untrusted, type Untrusted } from '../../access/text/untrusted.ts';
import { readKubeContext, type KubeContext } from '../../teleport/home/kubeContext.ts';
import { kubeconfigOf } from '../../teleport/home/privateHome.ts';
import { watchFolder } from '../watchFolder.ts';
import type { HomeRecord } from './homeRecords.ts';

interface Watched {
  readonly stop: () => void;
  text: string;
  context: KubeContext | undefined;
}

/** How a place that kubectl goes to is called beside one of this Teleport cluster. */
export function kubeContextName({ kube, cluster }: KubeContext, own: Untrusted): Untrusted {
  if (cluster === undefined || cluster === own) return kube;
  return untrusted(`${rawText(kube)} (${rawText(cluster)})`);
}

/**
 * Where kubectl in private homes goes now: a person, a script or k9s may choose another context than the one that the
 * elevation was pointed at. Told by the kubeconfig, which is watched.
 */
export class KubeContextWatch {
  readonly #watched = new Map<string, Watched>();
  readonly #changed: () => void;

  /** @param changed told when kubectl of a home goes elsewhere than before */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Watches these homes and no others. */
  follow(records: readonly HomeRecord[]): void {
    const names = new Set(records.map(({ name }) => name));
    for (const [name, { stop }] of this.#watched) {
      if (names.has(name)) continue;
      stop();
      this.#watched.delete(name);
    }
    for (const { root, name } of records) {
      if (this.#watched.has(name)) continue;
      const file = kubeconfigOf(join(root, name));
      const stop = watchFolder(dirname(file), () => void this.#look(name, file), false);
      this.#watched.set(name, { stop, text: '', context: undefined });
      void this.#look(name, file);
    }
  }

  /** The cluster that kubectl of a home goes to, if it is another than it was pointed at. */
  of({ name, kube, cluster }: HomeRecord): Untrusted | undefined {
    const context = this.#watched.get(name)?.context;
    if (kube === undefined || context === undefined) return undefined;
    const found = kubeContextName(context, cluster);
    return found === kube ? undefined : found;
  }

  /** Reads a home's kubeconfig; one that is half written or gone says nothing. */
  async #look(name: string, file: string): Promise<void> {
    const text = await readFile(file, 'utf8').catch(() => '');
    const watched = this.#watched.get(name);
    if (!watched || watched.text === text) return;
    watched.text = text;
    const context = await readKubeContext(text);
    if (watched.text !== text) return;
    watched.context = context;
    this.#changed();
  }

  stop(): void {
    this.follow([]);
  }
}
