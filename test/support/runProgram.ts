import { build } from 'esbuild';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Builds the demo program with the settings of the shipped one and resolves to its path. */
export async function buildDemo(folder: string): Promise<string> {
  const outfile = join(folder, 'demo.cjs');
  const entry = fileURLToPath(new URL('../../demo/main.ts', import.meta.url));
  await build({
    entryPoints: [entry],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    outfile,
  });
  return outfile;
}

/** How a program ended. */
export interface ProgramResult {
  /** The exit code, or the signal that ended it. */
  readonly exit: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program with closed stdin and resolves when it ends. */
export function execute(
  file: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<ProgramResult> {
  return new Promise((resolve) => {
    const child = execFile(file, args, { env, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) =>
      resolve({ exit: error ? (error.signal ?? error.code ?? 'failed') : 0, stdout, stderr }),
    );
    child.stdin?.end();
  });
}
