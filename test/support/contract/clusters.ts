// The clusters that the contract tests use: a demo of each edition, or the one that JIT_ACCESS_CLUSTER
// describes.
import { readFileSync } from 'node:fs';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RequestId } from '../../../src/access/untrusted/untrusted.ts';
import { createCluster, signInUser } from '../../../demo/createCluster.ts';
import { buildDemo } from '../runProgram.ts';

/** Describes a cluster to the contract tests. JIT_ACCESS_CLUSTER names a JSON file with this content. */
export interface ClusterDescription {
  readonly edition: 'enterprise' | 'community';
  readonly tsh: string;
  readonly tctl: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Maps a person to a signed-in profile folder. Tests copy the folder before they use it. */
  readonly homes: Readonly<Record<string, string>>;
  /** The name of the Kubernetes cluster. Absent when there is none. */
  readonly kubeCluster?: string;
  /** A profile folder of alice's with an expired login. Absent when there is none. */
  readonly expired?: string;
}

interface OpenCluster {
  readonly description: ClusterDescription;
  readonly close: () => Promise<void>;
}

/** A cluster that all suites of this process share. The first suite opens it and the last one closes it. */
export class ContractCluster {
  readonly name: string;
  readonly edition: ClusterDescription['edition'];
  /** The number of suites that have not ended yet. */
  remainingSuites = 0;
  /** The requests that the suites created. The last suite deletes them. */
  readonly createdRequests = new Set<RequestId>();
  readonly #open: () => Promise<OpenCluster>;
  #opened: Promise<OpenCluster> | undefined;

  constructor(name: string, edition: ClusterDescription['edition'], open: () => Promise<OpenCluster>) {
    this.name = name;
    this.edition = edition;
    this.#open = open;
  }

  async description(): Promise<ClusterDescription> {
    return (await (this.#opened ??= this.#open())).description;
  }

  async close(): Promise<void> {
    const opened = await this.#opened;
    this.#opened = undefined;
    await opened?.close();
  }
}

async function openDemo(edition: ClusterDescription['edition']): Promise<OpenCluster> {
  const folder = await mkdtemp(join(await realpath(tmpdir()), 'jit-contract-'));
  const program = await buildDemo(folder);
  const { dir, tsh, tctl, homes } = await createCluster(join(folder, 'c'), {
    edition,
    node: process.execPath,
    program,
  });
  const expired = join(folder, 'expired');
  await signInUser(dir, 'alice', expired, 0);
  const kube = edition === 'enterprise' ? { kubeCluster: 'prod-eu' } : {};
  return {
    description: { edition, tsh, tctl, homes, expired, ...kube },
    close: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}

function describedIn(file: string): ContractCluster {
  const description = JSON.parse(readFileSync(file, 'utf8')) as ClusterDescription;
  return new ContractCluster(file, description.edition, () =>
    Promise.resolve({ description, close: () => Promise.resolve() }),
  );
}

const descriptionFile = process.env['JIT_ACCESS_CLUSTER'];

export const contractClusters: readonly ContractCluster[] = descriptionFile
  ? [describedIn(descriptionFile)]
  : (['enterprise', 'community'] as const).map(
      (edition) => new ContractCluster(edition, edition, () => openDemo(edition)),
    );
