// The clusters the contract is checked against: a demo of each edition, or the one that JIT_ACCESS_CLUSTER names.
import { readFileSync } from 'node:fs';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCluster, signIn } from '../../src/demo/cluster.ts';
import { buildDemo } from '../replay/program.ts';

/** What the suite may know of a cluster. */
export interface Description {
  readonly edition: 'enterprise' | 'community';
  readonly tsh: string;
  readonly tctl: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Person to signed-in profile folder. Copied before use. */
  readonly homes: Readonly<Record<string, string>>;
  /** Alice's home, expired; absent where there is none. */
  readonly expired?: string;
}

/** A cluster that can be opened once and must be closed. */
export interface Candidate {
  readonly name: string;
  readonly edition: Description['edition'];
  open(): Promise<{ readonly description: Description; readonly close: () => Promise<void> }>;
}

async function openDemo(edition: Description['edition']): ReturnType<Candidate['open']> {
  const folder = await mkdtemp(join(await realpath(tmpdir()), 'jit-contract-'));
  const program = await buildDemo(folder);
  const { dir, tsh, tctl, homes } = await createCluster(join(folder, 'c'), {
    edition,
    node: process.execPath,
    program,
  });
  const expired = join(folder, 'expired');
  await signIn(dir, 'alice', expired, 0);
  return {
    description: { edition, tsh, tctl, homes, expired },
    close: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}

function namedIn(file: string): Candidate {
  const description = JSON.parse(readFileSync(file, 'utf8')) as Description;
  const { edition } = description;
  return {
    name: file,
    edition,
    open: () => Promise.resolve({ description, close: () => Promise.resolve() }),
  };
}

const file = process.env['JIT_ACCESS_CLUSTER'];

export const clusters: readonly Candidate[] = file
  ? [namedIn(file)]
  : (['enterprise', 'community'] as const).map((edition) => ({
      name: edition,
      edition,
      open: () => openDemo(edition),
    }));
