import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { createCluster, type ClusterOptions } from '../../demo/createCluster.ts';
import { root } from '../build.ts';

/** A Teleport cluster for tests, in the format of the file that JIT_ACCESS_CLUSTER names. */
export interface TestCluster {
  readonly edition: 'enterprise' | 'community';
  readonly tsh: string;
  readonly tctl: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The signed-in profile folder of each user, by user name. */
  readonly homes: Readonly<Record<string, string>>;
}

/** A demo cluster, with its folder and the file of its adjustable clock. */
export interface DemoTestCluster extends TestCluster {
  readonly dir: string;
  readonly clock: string;
}

/**
 * Creates a temporary folder for one run. The path is short, because socket paths must stay below 100
 * characters.
 */
export async function freshFolder(): Promise<string> {
  return mkdtemp(join(await realpath(tmpdir()), 'jit-'));
}

/**
 * Removes a temporary folder. It retries, because programs that are just ending may still write to the
 * folder.
 */
export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** Creates a demo cluster in `folder`. It needs a built extension. */
export async function createDemoCluster(
  folder: string,
  edition: TestCluster['edition'] = 'enterprise',
  options: Pick<ClusterOptions, 'before' | 'version' | 'accessLists'> = {},
): Promise<DemoTestCluster> {
  const program = join(root, 'dist', 'demo.cjs');
  const dir = join(folder, 'cluster');
  return { edition, ...(await createCluster(dir, { ...options, edition, node: process.execPath, program })) };
}

/** Reads the description of a cluster from a file. */
export async function readCluster(file: string): Promise<TestCluster> {
  return JSON.parse(await readFile(file, 'utf8')) as TestCluster;
}

/** One simulated user: their folders on this machine and the environment of their programs. */
export interface TestPerson {
  readonly name: string;
  readonly folder: string;
  readonly workspace: string;
  readonly userData: string;
  readonly env: Readonly<Record<string, string>>;
}

const runbook = (name: string): string =>
  `# Runbook\n\nThis is ${name}'s window. Open JIT Access in the activity bar.\n`;

/**
 * Returns PATH with the programs of the cluster first, and without the folders that npm adds for its scripts.
 */
function searchPath(cluster: TestCluster): string {
  const inherited = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => !folder.includes('node_modules'));
  return [dirname(cluster.tsh), ...inherited].join(delimiter);
}

/**
 * Creates the folders and environment of one simulated user in `folder`. The user gets a home folder of their
 * own, so that no program reads or writes the files of the machine's real user.
 */
export async function setUpPerson(
  folder: string,
  cluster: TestCluster | DemoTestCluster,
  name: string,
): Promise<TestPerson> {
  const login = cluster.homes[name];
  if (!login) throw new Error(`Nobody called ${name} in this cluster.`);
  const own = join(folder, name);
  // VS Code shows the name of the workspace folder in the window title.
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
