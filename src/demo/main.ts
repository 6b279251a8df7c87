// The demo's program: `tsh|tctl|kubectl <dir> <args…>`, `create <dir> --edition=enterprise|community`, and `kube <dir>`,
// the API server that the others start.
import { resolve } from 'node:path';
import { createCluster } from './cluster.ts';
import { runKubectl } from './kubectl.ts';
import { runKubeServer } from './kubeServer.ts';
import { runProgram } from './program.ts';

async function main([word, dir, ...args]: readonly string[]): Promise<number> {
  if ((word === 'tsh' || word === 'tctl') && dir) return runProgram(word, dir, args);
  if (word === 'kubectl' && dir) return runKubectl(args);
  if (word === 'kube' && dir) return runKubeServer(dir);
  const edition = /^--edition=(enterprise|community)$/.exec(args[0] ?? '')?.[1] as
    'enterprise' | 'community' | undefined;
  if (word === 'create' && dir && edition) {
    const program = resolve(process.argv[1] ?? '');
    const { tsh, tctl, homes } = await createCluster(dir, { edition, node: process.execPath, program });
    process.stdout.write(`${JSON.stringify({ edition, tsh, tctl, homes }, undefined, 2)}\n`);
    return 0;
  }
  process.stderr.write(
    'usage: demo tsh|tctl <folder> <args…>\n       demo create <folder> --edition=enterprise|community\n',
  );
  return 2;
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
