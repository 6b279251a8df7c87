import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { createCluster, type ClusterOptions } from '../../demo/createCluster.ts';
import { root } from '../build.ts';

/** A cluster to work on, as the file that JIT_ACCESS_CLUSTER names describes it. */
export interface TestCluster {
  readonly edition: 'enterprise' | 'community';
  readonly tsh: string;
  readonly tctl: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Person to signed-in profile folder. */
  readonly homes: Readonly<Record<string, string>>;
}

/** A demo cluster: a folder of its own, and a clock that can be moved. */
export interface DemoTestCluster extends TestCluster {
  readonly dir: string;
  readonly clock: string;
}

/** A fresh folder for everything of one run. Its path is short: sockets in it must stay below 100 characters. */
export async function freshFolder(): Promise<string> {
  return mkdtemp(join(await realpath(tmpdir()), 'jit-'));
}

/** Removes such a folder. Programs that are just ending may still write to it. */
export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** A demo cluster in `folder`, otherwise than usual where asked; needs a built extension. */
export async function createDemoCluster(
  folder: string,
  edition: TestCluster['edition'] = 'enterprise',
  other: Pick<ClusterOptions, 'before' | 'version' | 'accessLists'> = {},
): Promise<DemoTestCluster> {
  const program = join(root, 'dist', 'demo.cjs');
  const dir = join(folder, 'cluster');
  return { edition, ...(await createCluster(dir, { ...other, edition, node: process.execPath, program })) };
}

/** The cluster that a file describes. */
export async function readCluster(file: string): Promise<TestCluster> {
  return JSON.parse(await readFile(file, 'utf8')) as TestCluster;
}

/** The folders of one person on this machine, and the environment of that person's programs. */
export interface TestPerson {
  readonly name: string;
  readonly folder: string;
  readonly workspace: string;
  readonly userData: string;
  readonly env: Readonly<Record<string, string>>;
}

const runbook = (name: string): string =>
  `# Runbook\n\nThis is ${name}'s window. Open JIT Access in the activity bar.\n`;

/** The cluster's programs first; not what npm puts there for its scripts. */
function searchPath(cluster: TestCluster): string {
  const usual = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => !folder.includes('node_modules'));
  return [dirname(cluster.tsh), ...usual].join(delimiter);
}

/**
 * Sets a person up in `folder`. The home folder is one of its own, so that nothing of the machine's user is
 * read or written.
 */
export async function setUpPerson(
  folder: string,
  cluster: TestCluster | DemoTestCluster,
  name: string,
): Promise<TestPerson> {
  const login = cluster.homes[name];
  if (!login) throw new Error(`Nobody called ${name} in this cluster.`);
  const own = join(folder, name);
  // Named after the person, so that the window's title is too.
  const workspace = join(own, name);
  await mkdir(workspace, { recursive: true });
  await writeFile(join(workspace, 'README.md'), runbook(name));
  for (const part of ['home', 'run']) await mkdir(join(own, part), { mode: 0o700 });
  return {
    name,
    folder: own,
    workspace,
    userData: join(own, 'vscode'),
    env: {
      ...cluster.env,
      PATH: searchPath(cluster),
      HOME: join(own, 'home'),
      XDG_RUNTIME_DIR: join(own, 'run'),
      TELEPORT_HOME: login,
      ...('clock' in cluster && { JIT_ACCESS_DEMO_CLOCK: cluster.clock }),
    },
  };
}
