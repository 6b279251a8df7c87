import { build, type BuildOptions } from 'esbuild';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The absolute path of the repository, with a slash at the end. */
export const root = fileURLToPath(new URL('..', import.meta.url));

const common: BuildOptions = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node22',
  external: ['vscode'],
  alias: {
    // The browser build reads no files. VS Code has loaded the translations already.
    '@vscode/l10n': './node_modules/@vscode/l10n/dist/browser.js',
    // The Node build of yaml is CommonJS. Its require of a built-in module fails inside an ECMAScript module.
    yaml: './node_modules/yaml/browser/index.js',
  },
  logLevel: 'warning',
  legalComments: 'none',
};

/**
 * Builds the shipped files into dist/. They are not minified, so that an auditor can read the code that runs.
 * Each dynamic import becomes a separate bundle that is loaded when it is reached. So the entry stays small,
 * and execa is loaded at the first tsh call. The watchdog and the demo cluster are separate programs.
 */
export async function buildExtension(options: Pick<BuildOptions, 'sourcemap'> = {}): Promise<void> {
  await rm(join(root, 'dist'), { recursive: true, force: true });
  await build({
    ...common,
    ...options,
    entryPoints: { extension: 'src/extension.ts' },
    outdir: 'dist',
    format: 'esm',
    splitting: true,
    chunkNames: '[name]-[hash]',
  });
  await buildWatchdog(join(root, 'dist'));
  await build({
    ...common,
    entryPoints: { demo: 'demo/main.ts' },
    outdir: 'dist',
    format: 'cjs',
    outExtension: cjs,
  });
}

/**
 * Builds the watchdog as a single self-contained file.
 * @returns its path
 */
export async function buildWatchdog(outdir: string): Promise<string> {
  await build({
    ...common,
    entryPoints: { watchdog: 'src/watchdog.ts' },
    outdir,
    format: 'esm',
    outExtension: { '.js': '.mjs' },
  });
  return join(outdir, 'watchdog.mjs');
}

const cjs = { '.js': '.cjs' };

/** Builds the suites that run inside an extension host, into dist-test/. */
export async function buildHostTests(entryPoints: Record<string, string>): Promise<void> {
  // The tests load the CommonJS file of mocha, because requiring its ES module gives different results in
  // Node versions.
  const mocha = 'mocha/lib/mocha.cjs';
  await build({
    ...common,
    entryPoints,
    outdir: 'dist-test',
    sourcemap: 'inline',
    external: ['vscode', mocha],
    alias: { ...common.alias, mocha },
    format: 'cjs',
    outExtension: cjs,
  });
}

/** Builds the extension. */
export async function main(): Promise<number> {
  await buildExtension();
  return 0;
}
