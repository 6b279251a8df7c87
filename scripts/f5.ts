import { createHash } from 'node:crypto';
import { mkdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildExtension, root } from './build.ts';
import { createDemoCluster, removeFolder, setUpPerson, type TestPerson } from './hosts/people.ts';
import { resultsFolder } from './testing/mocha.ts';
import { buildSuites } from './testing/host.ts';

/** The folder of the demo cluster and of alice's window. .vscode/launch.json names it, and git ignores it. */
const f5Folder = join(root, '.vscode-test', 'f5');

/**
 * The runtime folder of alice. It is outside the repository, because socket paths must be short, and because a
 * folder that a container shares with its host may not hold sockets. The path is the same at each start, so
 * that each start can remove what the last one left.
 */
async function freshRuntimeFolder(): Promise<string> {
  const name = createHash('sha256').update(root).digest('hex').slice(0, 8);
  const folder = join(await realpath(tmpdir()), `jit-f5-${name}`);
  await removeFolder(folder);
  // Fails if another user has put a folder there.
  await mkdir(folder, { mode: 0o700 });
  return folder;
}

/** One line of a file that the debugger reads with dotenv, which takes `#` in a plain value as a comment. */
const envLine = ([name, value]: readonly [string, string]): string =>
  value.includes('#') ? `${name}='${value}'` : `${name}=${value}`;

/**
 * Gives the ordinary terminals of alice's window the demo cluster too. The debugger sets the environment of
 * the extension host only, so without this a terminal would use the developer's own tsh and login.
 */
async function writeTerminalSettings({ workspace, env }: TestPerson): Promise<void> {
  const { PATH, TELEPORT_HOME, HOME = '' } = env;
  const variables = { PATH, TELEPORT_HOME, KUBECONFIG: join(HOME, '.kube', 'config') };
  const platforms = ['linux', 'osx', 'windows'];
  const settings = Object.fromEntries(
    platforms.map((name) => [`terminal.integrated.env.${name}`, variables]),
  );
  await mkdir(join(workspace, '.vscode'));
  await writeFile(join(workspace, '.vscode', 'settings.json'), `${JSON.stringify(settings, null, 2)}\n`);
}

/**
 * `npm run f5`: prepares what F5 in VS Code opens. It builds the extension, replaces the demo cluster by a
 * fresh one, and writes the environment of alice's extension host into the file `env` that
 * .vscode/launch.json names. `--tests` also builds the suites that run inside an extension host.
 */
export async function main(args: readonly string[]): Promise<number> {
  const { tests } = parseArgs({ args: [...args], options: { tests: { type: 'boolean' } } }).values;
  await removeFolder(f5Folder);
  // With source maps breakpoints bind in src/.
  await buildExtension({ sourcemap: true });
  await mkdir(f5Folder, { recursive: true });
  const cluster = await createDemoCluster(f5Folder);
  const alice = await setUpPerson(f5Folder, cluster, 'alice');
  await writeTerminalSettings(alice);
  const env: Record<string, string> = { ...alice.env, XDG_RUNTIME_DIR: await freshRuntimeFolder() };
  if (tests) {
    await buildSuites();
    const result = join(resultsFolder, 'host-debug.json');
    await rm(result, { force: true });
    await mkdir(resultsFolder, { recursive: true });
    env['JIT_TEST_CLUSTER'] = JSON.stringify(cluster);
    env['JIT_TEST_RESULT'] = result;
  }
  // Last, so that the file exists only if everything else does.
  await writeFile(join(f5Folder, 'env'), `${Object.entries(env).map(envLine).join('\n')}\n`);
  console.log(`\nThe demo cluster is ready. alice's environment: ${join(f5Folder, 'env')}`);
  console.log('To approve a request of alice as rita, in a POSIX shell:');
  console.log(`  TELEPORT_HOME='${cluster.homes['rita']}' '${cluster.tsh}' request review --approve <id>`);
  return 0;
}
