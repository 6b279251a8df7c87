// The demo's program: `tsh|tctl|kubectl <dir> <args…>`, `create <dir> --edition=enterprise|community`, and `kube <dir>`,
// the API server that the others start.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createCluster } from './createCluster.ts';
import { runKubectl } from './kubectl/kubectl.ts';
import { runKubeServer } from './kube/apiServer.ts';
import { runProgram } from './runProgram.ts';
import type { DemoEdition } from './resources/roles.ts';
import { isVersion } from './cli/teleportVersion.ts';

const usage = `usage: demo tsh|tctl <folder> <args…>
       demo create <folder> --edition=enterprise|community [--before] [--version=17.2.0] [--access-lists]
`;

async function main([word, dir, ...args]: readonly string[]): Promise<number> {
  if ((word === 'tsh' || word === 'tctl') && dir) return runProgram(word, dir, args);
  if (word === 'kubectl' && dir) return runKubectl(args);
  if (word === 'kube' && dir) return runKubeServer(dir);
  const asked = word === 'create' && dir ? readOptions(args) : undefined;
  if (!dir || !asked) {
    process.stderr.write(usage);
    return 2;
  }
  const program = resolve(process.argv[1] ?? '');
  const { tsh, tctl, homes } = await createCluster(dir, { ...asked, node: process.execPath, program });
  process.stdout.write(`${JSON.stringify({ edition: asked.edition, tsh, tctl, homes }, undefined, 2)}\n`);
  return 0;
}

interface Asked {
  readonly edition: DemoEdition;
  readonly before: boolean;
  readonly accessLists: boolean;
  readonly version?: string;
}

/** What kind of cluster is to be made; undefined when that is not said, or not so that it can be understood. */
function readOptions(args: readonly string[]): Asked | undefined {
  const options = {
    edition: { type: 'string' },
    before: { type: 'boolean', default: false },
    version: { type: 'string' },
    'access-lists': { type: 'boolean', default: false },
  } as const;
  try {
    const {
      edition,
      before,
      version,
      'access-lists': accessLists,
    } = parseArgs({ args: [...args], options }).values;
    if (edition !== 'enterprise' && edition !== 'community') return undefined;
    if (version === undefined) return { edition, before, accessLists };
    return isVersion(version) ? { edition, before, accessLists, version } : undefined;
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
