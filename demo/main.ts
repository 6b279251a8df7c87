// The entry of the demo program. `tsh|tctl|kubectl <dir> <args…>` runs a program of the cluster in <dir>,
// `create <dir> --edition=…` creates a cluster, and `kube <dir>` runs its Kubernetes API server, which the
// other programs start.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createCluster, type ClusterOptions } from './createCluster.ts';
import { runKubectl } from './kubectl/kubectl.ts';
import { runKubeServer } from './kube/apiServer.ts';
import { runProgram } from './runProgram.ts';
import { isVersion, recordedVersion } from './cli/teleportVersion.ts';

const usage = `usage: demo tsh|tctl <folder> <args…>
       demo create <folder> --edition=enterprise|community [--before] [--version=17.2.0] [--access-lists]
`;

async function main([command, dir, ...args]: readonly string[]): Promise<number> {
  if ((command === 'tsh' || command === 'tctl') && dir) return runProgram(command, dir, args);
  if (command === 'kubectl' && dir) return runKubectl(args);
  if (command === 'kube' && dir) return runKubeServer(dir);
  const options = command === 'create' && dir ? readOptions(args) : undefined;
  if (!dir || !options) {
    process.stderr.write(usage);
    return 2;
  }
  const program = resolve(process.argv[1] ?? '');
  const { tsh, tctl, homes } = await createCluster(dir, { ...options, node: process.execPath, program });
  process.stdout.write(`${JSON.stringify({ edition: options.edition, tsh, tctl, homes }, undefined, 2)}\n`);
  return 0;
}

/** Reads the options of `create`. Returns undefined when the edition is missing or an option is wrong. */
function readOptions(args: readonly string[]): Omit<ClusterOptions, 'node' | 'program'> | undefined {
  const options = {
    edition: { type: 'string' },
    before: { type: 'boolean', default: false },
    version: { type: 'string', default: recordedVersion },
    'access-lists': { type: 'boolean', default: false },
  } as const;
  try {
    const {
      'access-lists': accessLists,
      edition,
      version,
      before,
    } = parseArgs({ args: [...args], options }).values;
    if ((edition !== 'enterprise' && edition !== 'community') || !isVersion(version)) return undefined;
    return { edition, version, before, accessLists };
  } catch {
    return undefined;
  }
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 1;
  },
);
