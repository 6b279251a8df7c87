import { build, type BuildOptions } from 'esbuild';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

const common: BuildOptions = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node22',
  external: ['vscode'],
  alias: {
    // The package's way in for programs that read no files; VS Code has loaded the translations.
    '@vscode/l10n': './node_modules/@vscode/l10n/dist/browser.js',
    // For Node yaml comes as CommonJS, whose require of a built-in fails inside an ECMAScript module.
    yaml: './node_modules/yaml/browser/index.js',
  },
  logLevel: 'warning',
  legalComments: 'none',
};

/**
 * Builds what ships into dist/. Unminified: an auditor can read what runs.
 * A dynamic import becomes a bundle of its own, loaded when it is reached: so the entry stays small and execa is read
 * at the first tsh call. The watchdog and the demo cluster are programs of their own.
 */
export async function buildExtension(): Promise<void> {
  await rm(join(root, 'dist'), { recursive: true, force: true });
  await build({
    ...common,
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

/** Builds the watchdog, one file that needs no other. @returns its path */
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

/** Builds the suites that run inside an extension host into dist-test/. */
export async function buildHostTests(entryPoints: Record<string, string>): Promise<void> {
  // mocha by its CommonJS file: what a require of its ES module gives differs between versions of Node.
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

export async function main(): Promise<number> {
  await buildExtension();
  return 0;
}
